"""What is still kept back of a right: the list, page by page, and all of it as a file."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from ipshare.accounts.permissions import Permission
from ipshare.domain.office import Right
from ipshare.portal import guard, kept_back, sheets, waiting, words
from ipshare.portal.shell import page
from ipshare.portal.views.register import of
from ipshare.store import kept_back as store

SHOWN = 3
"""Findings of a record that a line of the list shows."""
FEW = 10_000
"""Records of which it is counted by which rules they are kept back."""


@guard.needs(Permission.REGISTER_READ, "GET")
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The records of one right that are kept back, with what keeps each back."""
    office, right = of(request, code)
    wanted, counted = _wanted(request), store.sums(office.code)
    total = counted[right].records
    rules = store.rules(office.code, right) if 0 < total <= FEW else {}
    if any(wanted.values()):
        total = store.count(office.code, right, **wanted)
    sheet = Paginator(range(total), kept_back.PAGE).get_page(request.GET.get("page"))
    skip = max(0, sheet.start_index() - 1)
    lines = kept_back.lines(office.code, right, wanted, skip=skip, most=kept_back.PAGE)
    seen = guard.seen(request, office.code)
    context: dict[str, Any] = {
        "office": office,
        "right": right.value,
        "tabs": [(one.value, words.RIGHTS[one], counted[one]) for one in Right if one in seen],
        "kept": counted[right],
        "since": waiting.since(office, counted[right]),
        "unplaced": store.unplaced(office.code, right, counted[right])
        if counted[right].unplaced
        else [],
        "text": wanted["words"],
        "rule": wanted["rule"],
        "rules": rules,
        "sheet": sheet,
        "lines": [
            (line, one, kept_back.groups(line), line.findings[:SHOWN]) for line, one in lines
        ],
    }
    return page(request, "portal/kept-back.html", context, here="register")


@guard.needs(Permission.REGISTER_READ, "GET")
def as_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every finding that keeps something back, as CSV."""
    return sheets.csv_file(*_table(request, code))


@guard.needs(Permission.REGISTER_READ, "GET")
def as_xlsx(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every finding that keeps something back, as XLSX."""
    return sheets.xlsx_file(*_table(request, code))


def _table(request: HttpRequest, code: str) -> sheets.Table:
    office, right = of(request, code)
    name = f"{office.code}-{right.folder.lower()}-kept-back"
    return name, kept_back.COLUMNS, kept_back.rows(office.code, right, _wanted(request))


def _wanted(request: HttpRequest) -> dict[str, str]:
    asked = request.GET
    return {
        "words": asked.get("words", "")[:100].replace("\0", "").strip(),
        "rule": asked.get("rule", "")[:10].replace("\0", ""),
    }
