"""The jobs of the line: thin, named doors with one call inside; each may run twice (STYLE S16).

The line is imported by the workers that run it only: the doors that queue these jobs stay light.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from ipshare.domain.office import Right
from ipshare.ingest import queue, shortage

RETRIES = 3
_AGAIN = shortage.Retry(RETRIES)


@app.task(
    name="ingest.open_submission",
    queue=queue.LINE,
    priority=queue.OPEN,
    pass_context=True,
    retry=_AGAIN,
)
def open_submission(context: JobContext, *, submission_id: int) -> None:
    """Open a received file and cut it into shards."""
    from ipshare.ingest import pipeline  # noqa: PLC0415

    with _answered_for(context, submission_id):
        pipeline.open_submission(submission_id, at=timezone.now())


@app.task(name="ingest.check_shards", queue=queue.LINE, pass_context=True, retry=_AGAIN)
def check_shards(context: JobContext, *, submission_id: int, first: int, last: int) -> None:
    """Parse and check some shards and stage their records."""
    from ipshare.ingest import pipeline  # noqa: PLC0415

    with _answered_for(context, submission_id):
        pipeline.check_shards(submission_id, first, last, at=timezone.now())


@app.task(
    name="ingest.publish_next",
    queue=queue.LINE,
    priority=queue.PUBLISH,
    pass_context=True,
    retry=_AGAIN,
)
def publish_next(context: JobContext, *, office: str, right: str) -> None:
    """Publish what is ready of an office and right, in the order received."""
    from ipshare.ingest import pipeline  # noqa: PLC0415

    with _answered_for(context, pipeline.next_to_publish(office, right)):
        pipeline.publish_next(office, right, at=timezone.now())


@app.task(name="ingest.discard", queue=queue.LINE, priority=queue.REPORT, retry=_AGAIN)
def discard(*, submission_id: int) -> None:
    """Delete the working files of a submission that has ended."""
    from ipshare.store import objects  # noqa: PLC0415

    objects.delete_folder(queue.shard_folder(submission_id))


@app.periodic(cron="* * * * *")
@app.task(name="ingest.regroup_others", queue=queue.LINE, queueing_lock="regroup-others")
def regroup_others(timestamp: int) -> None:
    """Queue what another version of the hub dealt out to its element groups."""
    from ipshare.ingest import regrouping  # noqa: PLC0415

    regrouping.queue_others()


@app.task(name="ingest.regroup", queue=queue.LINE, retry=_AGAIN)
def regroup(*, office: str, right: str) -> None:
    """Deal out a register to its element groups again."""
    from ipshare.ingest import regrouping  # noqa: PLC0415

    regrouping.regroup(office, Right(right), at=timezone.now())


@contextmanager
def _answered_for(context: JobContext, submission_id: int | None) -> Iterator[None]:
    """Our own failure is tried again; the last time it ends the submission, so that its office hears of it."""
    try:
        yield
    except Exception as trouble:
        last = context.job.attempts >= RETRIES and not shortage.is_shortage(trouble)
        if last and submission_id is not None:
            from ipshare.ingest import pipeline  # noqa: PLC0415

            pipeline.give_up(submission_id, at=timezone.now())
        raise
