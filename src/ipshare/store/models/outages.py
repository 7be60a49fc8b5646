"""Outages of the hub: from when to when a part of it did not do its work."""

from __future__ import annotations

from django.db import models


class Outage(models.Model):
    """One part of the hub that does not do its work; written by watch.outages."""

    part = models.CharField(max_length=60)
    # What was seen at the beginning, in words for operators.
    words = models.TextField()
    began_at = models.DateTimeField()
    # Null: seen once only so far; nobody is told of what is over at the next look.
    told_at = models.DateTimeField(null=True, blank=True)
    # Since when it does its work again; null: it does not.
    well_since = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part"],
                condition=models.Q(ended_at=None),
                name="one_open_outage_per_part",
            )
        ]
