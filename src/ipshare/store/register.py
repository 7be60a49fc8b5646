"""What an office itself sees of its register: all of it, whatever is withheld, blocked or has open errors.

These and those of one record (store.own_record) are the only reads without a View, and the portal alone may
import them (pyproject.toml): nothing that answers third parties can. Lists come in pages by key, in either
direction. A list by number without words is read from ``record``; what words, classes or days narrow, or days
sort, is read from the index of searches, and an entry counts only while its group is what the record holds at
present.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import msgspec
from django.db import connection

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.store import queries, raw, register_query
from ipshare.store.register_query import Asked, Only

FEW = 10_000
"""How far what is found is counted; below, all of it is gathered and put in order."""
MANY = 3 * FEW
"""What the planner expects to be more is not counted."""
SHOWN = (
    ElementGroup.IDENTITY,
    ElementGroup.TEXT,
    ElementGroup.GOODS,
    ElementGroup.CLASSIFICATION,
    ElementGroup.STAKEHOLDERS,
    ElementGroup.STATUS,
)
"""The groups that a line of a list is made from."""


class Key(NamedTuple):
    """A place in a list: the day that it is sorted by, as ISO 8601 (empty: by number), and a number."""

    day: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record in a list, with the documents of the groups SHOWN."""

    number: str
    live: bool
    filed: date | None
    registered: date | None
    has_errors: bool
    blocked: bool
    documents: Mapping[ElementGroup, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of a list; ``first`` and ``last`` are its ends where more lies beyond them.

    ``count`` is how many there are in all; FEW + 1 stands for more than FEW, unless everything is listed.
    """

    lines: list[Line]
    count: int
    first: Key | None
    last: Key | None


def page(  # noqa: PLR0913 (what is looked for, and where the reader is)
    office: str,
    right: Right,
    asked: Asked,
    *,
    after: Key | None = None,
    before: Key | None = None,
    limit: int,
    counted: int | None = None,
) -> Found:
    """A page of a list, after one key or before another, within a transaction.

    ``counted`` is what is known of the count already: of the page before, or of all that is held.
    """
    back = before is not None
    count = _count(office, right, asked) if counted is None else counted
    few = asked.indexed and bool(asked.conditions) and count <= FEW
    keys = _keys(
        office,
        right,
        asked,
        before or after,
        limit + 1,
        back=back,
        few=few,
        planned=counted is None,
    )
    more = len(keys) > limit
    keys = keys[:limit]
    if back:
        keys.reverse()
    lines = lines_of(office, [right], asked, [key.number for key in keys])
    if connection.savepoint_ids:  # else the transaction ends with the search, and its plans with it
        plan(None)
    lead = more if back else after is not None
    tail = True if back else more
    return Found(
        lines=[lines[right, key.number] for key in keys if (right, key.number) in lines],
        count=count,
        first=keys[0] if keys and lead else None,
        last=keys[-1] if keys and tail else None,
    )


def _count(office: str, right: Right, asked: Asked) -> int:
    """How many records are found, counted to FEW + 1."""
    given = register_query.parameters(office, right, asked) | {"most": FEW + 1}
    query, conditions = "counted_by_number", register_query.plain(asked)
    if asked.indexed:
        query, conditions = "counted", register_query.indexed(asked)
        if _expected(conditions, given) > MANY:
            return FEW + 1
        plan("gather")
    text = queries.read("register", query).format(conditions=" AND ".join(conditions))
    [(found,)] = raw.fetch(text, given)
    return int(found)


def _expected(conditions: list[str], given: dict[str, object]) -> int:
    """How many the planner expects: of what is common it knows that, and reading a million entries takes its time."""
    given = register_query.whole_entries(given)
    query = queries.read("register", "expected").format(conditions=" AND ".join(conditions))
    [(plan,)] = raw.fetch(query, given)
    return int(msgspec.json.decode(plan)[0]["Plan"]["Plan Rows"])


def _keys(  # noqa: PLR0913 (what is looked for, and where the reader is)
    office: str,
    right: Right,
    asked: Asked,
    key: Key | None,
    limit: int,
    *,
    back: bool,
    few: bool,
    planned: bool,
) -> list[Key]:
    given = register_query.parameters(office, right, asked) | {"limit": limit}
    down = asked.order.down != back
    direction = "DESC" if down else "ASC"
    query, day, order = "by_number", "''", f"r.number {direction}"
    if asked.indexed:
        query = "gathered" if few else "walked"
        if not (few and planned):
            plan("gather" if few else "walk")
        order = f"s.number {direction}"
        if asked.order.day:
            day = f"s.{asked.order.day}"
            order = f"{'s.day' if few else day} {direction}, {order}"
    conditions = register_query.indexed(asked) if asked.indexed else register_query.plain(asked)
    conditions += _beyond(asked, key, given, down=down)
    text = queries.read("register", query).format(
        conditions=" AND ".join(conditions), day=day, order=order, direction=direction
    )
    return [Key(*row) for row in raw.fetch(text, given)]


def _beyond(asked: Asked, key: Key | None, given: dict[str, object], *, down: bool) -> list[str]:
    """The condition that lets in what lies beyond a key."""
    if key is None:
        return []
    sign = "<" if down else ">"
    given["after"] = key.number
    if not asked.indexed:
        return [f"r.number {sign} %(after)s"]
    if not asked.order.day:
        return [f"s.number {sign} %(after)s"]
    given["day"] = key.day
    return [f"(s.{asked.order.day}, s.number) {sign} (%(day)s::date, %(after)s)"]


_PLANS = {
    "gather": {"seqscan": "off", "indexscan": "off", "bitmapscan": "on"},
    "walk": {"seqscan": "off", "indexscan": "on", "bitmapscan": "off"},
    None: {"seqscan": "on", "indexscan": "on", "bitmapscan": "on"},
}


def plan(way: str | None) -> None:
    """Few answers are gathered by the entries, many are met on a walk in order: the planner cannot know which.

    For this transaction: statistics do not tell how many records a word or a beginning finds. None: as usual.
    """
    raw.fetch(queries.read("register", "plan"), _PLANS[way])


def lines_of(
    office: str, rights: Sequence[Right], asked: Asked, numbers: Sequence[str]
) -> dict[tuple[str, str], Line]:
    """Records that a list shows, by right and number; of those that the index found, what still is as it found it."""
    if not numbers:
        return {}
    conditions = ["NOT r.live" if asked.only is Only.WITHDRAWN else "r.live"]
    for place, one in enumerate(asked.conditions):
        each = (f"(s.{g} @@ %(query{place})s::tsquery AND s.d_{g} = r.d_{g})" for g in one.groups)
        conditions.append(f"({' OR '.join(each)})")
    joined = 'record r JOIN search s USING (office, "right", number)'
    query = queries.read("register", "lines").format(
        source=joined if asked.conditions else "record r",
        documents=", ".join(f"r.{g}" for g in SHOWN),
        conditions=" AND ".join(conditions),
    )
    found = {}
    given = register_query.parameters(office, rights[0], asked)
    given |= {"rights": [right.value for right in rights], "numbers": list(numbers)}
    for row in raw.fetch(query, given):
        right, number, live, filed, registered, errors, blocked, *documents = row
        found[right, number] = Line(
            number=number,
            live=live,
            filed=filed,
            registered=registered,
            has_errors=errors,
            blocked=blocked,
            documents={g: one for g, one in zip(SHOWN, documents, strict=True) if one},
        )
    return found


def lines(office: str, right: Right, numbers: Sequence[str]) -> dict[str, Line]:
    """Some records as a list shows them, by number; what is not in the register, or not any more, is missing."""
    found = lines_of(office, [right], Asked(), numbers)
    return {number: line for (_, number), line in found.items()}


def named(
    office: str, rights: Sequence[Right], numbers: Sequence[str]
) -> list[tuple[Right, str, bool]]:
    """The records that have one of these numbers exactly: right, number, whether it is in the register still."""
    given = {
        "office": office,
        "rights": [right.value for right in rights],
        "numbers": list(numbers),
    }
    rows = raw.fetch(queries.read("register", "named"), given)
    return [(Right(right), number, live) for right, number, live in rows]


def place(office: str) -> tuple[int, int]:
    """The last position of an office, and how many changes are not in the index of searches yet."""
    [(last, reached)] = raw.fetch(queries.read("register", "place"), {"office": office})
    return int(last), int(last) - int(reached)
