"""Cursors: what the hub remembers of a client's place, kept by the client, sealed for nobody else.

AES-SIV (RFC 5297) is authenticated and deterministic: the same place gives the same cursor, so two answers
that say the same are the same bytes. The content is padded, so that its length tells nothing.
"""

from __future__ import annotations

import base64
import binascii
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from ipshare.http.problem import Problem

BLOCK = 192
LONGEST = 16 * 1024
_PURPOSE = b"ipshare cursor 1"


@cache
def _cipher(secret: str) -> AESSIV:
    key = HKDF(algorithm=SHA256(), length=64, salt=None, info=_PURPOSE)
    return AESSIV(key.derive(secret.encode()))


def seal(content: bytes, *, owner: str) -> str:
    """A cursor that only ``owner`` can use; it never expires."""
    size = len(content) + 2
    padded = len(content).to_bytes(2, "big") + content + b"\0" * (-size % BLOCK)
    sealed = _cipher(settings.SECRET_KEY).encrypt(padded, [_PURPOSE, owner.encode()])
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii")


def unseal(cursor: str, *, owner: str) -> bytes:
    """What was sealed for this owner; the problem ``cursor-not-valid`` for anything else."""
    refused = Problem(
        "cursor-not-valid",
        'use the value of "next" of this client\'s last page unchanged, or leave the parameter away '
        "to begin at the beginning",
    )
    if len(cursor) > LONGEST or not cursor.isascii():
        raise refused
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise refused from None
    if base64.urlsafe_b64encode(sealed).rstrip(b"=").decode("ascii") != cursor:
        raise refused  # unused bits of the last character
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            padded = _cipher(secret).decrypt(sealed, [_PURPOSE, owner.encode()])
        except (InvalidTag, ValueError):
            continue
        return padded[2 : 2 + int.from_bytes(padded[:2], "big")]
    raise refused
