"""API clients of the office: every OAuth client that reads its data, on the page and as a file."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.portal import api_clients, guard, sheets
from ipshare.portal.shell import page
from ipshare.store.models.accounts import Office

_LONGEST = 100


@guard.needs(Permission.ACCOUNT_MANAGE, "GET")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The clients, a page at a time."""
    office, words, rows = _asked(request, code)
    context = {
        "office": office,
        "words": words,
        "sheet": Paginator(rows, api_clients.PAGE).get_page(request.GET.get("page")),
        "expiring": sum(row.days_left is not None for row in rows),
        "soon": api_clients.SOON.days,
    }
    return page(request, "portal/api-clients.html", context, here="api-clients")


@guard.needs(Permission.ACCOUNT_MANAGE, "GET")
def as_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same table, whole, as CSV."""
    office, _, rows = _asked(request, code)
    content = sheets.as_csv(api_clients.COLUMNS, api_clients.cells(rows))
    return _file(content, sheets.CSV, f"api-clients-{office.code}.csv")


@guard.needs(Permission.ACCOUNT_MANAGE, "GET")
def as_xlsx(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same table, whole, as XLSX."""
    office, _, rows = _asked(request, code)
    content = sheets.as_xlsx(api_clients.COLUMNS, api_clients.cells(rows))
    return _file(content, sheets.XLSX, f"api-clients-{office.code}.xlsx")


def _asked(request: HttpRequest, code: str) -> tuple[Office, str, list[api_clients.Row]]:
    office = guard.office_of(request, code)
    words = request.GET.get("words", "").replace("\0", "").strip()[:_LONGEST]
    return office, words, api_clients.of(office.code, timezone.now(), words=words)


def _file(content: Iterator[str] | Iterator[bytes], media: str, name: str) -> HttpResponseBase:
    response = StreamingHttpResponse(content, content_type=media)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
