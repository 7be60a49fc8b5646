"""Element groups: the unit of restriction. Every ST.96 element path belongs to exactly one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from itertools import combinations


class ElementGroup(StrEnum):
    """One group of elements; the order of the members is the order of bits and columns."""

    IDENTITY = "identity"
    TEXT = "text"
    GOODS = "goods"
    CLASSIFICATION = "classification"
    MEDIA = "media"
    PUBLICATION = "publication"
    RELATIONS = "relations"
    STAKEHOLDERS = "stakeholders"
    STATUS = "status"
    EVENTS = "events"
    EXAMINATION = "examination"
    UNCLASSIFIED = "unclassified"
    REMARKS = "remarks"  # may tell of any other group: goes out only while nothing is withheld

    @property
    def bit(self) -> int:
        """The bit of this group in a mask of groups."""
        return _BITS[self]


_BITS = {group: 1 << place for place, group in enumerate(ElementGroup)}

ALL_GROUPS = frozenset(ElementGroup)
SHAREABLE = ALL_GROUPS - {ElementGroup.UNCLASSIFIED}
PAIRS = tuple(combinations((g for g in ElementGroup if g in SHAREABLE - {ElementGroup.REMARKS}), 2))
"""Every two groups that can be seen without the others, in the order of their bits in a mask of pairs (55)."""
WITH_REMARKS = len(PAIRS)
"""The bit after those: the remarks with all the others, since nobody sees them but with all the others."""


class Restriction(StrEnum):
    """The three presets an office can set for a third party (PROGRAMME.md nr 4)."""

    WITHOUT_STAKEHOLDERS = "without-stakeholders"
    WITHOUT_STATUS_CHANGES = "without-status-changes"
    WITHOUT_EXAMINATION = "without-examination"

    @property
    def groups(self) -> frozenset[ElementGroup]:
        """The groups this restriction withholds."""
        return _WITHHELD[self]


# The current status is withheld with the events: each new value of it is a status change.
_WITHHELD = {
    Restriction.WITHOUT_STAKEHOLDERS: frozenset({ElementGroup.STAKEHOLDERS}),
    Restriction.WITHOUT_STATUS_CHANGES: frozenset({ElementGroup.STATUS, ElementGroup.EVENTS}),
    Restriction.WITHOUT_EXAMINATION: frozenset({ElementGroup.EXAMINATION}),
}


def shown(excluded: Iterable[ElementGroup]) -> frozenset[ElementGroup]:
    """The groups that may go out where these are withheld: remarks might tell of any, so they go with the first."""
    left = SHAREABLE.difference(excluded)
    return left if left == SHAREABLE else left - {ElementGroup.REMARKS}


def mask(groups: Iterable[ElementGroup]) -> int:
    """The bits of several groups as one number."""
    return sum({group.bit for group in groups})


def groups_in(bits: int) -> frozenset[ElementGroup]:
    """The groups whose bits are set in a mask."""
    return frozenset(group for group in ElementGroup if bits & group.bit)


@cache
def pairs(bits: int) -> int:
    """The pairs of groups that someone sees whose groups these are, as a mask of pairs."""
    found = sum(
        1 << place
        for place, (one, other) in enumerate(PAIRS)
        if bits & one.bit and bits & other.bit
    )
    return found | (1 << WITH_REMARKS if bits & ElementGroup.REMARKS.bit else 0)
