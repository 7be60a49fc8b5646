"""The jobs of the line: thin, named doors with one call inside; each may run twice (STYLE S16)."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ipshare.ingest import pipeline

# A higher priority goes first: what people wait for, then first shards before later ones, so that a large
# submission never keeps the lines of the other offices waiting.
OPEN, PUBLISH = 100, 90


@app.task(name="ingest.open_submission", queue="line", priority=OPEN, retry=3)
def open_submission(*, submission_id: int) -> None:
    """Open a received file and cut it into shards."""
    pipeline.open_submission(submission_id, at=timezone.now())


@app.task(name="ingest.check_shard", queue="line", retry=3)
def check_shard(*, submission_id: int, number: int) -> None:
    """Parse and check one shard and stage its records."""
    pipeline.check_shard(submission_id, number, at=timezone.now())


@app.task(name="ingest.publish_next", queue="line", priority=PUBLISH, retry=3)
def publish_next(*, office: str, right: str) -> None:
    """Publish what is ready of an office and right, in the order received."""
    pipeline.publish_next(office, right, at=timezone.now())
