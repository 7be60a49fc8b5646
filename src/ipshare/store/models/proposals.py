"""Changes of what goes out that wait for a second person of the office."""

from __future__ import annotations

from django.db import models

from ipshare.store.models.accounts import Office
from ipshare.store.models.sharing import Authorization


class Proposal(models.Model):
    """One change that somebody wants; nothing of it holds before another person approves it."""

    # What is to change: conditions, base (the base restriction), lift (a record block), or switch-off (of all this).
    kind = models.CharField(max_length=12)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="proposals")
    authorization = models.ForeignKey(
        Authorization, null=True, blank=True, on_delete=models.PROTECT, related_name="proposals"
    )
    # The version that it was compared with: a proposal that others have overtaken cannot be approved.
    version = models.PositiveIntegerField(default=0)
    # What is wanted, as the code that carries it out reads it; for which rights that is.
    wanted = models.JSONField(default=dict)
    rights = models.JSONField(default=list)
    # What was shown before it was proposed: headline, lines (what, now, after), effects by right.
    preview = models.JSONField(default=dict)
    reason = models.TextField()
    proposed_by = models.CharField(max_length=254)
    proposed_at = models.DateTimeField()
    # open, approved, rejected or withdrawn
    state = models.CharField(max_length=10, default="open")
    decided_by = models.CharField(max_length=254, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "withdrawn"])
                | ~models.Q(decided_by=models.F("proposed_by")),
                name="nobody_decides_on_their_own_proposal",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "approved", "rejected", "withdrawn"]),
                name="proposal_state_is_of_the_catalogue",
            ),
            models.UniqueConstraint(
                fields=["office", "kind", "authorization"],
                condition=models.Q(state="open", kind__in=["conditions", "base", "switch-off"]),
                nulls_distinct=False,
                name="one_open_proposal_per_thing",
            ),
        ]
        indexes = [models.Index(fields=["office", "-proposed_at"], name="proposal_of_office")]
