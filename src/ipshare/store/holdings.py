"""How many records the registry holds of an office."""

from __future__ import annotations

from django.db import connection

from ipshare.domain.office import Right


def counts(office: str) -> dict[Right, int]:
    """The live records of each right of one office."""
    return _counts("AND office = %(office)s", office).get(office, dict.fromkeys(Right, 0))


def counts_of_all() -> dict[str, dict[Right, int]]:
    """The live records of each right of every office that has any."""
    return _counts("", "")


def _counts(condition: str, office: str) -> dict[str, dict[Right, int]]:
    """All rows are counted in the primary key, and the withdrawn ones, few as a rule, in their own small index.

    The rows themselves, with their documents, are not read.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT office, "right", count(*) FROM record WHERE true {condition} GROUP BY 1, 2
            UNION ALL
            SELECT office, "right", -count(*) FROM record WHERE NOT live {condition} GROUP BY 1, 2
            """,
            {"office": office},
        )
        held: dict[str, dict[Right, int]] = {}
        for code, right, count in cursor.fetchall():
            held.setdefault(code, dict.fromkeys(Right, 0))[Right(right)] += count
    return held
