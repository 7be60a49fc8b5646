"""How much a client may ask for: requests per minute, and bytes of records and files per day.

The algorithm is published (docs/how-to/read-the-feed.md): fixed windows. A minute and a day are those of UTC;
each begins with a count of nothing. The counts lie in PostgreSQL, so that every web process knows them: one
statement per request, which commits at once. A client over offices has a count per office that it asks for.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings

from ipshare.domain import plural
from ipshare.domain.authorization import Conditions
from ipshare.http.problem import Problem
from ipshare.store import access

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one client may ask for."""

    requests_per_minute: int
    bytes_per_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a client has asked for in the minute that begins at ``minute``, and received on ``day``."""

    minute: datetime
    requests: int
    day: date
    size: int

    @property
    def next_minute(self) -> datetime:
        """When requests are counted from nothing again."""
        return self.minute + MINUTE

    @property
    def next_day(self) -> datetime:
        """When bytes are counted from nothing again."""
        return datetime.combine(self.day, time.min, tzinfo=UTC) + DAY


def of(conditions: Collection[Conditions]) -> Limits:
    """The limits under these conditions: the office's own where it has set any, else the hub's; the least of all."""
    requests = [one.requests_per_minute for one in conditions]
    sizes = [one.bytes_per_day for one in conditions]
    return Limits(
        requests_per_minute=_least(requests, settings.REQUESTS_PER_MINUTE),
        bytes_per_day=_least(sizes, settings.BYTES_PER_DAY),
    )


def _least(chosen: Collection[int | None], default: int) -> int:
    return min((default if one is None else one for one in chosen), default=default)


def count_request(client: int, at: datetime, *, office: str = "") -> Use:
    """Count a request of a client (its key), refused ones too, and tell what it has used with it."""
    return _count(client, office, at, requests=1, size=0)


def count_bytes(client: int, at: datetime, size: int, *, office: str = "") -> Use:
    """Count bytes that are about to leave for a client."""
    return _count(client, office, at, requests=0, size=size)


def _count(client: int, office: str, at: datetime, *, requests: int, size: int) -> Use:
    moment = at.astimezone(UTC)
    minute = moment.replace(second=0, microsecond=0)
    minute, requests, day, size = access.count(
        client, office, minute=minute, requests=requests, day=moment.date(), size=size
    )
    return Use(minute=minute, requests=requests, day=day, size=size)


def check_requests(limits: Limits, use: Use, at: datetime) -> None:
    """The problem ``rate-exceeded`` for a request beyond those of its minute."""
    if use.requests > limits.requests_per_minute:
        raise _exceeded(f"{limits.requests_per_minute} requests per minute", use.next_minute, at)


def check_bytes(limits: Limits, use: Use, at: datetime) -> None:
    """The problem ``rate-exceeded`` when the day's bytes have been sent."""
    if use.size >= limits.bytes_per_day:
        raise _exceeded(f"{limits.bytes_per_day} bytes per day (UTC)", use.next_day, at)


def _exceeded(limit: str, again: datetime, at: datetime) -> Problem:
    seconds = _until(again, at)
    return Problem(
        "rate-exceeded",
        f"this client may ask for {limit}; ask again in {plural.counted(seconds, 'second')}",
        {"Retry-After": str(seconds)},
    )


def _until(instant: datetime, at: datetime) -> int:
    return max(1, math.ceil((instant - at).total_seconds()))


def headers(limits: Limits, use: Use, at: datetime) -> dict[str, str]:
    """RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10): what is left, until when."""
    policy = (
        f'"minute";q={limits.requests_per_minute};w=60, '
        f'"day";q={limits.bytes_per_day};qu="content-bytes";w=86400'
    )
    left = max(0, limits.requests_per_minute - use.requests)
    bytes_left = max(0, limits.bytes_per_day - use.size)
    return {
        "RateLimit-Policy": policy,
        "RateLimit": f'"minute";r={left};t={_until(use.next_minute, at)}, '
        f'"day";r={bytes_left};t={_until(use.next_day, at)}',
    }
