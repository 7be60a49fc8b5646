"""Packages on the shelf: exports as ST.96 without a client, made each day for every authorization that needs them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from ipshare.domain.authorization import View
from ipshare.domain.delivery import CODES
from ipshare.domain.export import ExportState, Form
from ipshare.domain.office import Kind, Right
from ipshare.domain.shelf import ShelfFile
from ipshare.share import shelf_rules
from ipshare.share.bulk import exports
from ipshare.standards import grouping
from ipshare.store.models.accounts import SftpAccount
from ipshare.store.models.exports import Export
from ipshare.store.models.sharing import Authorization

KEPT = timedelta(days=2)
"""From the midnight (UTC) before it is asked for: one of yesterday can still be read to its end today."""


def fill(*, at: datetime) -> None:
    """Ask for the packages of the day that a shelf lacks; to be called every minute."""
    parties = SftpAccount.objects.filter(active=True, third_party__isnull=False)
    used = Authorization.objects.filter(third_party__in=parties.values("third_party"))
    for authorization in used.order_by("pk"):
        seen = shelf_rules.shown(authorization, at)
        if seen is not None and seen.rendered:
            _ask(seen.view, seen.rendered, at)


def _ask(view: View, wanted: frozenset[Right], at: datetime) -> None:
    midnight = datetime.combine(at.astimezone(UTC).date(), time.min, tzinfo=UTC)
    with transaction.atomic():
        Authorization.objects.select_for_update(of=("self",)).get(pk=view.authorization)
        there = [
            one for one in _of(view) if one.asked_at >= midnight and exports.holds(one.pk, at=at)
        ]
        missing = wanted - {Right(right) for one in there for right in one.rights}
        if not missing:
            return
        made = Export.objects.create(
            authorization_id=view.authorization,
            version=view.version,
            base=view.base,
            grouping=grouping.version(),
            rights=[right.value for right in Right if right in missing],
            form=Form.ST96.value,
            asked_at=at,
            expires_at=midnight + KEPT,
            state=ExportState.WAITING.value,
            last_block=exports.newest_block(),
        )
        job = app.configure_task(
            "share.make_export", queue="line", lock="exports", priority=exports.LAST
        )
        job.defer(export=str(made.pk))


def of_right(view: View, right: Right, at: datetime) -> Iterator[ShelfFile]:
    """The packages of a right that are there under the conditions of a view.

    Names, dates and order say when each was asked for, nothing of what is in it; no name comes twice.
    """
    for one in _of(view):
        if one.state != ExportState.FINISHED or not exports.holds(one.pk, at=at):
            continue
        parts = [part for part in one.parts if part["right"] == right.value]
        for number, part in enumerate(parts, 1):
            yield ShelfFile(
                office=view.office,
                right=right,
                kind=Kind.FULL_EXTRACTION,
                name=f"{view.office}_{CODES[right]}_{one.asked_at:%Y%m%dT%H%M%SZ}_{number}.zip",
                size=part["size"],
                modified_at=one.asked_at,
                object=exports.part_key(one.pk, one.attempt, part["name"]),
                received=False,
                source=f"{one.pk}/{part['name']}",
                edition=view.edition,
            )


def holds(file: ShelfFile, at: datetime) -> bool:
    """Whether a package is there still."""
    return exports.holds(UUID(file.source.partition("/")[0]), at=at)


def disclosed(file: ShelfFile, *, goes_on: bool) -> tuple[list[str], int | None]:
    """The numbers that the ledger is to have of a package that is about to leave; none where it has them already.

    And the office's last position when the package was made.
    """
    export, _, name = file.source.partition("/")
    held = Export.objects.get(pk=UUID(export))
    if goes_on and name in held.served:
        return [], held.position
    exports.note_served(held, name)
    return exports.numbers_of(held, name), held.position


def _of(view: View) -> list[Export]:
    found = Export.objects.filter(client=None, authorization=view.authorization)
    return [one for one in found.order_by("asked_at", "pk") if exports.is_of(one, view)]
