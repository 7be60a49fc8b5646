"""The register of an office: a list to browse and search, on the page and as CSV or XLSX; and the search box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    QueryDict,
)
from django.http.response import HttpResponseBase
from django.urls import reverse

from ipshare.accounts.permissions import Permission
from ipshare.domain.office import Right
from ipshare.ingest import queue as line
from ipshare.portal import addresses, guard, history, record_findings, register, sheets, words
from ipshare.portal.register import Wanted
from ipshare.portal.sheets import Cell
from ipshare.portal.shell import page
from ipshare.share.search import index
from ipshare.store import near, search
from ipshare.store import register as store
from ipshare.store.models.accounts import Office
from ipshare.store.register import Found, Line

SECONDS = 5.0
"""How long one statement of a search may take."""
AT_ONCE = 200
"""Changes that a search brings into the index itself; where more are missing it says so."""
EXPORTED = 100_000
"""Rows of a file; who needs more has the package as ST.96."""
NEAR = 5
"""Records of each right, and submissions, that the search box shows at once."""
_STEP = 500


@guard.needs(Permission.REGISTER_READ, "GET")
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The records of one right, narrowed and sorted by the form above them."""
    office, right = of(request, code)
    asked = register.wanted(office.code, right, request.GET)
    position, missing = store.place(office.code)
    counts = register.held(office.code, position)
    seen = guard.seen(request, office.code)
    context: dict[str, Any] = {
        "office": office,
        "right": right.value,
        "wanted": asked,
        "tabs": [(one.value, words.RIGHTS[one], counts[one]) for one in Right if one in seen],
        "held": counts[right],
        "choices": {
            "where": register.WHERE,
            "status": {} if right is Right.PATENT else register.STATES,
            "only": register.ONLY,
            "sort": register.ORDER,
        },
        "symbol": register.CLASSES[right],
        "behind": 0,
    }
    if asked.asked.indexed:
        context["behind"] = _brought_up(office.code, missing)
    try:
        with search.within(SECONDS):
            found = store.page(
                office.code,
                right,
                asked.asked,
                after=asked.after,
                before=asked.before,
                limit=register.PAGE,
                counted=None if asked.narrows else counts[right],
            )
    except search.TooSlowError:
        context["too_slow"] = True
        return page(request, "portal/register.html", context, here="register", status=503)
    context |= _shown(office, right, asked, found)
    return page(request, "portal/register.html", context, here="register")


def _shown(office: Office, right: Right, asked: Wanted, found: Found) -> dict[str, Any]:
    exact = None
    if asked.sent.get("q") and asked.after is None and asked.before is None:
        named = store.named(office.code, [right], [asked.sent["q"]])
        exact = (
            named[0] if named and named[0][1] not in {one.number for one in found.lines} else None
        )
    return {
        "rows": _rows_of(office, right, found),
        "count": found.count,
        "many": asked.narrows and found.count > store.FEW,
        "few": store.FEW,
        "exported": EXPORTED,
        "previous": register.key_of(found.first) if found.first else "",
        "next": register.key_of(found.last) if found.last else "",
        "exact": addresses.record(office.code, right, exact[1]) if exact else "",
        "exact_live": bool(exact and exact[2]),
    }


def _rows_of(office: Office, right: Right, found: Found) -> list[tuple[Line, Any, str]]:
    """The records of a page with their words and addresses."""
    return [
        (
            line,
            register.of_line(office.code, right, line),
            addresses.record(office.code, right, line.number),
        )
        for line in found.lines
    ]


def _brought_up(office: str, missing: int) -> int:
    """How many changes the index lacks; few are brought in at once, for many the job is called."""
    if 0 < missing <= AT_ONCE:
        index.bring_up(office)
        return 0
    if missing:
        line.search(office)
    return missing


def of(request: HttpRequest, code: str) -> tuple[Office, Right]:
    """The office of an address, and the right that its query names; the person's first, where it names none."""
    named = request.GET.get("right", "")
    if not named:
        office = guard.office_of(request, code)
        return office, next(one for one in Right if one in guard.seen(request, office.code))
    return guard.register_of(request, code, named)


@guard.needs(Permission.REGISTER_READ, "GET")
def as_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """The list, from its beginning, as CSV."""
    office, right = of(request, code)
    return sheets.csv_file(*_table(request, office, right))


@guard.needs(Permission.REGISTER_READ, "GET")
def as_xlsx(request: HttpRequest, code: str) -> HttpResponseBase:
    """The list, from its beginning, as XLSX."""
    office, right = of(request, code)
    return sheets.xlsx_file(*_table(request, office, right))


def _table(request: HttpRequest, office: Office, right: Right) -> sheets.Table:
    name = f"{office.code}-{right.folder.lower()}"
    return name, register.COLUMNS, _rows(request, office, right)


def _rows(request: HttpRequest, office: Office, right: Right) -> Iterator[Sequence[Cell]]:
    """The rows of the whole list, page by page as they leave; at most EXPORTED."""
    asked = register.wanted(office.code, right, request.GET)
    after = None
    position, _ = store.place(office.code)
    counted = None if asked.narrows else register.held(office.code, position)[right]
    for _ in range(EXPORTED // _STEP):
        with search.within(SECONDS * 4):
            found = store.page(
                office.code, right, asked.asked, after=after, limit=_STEP, counted=counted
            )
        yield from register.rows(office.code, right, found.lines)
        if found.last is None:
            return
        after, counted = found.last, found.count


@guard.needs(Permission.REGISTER_READ, "GET")
def find(request: HttpRequest) -> HttpResponseBase:
    """The search box of every page: a submission or a record by its name, else what comes near it."""
    who = guard.person(request)
    text = request.GET.get("q", "").strip().replace("\0", "")[:200]
    if guard.REFERENCE.fullmatch(text.upper()):
        return HttpResponseRedirect(reverse("portal:submission", args=[text.upper()]))
    files = history.visible(who).filter(name__icontains=text).order_by("-received_at", "-pk")
    submissions = list(files[:NEAR]) if text else []
    office = who.office
    context: dict[str, Any] = {
        "q": text,
        "submissions": submissions,
        "office": office,
        "found": [],
    }
    if office is not None and text:
        rights = [one for one in Right if one in guard.seen(request, office.code)]
        digits = any(map(str.isdecimal, text))  # words alone are no number
        named = store.named(office.code, rights, [text, text.upper()]) if digits else []
        if len(named) == 1 and not submissions:
            return HttpResponseRedirect(addresses.record(office.code, *named[0][:2]))
        try:
            context["found"] = list(_near(office, rights, text))
        except search.TooSlowError:
            context["too_slow"] = True
        if not named and not context["found"]:
            context["kept_back"] = _kept_back(office, rights, text)
    return page(
        request, "portal/find.html", context, status=503 if context.get("too_slow") else 200
    )


def _near(office: Office, rights: list[Right], text: str) -> Iterator[dict[str, Any]]:
    """What the register holds that comes near a text, by right; search.TooSlowError where that takes too long."""
    position, missing = store.place(office.code)
    counts = register.held(office.code, position)
    rights = [one for one in rights if counts[one]]
    if not rights:
        return
    _brought_up(office.code, missing)
    # What is looked for so is the same for every right: words, and numbers as any office writes them.
    asked = register.wanted(office.code, rights[0], _query(text)).asked
    if not asked.conditions:
        return
    with search.within(SECONDS):
        pages = near.page(office.code, rights, asked, limit=NEAR)
    for right in rights:
        found = pages.get(right)
        if found and found.lines:
            yield {
                "right": right.value,
                "rows": _rows_of(office, right, found),
                "count": found.count,
                "many": found.count > store.FEW,
                "few": store.FEW,
                "next": found.last is not None,
            }


def _kept_back(office: Office, rights: list[Right], number: str) -> list[tuple[str, str]]:
    """Records of a number that were sent, and kept back whole by a finding: address and number."""
    return [
        (addresses.record(office.code, right, number), number)
        for right in rights
        if record_findings.of(office.code, right, number)
    ]


def _query(text: str) -> QueryDict:
    query = QueryDict(mutable=True)
    query["q"] = text
    return query
