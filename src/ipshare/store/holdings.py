"""How many records the registry holds of an office, and whether it holds some."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from ipshare.domain.office import Right


def counts(office: str) -> dict[Right, int]:
    """The live records of each right of one office."""
    return _counts("AND office = %(office)s", office).get(office, dict.fromkeys(Right, 0))


def counts_of_all() -> dict[str, dict[Right, int]]:
    """The live records of each right of every office that has any."""
    return _counts("", "")


def with_errors(office: str) -> dict[Right, int]:
    """How many live records of each right have open errors; read from their own small index."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT "right", count(*) FROM record
            WHERE office = %s AND live AND (facets).has_errors GROUP BY 1
            """,
            [office],
        )
        found = {Right(right): count for right, count in cursor.fetchall()}
    return dict.fromkeys(Right, 0) | found


def errors_of_all() -> dict[str, int]:
    """How many live records of each office have open errors, over all rights."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT office, count(*) FROM record WHERE live AND (facets).has_errors GROUP BY 1"
        )
        return dict(cursor.fetchall())


def among(office: str, records: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these records, as right and number, are live in the office's register, blocked ones too."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r."right", r.number FROM record r
            JOIN unnest(%(rights)s::text[], %(numbers)s::text[]) AS asked ("right", number)
              ON r."right" = asked."right" AND r.number = asked.number
            WHERE r.office = %(office)s AND r.live
            """,
            {
                "office": office,
                "rights": [right for right, _ in records],
                "numbers": [number for _, number in records],
            },
        )
        return {(right, number) for right, number in cursor.fetchall()}


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
