"""The audit page: what was done by whom at an office; for operators at every office."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from ipshare.accounts.permissions import Permission
from ipshare.domain.zone import zone_of
from ipshare.portal import guard, sheets, trail
from ipshare.portal.shell import page
from ipshare.store import audit
from ipshare.store.models.accounts import Office
from ipshare.store.models.audit import AuditEvent


@guard.needs(Permission.AUDIT_READ, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """The events, newest first, narrowed by the form above them."""
    who = guard.person(request)
    form, found = _asked(request)
    sheet = Paginator(found[: trail.MOST], trail.PAGE).get_page(request.GET.get("page"))
    narrowed = any(form.cleaned_data.values())
    context: dict[str, Any] = {
        "form": form,
        "asked": form.cleaned_data,
        "sheet": sheet,
        "cut": sheet.paginator.count == trail.MOST,
        "lines": [trail.line(event) for event in sheet],
        "narrowed": narrowed or bool(form.errors),
        "kinds": {
            kind: name
            for kind, name in trail.KINDS.items()
            if who.is_operator or kind not in trail.OF_THE_HUB
        },
        "only": audit.EVENTS.get(form.cleaned_data.get("event", "")),
        "offices": Office.objects.order_by("code") if who.is_operator else (),
    }
    return page(request, "portal/audit.html", context, here="audit")


@guard.needs(Permission.AUDIT_READ, "GET")
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The same list, whole, as CSV."""
    return sheets.csv_file("audit", trail.COLUMNS, trail.rows(_asked(request)[1]))


@guard.needs(Permission.AUDIT_READ, "GET")
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The same list, whole, as XLSX."""
    return sheets.xlsx_file("audit", trail.COLUMNS, trail.rows(_asked(request)[1]))


def _asked(request: HttpRequest) -> tuple[trail.FilterForm, QuerySet[AuditEvent]]:
    who = guard.person(request)
    form = trail.FilterForm(request.GET)
    form.is_valid()  # what cannot be read is named beside its field, and does not narrow the list
    return form, trail.fitting(who, form, zone_of(who.office_id).offset)
