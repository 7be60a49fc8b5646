"""What a status or an event means: the words of offices mapped to a step of the procedure and a state."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from ipshare.domain.office import Right


class State(StrEnum):
    """Where a right stands; ``inactive`` does not say why it ended, ``unknown`` has no agreed meaning."""

    PENDING = "pending"
    REGISTERED = "registered"
    EXPIRED = "expired"
    ENDED = "ended"
    INACTIVE = "inactive"
    UNKNOWN = "unknown"


class Meaning(NamedTuple):
    """The step of the procedure that a word names, and the state that it leaves the right in."""

    step: str
    state: State


NO_MEANING = Meaning("", State.UNKNOWN)
ORDER = {
    "filed": 0,
    "examined": 1,
    "accepted": 2,
    "published": 2,
    "opposed": 2,
    "registered": 3,
    "renewed": 4,
}
"""The steps that have an order in every procedure; others come at any time."""
TERMINAL = frozenset({"refused", "withdrawn", "cancelled", "surrendered", "expired", "inactive"})
REVIVING = frozenset({"revived", "renewed", "appealed", "opposed", "converted"})
"""Events that may follow the end of a right without contradicting it."""


@cache
def _table() -> dict[tuple[str, str, str], Meaning]:
    text = resources.files("ipshare.check").joinpath("status.tsv").read_text(encoding="utf-8")
    return {
        (line["office"], line["right"], line["word"]): Meaning(
            line["step"], State(line["state"]) if line["state"] != "-" else State.UNKNOWN
        )
        for line in csv.DictReader(text.splitlines(), delimiter="\t")
    }


@lru_cache(maxsize=4096)
def meaning(office: str, right: Right, word: str) -> Meaning:
    """What a word of an office says about a right, or NO_MEANING where nobody agreed it."""
    plain = " ".join(word.split()).casefold()
    table = _table()
    for key in ((office, right.value, plain), (office, "*", plain), ("*", "*", plain)):
        if key in table:
            return table[key]
    return NO_MEANING


def agreed(offices: Iterable[str]) -> list[tuple[str, str, str, Meaning]]:
    """The words agreed for these offices, or for all: office, right (``*``: any), word and meaning."""
    asked = {"*", *offices}
    return sorted((*key, meaning) for key, meaning in _table().items() if key[0] in asked)
