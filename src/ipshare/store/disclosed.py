"""The ledger by day: sums that a job keeps, and what came since, so that no page adds up a long ledger.

What is written at every request stays one row; nobody waits for a sum. A job (store.summing) adds up what no
transaction can add to any more; every reader joins the sums to the entries behind them, in one statement, so nothing
is missing or twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Case, F, Q, QuerySet, Subquery, Value, When
from django.db.models.fields import BigIntegerField
from django.db.models.functions import Coalesce

from ipshare.domain.office import Right
from ipshare.store.models.disclosures import Disclosure, DisclosureDay

KEYS = (
    "office", "authorization", "day", "version", "base", "channel", "right", "client",
)  # fmt: skip
SUMS = (
    "groups", "since", "at", "entries", "records", "told", "pictures", "size", "first_position", "last_position",
)  # fmt: skip
_ALL = 1 << 60
COLUMNS = ", ".join(f'"{name}"' for name in (*KEYS, *SUMS))
"""What ``Days.sql`` gives, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Some of the ledger: sums by day, and the entries that are not summed yet, narrowed alike."""

    summed: QuerySet[DisclosureDay]
    since: QuerySet[Disclosure]

    def narrowed(self, wanted: Q) -> Days:
        """Those that fit: conditions on KEYS, which both have."""
        return Days(summed=self.summed.filter(wanted), since=self.since.filter(wanted))

    def exists(self) -> bool:
        """Whether there is anything."""
        return self.summed.exists() or self.since.exists()

    def sql(self) -> tuple[str, tuple[Any, ...]]:
        """Rows with COLUMNS, of which several may have the same KEYS; a statement and its parameters."""
        summed, given = self.summed.order_by().values_list(*KEYS, *SUMS).query.sql_with_params()
        since, more = _entries(self.since).query.sql_with_params()
        return f"{summed} UNION ALL {since}", (*given, *more)


def _entries(found: QuerySet[Disclosure]) -> QuerySet[Any, Any]:
    """Entries of the ledger with the columns of their sums."""
    sums = {
        "groups_": F("groups"),
        "since": F("at"),
        "at_": F("at"),
        "entries": Value(1, BigIntegerField()),
        "records_": F("records"),
        "told": Case(When(groups=0, then=F("numbers__len")), default=0),
        "pictures": Case(When(records=0, groups__gt=0, then=1), default=0),
        "size_": F("size"),
        "first_": F("first_position"),
        "last_": F("last_position"),
    }
    return found.order_by().annotate(**sums).values_list(*KEYS, *sums)


def everything() -> Days:
    """All that left, of every office."""
    last = DisclosureDay.objects.order_by("-entry").values("entry")[:1]
    upto = Coalesce(Subquery(last), 0)
    # Bounds on both sides let PostgreSQL expect few entries, and go by their numbers; there is none beyond the upper.
    behind = Disclosure.objects.filter(pk__gt=upto, pk__lte=upto + _ALL)
    return Days(summed=DisclosureDay.objects.all(), since=behind)


def of_office(office: str) -> Days:
    """All that left of one office."""
    return everything().narrowed(Q(office=office))


def of_rights(rights: frozenset[Right]) -> Q:
    """Only what is of these rights; nothing where there are none, by a name that no right has.

    An empty list would be no statement at all (EmptyResultSet), and what it is a part of has none to send.
    """
    return Q() if rights == frozenset(Right) else Q(right__in=rights or {""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What one third party received, of one right or in one month where asked for by these.

    ``records`` and ``files`` count each time that one left; ``size`` is in bytes; ``positions`` are the lowest and
    the highest at which its records stood, None where none is known.
    """

    authorization: int
    right: Right | None
    month: date | None
    entries: int
    records: int
    files: int
    size: int
    versions: tuple[int, int]
    positions: tuple[int, int] | None
    last_at: datetime


_TOTALS = """
SELECT {keys}, sum("entries")::bigint, sum("records")::bigint, sum("pictures")::bigint, sum("size")::bigint,
       min("version"), max("version"), min("first_position"), max("last_position"), max("at")
FROM ({rows}) AS one ({columns}) GROUP BY {group} ORDER BY {group}
"""
_BY = {
    "authorization": '"authorization"',
    "right": '"right"',
    "month": "date_trunc('month', \"day\")::date",
}


def totals(found: Days, *keys: str) -> list[Total]:
    """Sums by some of ``authorization``, ``right`` and ``month``; by the first of them at least."""
    rows, given = found.sql()
    query = _TOTALS.format(
        keys=", ".join(_BY[key] if key in keys else "NULL" for key in _BY),
        group=", ".join(_BY[key] for key in keys),
        rows=rows,
        columns=COLUMNS,
    )
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        lines = cursor.fetchall()
    return [
        Total(
            authorization=authorization, right=Right(right) if right else None, month=month, entries=entries,
            records=records, files=files, size=size, versions=(low, high),
            positions=(first, last) if first is not None else None, last_at=at,
        )
        for authorization, right, month, entries, records, files, size, low, high, first, last, at in lines
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What left of one right for one credential; ``groups`` are the bits of all groups that were let out."""

    right: str
    client: str
    groups: int
    since: datetime
    at: datetime
    entries: int
    records: int
    told: int
    files: int
    size: int
    positions: tuple[int | None, int | None]


_SENT = """
SELECT "right", "client", bit_or("groups"), min("since"), max("at"), sum("entries")::bigint, sum("records")::bigint,
       sum("told")::bigint, sum("pictures")::bigint, sum("size")::bigint, min("first_position"), max("last_position")
FROM ({rows}) AS one ({columns}) GROUP BY 1, 2 ORDER BY 1, 2
"""


def sent(found: Days) -> list[Sent]:
    """The sums by right and credential."""
    rows, given = found.sql()
    with connection.cursor() as cursor:
        cursor.execute(_SENT.format(rows=rows, columns=COLUMNS), given)
        lines = cursor.fetchall()
    fields = (
        "right",
        "client",
        "groups",
        "since",
        "at",
        "entries",
        "records",
        "told",
        "files",
        "size",
    )
    return [
        Sent(**dict(zip(fields, line, strict=False)), positions=(line[-2], line[-1]))
        for line in lines
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record or file of the ledger, by its entry and the place there; ``number`` is empty of a file as a whole."""

    entry: int
    place: int
    at: datetime
    right: str
    client: str
    request: str
    groups: int
    number: str
    files: list[str]
    first_position: int | None
    last_position: int | None


_LINES = """
SELECT d.id, coalesce(n.place, 0), d.at, d."right", d.client, d.request, d.groups, coalesce(n.number, ''), d.files,
       d.first_position, d.last_position
FROM store_disclosure d LEFT JOIN LATERAL unnest(d.numbers) WITH ORDINALITY AS n (number, place) ON true
WHERE d.authorization_id = %(authorization)s AND d.day = %(day)s AND d.channel = %(channel)s
  AND d.version = %(version)s AND d.base = %(base)s AND d."right" = ANY(%(rights)s) {named}
  AND d.id >= %(entry)s AND (d.id, coalesce(n.place, 0)) > (%(entry)s, %(place)s)
ORDER BY d.id, 2 LIMIT %(limit)s
"""
_NAMED = "AND d.numbers @> ARRAY[%(number)s]::text[] AND n.number = %(number)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What left for one third party in one day through one channel under one version."""

    authorization: int
    day: date
    channel: str
    version: int
    base: int

    @property
    def wanted(self) -> Q:
        """What the sums are narrowed to."""
        return Q(**asdict(self))


def lines(
    part: Part, rights: Iterable[Right], *, number: str, after: tuple[int, int], limit: int
) -> list[Line]:
    """The records and files of a part after one of them (entry and place) as they left; of one number, if given."""
    given = asdict(part) | {
        "rights": [right.value for right in rights],
        "number": number,
        "entry": after[0],
        "place": after[1],
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LINES.format(named=_NAMED if number else ""), given)
        rows = cursor.fetchall()
    return [Line(**dict(zip(Line.__dataclass_fields__, row, strict=True))) for row in rows]
