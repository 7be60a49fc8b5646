"""What the search box finds of an office: the first records of each right, in few statements for all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import msgspec
from django.db import connection

from ipshare.domain.office import Right
from ipshare.store import queries, raw, register, register_query
from ipshare.store.register import FEW, MANY, Found, Key
from ipshare.store.register_query import Asked


def page(office: str, rights: Sequence[Right], asked: Asked, *, limit: int) -> dict[Right, Found]:
    """By right the first records that words or a number find, and how many there are, within a transaction.

    What is common in a right is walked in order and not counted, as ``register.page`` does; the rest is gathered.
    """
    common = _common(office, rights, asked)
    keys = _keys(office, [one for one in rights if one not in common], asked, limit, "gather")
    keys += _keys(office, [one for one in rights if one in common], asked, limit, "walk")
    lines = register.lines_of(office, rights, asked, [number for _, number, _ in keys])
    if connection.savepoint_ids:
        register.plan(None)
    found = {}
    for right, group in groupby(keys, itemgetter(0)):
        of_right = list(group)
        shown = [number for _, number, _ in of_right[:limit]]
        found[Right(right)] = Found(
            lines=[lines[right, number] for number in shown if (right, number) in lines],
            count=of_right[0][2],
            first=None,
            last=Key("", shown[-1]) if len(of_right) > limit else None,
        )
    return found


def _common(office: str, rights: Sequence[Right], asked: Asked) -> list[Right]:
    """The rights in which the planner expects more than can be gathered."""
    each = queries.read("register", "expected_of_right")
    conditions = register_query.indexed(asked)
    query = " UNION ALL ".join(
        each.format(place=place, conditions=" AND ".join(conditions))
        for place, _ in enumerate(rights)
    )
    given = register_query.whole_entries(register_query.parameters(office, rights[0], asked))
    given |= {f"right{place}": right.value for place, right in enumerate(rights)}
    [(plan,)] = raw.fetch(f"EXPLAIN (FORMAT JSON) {query}", given)
    top = msgspec.json.decode(plan)[0]["Plan"]
    expected = top["Plans"] if len(rights) > 1 else [top]
    return [right for right, one in zip(rights, expected, strict=True) if one["Plan Rows"] > MANY]


def _keys(
    office: str, rights: Sequence[Right], asked: Asked, limit: int, way: str
) -> list[tuple[str, str, int]]:
    """Right, number and count of the first records of each right, one more than ``limit``."""
    if not rights:
        return []
    register.plan(way)
    query = queries.read("register", f"near_by_{way}")
    given = register_query.parameters(office, rights[0], asked)
    given |= {"rights": [one.value for one in rights], "limit": limit + 1, "most": FEW + 1}
    return raw.fetch(query.format(conditions=" AND ".join(register_query.indexed(asked))), given)
