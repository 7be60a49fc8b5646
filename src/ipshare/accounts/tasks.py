"""The jobs of this room: thin, named doors that may run twice (STYLE S16)."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ipshare.accounts import letters, sessions


@app.task(name="accounts.deliver_letter", queue=letters.QUEUE, retry=3)
def deliver_letter(*, letter_id: int) -> None:
    """Hand a letter to the mail server."""
    letters.deliver(letter_id, at=timezone.now())


@app.periodic(cron="20 1 * * *")
@app.task(name="accounts.clear_sessions", queue="line", queueing_lock="clear-sessions")
def clear_sessions(timestamp: int) -> None:
    """Delete the sessions that are over."""
    sessions.clear(at=timezone.now())


@app.periodic(cron="25 1 * * *")
@app.task(name="accounts.clear_letters", queue="line", queueing_lock="clear-letters")
def clear_letters(timestamp: int) -> None:
    """Delete the letters that have left, or were given up, long ago."""
    letters.clear(at=timezone.now())
