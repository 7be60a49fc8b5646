"""What a client signs in with, what it got by it, and what the hub has stated about an end."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from oauth2_provider.models import AccessToken

from ipshare.domain.narrowing import RevocationKind
from ipshare.store.models.sharing import Authorization, Client


class ClientSecret(models.Model):
    """An App-client-secret: shown once when it was made, kept as a hash. A client has at most two that are live."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="secrets")
    number = models.PositiveIntegerField()
    # SHA-256 in hexadecimal; of one made before 0013, until its next use, as Django keeps passwords (with "$").
    hashed = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    # The first instant at which it opens nothing; null: it has none.
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "number"], name="secret_is_numbered_once_per_client"
            )
        ]


class ClientKey(models.Model):
    """A public key that a client signs its client assertions with (private_key_jwt); at most five are live."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="keys")
    # RFC 7638, SHA-256, base64url: the name of the key everywhere, and its kid.
    thumbprint = models.CharField(max_length=43)
    # The members of the public key alone.
    jwk = models.JSONField()
    label = models.CharField(max_length=100, blank=True, default="")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "thumbprint"], name="key_is_added_once_per_client"
            )
        ]


class UsedAssertion(models.Model):
    """A client assertion that was used, by its ``jti``: kept until it expires, so that it works once."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    jti = models.CharField(max_length=255)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "jti"], name="assertion_is_used_once")
        ]


class TokenSource(models.Model):
    """The secret or key that an access token was got with; the token ends with it."""

    token = models.OneToOneField(AccessToken, on_delete=models.CASCADE, related_name="source")
    secret = models.ForeignKey(
        ClientSecret, null=True, blank=True, on_delete=models.CASCADE, related_name="tokens"
    )
    key = models.ForeignKey(
        ClientKey, null=True, blank=True, on_delete=models.CASCADE, related_name="tokens"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(secret__isnull=True, key__isnull=False)
                | Q(secret__isnull=False, key__isnull=True),
                name="token_has_one_source",
            )
        ]


class RevocationStatement(models.Model):
    """What the hub states, with its signature: an authorization ended or was narrowed, or a record of it is blocked."""

    authorization = models.ForeignKey(
        Authorization, on_delete=models.PROTECT, related_name="statements"
    )
    # The version of the authorization that took something away, or under which a record was blocked.
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in RevocationKind])
    made_at = models.DateTimeField()
    # A compact JWS (RFC 7515); what it says is only in here.
    signed = models.TextField()
