"""The items of the feed as JSON bytes, and keeping them ready."""

from __future__ import annotations

import msgspec
from django.utils import timezone

from ipshare.render import st97
from ipshare.share import authorized
from ipshare.store import renditions
from ipshare.store.changes import Row


def put_or_withdraw(office: str, row: Row) -> bytes:
    """The item of a record at its newest visible change."""
    named = b'"office":"%b","right":"%b","number":%b' % (
        office.encode(),
        row.right.encode(),
        msgspec.json.encode(row.number),
    )
    if not row.live:
        return b'{"type":"withdraw",%b}' % named
    return b'{"type":"put",%b,"record":%b}' % (named, st97.merge(row.documents, row.loose))


def make_ready(office: str) -> None:
    """Make every item ready for every set of groups that the office shares at present."""
    masks = masks_in_use(office)
    renditions.forget_others(office, masks)
    for mask in masks:
        while renditions.extend(office, mask, lambda row: put_or_withdraw(office, row)):
            pass


def masks_in_use(office: str) -> list[int]:
    """The sets of groups that someone may read of an office at present."""
    views = [
        authorized.view_at(listed.authorization, timezone.now())
        for listed in authorized.list_for(office)
    ]
    return sorted({view.mask for view in views if view.rights})
