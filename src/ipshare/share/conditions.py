"""The conditions of an authorization in words for machines: what the office has decided to tell a third party.

Blocks of single records are not among them: a blocked record is as one that never was.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ipshare.accounts import limits
from ipshare.domain.authorization import Channel, Conditions, Filter


def described(held: Conditions) -> dict[str, Any]:
    """The conditions besides rights and groups, as JSON; of the networks only whether there are any."""
    allowed = limits.of([held])
    return {
        "filter": filter_described(held.filter),
        "images": held.images,
        "documents": held.documents,
        "channels": [channel.value for channel in Channel if channel in held.channels],
        "fromNamedNetworksOnly": bool(held.networks),
        "requestsPerMinute": allowed.requests_per_minute,
        "bytesPerDay": allowed.bytes_per_day,
        "startsAt": _instant(held.starts_at),
        "endsAt": _instant(held.ends_at),
        "purpose": held.purpose,
        "terms": held.terms,
    }


def filter_described(wanted: Filter) -> dict[str, Any]:
    """The limits that a filter sets, by name; empty where every record may go out."""
    chosen = {
        "filedFrom": wanted.filed_from,
        "filedTo": wanted.filed_to,
        "registeredFrom": wanted.registered_from,
        "registeredTo": wanted.registered_to,
        "publishedOnly": wanted.published_only or None,
        "registeredOnly": wanted.registered_only or None,
        "route": wanted.route,
        "withoutErrors": wanted.without_errors or None,
    }
    return {name: value for name, value in chosen.items() if value is not None}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
