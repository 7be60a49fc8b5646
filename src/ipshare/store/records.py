"""Read the present state of one record, of all records in order, or of a picture, within a View."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ipshare.domain.authorization import View
from ipshare.domain.digest import digest
from ipshare.domain.group import ElementGroup, mask, pairs
from ipshare.domain.office import Right
from ipshare.store import changes, queries, raw, visible
from ipshare.store.changes import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The visible documents of a record; ``state`` is a digest over them alone.

    ``loose`` are the places of those documents whose items in shared lists may have moved (render.st97).
    """

    documents: list[bytes]
    loose: frozenset[int]
    state: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Where a picture lies: ``stored_size`` bytes of ``object`` from ``place``, zip method 0 or 8."""

    object: str
    place: int
    stored_size: int
    size: int
    method: int
    digest: bytes
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What becomes of the records of a right from one view to another: how many come, go and stay.

    ``changed`` of the ``kept`` ones hold a group that only one of the views shows; ``groups`` says how many hold
    each of these. The samples are numbers, the first and the last of their kind; of the kept ones, of the
    changed where there are any.
    """

    gained: int = 0
    lost: int = 0
    kept: int = 0
    changed: int = 0
    groups: dict[ElementGroup, int] = field(default_factory=dict)
    samples_gained: tuple[str, ...] = ()
    samples_lost: tuple[str, ...] = ()
    samples_kept: tuple[str, ...] = ()


def read(view: View, right: Right, number: str, *, pending: bool = False) -> Stored | None:
    """A live record of the view's office; None where there is none or the view does not hold its right.

    ``pending``: None also where a block keeps it from the view that the register does not know of yet.
    """
    shown = [group.value for group in ElementGroup if group in view.groups]
    blocked = queries.read("records", "pending").partition("\n")[2] if pending else "false"
    query = _query(
        view, "record", digests=", ".join(f"r.d_{group}" for group in shown), pending=blocked
    )
    found = raw.fetch(query, _names(view, right) | {"number": number}, prepared=True)
    if not found:
        return None
    stale, joints, *rest = found[0]
    documents, loose = changes.kept(view, rest[: len(shown)], stale)
    state = [*rest[len(shown) :], _joints(joints, view), stale.to_bytes(4)]
    return Stored(
        documents=documents,
        loose=loose,
        state=digest(b"".join(len(one).to_bytes(4) + one for one in state)),
    )


def walk(view: View, right: Right, *, after: str = "", limit: int) -> list[Row]:
    """The records of a right within a view after a number, in the order of the numbers' characters."""
    given = _names(view, right) | {"after": after, "limit": limit}
    return [
        Row(0, right.value, number, True, *changes.kept(view, documents, stale))  # noqa: FBT003 (live)
        for number, stale, *documents in raw.fetch(_query(view, "walk"), given)
    ]


def positions(office: str, right: Right, numbers: Sequence[str]) -> tuple[int | None, int | None]:
    """The lowest and the highest position at which some records stand; for the office itself, never for others."""
    given = {"office": office, "right": right.value, "numbers": list(numbers)}
    [(first, last)] = raw.fetch(queries.read("records", "positions"), given)
    return first, last


def count(view: View, right: Right) -> int:
    """How many records of a right are within a view."""
    [(found,)] = raw.fetch(_query(view, "count"), _names(view, right))
    return int(found)


def compare(was: View, now: View, right: Right, *, blocked: Sequence[str] = ()) -> Compared:
    """What becomes of a right's records but the ``blocked`` ones, where the view of one office was and is now.

    It looks at every live record of the right once, in an index that has all it needs (record_counted).
    """
    if right not in was.rights | now.rights:
        return Compared()
    differing = [group for group in ElementGroup if (group in was.groups) != (group in now.groups)]
    query = queries.read("records", "compare").format(
        was=visible.inside(was, "r", "was_"),
        now=visible.inside(now, "r", "now_"),
        held=f"r.held & {mask(differing)}",
    )
    given = visible.names(was, "was_") | visible.names(now, "now_")
    given |= {
        "office": now.office,
        "right": right.value,
        "was_holds": right in was.rights,
        "now_holds": right in now.rights,
        "blocked": list(blocked),
    }
    parts = [_Part(*row) for row in raw.fetch(query, given)]
    gained = [part for part in parts if part.now and not part.was]
    lost = [part for part in parts if part.was and not part.now]
    kept = [part for part in parts if part.was and part.now]
    changed = [part for part in kept if part.held]
    return Compared(
        gained=sum(part.records for part in gained),
        lost=sum(part.records for part in lost),
        kept=sum(part.records for part in kept),
        changed=sum(part.records for part in changed),
        groups={
            group: sum(part.records for part in kept if part.held & group.bit)
            for group in differing
        },
        samples_gained=_ends(gained),
        samples_lost=_ends(lost),
        samples_kept=_ends(changed or kept),
    )


class _Part(NamedTuple):
    """Records that are alike in a comparison; ``held`` is a mask of groups, ``first`` and ``last`` are numbers."""

    was: bool
    now: bool
    held: int
    records: int
    first: str
    last: str


def _ends(parts: Sequence[_Part]) -> tuple[str, ...]:
    """The first and the last number of some records, each once."""
    if not parts:
        return ()
    return tuple(
        dict.fromkeys((min(part.first for part in parts), max(part.last for part in parts)))
    )


def picture(view: View, right: Right, name: str, *, blocked: Sequence[str] = ()) -> Picture | None:
    """A picture that a record refers to that is in the view and not ``blocked``, if the view holds its media."""
    if ElementGroup.MEDIA not in view.groups:
        return None
    given = _names(view, right) | {"name": name, "blocked": list(blocked)}
    found = raw.fetch(_query(view, "image"), given)
    if not found:
        return None
    fields = ("object", "place", "stored_size", "size", "method", "digest", "format")
    return Picture(**dict(zip(fields, found[0], strict=True)))


def _query(view: View, name: str, **more: str) -> str:
    return queries.read("records", name).format(
        documents=changes.columns("r", view), inside=visible.inside(view, "r"), **more
    )


def _names(view: View, right: Right) -> dict[str, object]:
    return visible.names(view) | {
        "office": view.office,
        "right": right.value,
        "rights": [one.value for one in Right if one in view.rights],
    }


def _joints(joints: bytes, view: View) -> bytes:
    """The entries of the pairs that the view sees both groups of."""
    seen = pairs(view.mask)
    entries = (joints[at : at + 9] for at in range(0, len(joints), 9))
    return b"".join(entry for entry in entries if seen >> entry[0] & 1)
