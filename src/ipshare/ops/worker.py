"""``ipshare worker``: takes the jobs of the line, one at a time; the jobs of a killed worker go on at once.

A worker holds an advisory lock on its own number for as long as it lives. PostgreSQL drops the lock with
the connection, so a dead worker is known at once and for certain, on any machine and without a clock: its
jobs are put back into the queue by the next worker that starts, or that looks.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import select
import threading
from collections.abc import Callable
from typing import Any, LiteralString

import psycopg
from procrastinate import App, JobContext, exceptions, manager
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.jobs import Job, Status
from procrastinate.psycopg_connector import PsycopgConnector

from ipshare.ops import memory, traced
from ipshare.watch.jobs import LOCKS

LOOK_EVERY = 10.0
KEEP_FAILED = "30 days"
DEATHS = 25  # a job that was in hand at the death of so many workers has killed them
LOST_DATABASE = 75
_NEVER = 10 * 365 * 86_400.0  # procrastinate's own pruning goes by heartbeats; ours is exact
LINE, PUSH, LETTERS = "line", "push", "letters"
_CHANNEL = "procrastinate_queue_v1#"  # procrastinate's own; its trigger tells of new jobs only
_NOTICE = '{"type": "job_inserted", "job_id": 0}'
_log = logging.getLogger(__name__)


def run(args: argparse.Namespace) -> int:
    """Work until asked to stop; the job in hand is finished first."""
    memory.one_arena()
    with present(LINE) as presence:
        asyncio.run(work(Presence(presence), queue=LINE, jobs=1, wait=not args.once))
    return 0


def present(queue: str) -> psycopg.Connection[Any]:
    """The connection that shows that a worker of a queue is alive, under a name that others can read."""
    named = {**connector_params(), "application_name": f"ipshare {queue}"}
    return psycopg.connect(**named, autocommit=True)


def _trimmed(call_next: Callable[[], Any], _context: JobContext, _worker: object) -> Any:
    """Run a job, then give the system back what it freed: a worker is as large as one job, however many it does."""
    try:
        return call_next()
    finally:
        memory.give_back()


class Presence:
    """A worker's connection that shows it is alive, and through which it sees who is not."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        """Use a connection of its own, that does nothing else."""
        self._connection = connection
        self._turn = threading.Lock()  # the watch is a thread
        self._number = 0

    def register(self) -> int:
        """A new worker's number; its row is seen by others only when its lock is held."""
        with self._turn, self._connection.transaction():
            row = self._connection.execute(
                "INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id"
            ).fetchone()
            self._number = int(row[0]) if row else 0
            self._connection.execute("SELECT pg_advisory_lock(%s, %s)", [LOCKS, self._number])
        return self._number

    def take_over(self) -> int:
        """Put the jobs of dead workers back into the queue; how many there were."""
        put_back = 0
        with self._turn:
            workers = self._connection.execute(
                "SELECT id FROM procrastinate_workers WHERE id <> %s ORDER BY id", [self._number]
            ).fetchall()
            for (worker,) in workers:
                with self._connection.transaction():
                    if self._is_dead(worker):
                        put_back += self._put_back("worker_id = %(worker)s", worker)
                        self._connection.execute(
                            "DELETE FROM procrastinate_workers WHERE id = %s", [worker]
                        )
            put_back += self._put_back("worker_id IS NULL", None)
            if put_back:
                for queue in (LINE, PUSH, LETTERS):
                    self._connection.execute(
                        "SELECT pg_notify(%s, %s)", [_CHANNEL + queue, _NOTICE]
                    )
        return put_back

    def _is_dead(self, worker: int) -> bool:
        row = self._connection.execute(
            "SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCKS, worker]
        ).fetchone()
        return bool(row and row[0])

    def _put_back(self, whose: LiteralString, worker: int | None) -> int:
        """To be done again, without counting as an attempt: the job is not to blame, unless it goes on."""
        found = self._connection.execute(
            f"SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND {whose} ORDER BY id",
            {"worker": worker},
        ).fetchall()
        return sum(self._put_one_back(job) for (job,) in found)

    def _put_one_back(self, job: int) -> int:
        """One job. Where the same waits already (of a queueing lock only one may), that one does its work."""
        while True:
            try:
                with self._connection.transaction():
                    self._connection.execute(  # the one that waits is not to wait longer than this one would
                        """UPDATE procrastinate_jobs o SET scheduled_at = NULL FROM procrastinate_jobs j
                           WHERE j.id = %s AND o.queueing_lock = j.queueing_lock AND o.status = 'todo'""",
                        [job],
                    )
                    done = self._connection.execute(
                        """UPDATE procrastinate_jobs j SET scheduled_at = NULL, abort_requested = false,
                             status = CASE
                               WHEN EXISTS (SELECT FROM procrastinate_jobs o
                                            WHERE o.queueing_lock = j.queueing_lock AND o.status = 'todo')
                                 THEN 'aborted'
                               WHEN (SELECT count(*) FROM procrastinate_events e
                                     WHERE e.job_id = j.id AND e.type = 'deferred_for_retry') < %(limit)s THEN 'todo'
                               ELSE 'failed' END::procrastinate_job_status
                           WHERE id = %(job)s AND status = 'doing'""",
                        {"job": job, "limit": DEATHS},
                    )
            except psycopg.errors.UniqueViolation:
                continue  # it was queued in this instant: now it is seen
            return done.rowcount

    def forget_failed(self) -> None:
        """Delete jobs that failed long ago; those that went well are deleted at their end."""
        with self._turn:
            self._connection.execute(
                """DELETE FROM procrastinate_jobs j WHERE status IN ('failed', 'cancelled', 'aborted')
                   AND NOT EXISTS (SELECT 1 FROM procrastinate_events e
                       WHERE e.job_id = j.id AND e.at > now() - %s::interval)""",
                [KEEP_FAILED],
            )
            self._connection.execute(
                "DELETE FROM store_jobfailure WHERE job NOT IN (SELECT id FROM procrastinate_jobs)"
            )

    def watch(self, stopped: threading.Event) -> None:
        """Look after others from time to time; without the database this worker is of no use and ends."""
        try:
            while not stopped.is_set():
                if put_back := self.take_over():
                    _log.warning("put %d jobs of ended workers back into the queue", put_back)
                self.forget_failed()
                select.select([self._connection.fileno()], [], [], LOOK_EVERY)
        except (psycopg.Error, OSError, ValueError) as trouble:
            if stopped.is_set():
                return
            _log.error("the database is gone (%s); this worker ends", trouble)
            os._exit(LOST_DATABASE)


class _Jobs(manager.JobManager):
    """Procrastinate's job manager, with our way to register a worker, and to give way to the same job."""

    def __init__(self, connector: PsycopgConnector, register: Callable[[], int]) -> None:
        super().__init__(connector)
        self._register = register

    async def register_worker(self) -> int:
        """The number of a new worker, with its lock."""
        return self._register()

    async def retry_job(self, job: Job, *args: Any, **more: Any) -> None:
        """Put a job that failed back; where the same waits already, that one does its work, and this one has ended.

        Of a queueing lock only one may wait. In hand, this one would hold its lock for as long as its worker lives.
        """
        try:
            await super().retry_job(job, *args, **more)
        except exceptions.UniqueViolation:
            await self.finish_job(job, Status.ABORTED, delete_job=False)


async def work(presence: Presence, *, queue: str, jobs: int, wait: bool) -> None:
    """Fetch by a pool of the worker's own, while what a job queues goes through Django's connection.

    ``jobs`` is how many it does at a time, each in a thread. Cancelled, it takes no more and ends those in hand.
    So the jobs that a job queues are committed with the rows that it writes. This is why the worker has an
    app of its own here, and procrastinate's ``replace_connector`` is not used.
    """
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4)
    working: App = app.with_connector(connector)
    working.job_manager = _Jobs(connector, presence.register)
    stopped = threading.Event()
    async with working.open_async():
        presence.take_over()
        threading.Thread(target=presence.watch, args=[stopped], daemon=True).start()
        try:
            await working.run_worker_async(
                queues=[queue],
                concurrency=jobs,
                wait=wait,
                delete_jobs="successful",
                task_middleware=[traced.traced, _trimmed],
                install_signal_handlers=jobs == 1,
                stalled_worker_timeout=_NEVER,
                fetch_job_polling_interval=2.0,
                shutdown_graceful_timeout=25.0,
            )
        finally:
            stopped.set()
