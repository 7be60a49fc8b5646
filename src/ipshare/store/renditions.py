"""Items of the feed as ready bytes: merged once per set of groups in use, not once per reader and record.

For every record whose newest visible change is at or before the reach of an office and mask, ``rendition``
holds its item at that position, and nothing else. A trigger forgets items in the transaction that changes
their records. The tables are unlogged: a crash empties both, and they are made again. They hold what a view
without filter and without blocks of its own sees.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from django.db import connection, transaction

from ipshare.domain.authorization import EVERY_RECORD, View
from ipshare.domain.group import groups_in
from ipshare.domain.office import Right
from ipshare.store import ahead, changes, queries, raw, visible
from ipshare.store.changes import Positions, Row

BATCH = 2000
"""Records made ready in one transaction; publishing waits for it."""


class Item(NamedTuple):
    """An item of the feed as bytes, with the place of its record."""

    position: int
    right: str
    number: str
    item: bytes


Found = tuple[list[Item], int]
_ITEM: Callable[[Sequence[Any]], Item] = partial(
    tuple.__new__, Item
)  # a third of what Item._make takes


def serve(view: View) -> bool:
    """Whether ready items are what a view sees: it has no filter, and no record was ever blocked for it alone."""
    if view.filter != EVERY_RECORD:
        return False
    query = queries.read("renditions", "blocked_alone")
    [(blocked,)] = raw.fetch(query, {"authorization": view.authorization}, prepared=True)
    return not blocked


def read(view: View, *, after: int, left: Positions, limit: int) -> Found:
    """Ready items after a position, and the position up to which there are no others (``serve`` asked before).

    Without those of records that had ``left`` by a position of their right (store.changes).
    """
    query, names = _asked(view, after, left, limit)
    return _found([_ITEM(row) for row in raw.fetch(query, names)])


def read_ahead(view: View, *, after: int, left: Positions, limit: int) -> Callable[[], Found]:
    """The same, begun at once and waited for when it is asked for."""
    rows = ahead.fetch(*_asked(view, after, left, limit), _ITEM)
    return lambda: _found(rows())


def _asked(view: View, after: int, left: Positions, limit: int) -> tuple[str, dict[str, object]]:
    query = queries.read("renditions", "read").format(left=visible.by_right("left", "r"))
    return query, _names(view, after, limit) | visible.positions("left", left)


def _found(rows: list[Item]) -> Found:
    return (rows[1:], rows[0].position) if rows else ([], 0)


def ready(view: View, *, after: int, limit: int) -> list[tuple[int, str, str, bytes]]:
    """Ready records after a position as they come: position, right, number and item, for whoever reads very many."""
    return raw.fetch(queries.read("renditions", "ready"), _names(view, after, limit))


def extend(office: str, mask: int, make: Callable[[Row], bytes]) -> bool:
    """Make the next items ready; tells whether there may be more."""
    names: dict[str, str | int] = {"office": office, "mask": mask}
    with transaction.atomic():
        locked = raw.fetch(queries.read("renditions", "lock"), names)
        if not locked:
            return False
        newest = int(locked[0][0])
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO rendition_upto VALUES (%(office)s, %(mask)s, 0) ON CONFLICT DO NOTHING",
                names,
            )
        [(reached,)] = raw.fetch(queries.read("renditions", "reach"), names)
        view = View(
            office=office,
            authorization=0,
            version=0,
            rights=frozenset(Right),
            groups=groups_in(mask),
        )
        rows = changes.read(view, after=reached, limit=BATCH)
        reach = rows[-1].position if len(rows) == BATCH else newest
        with connection.cursor() as cursor:
            with cursor.copy("COPY rendition FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((office, mask, row.position, row.right, row.number, make(row)))
            cursor.execute(
                "UPDATE rendition_upto SET position = %s WHERE office = %s AND mask = %s",
                [reach, office, mask],
            )
    return int(reach) < newest


def forget_others(office: str, masks: list[int]) -> None:
    """Remove the items of masks that are no longer in use."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("rendition_upto", "rendition"):
            cursor.execute(
                f"DELETE FROM {table} WHERE office = %s AND mask <> ALL(%s)", [office, masks]
            )


def _names(view: View, after: int, limit: int) -> dict[str, object]:
    return {
        "office": view.office,
        "mask": view.mask,
        "rights": [right.value for right in Right if right in view.rights],
        "after": after,
        "limit": limit,
    }
