"""``ipshare pusher``: sends deliveries to the systems of third parties, and letters to people, beside the line.

A process of its own: a destination or a mail server that hangs keeps nothing else waiting. Letters have a worker
of their own in it, so that neither waits for the other.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from django.db import DatabaseError, connection
from django.utils import timezone

from ipshare.notices import clock
from ipshare.ops import worker
from ipshare.share import deliveries, push
from ipshare.watch import outages

JOBS = 8
"""Destinations that are served at the same time."""
LETTERS = 2
"""Letters that are handed to the mail server at the same time."""
LOOK_EVERY = 2.0
_log = logging.getLogger(__name__)


def run(args: argparse.Namespace) -> int:
    """Deliver until asked to stop; what is being sent then is stopped, and goes on at the next start."""
    threading.Thread(target=_clock, daemon=True).start()
    threading.Thread(target=clock.run, args=[push.ending], daemon=True).start()
    threading.Thread(target=_watch, daemon=True).start()
    with worker.present(worker.PUSH) as pushing, worker.present(worker.LETTERS) as writing:
        asyncio.run(_push(worker.Presence(pushing), worker.Presence(writing), wait=not args.once))
    return 0


async def _push(pushing: worker.Presence, writing: worker.Presence, *, wait: bool) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(JOBS + LETTERS + 2))
    working = asyncio.gather(
        worker.work(pushing, queue=worker.PUSH, jobs=JOBS, wait=wait),
        worker.work(writing, queue=worker.LETTERS, jobs=LETTERS, wait=wait),
    )

    def stop() -> None:
        push.ending.set()
        working.cancel()

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)
    with suppress(asyncio.CancelledError):
        await working
    push.ending.set()


def _clock() -> None:
    """Wake the destinations whose time has come."""
    while not push.ending.wait(LOOK_EVERY):
        try:
            deliveries.wake_due(at=timezone.now())
        except DatabaseError as trouble:
            _log.warning("cannot look for destinations that are due: %s", trouble)
            connection.close()


def _watch() -> None:
    """Look how the hub itself does."""
    while not push.ending.wait(outages.LOOK_EVERY.total_seconds()):
        try:
            outages.look(at=timezone.now())
        except DatabaseError as trouble:
            _log.warning("cannot look how the hub does: %s", trouble)
            connection.close()
