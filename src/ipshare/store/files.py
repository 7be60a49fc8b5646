"""Which records a file belongs to, within a View."""

from __future__ import annotations

from ipshare.domain.authorization import View
from ipshare.domain.office import Right
from ipshare.store import queries, raw, visible

MOST = 1000


def records_of(view: View, right: Right, name: str) -> list[str]:
    """The numbers of the records that refer to a file, the first ones where there are very many."""
    query = queries.read("files", "records_of").format(inside=visible.inside(view, "r"))
    given = visible.names(view) | {
        "office": view.office,
        "right": right.value,
        "name": name,
        "limit": MOST,
    }
    return [number for (number,) in raw.fetch(query, given)]
