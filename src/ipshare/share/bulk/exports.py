"""Ask for exports, find them, remove them: what an export's conditions no longer allow is there no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from procrastinate.contrib.django import app

from ipshare.domain.authorization import Channel, View
from ipshare.domain.export import ExportState, Form
from ipshare.domain.office import Right
from ipshare.http.problem import Problem
from ipshare.share import authorized
from ipshare.standards import grouping
from ipshare.store import access, changes, objects
from ipshare.store.changes import Place
from ipshare.store.models.accounts import Office
from ipshare.store.models.exports import Export
from ipshare.store.models.sharing import Client, RecordBlock

KEPT = 12
"""Exports of one office that a client may have at a time."""
LAST = -31_000
"""After everything that an office waits for."""


def ask(
    client: Client, view: View, rights: Collection[Right], form: Form, *, at: datetime
) -> Export:
    """The export that is being made of this already, or a new one and its job."""
    wanted = [right.value for right in Right if right in rights]
    with transaction.atomic():
        Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
        held = [one for one in of_client(client, view.office) if is_of(one, view)]
        for one in held:
            if one.rights == wanted and one.form == form and ExportState(one.state).goes_on:
                return one
        if len(held) >= KEPT:
            raise Problem(
                "too-many-exports",
                f"this client has {KEPT} exports of {view.office} already: delete one that is not needed any more",
            )
        made = Export.objects.create(
            client=client,
            authorization_id=view.authorization,
            version=view.version,
            base=view.base,
            grouping=grouping.version(),
            rights=wanted,
            form=form.value,
            asked_at=at,
            expires_at=at + timedelta(days=settings.EXPORT_DAYS),
            state=ExportState.WAITING.value,
            last_block=newest_block(),
        )
        job = app.configure_task("share.make_export", queue="line", lock="exports", priority=LAST)
        job.defer(export=str(made.pk))
    return made


def of_client(client: Client, office: str) -> list[Export]:
    """The exports of an office that a client has, newest first."""
    found = Export.objects.filter(client=client, authorization__office=office)
    return list(found.order_by("-asked_at", "form", "rights", "pk"))


def is_of(export: Export, view: View) -> bool:
    """Whether an export was made under the conditions of a view, by the present grouping of elements."""
    made = (export.authorization_id, export.version, export.base, export.grouping)
    return bool(view.rights) and made == (
        view.authorization,
        view.version,
        view.base,
        grouping.version(),
    )


def holds(export: UUID, *, at: datetime) -> bool:
    """Whether an export is still there, and may be made and served."""
    held = Export.objects.filter(pk=export).first()
    return held is not None and _holds(held, at=at)


def sweep(found: Collection[Export], *, at: datetime) -> None:
    """Remove those of these exports that may not be made or served any more."""
    views: dict[tuple[int | None, int], View | None] = {}
    for one in found:
        user = (one.client_id, one.authorization_id)
        if user not in views:
            views[user] = _view(one, at=at)
        if not _allows(views[user], one, at=at):
            remove(one)


def sweep_all(*, at: datetime) -> None:
    """Remove every export that may not be made or served any more."""
    sweep(Export.objects.all(), at=at)


def remove(export: Export) -> None:
    """Delete an export and its parts. A worker that is making it finds that out, and removes what it made since."""
    Export.objects.filter(pk=export.pk).delete()
    objects.delete_folder(folder(export.pk))


def _holds(export: Export, *, at: datetime) -> bool:
    return export.expires_at > at and _allows(_view(export, at=at), export, at=at)


def _view(export: Export, *, at: datetime) -> View | None:
    """What whoever an export is for sees at present through the channel that it goes out by, if that is open."""
    if export.client_id is not None:
        for one in access.of_client(export.client_id):
            if one.authorization == export.authorization_id and one.saved:
                return authorized.view_of_allowed(one, at) if Channel.BULK in one.channels else None
        return None
    authorization = export.authorization
    if Channel.SFTP not in authorized.conditions_of(authorization).channels:
        return None
    return authorized.view_at(authorization, at)


def _allows(view: View | None, export: Export, *, at: datetime) -> bool:
    if view is None or export.expires_at <= at:
        return False
    return is_of(export, view) and not _blocked(export, view)


def _blocked(export: Export, view: View) -> bool:
    """Whether a record that the client knows of was blocked for it since the snapshot.

    Of blocks of records that were not within the view by then nothing may be seen.
    """
    position = export.position
    later = RecordBlock.objects.filter(
        office=view.office, right__in=export.rights, pk__gt=export.last_block
    ).exclude(authorization__gt=export.authorization_id)
    later = later.exclude(authorization__lt=export.authorization_id)
    if position is None:  # it is being made: whatever was ever within the view may be in it
        return any(
            changes.position_of(view, Place(right=Right(right), number=number, count=1)) is not None
            for right, number in later.values_list("right", "number")
        )
    return any(
        changes.was_inside(view, Right(right), number, position=position)
        for right, number in later.values_list("right", "number")
    )


def note_served(export: Export, name: str) -> None:
    """The ledger has the records of a part."""
    if name not in export.served:
        export.served.append(name)
        Export.objects.filter(pk=export.pk).update(served=export.served)


def newest_block() -> int:
    """The newest record block that there is."""
    return RecordBlock.objects.aggregate(last=Max("pk"))["last"] or 0


def newest_block_of(office: str) -> int:
    """The same, once every block of an office that has its number by now is seen; in the caller's transaction.

    Numbers are of all offices, and are given before a block is seen: one of another office may be seen with a higher
    one, and the block with the lower one would be taken for known.
    """
    Office.objects.select_for_update(no_key=True).get(
        pk=office
    )  # as who blocks does (share.blocks)
    return newest_block()


def folder(export: UUID) -> str:
    """Where the parts of an export lie in the object store."""
    return f"exports/{export}"


def part_key(export: UUID, attempt: int, name: str) -> str:
    """Where a part lies."""
    return f"{folder(export)}/{attempt}/{name}"


def keep_numbers(export: UUID, attempt: int, name: str, numbers: list[str]) -> None:
    """Note the records of a part, for the ledger."""
    objects.put(part_key(export, attempt, f"{name}.numbers"), msgspec.json.encode(numbers))


def numbers_of(export: Export, name: str) -> list[str]:
    """The numbers of the records of a part."""
    kept = objects.get(part_key(export.pk, export.attempt, f"{name}.numbers"))
    return msgspec.json.decode(kept, type=list[str])
