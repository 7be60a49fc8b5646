"""The jobs of the line: thin, named doors with one call inside; each may run twice (STYLE S16).

The line is imported by the workers that run it only: the doors that queue these jobs stay light.
"""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ipshare.ingest import queue


@app.task(name="ingest.open_submission", queue=queue.LINE, priority=queue.OPEN, retry=3)
def open_submission(*, submission_id: int) -> None:
    """Open a received file and cut it into shards."""
    from ipshare.ingest import pipeline  # noqa: PLC0415

    pipeline.open_submission(submission_id, at=timezone.now())


@app.task(name="ingest.check_shard", queue=queue.LINE, retry=3)
def check_shard(*, submission_id: int, number: int) -> None:
    """Parse and check one shard and stage its records."""
    from ipshare.ingest import pipeline  # noqa: PLC0415

    pipeline.check_shard(submission_id, number, at=timezone.now())


@app.task(name="ingest.publish_next", queue=queue.LINE, priority=queue.PUBLISH, retry=3)
def publish_next(*, office: str, right: str) -> None:
    """Publish what is ready of an office and right, in the order received."""
    from ipshare.ingest import pipeline  # noqa: PLC0415

    pipeline.publish_next(office, right, at=timezone.now())
