"""Third parties, authorizations with their versions, and the OAuth clients of both sides."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from oauth2_provider.models import AbstractApplication

from ipshare.domain.authorization import Channel
from ipshare.domain.office import Right
from ipshare.store.models.accounts import Office


class ThirdParty(models.Model):
    """An office or organisation that may receive data, e.g. JPO or WIPO."""

    # How every office, and the hub's operators, name it. What else an office calls it is in its authorization.
    name = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField()


class Authorization(models.Model):
    """What one office lets one third party receive; its conditions are its newest version."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="authorizations")
    third_party = models.ForeignKey(
        ThirdParty, on_delete=models.PROTECT, related_name="authorizations"
    )
    # What this office calls the third party; no other office sees it.
    full_name = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # Whether the third party's own client, which joins its authorizations over offices, may use this one.
    allows_organisation = models.BooleanField(default=False)
    organisation_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "third_party"],
                name="one_authorization_per_office_and_third_party",
            )
        ]


def all_channels() -> list[str]:
    """Every channel: what an authorization has where nothing else was chosen."""
    return [channel.value for channel in Channel]


class AuthorizationVersion(models.Model):
    """The conditions of an authorization from one save to the next; never changed, never deleted."""

    authorization = models.ForeignKey(
        Authorization, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField()
    rights = ArrayField(models.CharField(max_length=10), default=list)
    # Names of the element groups that are withheld; ``unclassified`` is withheld always and not named here.
    excluded = ArrayField(models.CharField(max_length=20), default=list)
    # The members of domain.authorization.Filter that are set.
    filter = models.JSONField(default=dict)
    images = models.BooleanField(default=True)
    documents = models.BooleanField(default=True)
    channels = ArrayField(models.CharField(max_length=10), default=all_channels)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    bytes_per_day = models.PositiveBigIntegerField(null=True, blank=True)
    networks = ArrayField(models.CharField(max_length=50), default=list)
    purpose = models.TextField(blank=True, default="")
    terms = models.TextField(blank=True, default="")
    # The office's last position when it was saved: what was published before it.
    position = models.PositiveBigIntegerField(default=0)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authorization", "number"], name="version_once_per_authorization"
            )
        ]


class BaseRestriction(models.Model):
    """The element groups that an office withholds from every third party; the newest version is in force."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="base_restrictions")
    number = models.PositiveIntegerField()
    excluded = ArrayField(models.CharField(max_length=20), default=list)
    # The office's last position when it was saved: what was published before it.
    position = models.PositiveBigIntegerField(default=0)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "number"], name="base_restriction_once_per_office"
            )
        ]


class RecordBlock(models.Model):
    """One record that an office keeps from one third party, or from all: a court order, a deferred publication."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="record_blocks")
    right = models.CharField(max_length=10, choices=[(r.value, r.value) for r in Right])
    number = models.TextField()
    # Null: from every third party.
    authorization = models.ForeignKey(
        Authorization, null=True, blank=True, on_delete=models.PROTECT, related_name="blocks"
    )
    reason = models.TextField()
    blocked_at = models.DateTimeField()
    blocked_by = models.CharField(max_length=200)
    # The block ends by itself at this instant; null: when somebody lifts it.
    until = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=200, blank=True, default="")
    # Null: the register does not follow it yet (a publication is under way); the doors look at this table then.
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["office", "right", "number"],
                condition=models.Q(lifted_at=None),
                name="block_in_force",
            ),
            models.Index(
                fields=["office"], condition=models.Q(applied_at=None), name="block_not_applied"
            ),
        ]


class Client(AbstractApplication):
    """An OAuth client: of one authorization, of a third party over all offices that allow it, or of an office to send.

    What it signs in with is in ClientSecret and ClientKey; the toolkit's ``client_secret`` opens nothing.
    """

    authorization = models.OneToOneField(
        Authorization, null=True, blank=True, on_delete=models.PROTECT, related_name="client"
    )
    third_party = models.OneToOneField(
        ThirdParty, null=True, blank=True, on_delete=models.PROTECT, related_name="client"
    )
    # A machine of this office: it sends for these rights and reads what became of that, and nothing else.
    office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.PROTECT, related_name="clients"
    )
    rights = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    made_by = models.CharField(max_length=200, blank=True, default="")
    # Of a client of an office: when it was ended; its secrets and keys ended with it.
    ended_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    # The access token (its primary key) of the request that is being answered; no column.
    signed_in_by: int | None = None

    class Meta(AbstractApplication.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(authorization__isnull=True) | models.Q(third_party__isnull=True),
                name="client_is_of_one_authorization_or_one_third_party",
            ),
            models.CheckConstraint(
                condition=models.Q(office__isnull=True, rights=[])
                | models.Q(authorization__isnull=True, third_party__isnull=True)
                & models.Q(office__isnull=False)
                & ~models.Q(rights=[]),
                name="client_to_send_is_of_one_office_and_some_rights",
            ),
            models.UniqueConstraint(
                fields=["office", "name"],
                condition=models.Q(ended_at=None),
                name="client_named_once_per_office",
            ),
        ]
