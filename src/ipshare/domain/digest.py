"""The one place that defines how content is hashed."""

from __future__ import annotations

from hashlib import blake2b

DIGEST_BYTES = 16
EMPTY = b""
"""The digest of a group that a record does not have."""


def digest(content: bytes) -> bytes:
    """The BLAKE2b digest (16 bytes) of canonical bytes; of nothing it is EMPTY."""
    return blake2b(content, digest_size=DIGEST_BYTES).digest() if content else EMPTY
