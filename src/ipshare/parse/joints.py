"""How the items of a list that two element groups share stand to each other.

A priority's number belongs to one group, its holder's name to another; which name goes with which number is
told to none but those who see both. A group's digest leaves the places of its items out (domain.digest), so
what is true of two groups together has a digest of its own: a *joint*, an entry of nine bytes, the pair of
groups (its place in domain.group.PAIRS, or WITH_REMARKS) and eight bytes of a digest. Where every item has both
groups there is nothing to tell, and no entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ipshare.domain.digest import digest
from ipshare.domain.group import PAIRS, WITH_REMARKS, ElementGroup

_DIGEST = 8


def of(shared: Mapping[str, dict[str, Any]]) -> bytes:
    """The joints of a record, from the shared members of each group's document."""
    entries = []
    for place, (one, other) in enumerate(PAIRS):
        if one in shared and other in shared:
            told = _told(shared[one], shared[other])
            if told:
                entries.append(_entry(place, told))
    remarks = shared.get(ElementGroup.REMARKS, {})
    told = [
        [group, inside]
        for group, part in sorted(shared.items())
        if group not in {ElementGroup.REMARKS, ElementGroup.UNCLASSIFIED}
        and (inside := _told(part, remarks))
    ]
    if told:
        entries.append(_entry(WITH_REMARKS, told))
    return b"".join(entries)


def _entry(place: int, told: list[Any]) -> bytes:
    return bytes([place]) + digest(msgspec.json.encode(told))[:_DIGEST]


def _told(one: dict[str, Any], other: dict[str, Any]) -> list[Any]:
    """Of each list that is not even: its name, for each item who has a part in it, and what is told inside."""
    told: list[Any] = []
    for key in sorted(one.keys() & other.keys()):
        mine, theirs = one[key], other[key]
        if not isinstance(mine, dict) or not isinstance(theirs, dict):
            continue
        if not _numbered(mine) or not _numbered(theirs):
            inside = _told(mine, theirs)
            if inside:
                told.append([key, inside])
            continue
        places = sorted(mine.keys() | theirs.keys(), key=lambda name: int(name[1:]))
        who = [(place in mine) + 2 * (place in theirs) for place in places]
        inner = [
            _told(mine[place], theirs[place])
            for place in places
            if isinstance(mine.get(place), dict) and isinstance(theirs.get(place), dict)
        ]
        if len(mine) != len(places) or len(theirs) != len(places) or any(inner):
            told.append([key, who, inner])
    return told


def _numbered(value: dict[str, Any]) -> bool:
    first = next(iter(value), "")
    return first[:1] == "#" and first[1:].isdigit()
