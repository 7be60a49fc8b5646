"""``ipshare pusher``: sends deliveries to the systems of third parties, many at a time, beside the line.

A process of its own: a destination that hangs keeps other destinations and the line of submissions waiting for
nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
from django.db import DatabaseError, connection
from django.utils import timezone
from procrastinate.contrib.django.utils import connector_params

from ipshare.ops import worker
from ipshare.share import deliveries, push

JOBS = 8
"""Destinations that are served at the same time."""
LOOK_EVERY = 2.0
_log = logging.getLogger(__name__)


def run(args: argparse.Namespace) -> int:
    """Deliver until asked to stop; what is being sent then is stopped, and goes on at the next start."""
    threading.Thread(target=_clock, daemon=True).start()
    with psycopg.connect(**connector_params(), autocommit=True) as presence:
        asyncio.run(_push(worker.Presence(presence), wait=not args.once))
    return 0


async def _push(presence: worker.Presence, *, wait: bool) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(JOBS + 2))
    working = asyncio.ensure_future(worker.work(presence, queue=worker.PUSH, jobs=JOBS, wait=wait))

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
