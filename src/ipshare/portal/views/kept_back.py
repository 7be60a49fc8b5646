"""What is still kept back of a right: the list, page by page, and all of it as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from ipshare.accounts.permissions import Permission
from ipshare.domain.office import Right
from ipshare.portal import guard, kept_back, sheets, waiting, words
from ipshare.portal.shell import page
from ipshare.portal.views.register import of
from ipshare.store import kept_back as store

SHOWN = 3
"""Findings of a record that a line of the list shows."""


@guard.needs(Permission.REGISTER_READ, "GET")
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The records of one right that are kept back, with what keeps each back."""
    office, right = of(request, code)
    text, counted = _words(request), store.sums(office.code)
    total = store.count(office.code, right, text) if text else counted[right].records
    sheet = Paginator(range(total), kept_back.PAGE).get_page(request.GET.get("page"))
    skip = max(0, sheet.start_index() - 1)
    lines = store.lines(office.code, right, words=text, skip=skip, most=kept_back.PAGE)
    seen = guard.seen(request, office.code)
    context: dict[str, Any] = {
        "office": office,
        "right": right.value,
        "tabs": [
            (one.value, words.RIGHTS[one], counted[one].records) for one in Right if one in seen
        ],
        "kept": counted[right],
        "since": waiting.since(office, counted[right]),
        "unplaced": store.unplaced(office.code, right, counted[right])
        if counted[right].unplaced
        else [],
        "text": text,
        "sheet": sheet,
        "lines": [(one, kept_back.groups(one), one.findings[:SHOWN]) for one in lines],
    }
    return page(request, "portal/kept-back.html", context, here="register")


@guard.needs(Permission.REGISTER_READ, "GET")
def as_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every finding that keeps something back, as CSV."""
    office, right = of(request, code)
    rows = kept_back.rows(kept_back.all_lines(office.code, right, _words(request)))
    return _file(sheets.as_csv(kept_back.COLUMNS, rows), sheets.CSV, office.code, right, "csv")


@guard.needs(Permission.REGISTER_READ, "GET")
def as_xlsx(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every finding that keeps something back, as XLSX."""
    office, right = of(request, code)
    rows = kept_back.rows(kept_back.all_lines(office.code, right, _words(request)))
    return _file(sheets.as_xlsx(kept_back.COLUMNS, rows), sheets.XLSX, office.code, right, "xlsx")


def _words(request: HttpRequest) -> str:
    return request.GET.get("words", "")[:100].replace("\0", "").strip()


def _file(
    content: Iterator[str] | Iterator[bytes], media: str, office: str, right: Right, ending: str
) -> HttpResponseBase:
    response = StreamingHttpResponse(content, content_type=media)
    name = f"{office}-{right.folder.lower()}-kept-back.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
