"""Invitations by e-mail: who may make an account, at an office in which roles, or as an operator; until when."""

from __future__ import annotations

from django.db import models

from ipshare.store.models.accounts import Office


class Invitation(models.Model):
    """One invitation; the link in its letter names the row and its newest sending, signed."""

    # Null: as an operator of the hub.
    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )
    email = models.EmailField()
    name = models.CharField(max_length=200)
    # As audit events name them: ``data-officer``, or ``data-officer:patent`` for one right.
    roles = models.JSONField(default=list)
    invited_by = models.CharField(max_length=200)
    # Counts the letters: only the link of the newest works.
    sending = models.PositiveIntegerField(default=1)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_per_office_and_address",
            ),
            models.UniqueConstraint(
                fields=["email"],
                condition=models.Q(accepted_at=None, revoked_at=None, office=None),
                name="one_open_invitation_of_an_operator_per_address",
            ),
        ]
