"""Puts deliveries to third parties into the queue, in the transaction of what they are about (STYLE S15).

Deliveries have a queue and a process of their own (``ipshare pusher``): a destination that hangs keeps no
submission waiting.
"""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from ipshare.store.models.deliveries import Destination

PUSH = "push"


def deliver(destination: int) -> None:
    """A destination may have something to receive: one job at a time, and one that waits, are enough."""
    mark = f"destination:{destination}"
    job = app.configure_task("share.deliver", queue=PUSH, lock=mark, queueing_lock=mark)
    try:
        with transaction.atomic():
            job.defer(destination_id=destination)
    except AlreadyEnqueued:
        return


def office(code: str) -> None:
    """The destinations of an office may have something to receive, or to erase."""
    held = Destination.objects.filter(authorization__office=code, removed_at=None, paused_at=None)
    for number in held.values_list("pk", flat=True):
        deliver(number)
