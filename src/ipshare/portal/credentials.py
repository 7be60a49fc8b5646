"""Secrets and keys of a client as rows of a page: in which state each is, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ipshare.accounts import clients
from ipshare.portal.api_clients import SOON
from ipshare.portal.shown_once import Made
from ipshare.portal.words import Verdict
from ipshare.store.models.credentials import ClientKey, ClientSecret, RevocationStatement
from ipshare.store.models.sharing import Authorization, Client

_KINDS = {"RSA": "RSA", "EC": "EC P-256", "OKP": "Ed25519"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One secret or key."""

    held: ClientSecret | ClientKey
    what: str
    name: str
    kind: str
    made_at: datetime
    made_by: str
    live: bool
    state: Verdict
    age: int


def made(secret: ClientSecret, text: str) -> Made:
    """A secret that was just made, and its text, for the page that shows them."""
    return {"row": secret.pk, "value": text}


def just_made(one: Made) -> dict[str, Any]:
    """The same for the template, as ``secret``; nothing where it was revoked meanwhile."""
    if not one:
        return {}
    found = ClientSecret.objects.filter(pk=one["row"], revoked_at=None).select_related("client")
    return {"secret": {"made": found[0], "value": one["value"]}} if found else {}


def secrets_of(client: Client, at: datetime) -> list[Row]:
    """The secrets of a client, the newest first."""
    return [
        _row(one, "secret", f"Secret {one.number}", "", (one.created_at, one.created_by), at)
        for one in client.secrets.order_by("-number")
    ]


def keys_of(client: Client, at: datetime) -> list[Row]:
    """The keys of a client, the newest first."""
    return [
        _row(one, "key", one.thumbprint, _KINDS[one.jwk["kty"]], (one.added_at, one.added_by), at)
        for one in client.keys.order_by("-pk")
    ]


def _row(  # noqa: PLR0913, PLR0917 (the columns)
    held: ClientSecret | ClientKey,
    what: str,
    name: str,
    kind: str,
    made: tuple[datetime, str],
    at: datetime,
) -> Row:
    left = None if held.expires_at is None else held.expires_at - at
    expired = left is not None and left <= timedelta()
    return Row(
        held=held,
        what=what,
        name=name,
        kind=kind,
        made_at=made[0],
        made_by=made[1],
        live=held.revoked_at is None and not expired,
        state=_state(revoked=held.revoked_at is not None, left=left),
        age=max(0, (at - made[0]).days),
    )


def _state(*, revoked: bool, left: timedelta | None) -> Verdict:
    if revoked:
        return Verdict(tone="is-off", icon="off", word="Revoked")
    if left is not None and left <= timedelta():
        return Verdict(tone="is-off", icon="off", word="Expired")
    if left is not None and left <= SOON:
        return Verdict(tone="is-warn", icon="warn", word="Expires soon")
    return Verdict(tone="is-ok", icon="ok", word="Valid")


def organisation_client(authorization: Authorization) -> Client | None:
    """The client over offices of the authorization's third party, if it has one."""
    return Client.objects.filter(third_party=authorization.third_party_id).first()


def statements_of(authorization: Authorization) -> list[RevocationStatement]:
    """The statements of revocation of an authorization, the newest first."""
    return list(authorization.statements.order_by("-pk"))


def revoke(client: Client, what: str, row: int, *, by: str, at: datetime) -> int | None:
    """Revoke a ``secret`` or ``key`` by its row: how many access tokens ended; None where the client has no such."""
    if what == "secret":
        secret = ClientSecret.objects.filter(client=client, pk=row).first()
        return None if secret is None else clients.revoke_secret(secret, by=by, at=at)
    key = ClientKey.objects.filter(client=client, pk=row).first()
    return None if key is None else clients.revoke_key(key, by=by, at=at)
