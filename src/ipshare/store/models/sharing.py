"""Third parties, authorizations with their versions, and the OAuth clients that use them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from oauth2_provider.models import AbstractApplication

from ipshare.store.models.accounts import Office


class ThirdParty(models.Model):
    """An office or organisation that may receive data, e.g. JPO or WIPO."""

    name = models.CharField(max_length=100, unique=True)
    full_name = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()


class Authorization(models.Model):
    """What one office lets one third party receive; its conditions are its newest version."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="authorizations")
    third_party = models.ForeignKey(
        ThirdParty, on_delete=models.PROTECT, related_name="authorizations"
    )
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "third_party"],
                name="one_authorization_per_office_and_third_party",
            )
        ]


class AuthorizationVersion(models.Model):
    """The conditions of an authorization from one save to the next; never changed, never deleted."""

    authorization = models.ForeignKey(
        Authorization, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField()
    rights = ArrayField(models.CharField(max_length=10), default=list)
    # Names of the element groups that are withheld; ``unclassified`` is withheld always and not named here.
    excluded = ArrayField(models.CharField(max_length=20), default=list)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authorization", "number"], name="version_once_per_authorization"
            )
        ]


class Client(AbstractApplication):
    """An OAuth client: the credentials that one office gave one third party. The secret is stored hashed."""

    authorization = models.OneToOneField(
        Authorization, null=True, blank=True, on_delete=models.PROTECT, related_name="client"
    )
    last_used_at = models.DateTimeField(null=True, blank=True)
