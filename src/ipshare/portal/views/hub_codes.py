"""Unmapped codes, for operators: on the page and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from ipshare.accounts.permissions import Permission
from ipshare.portal import guard, sheets
from ipshare.portal.sheets import Cell
from ipshare.portal.shell import page
from ipshare.store.models.accounts import Office
from ipshare.watch import codes

PAGE = 50
COLUMNS = (
    "office", "code_list", "rule", "value", "proposed", "records", "findings", "first_received",
    "last_received", "samples",
)  # fmt: skip


class FilterForm(forms.Form):
    """What the list is narrowed to; what cannot be read does not narrow it."""

    office = forms.RegexField(r"\A[A-Z]{2}\Z", required=False)
    rule = forms.ChoiceField(required=False, choices=[("", "All code lists"), *codes.LISTS.items()])
    words = forms.CharField(required=False, max_length=100)


@guard.needs(Permission.HUB_OPERATE, "GET")
def show(request: HttpRequest) -> HttpResponse:
    """The values, those of most records first."""
    form = FilterForm(request.GET)
    wanted = _wanted(form)
    sheet = Paginator(codes.unmapped(**wanted), PAGE).get_page(request.GET.get("page"))
    offices = Office.objects.order_by("code")
    context: dict[str, Any] = {
        "form": form,
        "wanted": wanted,
        "sheet": sheet,
        "narrowed": bool(wanted),
        "offices": offices,
        "names": {one.code: one.name for one in offices},
    }
    return page(request, "portal/hub-codes.html", context, here="hub-codes")


@guard.needs(Permission.HUB_OPERATE, "GET")
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The same list, whole, as CSV."""
    return sheets.csv_file(*_table(request))


@guard.needs(Permission.HUB_OPERATE, "GET")
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The same list, whole, as XLSX."""
    return sheets.xlsx_file(*_table(request))


def _wanted(form: FilterForm) -> dict[str, str]:
    form.is_valid()
    return {name: value for name, value in form.cleaned_data.items() if value}


def _table(request: HttpRequest) -> sheets.Table:
    return "unmapped-codes", COLUMNS, _rows(_wanted(FilterForm(request.GET)))


def _rows(wanted: dict[str, str]) -> Iterator[Sequence[Cell]]:
    for one in codes.unmapped(**wanted):
        yield (
            one.office, one.code_list, one.rule, one.value, one.proposed, one.records, one.findings,
            one.first_at, one.last_at, " ".join(one.samples),
        )  # fmt: skip
