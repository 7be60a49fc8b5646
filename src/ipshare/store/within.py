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
