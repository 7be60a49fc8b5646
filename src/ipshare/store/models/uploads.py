"""Files on their way in over HTTP, in the browser or through the API: what was announced, by whom, how it ended."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from ipshare.domain.office import Kind, Right
from ipshare.store.models.accounts import Office, User
from ipshare.store.models.sharing import Client
from ipshare.store.models.submissions import Submission


class HttpUpload(models.Model):
    """One file that a person or a machine sends; how much has come is the size of the file on disk."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    # Where it goes, under which name
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="http_uploads")
    right = models.CharField(max_length=10, choices=[(r.value, r.value) for r in Right])
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in Kind])
    name = models.CharField(max_length=255)
    # What its sender said of it: bytes in all, SHA-256 of all and of the first MiB (empty: not said).
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True, default="")
    start = models.CharField(max_length=64, blank=True, default="")
    # Who sends it: a person in the browser, or a client of the office through the API.
    person = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="http_uploads"
    )
    client = models.ForeignKey(
        Client, null=True, blank=True, on_delete=models.PROTECT, related_name="http_uploads"
    )
    begun_at = models.DateTimeField()
    # Of what is not whole: seven days after the last byte came. Of what has ended: how long the page tells of it.
    expires_at = models.DateTimeField()
    # When every byte was on disk: this names the delivery, whenever it lands.
    closed_at = models.DateTimeField(null=True, blank=True)
    # When it had landed, or was not taken in, with the reason in words.
    ended_at = models.DateTimeField(null=True, blank=True)
    submission = models.OneToOneField(
        Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="http_upload"
    )
    trouble = models.TextField(blank=True, default="")
    # When somebody of the office has seen that it was not taken in, so that it waits for nobody any more.
    put_away_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "right", "kind", "name"],
                condition=models.Q(ended_at=None),
                name="browser_upload_once_per_name_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True, client__isnull=False)
                | models.Q(person__isnull=False, client__isnull=True),
                name="upload_is_of_one_person_or_one_client",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "begun_at"], name="browser_upload_of_office"),
            models.Index(fields=["expires_at"], name="browser_upload_by_expiry"),
        ]

    @property
    def sender(self) -> str:
        """Who sends it, as pages and events name them."""
        return (
            self.person.email
            if self.person
            else f"client {self.client.name}"
            if self.client
            else ""
        )
