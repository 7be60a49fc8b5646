"""Read the changes of an office within a View: what a view withholds is not selected.

Positions are dense over all changes of an office, so they tell of withheld ones: they never leave the
hub, sealed or not. A place in the feed is named by what its reader has seen: the n-th visible change of a
record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from ipshare.domain.authorization import View
from ipshare.domain.group import ElementGroup, pairs
from ipshare.domain.office import Right
from ipshare.store import queries, raw, visible

Kept = tuple[list[bytes], frozenset[int]]
Positions = Mapping[Right, int]
"""A position per right; 0 of rights that are not there."""
NONE: Positions = {}


class Row(NamedTuple):
    """A record at the position of its newest visible change; without documents where it is not in the view.

    ``loose`` are the places of those documents whose items in shared lists may have moved (render.st97).
    """

    position: int
    right: str
    number: str
    live: bool
    documents: list[bytes]
    loose: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the order of publication, in words of what is visible to its reader."""

    right: Right
    number: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """What a reader may hold that has read under another ``view``, up to the position ``upto``.

    ``bound`` is the last position that it can have been told of under that view. By right: it holds no record that had
    left that view at ``since``, or came after ``ends`` (or the instant ``until``); once it was told what differs, it
    holds none that had ``left`` the present view.
    """

    view: View
    upto: int
    bound: int
    since: Positions
    left: Positions
    ends: Positions
    until: datetime | None


def read(view: View, *, after: int, limit: int, left: Positions = NONE) -> list[Row]:
    """Records by their newest visible change, at positions after ``after``; not those that had ``left`` by then."""
    if not view.rights:
        return []
    query = queries.read("changes", "page").format(
        after=visible.change_after(view, "c"),
        left=visible.by_right("left", "c"),
        visible=visible.change(view, "c"),
        later=visible.change(view, "n"),
        present=columns("r", view),
        documents=columns("r", view),
    )
    given = {"after": after, "limit": limit, "rights": _rights(view)}
    return _rows(view, query, _office(view) | given | visible.positions("left", left))


def difference(view: View, former: Former, *, after: int, limit: int) -> list[Row]:
    """What a reader must be told whose view was another one, in batches.

    The positions of these rows are those where their records came into the register: ``after`` goes on from there.
    Records that later pages tell of are left out.
    """
    held = former.view
    query = queries.read("changes", "difference").format(
        held=visible.change(held, "h", "held_"),
        held_after=visible.change_after(held, "h", "held_"),
        now=visible.change(view, "n"),
        now_after=visible.change_after(view, "n"),
        since=visible.by_right("since", "c"),
        left=visible.by_right("left", "c"),
        ends=visible.by_right("ends", "c"),
        present=columns("r", view),
        documents=columns("r", view),
    )
    given = visible.names(held, "held_") | {
        "rights": _rights(view),
        "held_rights": _rights(held),
        "missing": view.mask & ~held.mask,
        "missing_pairs": pairs(view.mask) & ~pairs(held.mask),
        "upto": former.upto,
        "bound": former.bound,
        "last": max(former.bound, *former.ends.values(), 0),
        "until": former.until,
        "after": after,
        "limit": limit,
    }
    for name, positions in (("since", former.since), ("left", former.left), ("ends", former.ends)):
        given |= visible.positions(name, positions)
    return _rows(view, query, _office(view) | given)


def place_of(view: View, right: Right, number: str, position: int) -> Place:
    """The place of a record's change for the readers of a view."""
    given = {"right": right.value, "number": number, "position": position}
    [(count,)] = raw.fetch(_query(view, "count_of"), _office(view) | given, prepared=True)
    return Place(right=right, number=number, count=count)


def position_of(view: View, place: Place | None) -> int | None:
    """The position of a place; 0 of none; None where the registry does not have it (restored, perhaps)."""
    if place is None:
        return 0
    given = {"right": place.right.value, "number": place.number, "count": place.count}
    found = raw.fetch(_query(view, "position_of"), _office(view) | given, prepared=True)
    return int(found[0][0]) if found else None


def was_inside(view: View, right: Right, number: str, *, position: int) -> bool:
    """Whether a record was within a view when its office was at a position."""
    given = {"right": right.value, "number": number, "position": position}
    query = queries.read("changes", "inside_at").format(
        visible=visible.change(view, "c"), after=visible.change_after(view, "c")
    )
    found = raw.fetch(query, _office(view) | given, prepared=True)
    return bool(found and found[0][0])


def newest_at(view: View, right: Right, number: str) -> datetime | None:
    """When a record last became another one for a view: its newest visible change, or the view's conditions."""
    given = {"right": right.value, "number": number, "version": view.version, "base": view.base}
    [(at,)] = raw.fetch(_query(view, "newest_at"), _office(view) | given, prepared=True)
    return cast("datetime | None", at)


def last_place(view: View, *, upto: int, left: Positions) -> Place | None:
    """The place of the last change up to a position that is visible in a view; None where there is none.

    Not one of a record that had ``left`` by a position of its right: whoever reads on from there has not heard of it.
    """
    query = queries.read("changes", "last_place").format(
        visible=visible.change(view, "c"),
        later=visible.change(view, "n"),
        later_after=visible.change_after(view, "n"),
        left=visible.by_right("left", "c"),
    )
    given = {"upto": upto, "rights": _rights(view)} | visible.positions("left", left)
    found = raw.fetch(query, _office(view) | given)
    if not found:
        return None
    right, number, position = found[0]
    return place_of(view, Right(right), number, position)


def first_of(view: View, right: Right, number: str) -> int:
    """The position at which a record came into the register; 0 where it is not there."""
    given = {"right": right.value, "number": number, "office": view.office}
    [(position,)] = raw.fetch(queries.read("changes", "first_of"), given)
    return int(position or 0)


def last_position(office: str) -> int:
    """The position of the last change that an office has published."""
    found = raw.fetch(queries.read("changes", "last_position"), {"office": office})
    return int(found[0][0]) if found else 0


def last_between(office: str, after: int, before: int | None, *, by: datetime) -> int:
    """The last position between two (None: to the end) that was written by an instant; 0 where none was.

    Between those of two submissions are the blocks of records.
    """
    given = {"office": office, "after": after, "before": before, "by": by}
    [(position,)] = raw.fetch(queries.read("changes", "last_between"), given)
    return int(position or 0)


def columns(of: str, view: View) -> str:
    """The documents that a view selects of a row ``of`` record."""
    return ", ".join(f"{of}.{group.value}" for group in _shown(view))


def kept(view: View, documents: Sequence[bytes | None], loose: int) -> Kept:
    """The documents that there are, and the places of those of loose groups, given as a mask."""
    found = [(group.bit, one) for group, one in zip(_shown(view), documents, strict=True) if one]
    places = frozenset(place for place, (bit, _) in enumerate(found) if loose & bit)
    return [one for _, one in found], places


def _shown(view: View) -> list[ElementGroup]:
    return [group for group in ElementGroup if group in view.groups]


def _query(view: View, name: str) -> str:
    return queries.read("changes", name).format(visible=visible.change(view, "c"))


def _office(view: View) -> dict[str, object]:
    return visible.names(view) | {"office": view.office}


def _rights(view: View) -> list[str]:
    return [right.value for right in Right if right in view.rights]


def _rows(view: View, query: str, given: dict[str, Any]) -> list[Row]:
    rows = []
    for position, right, number, live, loose, *documents in raw.fetch(query, given):
        shown = kept(view, documents, loose or 0) if live else ([], frozenset[int]())
        rows.append(Row(position, right, number, live, *shown))
    return rows
