"""Letters that wait for the mail server, and those that it took."""

from __future__ import annotations

from django.db import models


class Letter(models.Model):
    """One e-mail to one person, in plain text."""

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    # Emptied when the letter has left, or is given up: it may hold a link that lets somebody in.
    body = models.TextField()
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    # The mail server refused it for good, or could not be reached for days.
    given_up_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    # What stood in the way at the last attempt.
    trouble = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["queued_at"],
                condition=models.Q(sent_at=None, given_up_at=None),
                name="letter_waits",
            )
        ]
