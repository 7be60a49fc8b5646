"""The jobs of sharing: thin, named doors that may run twice (STYLE S16)."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ipshare.share import authorizations, blocks, items, ledger, proof, queue
from ipshare.store.models.accounts import Office


@app.task(name="share.make_items_ready", queue="line", retry=3)
def make_items_ready(*, office: str) -> None:
    """Make the items of an office's feed ready for those who may read it."""
    items.make_ready(office)


@app.task(name="share.apply_blocks", queue="line", retry=10)
def apply_blocks(*, office: str) -> None:
    """Let the register follow the blocks of an office."""
    blocks.apply(office, at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="share.lift_ended_blocks", queue="line", queueing_lock="lift-ended-blocks")
def lift_ended_blocks(timestamp: int) -> None:
    """End the blocks whose time is over."""
    blocks.lift_ended(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="share.state_ends", queue="line", queueing_lock="state-ends")
def state_ends(timestamp: int) -> None:
    """State the ends of authorizations that came by themselves."""
    authorizations.state_ends(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="share.sum_up_ledger", queue="line", queueing_lock="sum-up-ledger")
def sum_up_ledger(timestamp: int) -> None:
    """Keep the sums of the ledger by day; what is left over comes with the next minute."""
    ledger.sum_up()


@app.task(name="share.make_proofs_ready", queue="line", retry=3)
def make_proofs_ready(*, office: str) -> None:
    """Make the leaves of an office's proofs ready for those who may read it."""
    proof.make_ready(office)


@app.periodic(cron="10 1 * * *")
@app.task(name="share.ready_proofs_of_the_day", queue="line", queueing_lock="proofs-of-the-day")
def ready_proofs_of_the_day(timestamp: int) -> None:
    """Let the proofs of the day be ready before they are asked for."""
    for office in Office.objects.values_list("code", flat=True):
        queue.make_proofs_ready(office)
