"""The job of push: a thin, named door that may run twice (STYLE S16)."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ipshare.ingest import waking


@app.task(name="share.deliver", queue=waking.PUSH, retry=3)
def deliver(*, destination_id: int) -> None:
    """Deliver what there is for a destination."""
    from ipshare.share import deliveries  # noqa: PLC0415 (brings the clients of push with it)

    deliveries.deliver(destination_id, clock=timezone.now)
