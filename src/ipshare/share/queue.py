"""Puts the jobs of sharing into the queue, in the transaction of the row they are about (STYLE S15)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from ipshare.ingest import queue

FIRST = 32_000
"""Before everything else: somebody is waiting to be kept out."""


def apply_blocks(office: str) -> None:
    """The register is to follow the blocks of an office."""
    job = app.configure_task("share.apply_blocks", queue=queue.LINE, priority=FIRST)
    job.defer(office=office)


def sweep_exports() -> None:
    """Exports may have lost their conditions, and their parts are to go."""
    queue.once("share.sweep_exports", "sweep-exports", priority=FIRST, timestamp=0)


def make_proofs_ready(office: str) -> None:
    """The leaves of an office's proofs are to be made ready, unless that is waiting already."""
    mark = f"proofs:{office}"
    queue.once("share.make_proofs_ready", mark, priority=queue.LAST, office=office)
