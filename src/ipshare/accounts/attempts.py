"""Attempts to get in, counted per account and per network: after too many of them there is a pause."""

from __future__ import annotations

from datetime import datetime, timedelta

from ipshare.store.models.signins import SignInAttempt

PAUSE = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 5
TRIES_PER_ADDRESS = 50


def begin(account: str, address: str, at: datetime) -> bool:
    """Count an attempt before its secret is looked at; False while there is a pause.

    ``account`` names what is tried: an e-mail address as typed, the second step of a person, a letter asked for,
    passkeys from one network address. All but the first have a space; an address typed to sign in has none.
    Attempts that run at the same time count each other, since each is written before any is judged.
    """
    mine = SignInAttempt.objects.create(account=account, address=address, at=at)
    recent = SignInAttempt.objects.filter(at__gt=at - PAUSE)
    if (
        recent.filter(account=account).count() > TRIES_PER_ACCOUNT
        or recent.filter(address=address).count() > TRIES_PER_ADDRESS
    ):
        mine.delete()  # a pause ends when the wrong attempts are old, however often somebody knocks
        return False
    return True


def forget(account: str, at: datetime) -> None:
    """What was tried was right: forget the attempts of this account, and those of anybody that count no more."""
    SignInAttempt.objects.filter(account=account).delete()
    SignInAttempt.objects.filter(at__lte=at - PAUSE).delete()
