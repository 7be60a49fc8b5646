"""Read the changes of an office within a View: what a view withholds is not selected.

Positions are dense over all changes of an office, so they tell of withheld ones: they never leave the
hub, sealed or not. A place in the feed is named by what its reader has seen: the n-th change of a record
among the changes of these groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from ipshare.domain.authorization import View
from ipshare.domain.group import ElementGroup, groups_in
from ipshare.domain.office import Right
from ipshare.store import queries, raw

END = 2**63 - 1
"""After every position."""


class Row(NamedTuple):
    """A record at the position of its newest visible change; without documents when it is withdrawn."""

    position: int
    right: str
    number: str
    live: bool
    documents: list[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the order of publication, in words of what is visible to its reader."""

    right: Right
    number: str
    mask: int
    count: int


def read(
    view: View, masks: Mapping[Right, int], *, after: int, upto: int = END, limit: int
) -> list[Row]:
    """Records by their newest change in these groups (a mask per right), at positions in (after, upto].

    A record changed again after ``upto`` is not among them: its change comes later.
    """
    wanted = tuple(
        (right, masks.get(right, 0) & view.mask) for right in Right if right in view.rights
    )
    if not any(mask for _, mask in wanted):
        return []
    names = {"office": view.office, "after": after, "upto": upto, "limit": limit}
    found = raw.fetch(_page(wanted, view.groups), names)
    return [
        Row(position, right, number, live, [document for document in documents if document])
        for position, right, number, live, *documents in found
    ]


def place_of(view: View, right: Right, number: str, position: int, mask: int) -> Place:
    """The place of a record's change that was read with this mask."""
    names = {
        "office": view.office,
        "right": right.value,
        "number": number,
        "mask": mask,
        "position": position,
    }
    [(count,)] = raw.fetch(queries.read("changes", "count_of"), names)
    return Place(right=right, number=number, mask=mask, count=count)


def position_of(view: View, place: Place | None) -> int | None:
    """The position of a place; 0 of none; None where the registry does not have it (restored, perhaps)."""
    if place is None:
        return 0
    names = {
        "office": view.office,
        "right": place.right.value,
        "number": place.number,
        "mask": place.mask,
        "count": place.count,
    }
    found = raw.fetch(queries.read("changes", "position_of"), names)
    return int(found[0][0]) if found else None


@cache
def _page(wanted: tuple[tuple[Right, int], ...], groups: frozenset[ElementGroup]) -> str:
    """The text of the page query; all that goes into it are words of the domain."""
    masks = " ".join(f"WHEN '{right.value}' THEN {mask}" for right, mask in wanted)
    newest = " ".join(f"WHEN '{right.value}' THEN {_newest(mask)}" for right, mask in wanted)
    return queries.read("changes", "page").format(
        masks=f'(CASE c."right" {masks} ELSE 0 END)',
        newest=f'(CASE r."right" {newest} END)',
        documents=", ".join(f"r.{group.value}" for group in ElementGroup if group in groups),
    )


def _newest(mask: int) -> str:
    columns = ", ".join(f"r.p_{group.value}" for group in ElementGroup if group in groups_in(mask))
    return f"greatest({columns})" if columns else "0"
