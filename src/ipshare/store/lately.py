"""What came in and went out of an office lately, by right: submissions by week, and what each third party received."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from ipshare.domain.office import Right
from ipshare.domain.zone import day_of, zone_of
from ipshare.store import disclosed

WEEKS = 12
DAYS = 30
"""Over so many days it is told what each third party received."""
_READ = """
SELECT way, NULL::bigint, "right", day, count(*), NULL::timestamptz
FROM (SELECT CASE WHEN kind = 'Test' THEN 'test' WHEN state = 'repeated' THEN 'again' ELSE 'came' END AS way, "right",
             ((received_at AT TIME ZONE 'UTC') + %s)::date AS day
      FROM store_submission WHERE office_id = %s AND received_at >= %s) AS one
GROUP BY 1, 3, 4
UNION ALL
SELECT 'went', "authorization", "right", day, sum("records")::bigint, max("at")
FROM ({rows}) AS one ({columns}) GROUP BY 2, 3, 4
UNION ALL
SELECT 'stands', NULL, NULL, NULL, 0, min(began_at) FROM store_outage
WHERE ended_at IS NULL AND told_at IS NOT NULL AND part = ANY(%s) HAVING count(*) > 0
"""


@dataclass(slots=True)
class Week:
    """How many submissions of a right came in, and how many records of it went out, in a week from ``monday``.

    Beside them ``tests``, and how many brought nothing but bytes that had come before (``again``).
    """

    monday: date
    came: int = 0
    went: int = 0
    tests: int = 0
    again: int = 0


@dataclass(slots=True)
class Received:
    """What one third party received in the last DAYS; a record counts each time that it left."""

    records: int
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """The last WEEKS of each right, the oldest first; what went out by authorization."""

    weeks: dict[Right, list[Week]] = field(default_factory=dict)
    received: dict[int, Received] = field(default_factory=dict)
    # Since when one of the parts of the hub that were asked about is out.
    stands_since: datetime | None = None


def of(office: str, rights: frozenset[Right], *, at: datetime, parts: Sequence[str] = ()) -> Lately:
    """What came and went of some rights of an office, and since when any of these ``parts`` of the hub is out.

    Weeks and days are those of the office. One statement, since the home of an office asks for much else.
    """
    today = day_of(office, at)
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    found = disclosed.of_office(office).narrowed(
        Q(day__gte=mondays[0]) & disclosed.of_rights(rights)
    )
    rows, given = found.sql()
    offset = zone_of(office).offset
    since = datetime(mondays[0].year, mondays[0].month, mondays[0].day, tzinfo=offset)
    values: list[Any] = [offset.utcoffset(None), office, since, *given, list(parts)]
    with connection.cursor() as cursor:
        cursor.execute(
            _READ.format(rows=rows, columns=disclosed.COLUMNS),
            values,
        )
        lines = cursor.fetchall()
    weeks = {right: [Week(day) for day in mondays] for right in Right if right in rights}
    received: dict[int, Received] = {}
    stands_since = None
    for way, authorization, right, day, count, last in lines:
        if way == "stands":
            stands_since = last
            continue
        place = (day - mondays[0]).days // 7
        if right in weeks and place < WEEKS:
            week = weeks[Right(right)][place]
            week.came += count if way == "came" else 0
            week.went += count if way == "went" else 0
            week.tests += count if way == "test" else 0
            week.again += count if way == "again" else 0
        if way == "went" and day >= today - timedelta(days=DAYS):
            held = received.setdefault(authorization, Received(0, last))
            held.records += count
            held.last_at = max(held.last_at, last)
    return Lately(weeks=weeks, received=received, stands_since=stands_since)
