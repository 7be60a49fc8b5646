"""The job of shelves: a thin, named door that may run twice (STYLE S16)."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(
    name="share.fill_shelves", queue="line", lock="fill-shelves", queueing_lock="fill-shelves"
)
def fill_shelves(timestamp: int) -> None:
    """Ask for the packages that the shelves of third parties lack."""
    from ipshare.share import shelf_packages  # noqa: PLC0415 (the forms are heavy to import)

    shelf_packages.fill(at=timezone.now())
