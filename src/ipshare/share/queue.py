"""Puts the jobs of sharing into the queue, in the transaction of the row they are about (STYLE S15)."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

LAST = -32_000
"""After everything that an office waits for."""
FIRST = 32_000
"""Before everything else: somebody is waiting to be kept out."""


def apply_blocks(office: str) -> None:
    """The register is to follow the blocks of an office."""
    job = app.configure_task("share.apply_blocks", queue="line", priority=FIRST)
    job.defer(office=office)


def sweep_exports() -> None:
    """Exports may have lost their conditions, and their parts are to go."""
    job = app.configure_task(
        "share.sweep_exports", queue="line", queueing_lock="sweep-exports", priority=FIRST
    )
    try:
        with transaction.atomic():
            job.defer(timestamp=0)
    except AlreadyEnqueued:
        return


def make_items_ready(office: str) -> None:
    """The items of an office's feed are to be made ready, unless that is waiting already."""
    job = app.configure_task(
        "share.make_items_ready", queue="line", queueing_lock=f"items:{office}", priority=LAST
    )
    try:
        with transaction.atomic():
            job.defer(office=office)
    except AlreadyEnqueued:
        return


def make_proofs_ready(office: str) -> None:
    """The leaves of an office's proofs are to be made ready, unless that is waiting already."""
    job = app.configure_task(
        "share.make_proofs_ready", queue="line", queueing_lock=f"proofs:{office}", priority=LAST
    )
    try:
        with transaction.atomic():
            job.defer(office=office)
    except AlreadyEnqueued:
        return
