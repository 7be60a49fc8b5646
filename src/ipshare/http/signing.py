"""The hub's signature: compact JWS (RFC 7515) with Ed25519, and the public key to verify it with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from jwt.algorithms import OKPAlgorithm

from ipshare.http.thumbprint import thumbprint

ALGORITHM = "EdDSA"
REVOCATION = "ipshare-revocation+jws"
"""What a statement of revocation is signed as."""


class NotSignedError(ValueError):
    """Why a signature proves nothing; the message says so to people."""


@cache
def _private(pem: str) -> Ed25519PrivateKey:
    return cast(
        "Ed25519PrivateKey", load_pem_private_key(pem.encode(), None)
    )  # config.env saw to it


def public_key() -> dict[str, str]:
    """The hub's public key as a JWK, named by its thumbprint (RFC 7638)."""
    jwk = OKPAlgorithm.to_jwk(_private(settings.SIGNING_KEY).public_key(), as_dict=True)
    members = {name: str(jwk[name]) for name in ("crv", "kty", "x")}
    return members | {"kid": thumbprint(members), "use": "sig", "alg": ALGORITHM}


def sign(content: Mapping[str, Any], *, kind: str) -> str:
    """A compact JWS of this content; ``kind`` is its ``typ``, so that it cannot pass for anything else."""
    return jwt.PyJWS().encode(
        json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode(),
        _private(settings.SIGNING_KEY),
        algorithm=ALGORITHM,
        headers={"kid": public_key()["kid"], "typ": kind},
    )


def verify(signed: str, keys: Mapping[str, Any], *, kind: str) -> dict[str, Any]:
    """What was signed with one of these keys (a JWK set); NotSignedError for anything else."""
    try:
        header = jwt.get_unverified_header(signed)
        named = [key for key in keys["keys"] if key.get("kid") == header.get("kid")]
        if not named:
            raise NotSignedError("none of these public keys signed it: get the hub's jwks.json")
        if header.get("typ") != kind:
            raise NotSignedError(f"it was signed as {header.get('typ')}, not as {kind}")
        found = jwt.PyJWS().decode(signed, jwt.PyJWK(named[0], ALGORITHM).key, [ALGORITHM])
        content = json.loads(found)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as no:
        if isinstance(no, NotSignedError):
            raise
        raise NotSignedError(
            f"the signature is not right, or it was altered ({type(no).__name__})"
        ) from no
    if not isinstance(content, dict):
        raise NotSignedError("it holds no JSON object")
    return content
