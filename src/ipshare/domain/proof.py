"""How a set of records is told in one digest, so that two holders find the branch in which they differ.

A record is a leaf: its number and its JSON. A leaf hangs on one of 256 twigs of one of 256 branches, by the first
two bytes of a hash of its number. Everything is SHA-256; the first byte of what is hashed says what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

BRANCHES = 256
"""Branches of a root, and twigs of a branch."""
SIZE = 32
"""Bytes of a digest."""
_LEAF, _TWIG, _BRANCH, _ROOT = b"\0", b"\1", b"\2", b"\3"


def place(number: str) -> int:
    """On which twig a record hangs: 256 times its branch, and the twig of that branch."""
    return int.from_bytes(sha256(number.encode()).digest()[:2])


def leaf(number: str, record: bytes) -> bytes:
    """The digest of a record: its number's length (4 bytes), its number, its JSON as the hub sends it."""
    named = number.encode()
    return sha256(b"%b%b%b%b" % (_LEAF, len(named).to_bytes(4), named, record)).digest()


def twig(leaves: Iterable[bytes]) -> bytes:
    """The digest of a twig: its leaves' digests, sorted."""
    return sha256(_TWIG + b"".join(sorted(leaves))).digest()


EMPTY_TWIG = twig(())


def branch(twigs: Sequence[bytes]) -> bytes:
    """The digest of a branch: its 256 twigs' in order."""
    return sha256(_BRANCH + b"".join(twigs)).digest()


def root(branches: Sequence[bytes]) -> bytes:
    """The digest of all: the 256 branches' in order."""
    return sha256(_ROOT + b"".join(branches)).digest()
