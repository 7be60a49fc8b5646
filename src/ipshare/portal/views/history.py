"""The exchange history: what came in and what went out, on the page and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.zone import zone_of
from ipshare.portal import (
    chart,
    disclosures,
    exchanges,
    filters_on,
    guard,
    history,
    sheets,
    unfinished,
)
from ipshare.portal.forms import FilterForm
from ipshare.portal.sheets import Cell
from ipshare.portal.shell import page
from ipshare.store import disclosed
from ipshare.store import exchanges as kept
from ipshare.store.models.accounts import Office, User

NAME = "exchange-history"


@guard.needs(Permission.SUBMISSION_READ, "GET")
def show(request: HttpRequest) -> HttpResponse:
    """Exchanges, newest first, narrowed by the form above them."""
    who = guard.person(request)
    form, wanted = _asked(request)
    zone = zone_of(who.office_id).offset
    fitting = history.everything(who, wanted, zone)
    number = min(guard.whole(request.GET.get("page", "")) or 1, 1_000_000)
    found = kept.read(
        fitting, zone=zone, most=history.PAGE, skip=(max(number, 1) - 1) * history.PAGE
    )
    if not found.items and found.count:  # beyond the last page
        number = -(-found.count // history.PAGE)
        found = kept.read(fitting, zone=zone, most=history.PAGE, skip=(number - 1) * history.PAGE)
    office = who.office_id or wanted.office
    parties = disclosures.parties_of(office) if office else {}
    offices = list(Office.objects.order_by("code")) if who.is_operator else []
    names = {one.code: one.name for one in offices}
    context: dict[str, Any] = {
        "form": form,
        "wanted": wanted,
        "sheet": Paginator(range(found.count), history.PAGE).get_page(number),
        "rows": list(exchanges.rows(found.items)),
        "chart": chart.of(found.days, first=wanted.first, last=wanted.last or timezone.localdate()),
        "parties": parties,
        "offices": offices,
        "chips": filters_on.of(wanted, offices=names, parties=parties),
    }
    if office and number == 1 and wanted.direction != "out":
        context["unfinished"] = unfinished.of(office, guard.seen(request, office))
    if not found.count:
        context["any"] = _anything(who, office)
    return page(request, "portal/history.html", context, here="history")


def _anything(who: User, office: str) -> bool:
    """Whether there is any exchange at all, whatever the filters say."""
    left = disclosed.of_office(office) if office else disclosed.everything()
    return history.visible(who).exists() or left.exists()


def _asked(request: HttpRequest) -> tuple[FilterForm, history.Filter]:
    """The form as sent, and what could be read of it; a first visit asks for the newest days."""
    sent = request.GET.copy()
    if not {*sent} - {"page", "direction", "office"}:
        sent["first"] = (timezone.localdate() - history.PERIOD).isoformat()
    form = FilterForm(sent)
    form.is_valid()  # what cannot be read is named beside its field, and does not narrow the list
    return form, form.wanted()


@guard.needs(Permission.SUBMISSION_READ, "GET")
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The same list, whole, as CSV."""
    return sheets.csv_file(NAME, exchanges.COLUMNS, _rows(request))


@guard.needs(Permission.SUBMISSION_READ, "GET")
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The same list, whole, as XLSX."""
    return sheets.xlsx_file(NAME, exchanges.COLUMNS, _rows(request))


def _rows(request: HttpRequest) -> Iterator[list[Cell]]:
    who = guard.person(request)
    _, wanted = _asked(request)
    zone = zone_of(who.office_id).offset
    fitting = history.everything(who, wanted, zone)
    return exchanges.sheet(kept.read(fitting, zone=zone).items)


@guard.needs(Permission.SUBMISSION_READ, "GET")
def submissions(request: HttpRequest) -> HttpResponse:
    """Where the list of submissions was: what came in, of all times."""
    return _moved(request, "portal:history")


@guard.needs(Permission.SUBMISSION_READ, "GET")
def submissions_csv(request: HttpRequest) -> HttpResponse:
    """Where the list of submissions as CSV was."""
    return _moved(request, "portal:history-csv")


def _moved(request: HttpRequest, name: str) -> HttpResponse:
    sent = request.GET.copy()
    sent["direction"] = "in"
    sent.setdefault("first", "")
    return HttpResponseRedirect(f"{reverse(name)}?{sent.urlencode()}")
