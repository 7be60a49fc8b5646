"""The making of an export: one snapshot of the database, read through the feed from its beginning.

A worker that is killed leaves a row that says *running* and objects that no manifest names: the next worker begins
again under another attempt. The row becomes *finished*, with all parts and the cursor, in one statement.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from ipshare.domain.authorization import View
from ipshare.domain.export import ExportState, Form
from ipshare.domain.office import Right
from ipshare.share import authorized, blocks, feed, items, place
from ipshare.share.bulk import exports
from ipshare.share.bulk.packages import Package
from ipshare.share.bulk.parquet import Rows
from ipshare.share.bulk.parts import Lines, Part, Parts, Writer
from ipshare.share.place import State
from ipshare.store import changes, objects, renditions
from ipshare.store.models.exports import Export

LOOK_EVERY = 0.25
"""Seconds after which an export that is being made looks whether it may go on, and tells how far it is."""
LIMIT = 100_000
"""The most records of a page of the feed: its bytes end it before, so each costs the same."""
TOGETHER = 1048576
"""So many bytes of ready items, more or less, are read at once."""
FIRST = 16
ENDINGS = {Form.NDJSON: "ndjson.zst", Form.ST96: "zip", Form.PARQUET: "parquet"}


class EndedError(RuntimeError):
    """The export was deleted, or its conditions have ended."""


class StandsStillError(RuntimeError):
    """The snapshot was taken while a record was being blocked; to be made again."""


def make(export: UUID, *, at: datetime) -> None:
    """Make an export from its beginning; what an earlier attempt left of it goes.

    Of one that is finished nothing goes: a worker may be killed between that and the end of its job, which is then done
    again.
    """
    held = _begin(export)
    work = _work(export)
    shutil.rmtree(work, ignore_errors=True)
    if held is not None or not Export.objects.filter(pk=export).exists():
        objects.delete_folder(exports.folder(export))
    if held is None:
        return
    work.mkdir(parents=True)
    try:
        _make(held, work, at=at)
    except EndedError:
        exports.remove(held)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def give_up(export: UUID) -> None:
    """It failed too often: its client is told so, and may ask again."""
    Export.objects.filter(pk=export).update(state=ExportState.FAILED.value, records=0)
    objects.delete_folder(exports.folder(export))


def _begin(export: UUID) -> Export | None:
    """The row of this attempt; None where there is nothing to make any more."""
    waiting = Export.objects.filter(pk=export, state__in=[s for s in ExportState if s.goes_on])
    waiting.update(state=ExportState.RUNNING.value, attempt=F("attempt") + 1, records=0)
    return waiting.first()


def _make(export: Export, work: Path, *, at: datetime) -> None:
    seen = authorized.view_at(export.authorization, at)
    if not exports.holds(export.pk, at=at):
        raise EndedError
    view = replace(seen, rights=frozenset(map(Right, export.rights)))
    if renditions.serve(view):
        items.make_ready(view.office)
    mine = Export.objects.filter(pk=export.pk, attempt=export.attempt)
    with transaction.atomic():
        mine.update(last_block=exports.newest_block_of(seen.office))
    blocks.apply(seen.office, at=at)
    made = Made()
    with watched(export, made), snapshot():
        position = changes.last_position(view.office)
        state = _read(export, view, work, made)
    finished = mine.filter(state=ExportState.RUNNING.value).update(
        state=ExportState.FINISHED.value,
        position=position,
        records=made.records,
        parts=made.parts,
        cursor=place.seal(state, owner=_owner(export, view)),
    )
    if not finished:
        raise EndedError


def _owner(export: Export, view: View) -> str:
    return f"{export.client_id} {view.office} {view.authorization}"


@dataclass(slots=True)
class Made:
    """What is made so far: one thread writes it, the other tells of it."""

    records: int = 0
    parts: list[dict[str, str | int]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)


def _read(export: Export, view: View, work: Path, made: Made) -> State:
    """All of the view into parts; the state of a reader that holds them."""

    def begin(right: Right, number: int) -> tuple[Path, Writer]:
        form = Form(export.form)
        path = work / f"{view.office}-{right}-{number:05}.{ENDINGS[form]}"
        return path, _writer(form, path, view.office, right, at=export.asked_at)

    state = place.beginning(view)
    keep = partial(_keep, export, made)
    with Parts(view.office, begin, keep, most=settings.EXPORT_PART_BYTES) as parts:
        more = True
        if renditions.serve(view) and not blocks.pending(view):
            state = _read_ready(view, state, parts, made)
        while more:
            before = state
            page = feed.page(view, state, limit=LIMIT, holds=lambda: not made.ended.is_set())
            try:
                while True:
                    for item in next(page).items:
                        parts.add(item)
            except StopIteration as end:
                state, more = end.value
            if made.ended.is_set():
                raise EndedError
            if more and state == before:
                raise StandsStillError
            made.records = parts.records
        parts.end()
        made.records = parts.records
    return state


def _read_ready(view: View, state: State, parts: Parts, made: Made) -> State:
    """What is kept ready of a view without filter, from the beginning: rows as they come, in few large answers."""
    last, limit = None, FIRST
    while rows := renditions.ready(view, after=last[0] if last else 0, limit=limit):
        if made.ended.is_set():
            raise EndedError
        parts.add_ready(rows)
        last = rows[-1]
        made.records = parts.records
        size = sum(len(item) for *_, item in rows)
        limit = max(FIRST, min(limit * 8, TOGETHER * limit // size))
    if last is None:
        return state
    position, right, number, _ = last
    upto = changes.place_of(view, Right(right), number, position)
    return state._replace(upto=upto, may=dict.fromkeys(view.rights, view.mask))


def _writer(form: Form, path: Path, office: str, right: Right, *, at: datetime) -> Writer:
    match form:
        case Form.NDJSON:
            return Lines(path)
        case Form.ST96:
            return Package(path, office, right, at=at)
        case Form.PARQUET:
            return Rows(path, office)


def _keep(export: Export, made: Made, part: Part) -> None:
    """Put a part into the object store; no manifest names it yet."""
    name = part.path.name
    objects.keep_file(part.path, exports.part_key(export.pk, export.attempt, name))
    exports.keep_numbers(export.pk, export.attempt, name, part.numbers)
    part.path.unlink()
    made.parts.append(
        {
            "name": name,
            "right": part.right.value,
            "records": len(part.numbers),
            "size": part.size,
            "sha256": part.sha256,
        }
    )


@contextmanager
def snapshot() -> Iterator[None]:
    """One state of the database for all that is read inside."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@contextmanager
def watched(export: Export, made: Made) -> Iterator[None]:
    """Beside the snapshot, which sees nothing new: look whether it may go on, and tell how far it is."""
    done = threading.Event()

    def watch() -> None:
        try:
            while not done.wait(LOOK_EVERY):
                if not exports.holds(export.pk, at=timezone.now()):
                    made.ended.set()
                    return
                mine = Export.objects.filter(pk=export.pk, attempt=export.attempt)
                if not mine.update(records=made.records):
                    made.ended.set()
                    return
        finally:
            connection.close()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _work(export: UUID) -> Path:
    return Path(settings.DATA) / "exports" / str(export)
