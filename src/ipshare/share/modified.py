"""Last-Modified of a record, per view: when what this client sees of it last became another."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest
from django.utils.http import http_date, parse_http_date_safe

from ipshare.domain.authorization import View
from ipshare.domain.office import Right
from ipshare.store import changes
from ipshare.store.models.sharing import AuthorizationVersion, BaseRestriction


def at(view: View, right: Right, number: str) -> datetime | None:
    """The newest of: the record's changes that the view shows, and the conditions that it is shown under."""
    version = AuthorizationVersion.objects.filter(
        authorization=view.authorization, number=view.version
    ).values_list("saved_at", "starts_at")
    base = BaseRestriction.objects.filter(office_id=view.office, number=view.base)
    found = [changes.newest_at(view, right, number)]
    for saved_at, starts_at in version:
        found += [saved_at, starts_at]
    found += base.values_list("saved_at", flat=True)
    return max((one for one in found if one is not None), default=None)


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
