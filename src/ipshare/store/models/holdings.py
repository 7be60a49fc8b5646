"""What the hub holds of a right of an office: the agreed rhythm of submissions, and how complete the records are."""

from __future__ import annotations

from django.db import models

from ipshare.domain.office import Right
from ipshare.store.models.accounts import Office


class Rhythm(models.Model):
    """How often an office has agreed to send a right. Without a row nothing is agreed."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="rhythms")
    right = models.CharField(max_length=10, choices=[(r.value, r.value) for r in Right])
    # Days after which the next submission is due; null: the office sends when it has something.
    days = models.PositiveIntegerField(null=True, blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "right"], name="rhythm_once_per_office_and_right"
            )
        ]


class Completeness(models.Model):
    """How many records of a right had all mandatory elements after its last publication."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="completeness")
    right = models.CharField(max_length=10, choices=[(r.value, r.value) for r in Right])
    counted_at = models.DateTimeField()
    # Live records that were looked at; those read before the hub kept this are not among them.
    records = models.PositiveIntegerField()
    complete = models.PositiveIntegerField()
    unknown = models.PositiveIntegerField(default=0)
    # Element (domain.mandatory) → how many records lack it.
    lacking = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "right"], name="completeness_once_per_office_and_right"
            )
        ]
