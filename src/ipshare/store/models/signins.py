"""Attempts to sign in, kept for a quarter of an hour: what the throttle counts."""

from __future__ import annotations

from django.db import models


class SignInAttempt(models.Model):
    """One attempt, written before the password is looked at, so that parallel guesses count each other."""

    # The e-mail address as typed, lower case; it need not belong to anybody.
    account = models.CharField(max_length=254)
    # The network address that it came from.
    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="attempt_of_account"),
            models.Index(fields=["address", "at"], name="attempt_from_address"),
        ]
