"""``ipshare letter``: whether e-mail leaves the hub, and what did not."""

from __future__ import annotations

import argparse
import smtplib

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from ipshare.accounts import letters
from ipshare.domain import plural
from ipshare.ops.refusal import RefusalError
from ipshare.store.models.letters import Letter

_SUBJECT = "ipshare: a test letter"


def test(args: argparse.Namespace) -> int:
    """Send a letter at once; what stands in the way is said in one line."""
    try:
        validate_email(args.address)
    except ValidationError as trouble:
        raise RefusalError(f"{args.address!r} is not an e-mail address") from trouble
    body = (
        f"Somebody has tried whether the hub at {settings.PUBLIC_URL} can send e-mail. It can.\n"
        "There is nothing to do.\n"
    )
    try:
        letters.send_now(args.address, _SUBJECT, body)
    except (smtplib.SMTPException, OSError) as trouble:
        raise RefusalError(
            f"the mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT} did not take the letter "
            f"({type(trouble).__name__}: {trouble}); see IPSHARE_EMAIL_URL and IPSHARE_EMAIL_FROM"
        ) from trouble
    if settings.EMAIL_HOST:
        print(f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} took a letter to {args.address}")
    else:
        print("printed, not sent: no mail server is set (IPSHARE_EMAIL_URL)")
    return 0


def show(args: argparse.Namespace) -> int:
    """List the letters that have not left."""
    for letter in Letter.objects.filter(sent_at=None).order_by("-pk")[: args.last]:
        state = "given up" if letter.given_up_at else "waits"
        tried = plural.counted(letter.attempts, "attempt")
        print(
            f"{letter.pk:<8}  {letter.queued_at:%Y-%m-%d %H:%M}  {state:<8}  {tried}"
            f"  {letter.to}  {letter.subject}  {letter.trouble}".rstrip()
        )
    return 0
