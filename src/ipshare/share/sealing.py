"""Secrets that are kept or sent encrypted with a key derived from the hub's own, as those of destinations are."""

from __future__ import annotations

import base64
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PURPOSE = b"ipshare destination 1"


class SealedUnderAnotherKeyError(RuntimeError):
    """The hub's secret key is not the one that this was sealed under; the message says what to do."""


@cache
def _cipher(secret: str) -> AESSIV:
    key = HKDF(algorithm=SHA256(), length=64, salt=None, info=_PURPOSE)
    return AESSIV(key.derive(secret.encode()))


def seal(secret: str, *, of: str) -> str:
    """A secret, as it is kept or sent; it opens only for what it was sealed ``of``."""
    bound = [_PURPOSE, of.encode()]
    sealed = _cipher(settings.SECRET_KEY).encrypt(secret.encode() or b"\0", bound)
    return base64.b64encode(sealed).decode("ascii")


def unseal(sealed: str, *, of: str) -> str:
    """The secret again."""
    bound = [_PURPOSE, of.encode()]
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(key).decrypt(base64.b64decode(sealed), bound).decode().strip("\0")
        except InvalidTag:
            continue
    raise SealedUnderAnotherKeyError(
        "the secret of this destination was sealed under another IPSHARE_SECRET_KEY; "
        "remove the destination and add it again"
    )
