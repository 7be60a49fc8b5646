"""Destinations of third parties, and what was delivered to them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ipshare.domain.delivery import DeliveryState, DestinationKind
from ipshare.domain.office import Right
from ipshare.store.models.sharing import Authorization


class Destination(models.Model):
    """A third party's own system, to which an authorization's data is pushed. Written by share.destinations."""

    authorization = models.ForeignKey(
        Authorization, on_delete=models.PROTECT, related_name="destinations"
    )
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in DestinationKind])
    # What anybody of the office may see of it: host, folder, bucket; its shape is the kind's.
    address = models.JSONField()
    # Sealed (share.sealing); empty once it is removed.
    secret = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    paused_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    # Where its line is. Right → {cursor (sealed by share.place), complete: whether it was brought up to date once},
    # or {again: true}: what it holds is not known, and it begins again with an erasure of everything.
    cursors = models.JSONField(default=dict)
    last_right = models.CharField(max_length=10, blank=True, default="")
    last_delivered_at = models.DateTimeField(null=True, blank=True)
    # How it goes. When to look at it next; how often in a row it failed, since when, and why the last time.
    due_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=30, blank=True, default="")
    trouble_words = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authorization", "name"],
                condition=models.Q(removed_at=None),
                name="destination_named_once_per_authorization",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(removed_at=None, paused_at=None),
                name="destination_due",
            )
        ]


class Delivery(models.Model):
    """Consecutive items of one right's feed under one name; its bytes never change. Written by share.deliveries."""

    destination = models.ForeignKey(
        Destination, on_delete=models.PROTECT, related_name="deliveries"
    )
    number = models.PositiveIntegerField()
    right = models.CharField(max_length=10, choices=[(r.value, r.value) for r in Right])
    name = models.CharField(max_length=40)
    # The edition of the view under which it was made, and the grouping of elements.
    edition = models.CharField(max_length=60)
    # Its files in order: {path, object (its key in the object store), size, sha256}.
    files = models.JSONField()
    # What is in it.
    puts = ArrayField(models.TextField(), default=list)
    withdrawn = ArrayField(models.TextField(), default=list)
    erasures = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField()
    # Where its reader is when it has it: the destination's cursor afterwards.
    cursor = models.TextField()
    complete = models.BooleanField()
    # Lifecycle
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in DeliveryState])
    made_at = models.DateTimeField()
    # Between which of the office's positions its records stood when it was made; null: it names none.
    first_position = models.PositiveBigIntegerField(null=True, blank=True)
    last_position = models.PositiveBigIntegerField(null=True, blank=True)
    # The first byte may have left; before that instant nobody outside has seen anything of it.
    sent_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=30, blank=True, default="")
    trouble_words = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["destination", "number"], name="delivery_numbered_once_per_destination"
            ),
            models.UniqueConstraint(
                fields=["destination"],
                condition=models.Q(state__in=["ready", "sending"]),
                name="one_delivery_at_a_time",
            ),
        ]
