"""Puts the job of the index into the queue."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from ipshare.share.queue import LAST


def extend_search(office: str) -> None:
    """The changes of an office are to be brought into the index, unless that is waiting already."""
    mark = f"search:{office}"
    job = app.configure_task(
        "share.extend_search", queue="line", lock=mark, queueing_lock=mark, priority=LAST
    )
    try:
        with transaction.atomic():
            job.defer(office=office)
    except AlreadyEnqueued:
        return
