"""API clients of the office: every OAuth client that reads its data, on the page and as a file."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
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
    return sheets.csv_file(*_table(request, code))


@guard.needs(Permission.ACCOUNT_MANAGE, "GET")
def as_xlsx(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same table, whole, as XLSX."""
    return sheets.xlsx_file(*_table(request, code))


def _table(request: HttpRequest, code: str) -> sheets.Table:
    office, _, rows = _asked(request, code)
    return f"api-clients-{office.code}", api_clients.COLUMNS, api_clients.cells(rows)


def _asked(request: HttpRequest, code: str) -> tuple[Office, str, list[api_clients.Row]]:
    office = guard.office_of(request, code)
    words = request.GET.get("words", "").replace("\0", "").strip()[:_LONGEST]
    return office, words, api_clients.of(office.code, timezone.now(), words=words)
