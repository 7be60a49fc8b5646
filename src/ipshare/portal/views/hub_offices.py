"""Offices of the hub, for its operators: list, add, change, close, open again."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts import offices
from ipshare.accounts.permissions import Permission
from ipshare.accounts.region import OFFICES
from ipshare.domain.office import root_folder
from ipshare.portal import guard, sheets
from ipshare.portal.forms import ReasonForm
from ipshare.portal.hub import offices as rows
from ipshare.portal.hub.office_forms import NewOfficeForm, OfficeForm
from ipshare.portal.shell import page
from ipshare.store.models.accounts import Office, SftpAccount
from ipshare.store.models.sharing import Authorization

HERE = "hub-offices"


@guard.needs(Permission.HUB_OPERATE, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Every office, narrowed by the form above them."""
    return list_page(request)


def list_page(request: HttpRequest) -> HttpResponse:
    """The list, which is also where operators start."""
    form = rows.FilterForm(request.GET)
    context = {
        "form": form,
        "rows": rows.listing(form, now := timezone.now()),
        "narrowed": any(form.cleaned_data.values()),
        "now": now,
    }
    return page(request, "portal/hub-offices.html", context, here=HERE)


@guard.needs(Permission.HUB_OPERATE, "GET")
def listing_csv(request: HttpRequest) -> HttpResponseBase:
    """The same list as CSV."""
    return sheets.csv_file(*_table(request))


@guard.needs(Permission.HUB_OPERATE, "GET")
def listing_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The same list as XLSX."""
    return sheets.xlsx_file(*_table(request))


def _table(request: HttpRequest) -> sheets.Table:
    return "offices", rows.COLUMNS, rows.rows(rows.FilterForm(request.GET), timezone.now())


@guard.needs(Permission.HUB_OPERATE, "GET", "POST")
def add(request: HttpRequest) -> HttpResponseBase:
    """Add an office, with its SFTP account and the key that opens it."""
    if request.method != "POST":
        code = str(request.GET.get("code", "")).upper()
        known = OFFICES.get(code)
        facts = {"name": known.name, "languages": known.languages} if known else {}
        return _add(request, NewOfficeForm(initial={"code": code, "hold_percent": 1, **facts}))
    form = NewOfficeForm(request.POST)
    if not form.is_valid():
        return _add(request, form, status=422)
    try:
        account = offices.onboard(**form.facts(), at=timezone.now(), by=guard.person(request).email)
    except offices.OfficeRefusedError as trouble:  # another operator was quicker
        form.add_error("code", f"{trouble}.")
        return _add(request, form, status=422)
    code = form.cleaned_data["code"]
    messages.success(
        request,
        f"{code} is an office of the hub. Its folders wait at /{root_folder(code)} for {account.username}.",
    )
    return HttpResponseRedirect(reverse("portal:hub-office", args=[code.lower()]))


def _add(request: HttpRequest, form: NewOfficeForm, *, status: int = 200) -> HttpResponse:
    held = {*Office.objects.values_list("code", flat=True)}
    context = {
        "form": form,
        "missing": [(code, known.name) for code, known in OFFICES.items() if code not in held],
    }
    return page(request, "portal/hub-office-add.html", context, here=HERE, status=status)


@guard.needs(Permission.HUB_OPERATE, "GET", "POST")
def show(request: HttpRequest, code: str) -> HttpResponseBase:
    """One office: its facts to change, what its people need, and its doors."""
    office = guard.office_of(request, code)
    if request.method != "POST":
        return _show(request, office)
    form = OfficeForm(request.POST)
    if not form.is_valid():
        return _show(request, office, form=form, status=422)
    changed = offices.change(
        office, **form.cleaned_data, at=timezone.now(), by=guard.person(request).email
    )
    messages.success(request, "Saved." if changed else "Nothing was changed.")
    return HttpResponseRedirect(reverse("portal:hub-office", args=[code]))


@guard.needs(Permission.HUB_OPERATE, "POST")
def close(request: HttpRequest, code: str) -> HttpResponseBase:
    """Shut or open the doors of an office."""
    office = guard.office_of(request, code)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, office, reason_form=form, status=422)
    decide = offices.close if office.active else offices.reopen
    decide(
        office,
        reason=form.cleaned_data["reason"],
        at=timezone.now(),
        by=guard.person(request).email,
    )
    messages.success(request, f"{office.name} is {'closed' if office.active else 'open again'}.")
    return HttpResponseRedirect(reverse("portal:hub-office", args=[code]))


def _show(
    request: HttpRequest,
    office: Office,
    *,
    form: OfficeForm | None = None,
    reason_form: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    facts = {name: getattr(office, name) for name in ("name", "languages", "hold_percent")}
    shared = Authorization.objects.filter(office=office, ended_at=None).exclude(version=0)
    context = {
        "office": office,
        "form": form or OfficeForm(initial=facts),
        "reason_form": reason_form or ReasonForm(),
        "accounts": SftpAccount.objects.filter(office=office).order_by("username"),
        "folder": root_folder(office.code),
        "people": office.people.filter(active=True).count(),
        "shared": shared.count(),
        "sftp": settings.SFTP_ADDRESS.rpartition(":"),
    }
    return page(request, "portal/hub-office.html", context, here=HERE, status=status)
