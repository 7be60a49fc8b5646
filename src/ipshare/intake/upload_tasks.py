"""The jobs of uploads over HTTP: thin, named doors that may run twice (STYLE S16)."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from ipshare.ingest import queue, shortage


@app.task(name="intake.land_upload", queue=queue.LINE, priority=queue.OPEN, retry=shortage.Retry(3))
def land_upload(*, upload: str) -> None:
    """Make a whole file a submission."""
    from ipshare.intake import http_arrivals  # noqa: PLC0415

    http_arrivals.land(UUID(upload), at=timezone.now())


@app.periodic(cron="13 * * * *")
@app.task(name="intake.sweep_uploads", queue=queue.LINE, queueing_lock="sweep-uploads")
def sweep_uploads(timestamp: int) -> None:
    """Delete uploads for which nothing came in seven days, and land what a kill left whole."""
    from ipshare.intake import forgetting  # noqa: PLC0415

    forgetting.sweep(at=timezone.now())
