"""Letters (e-mail): queued with what they are about, sent beside everything else, tried again until they left.

A letter is committed with the deed that it tells of. It is sent at least once: a sender that is killed after
the mail server took a letter sends it again, under the same Message-ID.
"""

from __future__ import annotations

import logging
import smtplib
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django import app

from ipshare.store.models.letters import Letter

QUEUE = "letters"
FIRST_PAUSE, LONGEST_PAUSE = 60, 3600
"""Seconds until a letter is tried again; each pause is twice the one before."""
PATIENCE = timedelta(days=3)
"""After this a letter that cannot be sent is given up."""
_REFUSED = 500  # replies of a mail server from here on are for good (RFC 5321)
_log = logging.getLogger(__name__)


class LetterError(ValueError):
    """Why there can be no such letter."""


def send(to: str, subject: str, body: str, *, at: datetime) -> Letter:
    """Queue a letter to one address, in the caller's transaction; plain text, lines ended by a newline.

    Raises LetterError where ``to`` is no e-mail address. Nobody waits for the mail server, and whatever it
    does is no concern of the caller's.
    """
    try:
        validate_email(to)
    except ValidationError as trouble:
        raise LetterError(f"{to!r} is not an e-mail address") from trouble
    with transaction.atomic():
        letter = Letter.objects.create(
            to=to, subject=_one_line(subject), body=body.strip() + "\n", queued_at=at
        )
        _queue(letter, wait=0)
    return letter


def send_now(to: str, subject: str, body: str) -> None:
    """Hand a letter to the mail server at once, and raise what stands in the way (smtplib, OSError)."""
    _hand_over(_message(Letter(to=to, subject=_one_line(subject), body=body)))


def deliver(letter_id: int, *, at: datetime) -> None:
    """Hand a queued letter to the mail server, unless that is done; plan the next attempt where it fails."""
    with transaction.atomic():
        waiting = Letter.objects.filter(pk=letter_id, sent_at=None, given_up_at=None)
        letter = waiting.select_for_update().first()
        if letter is None:
            return
        letter.attempts += 1
        try:
            _hand_over(_message(letter))
        except (smtplib.SMTPException, OSError, UnicodeError) as trouble:
            _failed(letter, trouble, at=at)
        else:
            letter.sent_at, letter.body, letter.trouble = at, "", ""
        letter.save()


def clear(*, at: datetime) -> int:
    """Delete letters that left, or were given up, long ago; how many these were. What waits stays."""
    before = at - timedelta(days=settings.LETTER_DAYS)
    over = Letter.objects.filter(Q(sent_at__lt=before) | Q(given_up_at__lt=before))
    return over.delete()[0]


def _hand_over(message: EmailMessage) -> None:
    """Send by a connection of its own; Django's leaves one open where it fails before the letter."""
    message.connection = get_connection()
    try:
        message.send()
    finally:
        with suppress(smtplib.SMTPException, OSError):
            message.connection.close()


def _failed(letter: Letter, trouble: Exception, *, at: datetime) -> None:
    letter.trouble = f"{type(trouble).__name__}: {_one_line(str(trouble))}"[:300]
    if _for_good(trouble) or at - letter.queued_at > PATIENCE:
        letter.given_up_at, letter.body = at, ""
        _log.error("letter %d to %s is given up: %s", letter.pk, letter.to, letter.trouble)
        return
    wait = min(FIRST_PAUSE * 2 ** min(letter.attempts - 1, 10), LONGEST_PAUSE)
    _log.warning("letter %d is tried again in %d s: %s", letter.pk, wait, letter.trouble)
    _queue(letter, wait=wait)


def _for_good(trouble: Exception) -> bool:
    """Whether the mail server refused this letter or its address, and would again."""
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        return all(code >= _REFUSED for code, _ in trouble.recipients.values())
    if isinstance(trouble, smtplib.SMTPDataError):
        return bool(trouble.smtp_code >= _REFUSED)
    return isinstance(trouble, UnicodeError)


def _queue(letter: Letter, *, wait: int) -> None:
    job = app.configure_task(
        "accounts.deliver_letter",
        queue=QUEUE,
        schedule_in={"seconds": wait} if wait else None,
    )
    job.defer(letter_id=letter.pk)


def _message(letter: Letter) -> EmailMessage:
    headers = {"Auto-Submitted": "auto-generated"}
    if letter.pk:
        host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
        headers["Message-ID"] = f"<letter-{letter.pk}-{letter.queued_at:%Y%m%d%H%M%S}@{host}>"
    return EmailMessage(letter.subject, letter.body, to=[letter.to], headers=headers)


def _one_line(text: str) -> str:
    """Text for a header: nothing in it can begin another one."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
