"""Bulk exports: snapshots of what a client sees, made by a worker and kept for some days."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ipshare.domain.export import ExportState, Form
from ipshare.store.models.sharing import Authorization, Client


class Export(models.Model):
    """One export. Its parts lie in the object store, and are served only under the conditions it was made under.

    Without a client it is for the shelf of the third party: the packages that it finds over SFTP.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    client = models.ForeignKey(
        Client, null=True, blank=True, on_delete=models.PROTECT, related_name="exports"
    )
    authorization = models.ForeignKey(
        Authorization, on_delete=models.PROTECT, related_name="exports"
    )
    # The versions of the authorization and of the office's base restriction that it is made under.
    version = models.PositiveIntegerField()
    base = models.PositiveIntegerField()
    # The grouping of elements that it is made under (standards.grouping).
    grouping = models.CharField(max_length=32, blank=True, default="")
    # In the order of domain.office.Right.
    rights = ArrayField(models.CharField(max_length=10))
    form = models.CharField(max_length=10, choices=[(f.value, f.value) for f in Form])
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in ExportState])
    # Of the worker that makes it: one that was taken for dead cannot end what another has begun again.
    attempt = models.PositiveIntegerField(default=0)
    # The newest record block that the snapshot knows of; a later one of a record in it ends the export.
    last_block = models.PositiveBigIntegerField(default=0)
    # The office's last position in its snapshot.
    position = models.PositiveBigIntegerField(null=True, blank=True)
    # Records done so far.
    records = models.PositiveBigIntegerField(default=0)
    # When it is finished: [{name, right, records, size, sha256}], and the feed's cursor at the snapshot.
    parts = models.JSONField(default=list)
    cursor = models.TextField(blank=True, default="")
    # Names of the parts whose records the ledger has.
    served = ArrayField(models.TextField(), default=list)

    class Meta:
        indexes = [models.Index(fields=["client", "asked_at"], name="export_of_client")]
