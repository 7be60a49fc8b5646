"""Last-Modified of a record, per view: when what this client sees of it last became another."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest
from django.utils.http import http_date, parse_http_date_safe

from ipshare.domain.authorization import View
from ipshare.domain.office import Right
from ipshare.store import changes


def at(view: View, right: Right, number: str) -> datetime | None:
    """When a record last became another one for a view."""
    return changes.newest_at(view, right, number)


def headers(modified: datetime | None) -> dict[str, str]:
    """The header of an answer."""
    return {} if modified is None else {"Last-Modified": http_date(modified.timestamp())}


def unchanged(request: HttpRequest, modified: datetime | None) -> bool:
    """Whether If-Modified-Since says that the client has this already; If-None-Match goes before it (RFC 9110)."""
    asked = request.headers.get("If-Modified-Since")
    if modified is None or asked is None or "If-None-Match" in request.headers:
        return False
    since = parse_http_date_safe(asked)
    return since is not None and modified.replace(microsecond=0) <= datetime.fromtimestamp(
        since, UTC
    )
