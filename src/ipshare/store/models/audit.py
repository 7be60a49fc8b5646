"""What was done by whom: every event of consequence, in the office's own list."""

from __future__ import annotations

from django.db import models

from ipshare.store.models.accounts import Office


class AuditEvent(models.Model):
    """One event; its name is of the catalogue in store.audit."""

    at = models.DateTimeField()
    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.PROTECT, related_name="audit_events"
    )
    actor = models.CharField(max_length=200)
    event = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True, default="")
    detail = models.JSONField(default=dict)
    # The id of the request, session or submission that it came of, as every line of the log has it.
    trace = models.CharField(max_length=24, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["office", "-at"], name="audit_of_office")]
