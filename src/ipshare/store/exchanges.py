"""What came in and what went out in one order of time: submissions, deliveries, and entries of the ledger by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from ipshare.domain.office import Right
from ipshare.store import disclosed
from ipshare.store.disclosed import Days
from ipshare.store.models.deliveries import Delivery
from ipshare.store.models.submissions import Submission


class Source(StrEnum):
    """Where an exchange is written down."""

    SUBMISSION = "submission"
    DELIVERY = "delivery"
    LEDGER = "ledger"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange. ``key`` names the submission or delivery; the rest is said of entries of the ledger alone.

    Those of one third party, day of the office, channel and version are one item: ``at`` is the last of them and
    ``since`` the first. ``size`` is in bytes; ``told`` counts the records that were told to be withdrawn. The
    positions are the lowest and the highest at which the records stood.
    """

    source: Source
    key: int
    at: datetime
    state: str
    authorization: int | None = None
    day: date | None = None
    version: int = 0
    base: int = 0
    channel: str = ""
    since: datetime | None = None
    entries: int = 0
    records: int = 0
    told: int = 0
    files: int = 0
    size: int = 0
    rights: int = 0
    first_position: int | None = None
    last_position: int | None = None

    @property
    def right_list(self) -> list[Right]:
        """The rights that the entries of the ledger are of."""
        return [right for place, right in enumerate(Right) if self.rights >> place & 1]


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """How many exchanges a day had; which of its submissions or deliveries need a look."""

    day: date
    came: int
    went: int
    held: int
    refused: int
    failing: int


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the exchanges that fit, newest first; how many there are, and all of them by day."""

    items: list[Item]
    count: int
    days: list[Day]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What to look among, not read yet; None where nothing of the kind is asked for."""

    came: QuerySet[Submission] | None
    pushed: QuerySet[Any] | None
    left: Days | None


_RIGHTS = " + ".join(
    f"max(CASE WHEN \"right\" = '{right}' THEN {1 << place} ELSE 0 END)"
    for place, right in enumerate(Right)
)
_PARTS = {
    Source.SUBMISSION: """SELECT 'submission' AS source, "key", "at", state, NULL::bigint AS "authorization",
        NULL::date AS "day", 0 AS version, 0 AS base, '' AS channel, NULL::timestamptz AS since, 0::bigint AS entries,
        0::bigint AS records, 0::bigint AS told, 0::bigint AS files, 0::numeric AS size, 0 AS rights,
        NULL::bigint AS first_position, NULL::bigint AS last_position
        FROM ({rows}) AS one ("key", "at", state)""",
    Source.DELIVERY: """SELECT 'delivery', "key", "at", state, NULL, NULL, 0, 0, '', NULL, 0, 0, 0, 0, 0, 0, NULL, NULL
        FROM ({rows}) AS one ("key", "at", state)""",
    Source.LEDGER: f"""SELECT 'ledger', 0, max("at"), 'delivered', "authorization", "day", version, base, channel,
        min(since), sum(entries), sum(records), sum(told), sum(pictures), sum(size), {_RIGHTS},
        min(first_position), max(last_position)
        FROM ({{rows}}) AS one ({disclosed.COLUMNS}) GROUP BY "authorization", "day", version, base, channel""",
}
_READ = """
WITH item AS MATERIALIZED ({parts}),
page AS (SELECT * FROM item ORDER BY "at" DESC, source, "key" DESC LIMIT %s OFFSET %s),
by_day AS (
    SELECT (("at" AT TIME ZONE 'UTC') + %s)::date AS day,
           count(*) FILTER (WHERE source = 'submission') AS came,
           count(*) FILTER (WHERE source <> 'submission') AS went,
           count(*) FILTER (WHERE state = 'held') AS held,
           count(*) FILTER (WHERE state = 'refused') AS refused,
           count(*) FILTER (WHERE state IN ('failing', 'abandoned')) AS failing
    FROM item GROUP BY 1
)
SELECT json_build_object(
    'count', (SELECT count(*) FROM item),
    'items', coalesce((SELECT json_agg(s ORDER BY "at" DESC, source, "key" DESC) FROM page s), '[]'),
    'days', coalesce((SELECT json_agg(d ORDER BY day) FROM by_day d), '[]')
)::text
"""
EVERYTHING = 1 << 40


def deliveries() -> QuerySet[Any]:
    """All deliveries: ``happened_at`` is when the first byte left (or it was made), ``stands`` its state in a word.

    *failing*: at least one attempt was not acknowledged, and it is tried again.
    """
    failing = Case(
        When(Q(state__in=("ready", "sending")) & ~Q(trouble=""), then=Value("failing")),
        default=F("state"),
    )
    return Delivery.objects.annotate(happened_at=Coalesce("sent_at", "made_at"), stands=failing)


def with_counts(found: QuerySet[Delivery]) -> QuerySet[Any]:
    """Deliveries with ``put_count`` and ``withdrawn_count`` instead of the numbers themselves."""
    return found.annotate(
        put_count=Coalesce("puts__len", 0), withdrawn_count=Coalesce("withdrawn__len", 0)
    )


def read(parts: Parts, *, zone: tzinfo, skip: int = 0, most: int = EVERYTHING) -> Found:
    """The exchanges among these parts; days are those of ``zone``."""
    texts: list[str] = []
    given: list[Any] = []
    for source, rows, values in _rows(parts):
        texts.append(_PARTS[source].format(rows=rows))
        given += values
    if not texts:
        return Found(items=[], count=0, days=[])
    if parts.came is None:  # the first part names the columns
        texts.insert(0, _PARTS[Source.SUBMISSION].format(rows="SELECT 0, now(), '' WHERE false"))
    given += [most, skip, zone.utcoffset(None) or timedelta(0)]
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(parts="\nUNION ALL\n".join(texts)), given)
        [text] = cursor.fetchone()
    return msgspec.json.decode(text, type=Found)


def _rows(parts: Parts) -> Iterator[tuple[Source, str, tuple[Any, ...]]]:
    """The statement of each part, and its parameters."""
    if parts.came is not None:
        came: QuerySet[Any, Any] = parts.came.order_by()
        yield (
            Source.SUBMISSION,
            *came.values_list("pk", "received_at", "state").query.sql_with_params(),
        )
    if parts.pushed is not None:
        pushed = parts.pushed.order_by().values_list("pk", "happened_at", "stands")
        yield Source.DELIVERY, *pushed.query.sql_with_params()
    if parts.left is not None:
        yield Source.LEDGER, *parts.left.sql()
