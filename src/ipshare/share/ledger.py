"""The ledger of disclosures: which records and files left, for whom, under which version of which conditions.

Every channel writes here *before* the bytes leave, so the ledger never says less than was disclosed. Where a
connection breaks it may say more: at most the part that was about to leave (docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from ipshare.domain.authorization import Channel, View
from ipshare.domain.group import ALL_GROUPS, mask
from ipshare.domain.office import Right
from ipshare.store import access
from ipshare.store.models.disclosures import Disclosure
from ipshare.trace import counters


def write(  # noqa: PLR0913 (what left, to whom, through which channel)
    view: View,
    right: Right,
    numbers: Sequence[str],
    *,
    size: int,
    at: datetime,
    client: str,
    channel: Channel,
    request: str,
    files: Sequence[str] = (),
    withdrawn: bool = False,
) -> None:
    """Records that are about to leave, with the groups of the view; or files, with the numbers of their records.

    ``size`` is in bytes. ``client`` is the App-client-id, or the name of the SFTP account or of the destination.
    ``request`` is an id that the channel's own log has too. ``withdrawn``: the third party learns only that
    these records are no longer to be had. Call it per part of a long answer, not per record: a row holds
    thousands of numbers cheaply.
    """
    counters.DISCLOSED_BYTES.labels(view.office, channel.value).inc(size)
    access.disclose(
        {
            "at": at,
            "office": view.office,
            "authorization": view.authorization,
            "version": view.version,
            "base": view.base,
            "client": client,
            "channel": channel.value,
            "right": right.value,
            "groups": 0 if withdrawn else view.mask,
            "numbers": list(numbers),
            "records": 0 if withdrawn or files else len(numbers),
            "files": list(files),
            "size": size,
            "request": request,
        }
    )


def of_record(office: str, right: Right | None, number: str) -> QuerySet[Disclosure]:
    """Every disclosure of one record (of the records of this number, where no right is named), newest first.

    Files as received too: such a file may hold any record of its right.
    """
    held = Disclosure.objects.filter(
        Q(numbers__contains=[number]) | Q(groups=mask(ALL_GROUPS)), office=office
    )
    if right is not None:
        held = held.filter(right=right.value)
    return held.order_by("-at", "-pk")


def of_third_party(authorization: int, since: datetime, until: datetime) -> QuerySet[Disclosure]:
    """What one third party received of one office from one instant until before another, newest first."""
    held = Disclosure.objects.filter(authorization=authorization, at__gte=since, at__lt=until)
    return held.order_by("-at", "-pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What one third party received of one right in one month (UTC), or in the whole time asked for.

    ``records`` and ``files`` count each time that one left; ``size`` is in bytes.
    """

    authorization: int
    right: Right
    month: datetime | None
    answers: int
    records: int
    files: int
    size: int
    versions: tuple[int, int]
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """What one third party received since an instant; a record counts each time that it left."""

    records: int
    last_at: datetime


def lately(office: str, *, since: datetime) -> dict[int, Lately]:
    """What each third party of an office received since an instant, by authorization; from the index alone."""
    rows = Disclosure.objects.filter(office=office, at__gte=since).values("authorization")
    return {
        row["authorization"]: Lately(records=row["sent"], last_at=row["last"])
        for row in rows.annotate(sent=Sum("records"), last=Max("at")).order_by()
    }


def totals(  # noqa: PLR0913 (what an office narrows its totals to)
    office: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    authorization: int | None = None,
    right: Right | None = None,
    channel: Channel | None = None,
    by_month: bool = False,
) -> list[Total]:
    """The totals of an office by third party and right, and by month where asked for; newest month first."""
    chosen = {
        "office": office,
        "at__gte": since,
        "at__lt": until,
        "authorization": authorization,
        "right": right,
        "channel": channel,
    }
    held = Disclosure.objects.filter(**{k: v for k, v in chosen.items() if v is not None})
    keys = ["authorization", "right"]
    if by_month:
        held = held.annotate(month=TruncMonth("at", tzinfo=UTC))
        keys.insert(0, "month")
    rows = held.values(*keys).annotate(
        answers=Count("request", distinct=True),
        sent=Sum("records"),
        pictures=Count("pk", filter=~Q(files=[])),
        bytes=Sum("size"),
        first=Min("version"),
        newest=Max("version"),
        last=Max("at"),
    )
    order = ["-month"] if by_month else []
    return [
        Total(
            authorization=row["authorization"],
            right=Right(row["right"]),
            month=row.get("month"),
            answers=row["answers"],
            records=row["sent"],
            files=row["pictures"],
            size=row["bytes"],
            versions=(row["first"], row["newest"]),
            last_at=row["last"],
        )
        for row in rows.order_by(*order, "authorization", "right")
    ]
