"""Whether each part of the hub does its work, in words: for operators, for monitors, for load balancers."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min, Q

from ipshare.domain import plural
from ipshare.store import objects
from ipshare.store.models.deliveries import Destination
from ipshare.store.models.letters import Letter
from ipshare.watch import jobs

NEARLY_FULL, FULL = 0.10, 0.03
SKEW = 2.0
LATE = timedelta(minutes=10)
PROBE_EVERY = timedelta(minutes=1)
"""So often at most a process writes to the object store because somebody asks how it does."""
_complete = threading.Event()  # once the tables are up to date, they stay so for this process


class Level(StrEnum):
    """How a part does: the worst of all is the hub's."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part; ``words`` say what is seen, and what to do where something is."""

    name: str
    level: Level
    words: str


def parts(at: datetime, *, probe: bool = True) -> list[Part]:
    """Every part. Without the database the rest of what it knows cannot be told, and says so.

    Without ``probe`` the object store is not written to where this process has done so within the minute before.
    """
    store = [
        _looked("Object store", lambda name: _objects(name, at, probe=probe)),
        _looked("Disk", _disk),
    ]
    database = _looked("Database", _database)
    if database.level == Level.DOWN:
        return [database, *store]
    return [
        database,
        *store,
        _looked("Clock", lambda name: _clock(name, at)),
        _looked("Workers of the line", lambda name: _workers(name, "line")),
        _looked("Workers of push", lambda name: _workers(name, "push")),
        _looked("Queue", lambda name: _queue(name, at)),
        _looked("Mail", lambda name: _mail(name, at)),
        _looked("Push destinations", _destinations),
    ]


def worst(found: list[Part]) -> Level:
    """The level of the hub: that of its worst part."""
    order = [*Level]
    return max((part.level for part in found), key=order.index, default=Level.OK)


def _looked(name: str, look: Callable[[str], Part]) -> Part:
    try:
        return look(name)
    except Error:
        return Part(name=name, level=Level.DOWN, words="The database does not answer.")


def missing_tables() -> int:
    """How many steps of the tables are not taken yet; asked until there is none, since it costs much."""
    if _complete.is_set():
        return 0
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not missing:
        _complete.set()
    return missing


def _database(name: str) -> Part:
    missing = missing_tables()
    if missing:
        steps = plural.counted(missing, "step of the tables is|steps of the tables are")
        words = f"{steps} not taken yet: run ipshare migrate."
        return Part(name=name, level=Level.DOWN, words=words)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity
               WHERE backend_type = 'client backend'"""
        )
        used, most = cursor.fetchone()
    words = f"It answers, with all tables; {used} of {most} connections are in use."
    return Part(name=name, level=Level.DEGRADED if used > most * 0.9 else Level.OK, words=words)


@dataclass(slots=True)
class _Probe:
    """The last time that this process wrote to the object store, and what came of it."""

    at: datetime | None = None
    well: bool = False


_last = _Probe()


def _objects(name: str, at: datetime, *, probe: bool) -> Part:
    if probe or _last.at is None or not _last.at <= at < _last.at + PROBE_EVERY:
        _last.at, _last.well = at, _takes_a_file()
    if _last.well:
        return Part(
            name=name, level=Level.OK, words="It takes a file, gives it back and deletes it."
        )
    words = "It cannot be written to. Uploads cannot land, and no job goes on; nothing that landed is lost."
    return Part(name=name, level=Level.DOWN, words=words)


def _takes_a_file() -> bool:
    key = f"health/{uuid4()}"
    try:
        objects.put(key, b"ok")
        whole = objects.get(key) == b"ok"
        objects.delete([key])
    except Exception:  # noqa: BLE001 (each kind of store has its own errors; all mean the same here)
        return False
    return whole


def _disk(name: str) -> Part:
    used = shutil.disk_usage(settings.DATA)
    share = used.free / used.total
    words = (
        f"{used.free / 1e9:,.1f} GB of {used.total / 1e9:,.1f} GB are free ({share * 100:.0f} %)."
    )
    if share < FULL:
        return Part(name=name, level=Level.DOWN, words=f"{words} Jobs wait until there is room.")
    if share < NEARLY_FULL:
        return Part(name=name, level=Level.DEGRADED, words=f"{words} Make room soon.")
    return Part(name=name, level=Level.OK, words=words)


def _clock(name: str, at: datetime) -> Part:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        skew = abs((cursor.fetchone()[0] - at).total_seconds())
    if skew > SKEW:
        words = f"This machine and the database differ by {skew:,.1f} s: set both by the same time server."
        return Part(name=name, level=Level.DEGRADED, words=words)
    words = "This machine and the database tell the same time."
    return Part(name=name, level=Level.OK, words=words)


def _workers(name: str, queue: str) -> Part:
    alive = sum(worker.queue == queue for worker in jobs.workers())
    if not alive:
        what = "Submissions wait" if queue == "line" else "Nothing is delivered to destinations"
        command = "ipshare worker" if queue == "line" else "ipshare pusher"
        words = f"None is alive. {what} until one is: look at ipshare serve, or start {command}."
        return Part(name=name, level=Level.DOWN, words=words)
    return Part(name=name, level=Level.OK, words=f"{plural.counted(alive, 'is|are')} alive.")


def _queue(name: str, at: datetime) -> Part:
    found = jobs.queues()
    oldest = min((one.oldest_at for one in found if one.oldest_at), default=None)
    failed = sum(one.failed for one in found)
    waiting = sum(one.waiting for one in found)
    words = f"{plural.counted(waiting, 'job waits|jobs wait')}, {plural.counted(failed, 'has|have')} failed."
    if oldest and at - oldest > LATE:
        minutes = (at - oldest).total_seconds() / 60
        return Part(
            name=name,
            level=Level.DEGRADED,
            words=f"{words} The oldest has waited {plural.counted(round(minutes), 'minute')}.",
        )
    return Part(name=name, level=Level.DEGRADED if failed else Level.OK, words=words)


def _mail(name: str, at: datetime) -> Part:
    waits = Letter.objects.filter(sent_at=None, given_up_at=None)
    seen = waits.aggregate(
        tried=Count("pk", filter=Q(attempts__gt=0)), oldest=Min("queued_at"), all=Count("pk")
    )
    waiting = plural.counted(seen["all"], "letter waits|letters wait")
    if seen["tried"]:
        words = f"{waiting}; the mail server did not take {seen['tried']:,} of them."
        return Part(name=name, level=Level.DEGRADED, words=words)
    if seen["oldest"] and at - seen["oldest"] > LATE:
        words = f"{waiting}, and nothing sends them."
        return Part(name=name, level=Level.DEGRADED, words=words)
    return Part(name=name, level=Level.OK, words=f"{waiting}.")


def _destinations(name: str) -> Part:
    live = Destination.objects.filter(removed_at=None, paused_at=None)
    seen = live.aggregate(all=Count("pk"), failing=Count("pk", filter=Q(failures__gt=0)))
    if seen["failing"]:
        fails = plural.counted(seen["failing"], "fails|fail")
        words = f"{fails}, of {seen['all']:,}: the pages of their authorizations say why."
        return Part(name=name, level=Level.DEGRADED, words=words)
    if not seen["all"]:
        return Part(name=name, level=Level.OK, words="None is set up.")
    return Part(
        name=name,
        level=Level.OK,
        words=f"{plural.counted(seen['all'], 'takes its|take their')} deliveries.",
    )
