"""What a held submission would do, record by record: kept from its comparison until it is decided.

A row of ``held_change`` reads like a row of ``change`` that is not written yet, so that it can be told for any
view what its third party would see of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection

from ipshare.domain.authorization import View
from ipshare.domain.group import ElementGroup
from ipshare.store import columns, raw, visible


class Kind(StrEnum):
    """What would happen to a record; ``IDENTITIES``: it would be updated in its number, dates or office."""

    WITHDRAWN = "withdrawn"
    IDENTITIES = "identities"
    UPDATED = "updated"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record: what filters know of it at present (of a new one: in the file), the submission it last came with."""

    number: str
    groups: int
    filed: date | None
    registered: date | None
    is_international: bool
    submission: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """How many records filed in a year would be withdrawn, by route; None: no filing date."""

    year: int | None
    national: int
    international: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a third party would be told: records to delete, changed ones, new ones."""

    withdrawn: int
    changed: int
    new: int


class LostError(Exception):
    """What the file holds is known no more, until it is opened again."""


def keep(submission: int) -> None:
    """Keep the present ``delta``, and let single records of the stage be found by their numbers."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM held_change WHERE submission_id = %s", [submission])
        cursor.execute(
            f"""
            INSERT INTO held_change (submission_id, number, kind, groups, joints, was_live, live, before, after)
            SELECT %s, number,
                   CASE WHEN withdraw THEN 'withdrawn' WHEN NOT was_live THEN 'inserted'
                        WHEN groups & {ElementGroup.IDENTITY.bit} <> 0 THEN 'identities'
                        WHEN groups & {columns.CONTENT_BITS} <> 0 THEN 'updated' ELSE 'facets' END,
                   groups, joints, was_live, NOT withdraw, before, after
            FROM delta WHERE groups <> 0
            """,
            [submission],
        )
        cursor.execute(
            f"CREATE INDEX IF NOT EXISTS stage_record_{submission}_number ON stage_record_{submission} (number)"
        )


def forget(submission: int) -> None:
    """The submission is decided."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM held_change WHERE submission_id = %s", [submission])


def counts(submission: int, words: str = "") -> dict[Kind, int]:
    """How many records there are of each kind whose number holds some text."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT kind, count(*) FROM held_change
            WHERE submission_id = %(submission)s AND kind <> 'facets' {_LIKE} GROUP BY 1
            """,
            _names(submission, words),
        )
        found = {Kind(kind): count for kind, count in cursor.fetchall()}
    return dict.fromkeys(Kind, 0) | found


def lines(
    submission: int, kind: Kind, *, words: str = "", skip: int = 0, most: int | None = None
) -> list[Line]:
    """Records of one kind in the order of their numbers."""
    facets = "coalesce(h.before, h.after)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT h.number, h.groups, ({facets}).filed, ({facets}).registered, ({facets}).is_international,
                   r.submission_id
            FROM (SELECT * FROM held_change WHERE submission_id = %(submission)s AND kind = %(kind)s {_LIKE}
                  ORDER BY number OFFSET %(skip)s LIMIT %(most)s) h
            JOIN store_submission s ON s.id = h.submission_id
            LEFT JOIN record r ON r.office = s.office_id AND r."right" = s."right" AND r.number = h.number
            ORDER BY h.number
            """,
            _names(submission, words) | {"kind": kind.value, "skip": skip, "most": most},
        )
        fields = ("number", "groups", "filed", "registered", "is_international", "submission")
        return [Line(**dict(zip(fields, row, strict=True))) for row in cursor.fetchall()]


def years(submission: int) -> list[Year]:
    """The records that would be withdrawn, by year of filing; those without a filing date last."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT extract(year FROM (coalesce(before, after)).filed)::int,
                   count(*) FILTER (WHERE NOT (coalesce(before, after)).is_international),
                   count(*) FILTER (WHERE (coalesce(before, after)).is_international)
            FROM held_change WHERE submission_id = %s AND kind = 'withdrawn' GROUP BY 1 ORDER BY 1 NULLS LAST
            """,
            [submission],
        )
        return [
            Year(year=year, national=national, international=international)
            for year, national, international in cursor.fetchall()
        ]


def effect(submission: int, view: View) -> Effect:
    """What the third party of a view would be told, as the feed would tell it."""
    before = visible.change_before(view, "h")
    after = visible.change_after(view, "h")
    query = f"""
        SELECT count(*) FILTER (WHERE {before} AND NOT {after}), count(*) FILTER (WHERE {before} AND {after}),
               count(*) FILTER (WHERE NOT {before} AND {after})
        FROM held_change h WHERE h.submission_id = %(submission)s AND {visible.change(view, "h")}
    """
    [(withdrawn, changed, new)] = raw.fetch(query, visible.names(view) | {"submission": submission})
    return Effect(withdrawn=withdrawn, changed=changed, new=new)


def documents(
    submission: int, office: str, right: str, number: str
) -> tuple[dict[ElementGroup, bytes], dict[ElementGroup, bytes]]:
    """The documents of a record by group, as held and as in the file; of a withheld group the held one stays.

    LostError where the stage is gone: it is unlogged, and a crash of PostgreSQL empties it.
    """
    if not _is_staged(submission):
        raise LostError
    was = _documents(
        f'SELECT {columns.DOCUMENTS} FROM record WHERE office = %(office)s AND "right" = %(right)s'
        " AND number = %(number)s AND live",
        {"office": office, "right": right, "number": number},
    )
    now = _documents(
        f"SELECT {_FROM_STAGE} FROM stage_record_{submission} s"
        ' LEFT JOIN record r ON r.office = %(office)s AND r."right" = %(right)s AND r.number = s.number'
        " AND r.live WHERE s.number = %(number)s AND s.operation = 'put'",
        {"office": office, "right": right, "number": number},
    )
    return was, now


_LIKE = "AND (%(words)s = '' OR strpos(upper(number), upper(%(words)s)) > 0)"
_FROM_STAGE = ", ".join(
    f"CASE WHEN s.d_{group} IS NULL THEN r.{group} ELSE s.{group} END" for group in columns.GROUPS
)


def _is_staged(submission: int) -> bool:
    stage = f"stage_record_{submission}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [stage])
        [there] = cursor.fetchone()
        if there:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {stage})")
            [there] = cursor.fetchone()
    return bool(there)


def _names(submission: int, words: str) -> dict[str, Any]:
    return {"submission": submission, "words": words}


def _documents(query: str, names: dict[str, Any]) -> dict[ElementGroup, bytes]:
    rows: Sequence[Sequence[bytes | None]] = raw.fetch(query, names)
    if not rows:
        return {}
    return {group: one for group, one in zip(ElementGroup, rows[0], strict=True) if one}
