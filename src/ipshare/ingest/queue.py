"""Puts the jobs of the line into the queue, in the transaction of the row they are about (STYLE S15)."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

LINE = "line"
# A higher priority goes first: what people wait for, then first shards before later ones, so that a large
# submission never keeps the lines of the other offices waiting.
OPEN, PUBLISH, REPORT = 100, 90, 80
LAST = -32_000
"""After everything that an office waits for."""
SHARDS = 4
"""Full shards that are one job and commit together; no more than one of them is parsed at a time."""


def shards(submission: int, first: int, last: int, *, wait: int = 0) -> None:
    """The shards from ``first`` to ``last`` are to be checked, in ``wait`` seconds at the earliest."""
    job = app.configure_task(
        "ingest.check_shards",
        queue=LINE,
        priority=-min(first, 30_000),
        schedule_in={"seconds": wait} if wait else None,
    )
    job.defer(submission_id=submission, first=first, last=last)


def open_again(submission: int) -> None:
    """A submission is to be opened from the beginning, since what was made of it is lost."""
    app.configure_task("ingest.open_submission", queue=LINE, priority=OPEN).defer(
        submission_id=submission
    )


def discard(submission: int) -> None:
    """The working files of a submission that has ended are to go."""
    app.configure_task("ingest.discard", queue=LINE, priority=REPORT).defer(
        submission_id=submission
    )


def publish(office: str, right: str) -> None:
    """Something of an office and right may be ready to publish."""
    app.configure_task("ingest.publish_next", queue=LINE, priority=PUBLISH).defer(
        office=office, right=right
    )


def report(submission: int) -> None:
    """The report of a submission is to be written."""
    app.configure_task("quality.write_report", queue=LINE, priority=REPORT).defer(
        submission_id=submission
    )


def regroup(office: str, right: str) -> None:
    """A register is to be dealt out to its element groups again, if nobody is about to."""
    mark = f"regroup:{office}:{right}"
    once("ingest.regroup", mark, lock=mark, priority=OPEN, office=office, right=right)


def once(
    task: str,
    mark: str,
    *,
    lock: str | None = None,
    priority: int = 0,
    queue: str = LINE,
    **given: str | int,
) -> None:
    """Queue a job, unless one under the same mark waits already; those under one lock run one after the other."""
    job = app.configure_task(task, queue=queue, lock=lock, queueing_lock=mark, priority=priority)
    try:
        with transaction.atomic():
            job.defer(**given)
    except AlreadyEnqueued:
        return


def shard_key(submission: int, number: int) -> str:
    """Where the bytes of a shard wait to be checked."""
    return f"{shard_folder(submission)}/{number}"


def shard_folder(submission: int) -> str:
    """Where the bytes of all its shards are."""
    return f"shards/{submission}"


def items(office: str) -> None:
    """The items of an office's feed may be made ready again (room share), if nobody is about to."""
    once("share.make_items_ready", f"items:{office}", priority=LAST, office=office)


def search(office: str) -> None:
    """The changes of an office may be brought into the index of searches (room share), if nobody is about to."""
    mark = f"search:{office}"
    once("share.extend_search", mark, lock=mark, priority=LAST, office=office)
