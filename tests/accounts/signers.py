"""Machines that sign in with a key: made keys, client assertions, and what may be wrong with them."""

from __future__ import annotations

import secrets
import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from django.conf import settings

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
KEYS = {"RS256": RSA, "PS256": RSA, "ES256": EC, "EdDSA": ED}


def pem_of(key):
    """The public half, as PEM."""
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def claims(client_id, **changes):
    """The claims of a right assertion, changed; None takes one away."""
    now = int(time.time())
    whole = {
        "iss": client_id,
        "sub": client_id,
        "aud": f"{settings.PUBLIC_URL}/oauth/token",
        "exp": now + 300,
        "iat": now,
        "jti": secrets.token_hex(16),
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def assertion(client_id, key=ED, algorithm="EdDSA", headers=None, **changes):
    """A signed client assertion."""
    return jwt.encode(claims(client_id, **changes), key, algorithm=algorithm, headers=headers)


def ask(browser, signed, **more):
    """The request for an access token with an assertion."""
    body = {
        "grant_type": "client_credentials",
        "client_assertion_type": TYPE,
        "client_assertion": signed,
    }
    return browser.post("/oauth/token", body | more)
