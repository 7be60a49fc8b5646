"""The jobs of this room: thin, named doors that may run twice (STYLE S16)."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ipshare.accounts import letters


@app.task(name="accounts.deliver_letter", queue=letters.QUEUE, retry=3)
def deliver_letter(*, letter_id: int) -> None:
    """Hand a letter to the mail server."""
    letters.deliver(letter_id, at=timezone.now())
