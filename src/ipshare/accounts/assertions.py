"""private_key_jwt (RFC 7523, OpenID Connect Core §9): a client proves who it is with a JWT that it signed.

Signed by a live key of the client, for this hub, for at most ten minutes, and used once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.conf import settings
from django.db import IntegrityError, transaction

from ipshare.accounts import client_keys
from ipshare.accounts.clients import live_at
from ipshare.store.models.credentials import ClientKey, UsedAssertion

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST = 8 * 1024
LIFE = timedelta(minutes=10)
SKEW = timedelta(seconds=30)
"""How much the clocks of client and hub may differ."""
_PARTS = 3


class AssertionRefusedError(ValueError):
    """Why an assertion that its client did sign is refused; the message may be shown to that client."""


class _Claims(msgspec.Struct):
    iss: str
    sub: str
    aud: str | list[str]
    exp: float
    jti: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    nbf: float = 0
    iat: float = 0


def audiences() -> frozenset[str]:
    """What ``aud`` may be: the address of the token endpoint, or of the hub."""
    hub = settings.PUBLIC_URL.rstrip("/")
    return frozenset({f"{hub}/oauth/token", hub, f"{hub}/"})


def key_of(assertion: str, *, at: datetime) -> ClientKey | None:
    """The key that an assertion is signed with, and note its use; the assertion is used up.

    None without a word why where no live key of its client has signed it; AssertionRefusedError
    where one has, but it must not be taken.
    """
    if len(assertion) > LONGEST or not assertion.isascii():
        return None
    claims = _unproven(assertion)
    if claims is None or "\0" in claims.sub:
        return None
    found = ClientKey.objects.filter(client__client_id=claims.sub).select_related("client")
    algorithm = _algorithm(assertion)
    for key, public in _candidates(list(live_at(found, at)), algorithm):
        if _signed(assertion, public, algorithm) and key is not None:
            _check(claims, at=at)
            _use_up(key, claims, at=at)
            ClientKey.objects.filter(pk=key.pk).update(last_used_at=at)
            return key
    return None


def _unproven(assertion: str) -> _Claims | None:
    """What the assertion says, with nothing proven."""
    parts = assertion.split(".")
    if len(parts) != _PARTS:
        return None
    try:
        payload = jwt.utils.base64url_decode(parts[1])
        return msgspec.json.decode(payload, type=_Claims)
    except (ValueError, RecursionError):
        return None


def _algorithm(assertion: str) -> str:
    """The algorithm that the header names, where it is one that the hub takes; else nothing."""
    try:
        named = jwt.get_unverified_header(assertion).get("alg")
    except (jwt.PyJWTError, ValueError, RecursionError):
        return ""
    return next((a for kind in client_keys.ALGORITHMS.values() for a in kind if a == named), "")


def _candidates(keys: list[ClientKey], algorithm: str) -> Iterator[tuple[ClientKey | None, Any]]:
    """The keys that may have signed; nobody's key where there is none, so that both take as long."""
    kind = next((k for k, all_ in client_keys.ALGORITHMS.items() if algorithm in all_), None)
    fitting = [key for key in keys if key.jwk["kty"] == kind]
    for key in fitting:
        yield key, client_keys.public_of(key)
    if kind is not None and not fitting:
        yield None, _nobodys(kind)


@cache
def _nobodys(kind: str) -> Any:
    if kind == "RSA":
        return rsa.generate_private_key(65537, 2048).public_key()
    if kind == "EC":
        return ec.generate_private_key(ec.SECP256R1()).public_key()
    return ed25519.Ed25519PrivateKey.generate().public_key()


def _signed(assertion: str, public: Any, algorithm: str) -> bool:
    try:
        jwt.PyJWS().decode(assertion, public, algorithms=[algorithm])
    except (jwt.PyJWTError, ValueError, TypeError):
        return False
    return True


def _check(claims: _Claims, *, at: datetime) -> None:
    """The claims of an assertion whose signature is right."""
    now, skew = at.timestamp(), SKEW.total_seconds()
    audience = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    if claims.iss != claims.sub:
        raise AssertionRefusedError("iss and sub must both be the App-client-id")
    if len(audience) != 1 or audience[0] not in audiences():
        wanted = settings.PUBLIC_URL.rstrip("/")
        raise AssertionRefusedError(f"aud must be {wanted}/oauth/token, and nothing else")
    if claims.exp <= now - skew:
        raise AssertionRefusedError("the assertion has expired: make a new one for each request")
    if claims.exp > now + LIFE.total_seconds() + skew:
        raise AssertionRefusedError("exp must be at most 10 minutes from now")
    if claims.nbf > now + skew or claims.iat > now + skew:
        raise AssertionRefusedError("nbf or iat lies in the future: set the machine's clock")
    if "\0" in claims.jti:
        raise AssertionRefusedError("jti must be text without NUL")


def _use_up(key: ClientKey, claims: _Claims, *, at: datetime) -> None:
    """Let this ``jti`` of this client work no second time; forget those that have expired anyway."""
    gone = UsedAssertion.objects.filter(expires_at__lt=at).select_for_update(skip_locked=True)
    with transaction.atomic():
        UsedAssertion.objects.filter(pk__in=[one.pk for one in gone[:1000]]).delete()
    try:
        with transaction.atomic():
            UsedAssertion.objects.create(
                client=key.client,
                jti=claims.jti,
                expires_at=datetime.fromtimestamp(claims.exp, UTC) + SKEW,
            )
    except IntegrityError as trouble:
        raise AssertionRefusedError(
            "this assertion was used already: make a new one, with another jti, for each request"
        ) from trouble
