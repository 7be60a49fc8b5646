"""What came in and what went out in one order of time: submissions, deliveries, and entries of the ledger by day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.aggregates import Aggregate
from django.db.models.fields import BooleanField
from django.db.models.functions import Coalesce, TruncDay

from ipshare.domain.office import Right
from ipshare.store.models.deliveries import Delivery
from ipshare.store.models.disclosures import Disclosure
from ipshare.store.models.submissions import Submission


class Source(StrEnum):
    """Where an exchange is written down."""

    SUBMISSION = "submission"
    DELIVERY = "delivery"
    LEDGER = "ledger"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange. ``key`` names the submission or delivery; the rest is said of entries of the ledger alone.

    Those of one third party, day, channel and version are one item: ``at`` is the last of them and ``since``
    the first. ``size`` is in bytes; ``tells``: some of them tell of withdrawals.
    """

    source: Source
    key: int
    at: datetime
    state: str
    authorization: int | None = None
    version: int = 0
    base: int = 0
    channel: str = ""
    since: datetime | None = None
    entries: int = 0
    records: int = 0
    files: int = 0
    size: int = 0
    tells: bool = False
    rights: int = 0

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
    left: QuerySet[Disclosure] | None


class _BoolOr(Aggregate):
    function = "bool_or"
    output_field = BooleanField()


_PARTS = {
    Source.SUBMISSION: """SELECT 'submission' AS source, "key", "at", state, NULL::bigint AS "authorization",
        0 AS version, 0 AS base, '' AS channel, NULL::timestamptz AS since, 0::bigint AS entries,
        0::bigint AS records, 0::bigint AS files, 0::numeric AS size, false AS tells, 0 AS rights
        FROM ({}) AS one ("key", "at", state)""",
    Source.DELIVERY: """SELECT 'delivery', "key", "at", state, NULL, 0, 0, '', NULL, 0, 0, 0, 0, false, 0
        FROM ({}) AS one ("key", "at", state)""",
    Source.LEDGER: """SELECT 'ledger', 0, "at", 'delivered', "authorization", version, base, channel, since, entries,
        records, files, size, tells, of_0::int + of_1::int * 2 + of_2::int * 4
        FROM ({}) AS one ("authorization", version, base, channel, day, "at", since, entries, records, files, size,
                          tells, of_0, of_1, of_2)""",
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
    for source, rows in _rows(parts, zone):
        text, values = rows.query.sql_with_params()
        texts.append(_PARTS[source].format(text))
        given += values
    if not texts:
        return Found(items=[], count=0, days=[])
    if parts.came is None:  # the first part names the columns
        texts.insert(0, _PARTS[Source.SUBMISSION].format("SELECT 0, now(), '' WHERE false"))
    given += [most, skip, zone.utcoffset(None) or timedelta(0)]
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(parts="\nUNION ALL\n".join(texts)), given)
        [text] = cursor.fetchone()
    return msgspec.json.decode(text, type=Found)


def _rows(parts: Parts, zone: tzinfo) -> Iterator[tuple[Source, QuerySet[Any, Any]]]:
    if parts.came is not None:
        rows: QuerySet[Any, Any] = parts.came.order_by()
        yield Source.SUBMISSION, rows.values_list("pk", "received_at", "state")
    if parts.pushed is not None:
        rows = parts.pushed.order_by()
        yield Source.DELIVERY, rows.values_list("pk", "happened_at", "stands")
    if parts.left is not None:
        yield Source.LEDGER, _by_day(parts.left, zone)


_KEYS = ("authorization", "version", "base", "channel", "day")


def _by_day(left: QuerySet[Disclosure], zone: tzinfo) -> QuerySet[Any, Any]:
    """Entries of one third party, version, channel and day as one row, from the index alone."""
    days = left.order_by().annotate(day=TruncDay("at", tzinfo=zone)).values(*_KEYS)
    rows: QuerySet[Any, Any] = days.annotate(
        newest=Max("at"),
        since=Min("at"),
        entries=Count("pk"),
        sent=Sum("records"),
        pictures=Count("pk", filter=Q(records=0, groups__gt=0)),
        bytes=Sum("size"),
        tells=_BoolOr(Q(groups=0)),
        **{f"of_{place}": _BoolOr(Q(right=right.value)) for place, right in enumerate(Right)},
    )
    return rows


def told_withdrawn(
    left: QuerySet[Disclosure], items: Sequence[Item], *, zone: tzinfo
) -> dict[Item, int]:
    """How many records the entries of some items tell to be withdrawn."""
    telling = {_key(one, zone): one for one in items if one.tells}
    if not telling:
        return {}
    rows = left.filter(
        groups=0,
        at__gte=min(one.since or one.at for one in telling.values()),
        at__lte=max(one.at for one in telling.values()),
    )
    days = rows.order_by().annotate(day=TruncDay("at", tzinfo=zone)).values(*_KEYS)
    told = days.annotate(told=Sum("numbers__len")).values_list(*_KEYS, "told")
    return {
        telling[key]: count
        for *keys, day, count in told
        if (key := (*keys, day.astimezone(zone).date())) in telling
    }


def _key(item: Item, zone: tzinfo) -> tuple[Any, ...]:
    day = item.at.astimezone(zone).date()
    return item.authorization, item.version, item.base, item.channel, day
