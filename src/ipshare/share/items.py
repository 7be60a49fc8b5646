"""The items of the feed as JSON bytes, and the job that keeps them ready."""

from __future__ import annotations

import msgspec
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from ipshare.domain.authorization import View, view_of
from ipshare.render import st97
from ipshare.share import authorizations
from ipshare.store import renditions
from ipshare.store.changes import Row

WORTH_IT = 100
"""A page that had to make so many items asks for the rest to be made ready."""


def put_or_withdraw(office: str, row: Row) -> bytes:
    """The item of a record at its newest visible change."""
    named = b'"office":"%b","right":"%b","number":%b' % (
        office.encode(),
        row.right.encode(),
        msgspec.json.encode(row.number),
    )
    if not row.live:
        return b'{"type":"withdraw",%b}' % named
    return b'{"type":"put",%b,"record":%b}' % (named, st97.merge(row.documents))


def ask(view: View) -> None:
    """Let a worker make the items of a view's office ready, if none is about to."""
    job = app.configure_task(
        "share.make_items_ready", queue="line", queueing_lock=f"items:{view.office}", priority=-100
    )
    try:
        with transaction.atomic():
            job.defer(office=view.office)
    except AlreadyEnqueued:
        return


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
        view_of(office=office, authorization=0, version=0, conditions=listed.conditions)
        for listed in authorizations.list_for(office)
        if listed.conditions.rights
    ]
    return sorted({view.mask for view in views})
