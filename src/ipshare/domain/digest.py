"""The one place that defines how content is hashed."""

from __future__ import annotations

import re
from hashlib import blake2b

DIGEST_BYTES = 16
EMPTY = b""
"""The digest of a group that a record does not have."""
_PLACE = re.compile(rb'"#[0-9]+":')


def digest(content: bytes) -> bytes:
    """The BLAKE2b digest (16 bytes) of canonical bytes; of nothing it is EMPTY."""
    return blake2b(content, digest_size=DIGEST_BYTES).digest() if content else EMPTY


def group_digest(document: bytes) -> bytes:
    """The digest of what someone gets who sees one element group alone.

    A document shared with other groups numbers the items of its lists by their place among all groups;
    those numbers go before hashing, or an item that is withheld would show as a change here. The order
    of the items stays; a quote cannot stand in a JSON string as it is, so no text is mistaken for a number.
    """
    return digest(_PLACE.sub(b'"#":', document) if b'{"#' in document else document)
