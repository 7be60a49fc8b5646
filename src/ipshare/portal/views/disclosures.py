"""Disclosures: who received what of an office, on the page and as a file."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.zone import zone_of
from ipshare.portal import disclosures, guard, sheets
from ipshare.portal.disclosures import FilterForm, Wanted
from ipshare.portal.shell import page
from ipshare.store import disclosed
from ipshare.store.models.accounts import Office


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The totals of a period; with a number, every disclosure of that record."""
    office, form, asked = _asked(request, code)
    known = guard.seen(request, office.code)
    zone = zone_of(guard.person(request).office_id).offset
    parties = disclosures.parties_of(office.code)
    context: dict[str, Any] = {"office": office, "form": form, "asked": asked, "parties": parties}
    if asked.number:
        found = disclosures.of_record(office.code, asked, known, zone)
        sheet = Paginator(found, disclosures.PAGE).get_page(request.GET.get("page"))
        context["lines"] = list(disclosures.lines(sheet, parties))
    else:
        totals = disclosures.totals(office.code, asked, known)
        sheet = Paginator(totals, disclosures.PAGE).get_page(request.GET.get("page"))  # type: ignore[assignment]
        context["totals"] = [(parties[one.authorization], one) for one in totals[_slice(sheet)]]
    context["sheet"] = sheet
    if not sheet.paginator.count:
        context["any"] = (
            disclosed.of_office(office.code).narrowed(disclosed.of_rights(known)).exists()
        )
    return page(request, "portal/disclosures.html", context, here="disclosures")


def _slice(sheet: Any) -> slice:
    return slice(max(0, sheet.start_index() - 1), sheet.end_index())


def _asked(request: HttpRequest, code: str) -> tuple[Office, FilterForm, Wanted]:
    """The office, the form as sent, and what could be read; a first visit asks for the newest days."""
    office = guard.office_of(request, code)
    sent = request.GET.copy()
    if not {*sent} - {"page"}:
        sent["first"] = (timezone.localdate() - disclosures.PERIOD).isoformat()
    form = FilterForm(sent)
    return office, form, disclosures.wanted(form)


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def as_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same table, whole, as CSV."""
    return sheets.csv_file(*_table(request, code))


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def as_xlsx(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same table, whole, as XLSX."""
    return sheets.xlsx_file(*_table(request, code))


def _table(request: HttpRequest, code: str) -> sheets.Table:
    office, _, asked = _asked(request, code)
    known = guard.seen(request, office.code)
    zone = zone_of(guard.person(request).office_id).offset
    parties = disclosures.parties_of(office.code)
    if asked.number:
        found = disclosures.of_record(office.code, asked, known, zone)
        rows = disclosures.record_rows(asked.number, found, parties)
        return f"disclosures-{office.code}-of-record", disclosures.COLUMNS, rows
    totals = disclosures.totals(office.code, asked, known)
    rows = disclosures.total_rows(totals, parties)
    return f"disclosures-{office.code}", disclosures.TOTAL_COLUMNS, rows
