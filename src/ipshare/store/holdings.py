"""How many records of an office the registry holds."""

from __future__ import annotations

from django.db import connection

from ipshare.domain.office import Right


def counts(office: str) -> dict[Right, int]:
    """The live records of each right.

    All rows are counted in the primary key and the withdrawn ones, few as a rule, in their own small index:
    the rows themselves, with their documents, are not read.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT "right", count(*) FROM record WHERE office = %(office)s GROUP BY "right"
            UNION ALL
            SELECT "right", -count(*) FROM record WHERE office = %(office)s AND NOT live GROUP BY "right"
            """,
            {"office": office},
        )
        held = dict.fromkeys(Right, 0)
        for right, count in cursor.fetchall():
            held[Right(right)] += count
    return held
