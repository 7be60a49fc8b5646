"""Data Exchange Authorizations: the third parties of an office, and the page of one of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.portal import conditions_page, credentials, guard, parties, shown_once
from ipshare.portal.forms import PartyForm, ReasonForm
from ipshare.portal.shell import page
from ipshare.share import authorizations, proposals
from ipshare.share.authorizations import AlreadyAddedError
from ipshare.store.models.accounts import Office
from ipshare.store.models.sharing import Authorization


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def listing(request: HttpRequest, code: str) -> HttpResponseBase:
    """The third parties of an office; ``?party=``, an older form of the address, leads to one of them."""
    office = guard.office_of(request, code)
    number = request.GET.get("party", "")
    if number:
        found = guard.authorization_of(office, guard.whole(number) or 0)
        return HttpResponseRedirect(_address(found))
    return _list(request, office)


def _list(
    request: HttpRequest, office: Office, form: PartyForm | None = None, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = conditions_page.kept_from_all(office.code) | {
        "office": office,
        "rows": parties.of(office.code, timezone.now()),
        "party_form": form,
        "proposed": proposals.waiting(office.code).count(),
        "decides": guard.may(request, Permission.AUTHORIZATION_SAVE, office.code),
    }
    return page(
        request, "portal/authorizations.html", context, here="authorizations", status=status
    )


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def show(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One authorization: its conditions, as a form for those who may save it."""
    authorization = _own(request, code, number)
    return shown_once.show(
        request,
        lambda made: conditions_page.show(request, authorization, credentials.just_made(made)),
    )


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def add(request: HttpRequest, code: str) -> HttpResponseBase:
    """Add Third Party; its secret is on the page that the answer leads to, once, and nowhere else."""
    office = guard.office_of(request, code)
    form = PartyForm(request.POST)
    if not form.is_valid():
        return _list(request, office, form, status=422)
    try:
        authorization, client, secret = authorizations.add_third_party(
            office.code,
            form.cleaned_data["name"],
            form.cleaned_data["full_name"],
            by=guard.person(request).email,
            at=timezone.now(),
        )
    except AlreadyAddedError as trouble:
        form.add_error("name", str(trouble))
        return _list(request, office, form, status=422)
    made = credentials.made(client.secrets.get(), secret)
    return shown_once.lead_to(request, _address(authorization), "secret", made)


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def end(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """End an authorization: nothing goes out to this third party any more."""
    authorization = guard.authorization_to_change(request, code, number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return conditions_page.show(request, authorization, {"end_form": form}, status=422)
    authorizations.end(
        authorization,
        by=guard.person(request).email,
        reason=form.cleaned_data["reason"],
        at=timezone.now(),
    )
    messages.success(request, f"Ended: {authorization.third_party.name} receives nothing any more.")
    return HttpResponseRedirect(_address(authorization))


def _own(request: HttpRequest, code: str, number: int) -> Authorization:
    office = guard.office_of(request, code)
    return guard.authorization_of(office, number)


def _address(authorization: Authorization) -> str:
    where = [authorization.office_id.lower(), authorization.pk]
    return reverse("portal:authorization", args=where)
