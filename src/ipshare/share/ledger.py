"""The ledger of disclosures: which records and files left, for whom, under which version of which conditions.

Every channel writes here *before* the bytes leave, so the ledger never says less than was disclosed. Where a
connection breaks it may say more: at most the part that was about to leave (docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet

from ipshare.domain.authorization import Channel, View
from ipshare.domain.group import ALL_GROUPS, mask
from ipshare.domain.office import Right
from ipshare.domain.zone import day_of
from ipshare.store import access, disclosed, summing
from ipshare.store.disclosed import Total
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
    upto: int | None = None,
    positions: tuple[int | None, int | None] = (None, None),
) -> None:
    """Records that are about to leave, with the groups of the view; or files, with the numbers of their records.

    ``size`` is in bytes. ``client`` is the App-client-id, or the name of the SFTP account or of the destination.
    ``request`` is an id that the channel's own log has too. ``withdrawn``: the third party learns only that
    these records are no longer to be had. ``upto``: of what was made before, the office's last position then;
    ``positions``: of a file as received, the first and the last that it took. Call it per part of a long answer,
    not per record: a row holds thousands of numbers cheaply.
    """
    counters.DISCLOSED_BYTES.labels(view.office, channel.value).inc(size)
    access.disclose(
        {
            "at": at,
            "day": day_of(view.office, at),
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
            "upto": upto,
            "first": positions[0],
            "last": positions[1],
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


def totals(  # noqa: PLR0913 (what an office narrows its totals to)
    office: str,
    *,
    rights: frozenset[Right] = frozenset(Right),
    first: date | None = None,
    last: date | None = None,
    authorization: int | None = None,
    channel: Channel | None = None,
    by_month: bool = False,
) -> list[Total]:
    """The totals of an office by third party and right, and by month where asked for; newest month first.

    Days and months are those of the office.
    """
    chosen = {
        "day__gte": first,
        "day__lte": last,
        "authorization": authorization,
        "channel": channel,
    }
    wanted = Q(**{name: value for name, value in chosen.items() if value is not None})
    wanted &= disclosed.of_rights(rights)
    keys = ("month", "authorization", "right") if by_month else ("authorization", "right")
    found = disclosed.totals(disclosed.of_office(office).narrowed(wanted), *keys)
    found.sort(key=lambda one: (one.authorization, one.right))
    return sorted(found, key=lambda one: one.month or date.min, reverse=True)


def sum_up(*, most: int = 200_000) -> int:
    """Add entries of the ledger that are not summed yet to the sums by day; how many there were, at most ``most``."""
    return summing.sum_up(most=most)
