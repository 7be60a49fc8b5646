"""OAuth clients: issue and rotate the credentials that one office gives one third party."""

from __future__ import annotations

import secrets

from oauth2_provider.models import AccessToken

from ipshare.store.models.sharing import Authorization, Client

SECRET_BYTES = 32


def issue(authorization: Authorization, *, name: str) -> tuple[Client, str]:
    """Credentials for an authorization; the secret is returned this once and kept only as a hash."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    client = Client.objects.create(
        authorization=authorization,
        client_id=secrets.token_urlsafe(24),
        client_secret=secret,
        hash_client_secret=True,
        client_type=Client.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
        name=name,
    )
    return client, secret


def rotate(client: Client) -> str:
    """A new secret in place of the old one; access tokens that the old one got end at once."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    client.client_secret = secret
    client.hash_client_secret = True
    client.save(update_fields=["client_secret", "hash_client_secret", "updated"])
    revoke_tokens(client)
    return secret


def revoke_tokens(client: Client) -> None:
    """End every access token of a client."""
    AccessToken.objects.filter(application=client).delete()
