"""How many records the registry holds of an office, and whether it holds some."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from ipshare.domain.mandatory import OF_RIGHT
from ipshare.domain.office import Right
from ipshare.store import kept_back
from ipshare.store.kept_back import Sum
from ipshare.store.models.holdings import Completeness


def counts(office: str) -> dict[Right, int]:
    """The live records of each right of one office."""
    return _counts("AND office = %(office)s", office).get(office, dict.fromkeys(Right, 0))


def counts_of_all() -> dict[str, dict[Right, int]]:
    """The live records of each right of every office that has any."""
    return _counts("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is held of a right, and what is known beside: days agreed, what is kept back, completeness as counted."""

    records: int
    with_errors: int
    days: int | None
    completeness: Completeness | None
    kept_back: Sum


def standing(office: str) -> dict[Right, Standing]:
    """What is held of every right of an office, and what is kept about it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT r."right",
                   (SELECT count(*) FROM record h WHERE h.office = %(office)s AND h."right" = r."right")
                     - (SELECT count(*) FROM record h
                        WHERE h.office = %(office)s AND h."right" = r."right" AND NOT h.live),
                   coalesce(e.records, 0), a.days, {kept_back.SUM}, c.counted_at, c.records, c.complete, c.unknown,
                   c.lacking::text
            FROM unnest(%(rights)s::text[]) AS r ("right")
            LEFT JOIN (SELECT "right", count(*) AS records FROM record
                       WHERE office = %(office)s AND live AND (facets).has_errors GROUP BY 1) e USING ("right")
            LEFT JOIN store_rhythm a ON a.office_id = %(office)s AND a."right" = r."right"
            LEFT JOIN kept_back_sum k ON k.office = %(office)s AND k."right" = r."right"
            LEFT JOIN store_submission b ON b.id = k.since
            LEFT JOIN store_completeness c ON c.office_id = %(office)s AND c."right" = r."right"
            """,
            {"office": office, "rights": [right.value for right in Right]},
        )
        rows = cursor.fetchall()
    fields = ("counted_at", "records", "complete", "unknown")
    return {
        Right(right): Standing(
            records=live,
            with_errors=faulty,
            days=days,
            kept_back=Sum(*rest[:5]),
            completeness=Completeness(
                **dict(zip(fields, rest[5:], strict=True)), lacking=json.loads(lacking)
            )
            if lacking
            else None,
        )
        for right, live, faulty, days, *rest, lacking in rows
    }


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


def count_complete(office: str, right: Right, *, at: datetime) -> None:
    """Count which mandatory elements the live records of a right lack, and keep it for the pages that tell it.

    Only those that lack something, or are not known, are looked at, in an index of their own.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT lacks, count(*) FROM record
            WHERE office = %s AND "right" = %s AND live AND lacks IS DISTINCT FROM 0 GROUP BY 1
            """,
            [office, right.value],
        )
        found: dict[int | None, int] = dict(cursor.fetchall())
    live, unknown = counts(office)[right], found.pop(None, 0)
    lacking = {
        element.value: sum(count for lacks, count in found.items() if (lacks or 0) & element.bit)
        for element in OF_RIGHT[right]
    }
    Completeness.objects.update_or_create(
        office_id=office,
        right=right.value,
        defaults={
            "counted_at": at,
            "records": live - unknown,
            "complete": live - unknown - sum(found.values()),
            "unknown": unknown,
            "lacking": lacking,
        },
    )


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
