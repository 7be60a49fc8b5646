"""OAuth clients of third parties and of offices, and their secrets: make a client, rotate a secret, revoke one."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import TypeVar

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from oauth2_provider.models import AccessToken

from ipshare.domain.office import Right
from ipshare.store import audit
from ipshare.store.models.accounts import Office
from ipshare.store.models.credentials import ClientKey, ClientSecret
from ipshare.store.models.sharing import Authorization, Client, ThirdParty

SECRET_BYTES = 32
MOST_SECRETS = 2
Credential = TypeVar("Credential", ClientSecret, ClientKey)
_NOBODYS = sha256(secrets.token_bytes(SECRET_BYTES)).hexdigest()


class CredentialRefusedError(ValueError):
    """Why a secret or key cannot be had; the message says what to do."""


def issue(  # noqa: PLR0913 (what a client is made with)
    of: Authorization | ThirdParty | Office,
    *,
    name: str,
    by: str,
    at: datetime,
    rights: Collection[Right] = (),
    expires_at: datetime | None = None,
) -> tuple[Client, ClientSecret, str]:
    """A client, its first secret, and the secret's text: of an authorization, of a third party, or of an office.

    One of an office sends for ``rights``, of which there is at least one.
    """
    with transaction.atomic():
        client = Client.objects.create(
            authorization=of if isinstance(of, Authorization) else None,
            third_party=of if isinstance(of, ThirdParty) else None,
            office=of if isinstance(of, Office) else None,
            rights=[right.value for right in Right if right in rights],
            made_at=at,
            made_by=by,
            client_id=secrets.token_hex(16),  # nothing that a command line takes for an option
            client_secret="",
            hash_client_secret=False,
            client_type=Client.CLIENT_CONFIDENTIAL,
            authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
            name=name,
        )
        return client, *add_secret(client, by=by, at=at, expires_at=expires_at)


def add_secret(
    client: Client,
    *,
    by: str,
    at: datetime,
    expires_at: datetime | None = None,
    end_others: bool = False,
) -> tuple[ClientSecret, str]:
    """A new secret and its text, which is returned this once and kept only as a hash.

    The live ones go on, so that a client can change over without a gap, unless ``end_others``; a third
    live one is refused with CredentialRefusedError.
    """
    with transaction.atomic():
        lock(client)
        live = list(live_at(client.secrets.all(), at).order_by("number"))
        if len(live) >= MOST_SECRETS and not end_others:
            names = " and ".join(str(one.number) for one in live)
            raise CredentialRefusedError(
                f"secrets {names} are live, and a client has at most {MOST_SECRETS}: revoke the one that "
                "is not used any more, or let the new one end the others"
            )
        ended = live if end_others else []
        for one in ended:
            _revoke(one, by=by, at=at)
        last: int | None = client.secrets.aggregate(last=Max("number"))["last"]
        text = secrets.token_urlsafe(SECRET_BYTES)
        made = ClientSecret.objects.create(
            client=client,
            number=(last or 0) + 1,
            hashed=sha256(text.encode()).hexdigest(),
            created_at=at,
            created_by=by,
            expires_at=expires_at,
        )
        numbers = {"ended": [one.number for one in ended]} if ended else {}
        tell("client.secret-issued", client, by=by, at=at, number=made.number, **numbers)
    return made, text


def lock(client: Client) -> None:
    """Nobody else gives this client anything to sign in with meanwhile; refused where the client has ended."""
    held = Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    if held.ended_at is not None:
        raise CredentialRefusedError(
            f"the client {held.name} was ended on {held.ended_at:%Y-%m-%d}; make another one"
        )


def revoke_secret(secret: ClientSecret, *, by: str, at: datetime) -> int:
    """End a secret, and at once the access tokens that it got; how many they were. Twice changes nothing."""
    with transaction.atomic():
        ended = _revoke(secret, by=by, at=at)
        if ended is None:
            return 0
        tell(
            "client.secret-revoked", secret.client, by=by, at=at, number=secret.number, tokens=ended
        )
    return ended


def _revoke(secret: ClientSecret, *, by: str, at: datetime) -> int | None:
    found = ClientSecret.objects.filter(pk=secret.pk, revoked_at=None)
    if not found.update(revoked_at=at, revoked_by=by):
        return None
    return _ended(AccessToken.objects.filter(source__secret=secret))


def revoke_key(key: ClientKey, *, by: str, at: datetime) -> int:
    """End a key, and at once the access tokens that it got; how many they were. Twice changes nothing."""
    with transaction.atomic():
        found = ClientKey.objects.filter(pk=key.pk, revoked_at=None)
        if not found.update(revoked_at=at, revoked_by=by):
            return 0
        ended = _ended(AccessToken.objects.filter(source__key=key))
        tell(
            "client.key-revoked", key.client, by=by, at=at, thumbprint=key.thumbprint, tokens=ended
        )
    return ended


def revoke_tokens(client: Client) -> int:
    """End every access token of a client; how many were valid or might have been."""
    return _ended(AccessToken.objects.filter(application=client))


def _ended(tokens: QuerySet[AccessToken]) -> int:
    return int(tokens.delete()[1].get("oauth2_provider.AccessToken", 0))


def live_at(found: QuerySet[Credential], at: datetime) -> QuerySet[Credential]:
    """Those that open something at an instant."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=at)
    return found.filter(unexpired, revoked_at=None)


def secret_of(client_id: str, text: str, *, at: datetime) -> ClientSecret | None:
    """The live secret of a client that this text is, and note its use; None without a word why.

    As much is read and compared for a client that is not there as for one that is.
    """
    if "\0" in client_id:
        return None
    found = ClientSecret.objects.filter(client__client_id=client_id).select_related("client")
    held = list(live_at(found, at)[:MOST_SECRETS])
    matching = [one for one in held if _is(text, one.hashed)]
    for _ in range(MOST_SECRETS - len(held)):
        _is(text, _NOBODYS)
    if not matching:
        return None
    secret = matching[0]
    secret.hashed = sha256(text.encode()).hexdigest()
    secret.last_used_at = at
    secret.save(update_fields=["hashed", "last_used_at"])
    return secret


def _is(text: str, hashed: str) -> bool:
    """Whether a text is the secret of a hash. 256 random bits need no slow hash; a password's was used once."""
    if "$" in hashed:
        return check_password(text, hashed)
    return compare_digest(sha256(text.encode("utf-8", "surrogateescape")).hexdigest(), hashed)


def user_of(client: Client) -> str:
    """Who uses a client, in words: the third party, or the office's own machine."""
    return client.name if client.office_id is not None else third_party_of(client).name


def third_party_of(client: Client) -> ThirdParty:
    """Which third party uses a client that reads."""
    if client.authorization is not None:
        return client.authorization.third_party
    if client.third_party is None:
        raise LookupError(f"client {client.client_id} is of no authorization and of no third party")
    return client.third_party


def tell(event: str, client: Client, *, by: str, at: datetime, **detail: object) -> None:
    """The audit event of a deed on a client, for every office that it concerns."""
    for office in _concerned(client):
        audit.write(
            event,
            at=at,
            actor=by,
            office=office,
            subject=user_of(client),
            client_id=client.client_id,
            **detail,
        )


def _concerned(client: Client) -> Iterable[str]:
    if client.office_id is not None:
        return [client.office_id]
    found = Authorization.objects.filter(third_party=third_party_of(client))
    if client.authorization_id is not None:
        found = found.filter(pk=client.authorization_id)
    return found.order_by("office_id").values_list("office_id", flat=True)
