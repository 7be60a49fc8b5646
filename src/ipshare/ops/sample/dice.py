"""Draws that depend on nothing but a key: the same key gives the same draws on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from struct import Struct
from typing import TypeVar

T = TypeVar("T")

_DRAWS = Struct("<32H")


class Dice:
    """Draws of one record (or party, or image); cheaper than seeding ``random.Random`` for each."""

    __slots__ = ("_key", "_round", "_values")

    def __init__(self, purpose: str, seed: int, index: int) -> None:
        self._key = f"{purpose}/{seed}/{index}/"
        self._round = 0
        self._values: list[int] = []

    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1; limit may be up to 65 536."""
        if not self._values:
            self._round += 1
            digest = blake2b(f"{self._key}{self._round}".encode(), digest_size=64).digest()
            self._values = list(_DRAWS.unpack(digest))
        return self._values.pop() * limit >> 16

    def chance(self, percent: int) -> bool:
        """True in this many of a hundred cases."""
        return self.below(100) < percent

    def pick(self, pool: Sequence[T]) -> T:
        """One of the pool."""
        return pool[self.below(len(pool))]
