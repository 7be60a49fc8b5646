"""A record that is blocked, or not any more: its facets change, and readers see it leave or come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from ipshare.store import columns, merge

_AFTER = """ROW ((r.facets).filed, (r.facets).registered, (r.facets).is_published, (r.facets).is_registered,
    (r.facets).is_international, (r.facets).has_errors,
    coalesce(x.from_all, false), coalesce(x.from_some, '{}'))::facets"""


def bring_to(office: str, right: str, number: str, *, at: datetime) -> None:
    """Let the register follow the blocks in force of one record, in the caller's transaction.

    It waits for a publication of the office and right to end, which would write what was in force at its
    beginning. A record that is not held gets its blocks when it comes.
    """
    names: dict[str, Any] = {"office": office, "right": right, "number": number, "at": at}
    merge.alone(office, right)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position FROM office_position WHERE office = %(office)s FOR UPDATE", names
        )
        found = cursor.fetchone()
        if found is None:
            return  # nothing was ever published
        names["position"] = found[0] + 1
        cursor.execute(
            f"""
            WITH blocked AS (
                SELECT r.facets AS before, {_AFTER} AS after
                FROM record r LEFT JOIN ({columns.BLOCKS}) x ON x.number = r.number
                WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number = %(number)s AND r.live
            ), written AS (
                INSERT INTO change (office, position, "right", number, groups, was_live, live, before, after,
                                    published_at)
                SELECT %(office)s, %(position)s, %(right)s, %(number)s,
                       {columns.FACETS_BIT}
                         | CASE WHEN (before).is_blocked <> (after).is_blocked THEN {columns.ALL_BITS} ELSE 0 END,
                       true, true, before, after, %(at)s
                FROM blocked WHERE before IS DISTINCT FROM after
                RETURNING after
            )
            UPDATE record SET facets = written.after, position = %(position)s FROM written
            WHERE office = %(office)s AND "right" = %(right)s AND number = %(number)s
            """,
            names,
        )
        if cursor.rowcount:
            cursor.execute(
                "UPDATE office_position SET position = %(position)s WHERE office = %(office)s",
                names,
            )
