"""The job of the index: a thin, named door that may run twice (STYLE S16)."""

from __future__ import annotations

import time

from procrastinate.contrib.django import app

from ipshare.ingest import queue as line
from ipshare.share.search import index

TURN = 1.0
"""Seconds after which a job leaves the rest to another one: what came into the line meanwhile goes first."""


@app.task(name="share.extend_search", queue="line", retry=3)
def extend_search(*, office: str) -> None:
    """Bring the changes of an office into the index, a turn at a time."""
    end = time.monotonic() + TURN
    while index.extend(office):
        if time.monotonic() >= end:
            line.search(office)
            return
