"""Puts deliveries to third parties into the queue, in the transaction of what they are about (STYLE S15).

Deliveries have a queue and a process of their own (``ipshare pusher``): a destination that hangs keeps no
submission waiting.
"""

from __future__ import annotations

from ipshare.ingest import queue
from ipshare.store.models.deliveries import Destination

PUSH = "push"


def deliver(destination: int) -> None:
    """A destination may have something to receive: one job at a time, and one that waits, are enough."""
    mark = f"destination:{destination}"
    queue.once("share.deliver", mark, lock=mark, queue=PUSH, destination_id=destination)


def office(code: str) -> None:
    """The destinations of an office may have something to receive, or to erase."""
    held = Destination.objects.filter(authorization__office=code, removed_at=None, paused_at=None)
    for number in held.values_list("pk", flat=True):
        deliver(number)
