"""The queue and its workers, as PostgreSQL knows them at this instant."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app

from ipshare.store import audit
from ipshare.store.models.jobs import JobFailure

LOCKS = 4711_01
"""The space of the workers' advisory locks: a worker holds the one of its number for as long as it lives."""
QUEUES = ("line", "push", "letters")
MOST = 50
_DUE = "status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
_LISTS = {
    "running": ("started", "status = 'doing' ORDER BY id"),
    "waiting": ("deferred", f"{_DUE} ORDER BY priority DESC, id LIMIT {MOST}"),
    "later": (
        "deferred",
        f"status = 'todo' AND scheduled_at > now() ORDER BY scheduled_at LIMIT {MOST}",
    ),
    "failed": ("failed", f"status = 'failed' ORDER BY id DESC LIMIT {MOST}"),
}
"""Each list of jobs: the event that its time is of, and which jobs are on it, in which order."""


class JobRefusedError(ValueError):
    """Why a job cannot be retried or cancelled; the message says what it is instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One queue: how many jobs of each state, and how long the oldest that could run has waited."""

    name: str
    waiting: int
    later: int
    running: int
    failed: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job; ``at`` is when it was queued, or began, or failed, as its state has it."""

    id: int
    queue: str
    task: str
    state: str
    about: str
    attempts: int
    scheduled_at: datetime | None
    worker: int | None
    at: datetime | None
    trouble: str = ""
    places: Sequence[str] = field(default=())
    trace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker that is alive: it holds the lock of its number."""

    number: int
    queue: str
    since: datetime
    address: str
    job: Job | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic:
    """A task that comes again and again."""

    task: str
    cron: str
    last_at: datetime | None


def queues() -> list[Queue]:
    """Both queues; a job waits from when it was queued, or from when it was to run at the earliest."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT queue_name,
              count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())),
              count(*) FILTER (WHERE status = 'todo' AND scheduled_at > now()),
              count(*) FILTER (WHERE status = 'doing'),
              count(*) FILTER (WHERE status = 'failed'),
              min(id) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))
            FROM procrastinate_jobs GROUP BY 1
            """
        )
        found = {row[0]: row[1:] for row in cursor.fetchall()}
        oldest: list[int] = [row[4] for row in found.values() if row[4]]
        cursor.execute(
            """
            SELECT job_id, max(at) FROM procrastinate_events
            WHERE job_id = ANY(%s) AND type IN ('deferred', 'deferred_for_retry', 'retried', 'scheduled')
            GROUP BY 1
            """,
            [oldest],
        )
        since = dict(cursor.fetchall())
    names = [*QUEUES, *sorted(found.keys() - {*QUEUES})]
    rows = [(name, *found.get(name, (0, 0, 0, 0, None))) for name in names]
    return [
        Queue(
            name=name,
            waiting=waiting,
            later=later,
            running=running,
            failed=failed,
            oldest_at=since.get(first),
        )
        for name, waiting, later, running, failed, first in rows
    ]


def lists() -> dict[str, list[Job]]:
    """The jobs in hand, those that will be taken next, those that wait for a time, those that failed for good."""
    each = " UNION ALL ".join(
        f"(SELECT %s AS list, %s AS event, j.* FROM procrastinate_jobs j WHERE {which})"
        for _, which in _LISTS.values()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT j.list, j.id, j.queue_name, j.task_name, j.status::text, j.args, j.attempts,
                   j.scheduled_at, j.worker_id,
                   (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type::text = j.event)
            FROM ({each}) j
            """,
            [word for name, (event, _) in _LISTS.items() for word in (name, event)],
        )
        # Django reads JSON in models only.
        rows = [(row[0], (*row[1:5], json.loads(row[5]), *row[6:])) for row in cursor.fetchall()]
    notes = JobFailure.objects.in_bulk([row[0] for _, row in rows])
    submissions = _references(
        {row[4]["submission_id"] for _, row in rows if "submission_id" in row[4]}
    )
    found: dict[str, list[Job]] = {name: [] for name in _LISTS}
    for name, row in rows:
        found[name].append(_job(row, notes.get(row[0]), submissions))
    return found


def _job(row: Sequence[Any], note: JobFailure | None, submissions: dict[int, str]) -> Job:
    number, queue, task, state, args, attempts, scheduled_at, worker, at = row
    return Job(
        id=number,
        queue=queue,
        task=task,
        state=state,
        about=_about(args, submissions),
        attempts=attempts,
        scheduled_at=scheduled_at,
        worker=worker,
        at=at or (note.at if note else None),
        trouble=note.trouble if note else "",
        places=tuple(note.places) if note else (),
        trace=note.trace if note else "",
    )


def _references(ids: set[int]) -> dict[int, str]:
    from ipshare.store.models.submissions import Submission  # noqa: PLC0415

    found = Submission.objects.filter(pk__in=ids).only("office_id", "number") if ids else ()
    return {one.pk: one.reference for one in found}


def _about(args: dict[str, Any], submissions: dict[int, str]) -> str:
    """What a job is about, by the names that people know."""
    if reference := submissions.get(args.get("submission_id", 0)):
        first, last = args.get("first"), args.get("last")
        return reference if first is None else f"{reference}, shards {first} to {last}"
    return " ".join(str(args[name]) for name in ("office", "right") if name in args)


def workers(running: Sequence[Job] = ()) -> list[Worker]:
    """The workers that are alive, with what each has in hand, where the jobs that run are given."""
    in_hand = {job.worker: job for job in running}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT l.objid, a.application_name, a.backend_start, host(a.client_addr)
            FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE l.locktype = 'advisory' AND l.classid = %s AND l.objsubid = 2 AND l.granted
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            ORDER BY l.objid
            """,
            [LOCKS],
        )
        return [
            Worker(
                number=number,
                queue=name.removeprefix("ipshare ") if name.startswith("ipshare ") else "",
                since=since,
                address=address or "this machine",
                job=in_hand.get(number),
            )
            for number, name, since, address in cursor.fetchall()
        ]


def periodic() -> list[Periodic]:
    """The tasks that come again and again, with when each was queued last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, max(defer_timestamp) FROM procrastinate_periodic_defers GROUP BY 1"
        )
        last = {name: datetime.fromtimestamp(stamp, UTC) for name, stamp in cursor.fetchall()}
    # A process that only asks has not imported every task.
    app.perform_import_paths()  # type: ignore[no-untyped-call]
    known = app.periodic_registry.periodic_tasks.values()
    rows = [
        Periodic(task=one.task.name, cron=one.cron, last_at=last.get(one.task.name))
        for one in known
    ]
    return sorted(rows, key=lambda row: row.task)


def retry(job: int, *, by: str, at: datetime) -> None:
    """Put a job that failed back into its queue."""
    with transaction.atomic():
        task = _of_state(job, "failed", "it has not failed")
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT procrastinate_retry_job_v2(%s, %s, NULL, NULL, NULL)", [job, at]
                )
        except IntegrityError as twice:  # of a queueing lock only one may wait
            raise JobRefusedError(
                f"job {job} stays as it is: the same work waits already, as another job"
            ) from twice
        audit.write("job.retried", at=at, actor=by, office=None, subject=f"{task} {job}")


def cancel(job: int, *, by: str, at: datetime) -> None:
    """Take a job that nobody has begun out of its queue, for good."""
    with transaction.atomic():
        task = _of_state(job, "todo", "it does not wait any more")
        with connection.cursor() as cursor:
            cursor.execute("SELECT procrastinate_cancel_job_v1(%s, false, false)", [job])
        audit.write("job.cancelled", at=at, actor=by, office=None, subject=f"{task} {job}")


def _of_state(job: int, state: str, otherwise: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, status::text FROM procrastinate_jobs WHERE id = %s FOR UPDATE", [job]
        )
        row = cursor.fetchone()
    if row is None:
        raise JobRefusedError(f"job {job} is not in the queue any more")
    if row[1] != state:
        raise JobRefusedError(f"job {job} stays as it is: {otherwise}")
    return str(row[0])
