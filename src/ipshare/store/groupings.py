"""By which version of the grouping each register was dealt out to its element groups.

A register of another version than the hub's own is closed: nothing leaves the hub under conditions that let anything
of it out, until every record of it was dealt out again (docs/decisions/0018).
"""

from __future__ import annotations

from django.db import connection

from ipshare.domain.office import Right
from ipshare.standards import grouping
from ipshare.store import raw


def others() -> list[tuple[str, Right]]:
    """The registers that another version of the hub dealt out."""
    query = (
        'SELECT office, "right" FROM register_grouping WHERE grouping <> %(grouping)s ORDER BY 1, 2'
    )
    return [(office, Right(right)) for office, right in raw.fetch(query, current())]


def closed(office: str) -> frozenset[Right]:
    """The rights of which the register of an office is not dealt out anew yet, so that nothing of it may leave."""
    query = """
        SELECT "right" FROM register_grouping WHERE office = %(office)s AND grouping <> %(grouping)s
    """
    found = raw.fetch(query, current() | {"office": office}, prepared=True)
    return frozenset(Right(right) for (right,) in found)


def begin(office: str, right: str) -> None:
    """A register that has nothing yet is of the present version."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO register_grouping VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [office, right, grouping.version()],
        )


def end(office: str, right: str) -> None:
    """Every record of a register is dealt out by the present version."""
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE register_grouping SET grouping = %s WHERE office = %s AND "right" = %s',
            [grouping.version(), office, right],
        )


def current() -> dict[str, object]:
    """The parameter ``grouping`` of a query that asks whether a register is closed."""
    return {"grouping": grouping.version()}
