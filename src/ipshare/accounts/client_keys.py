"""Public keys that clients sign with (private_key_jwt): read what a person hands in, add it, name it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db import IntegrityError, transaction
from jwt import PyJWK
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError

from ipshare.accounts.clients import CredentialRefusedError, live_at, lock, tell
from ipshare.http.thumbprint import thumbprint
from ipshare.store.models.credentials import ClientKey
from ipshare.store.models.sharing import Client

MOST_KEYS = 5
LONGEST = 16 * 1024
RSA_BITS = range(2048, 8193)
HOW = "give the public key as PEM (openssl pkey -in key.pem -pubout) or as one JWK"
KINDS = "RSA of 2048 to 8192 bits (RS256, PS256), EC P-256 (ES256) or Ed25519 (EdDSA)"
ALGORITHMS: Mapping[str, tuple[str, ...]] = {
    "RSA": ("RS256", "PS256"),
    "EC": ("ES256",),
    "OKP": ("EdDSA",),
}
"""By the type of a key (``kty``), what it may sign with; nothing else is taken."""

Public = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key as the hub keeps it: the members that make it, and their thumbprint (RFC 7638)."""

    jwk: dict[str, str]
    thumbprint: str


def read(text: str) -> PublicKey:
    """Read one public key, PEM or JWK; CredentialRefusedError for anything else."""
    text = text.strip()
    if len(text) > LONGEST:
        raise CredentialRefusedError(f"this is too long for a public key; {HOW}")
    if "PRIVATE KEY" in text:
        raise _private()
    if "BEGIN CERTIFICATE" in text:
        raise CredentialRefusedError(
            f"this is a certificate; take its key with: openssl x509 -in FILE -noout -pubkey, and {HOW}"
        )
    key = _of_jwk(text) if text.startswith("{") else _of_pem(text)
    return _named(key)


def _private() -> CredentialRefusedError:
    return CredentialRefusedError(
        "this is a private key: it belongs on the machine that signs and nowhere else. "
        f"Make a new pair if you sent it to anybody, and {HOW}"
    )


def _of_pem(text: str) -> object:
    try:
        return load_pem_public_key(text.encode("utf-8", "replace"))
    except (ValueError, UnsupportedAlgorithm) as trouble:
        raise CredentialRefusedError(f"the key cannot be read; {HOW}") from trouble


def _of_jwk(text: str) -> object:
    try:
        members = json.loads(text)
    except (ValueError, RecursionError) as trouble:
        raise CredentialRefusedError(f"the JWK is no JSON; {HOW}") from trouble
    if "keys" in members:
        raise CredentialRefusedError(f"this is a set of keys; add them one by one: {HOW}")
    if "d" in members:
        raise _private()
    kind = members.get("kty")
    algorithms = ALGORITHMS.get(kind, ()) if isinstance(kind, str) else ()
    if not algorithms or members.get("alg", algorithms[0]) not in algorithms:
        raise CredentialRefusedError(f"the hub takes {KINDS}; {HOW}")
    if members.get("use", "sig") != "sig":
        raise CredentialRefusedError(
            f"this key is not meant for signing (its use is not sig); {HOW}"
        )
    try:
        return PyJWK(members, algorithms[0]).key
    except (PyJWTError, ValueError, TypeError, KeyError, AttributeError) as trouble:
        raise CredentialRefusedError(f"the JWK cannot be read; {HOW}") from trouble


def _named(key: object) -> PublicKey:
    """The key in the one form that it is kept in, if the hub takes it."""
    jwk: dict[str, Any]
    names: tuple[str, ...]
    if isinstance(key, rsa.RSAPublicKey) and key.key_size in RSA_BITS:
        jwk, names = RSAAlgorithm.to_jwk(key, as_dict=True), ("e", "kty", "n")
    elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        jwk, names = ECAlgorithm.to_jwk(key, as_dict=True), ("crv", "kty", "x", "y")
    elif isinstance(key, ed25519.Ed25519PublicKey):
        jwk, names = OKPAlgorithm.to_jwk(key, as_dict=True), ("crv", "kty", "x")
    else:
        raise CredentialRefusedError(f"the hub takes {KINDS}; {HOW}")
    kept = {name: str(jwk[name]) for name in names}
    return PublicKey(kept, thumbprint(kept))


def add(  # noqa: PLR0913 (what a key is added with)
    client: Client,
    text: str,
    label: str,
    *,
    by: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> ClientKey:
    """Let a client sign with a key. One that was revoked cannot come back: make a new pair."""
    public = read(text)
    try:
        with transaction.atomic():
            lock(client)
            if live_at(client.keys.all(), at).count() >= MOST_KEYS:
                raise CredentialRefusedError(
                    f"the client has {MOST_KEYS} keys, and that is the most: revoke one first"
                )
            added = ClientKey.objects.create(
                client=client,
                thumbprint=public.thumbprint,
                jwk=public.jwk,
                label=label.strip().replace("\0", "")[:100],
                added_at=at,
                added_by=by,
                expires_at=expires_at,
            )
            tell("client.key-added", client, by=by, at=at, thumbprint=public.thumbprint)
    except IntegrityError as trouble:
        before = ClientKey.objects.filter(client=client, thumbprint=public.thumbprint).first()
        if before and before.revoked_at:
            raise CredentialRefusedError(
                f"this key was revoked on {before.revoked_at:%Y-%m-%d}; make a new pair"
            ) from trouble
        raise CredentialRefusedError("the client has this key already") from trouble
    return added


def public_of(key: ClientKey) -> Any:
    """The key of a row, for verifying with."""
    return PyJWK(key.jwk, ALGORITHMS[key.jwk["kty"]][0]).key
