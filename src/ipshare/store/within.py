"""Which of some records are within a view at present."""

from __future__ import annotations

from collections.abc import Sequence

from ipshare.domain.authorization import View
from ipshare.domain.office import Right
from ipshare.store import raw, visible


def count(view: View, right: Right, numbers: Sequence[str]) -> int:
    """How many of these records of a right are within the view."""
    if right not in view.rights or not numbers:
        return 0
    given = visible.names(view) | {
        "office": view.office,
        "right": right.value,
        "numbers": list(numbers),
    }
    query = f"""SELECT count(*) FROM record r WHERE r.office = %(office)s AND r."right" = %(right)s
        AND r.number = ANY(%(numbers)s::text[]) AND {visible.inside(view, "r")}"""
    [(found,)] = raw.fetch(query, given)
    return int(found)


def seeing(views: Sequence[View], right: Right, number: str) -> frozenset[int]:
    """The authorizations of those of an office's views that a record is within at present, in one statement."""
    asked = [one for one in views if right in one.rights]
    if not asked:
        return frozenset()
    given: dict[str, object] = {
        "office": asked[0].office,
        "right": right.value,
        "number": number,
    }
    columns = []
    for place, view in enumerate(asked):
        given |= visible.names(view, f"v{place}_")
        columns.append(visible.inside(view, "r", f"v{place}_"))
    query = f"""SELECT {", ".join(columns)} FROM record r
        WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number = %(number)s"""
    return frozenset(
        view.authorization
        for row in raw.fetch(query, given)
        for view, inside in zip(asked, row, strict=True)
        if inside
    )
