"""Data Exchange Authorizations: the third parties of an office, their restrictions and credentials."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.group import Restriction
from ipshare.domain.office import Right
from ipshare.portal import guard, parties, words
from ipshare.portal.forms import ConditionsForm, PartyForm, ReasonForm
from ipshare.portal.shell import page
from ipshare.share import authorizations
from ipshare.share.authorizations import AlreadyAddedError
from ipshare.store.models.accounts import Office
from ipshare.store.models.sharing import Authorization, Client


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The third parties of an office; ``?party=`` opens one of them for editing."""
    office = guard.office_of(request, code)
    number = request.GET.get("party", "")
    chosen = None
    if number:
        chosen = guard.authorization_of(office, guard.whole(number) or 0)
    return _page(request, office, chosen)


def _page(
    request: HttpRequest,
    office: Office,
    chosen: Authorization | None = None,
    extra: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    rows = parties.of(office.code)
    context: dict[str, Any] = {
        "office": office,
        "rows": rows,
        "chosen": None,
        "rights": words.RIGHTS,
        "presets": words.RESTRICTIONS,
        "decides": guard.may(request, Permission.AUTHORIZATION_SAVE, office.code),
    }
    if chosen is not None:
        party = next(row for row in rows if row.authorization.pk == chosen.pk)
        context |= {
            "chosen": party,
            "versions": parties.history(chosen),
            "set_rights": set(party.conditions.rights),
            "set_restrictions": set(party.restrictions),
        }
    return page(
        request,
        "portal/authorizations.html",
        context | (extra or {}),
        here="authorizations",
        status=status,
    )


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Add Third Party; its secret is on the answer to this request and nowhere else."""
    office = guard.office_of(request, code)
    form = PartyForm(request.POST)
    if not form.is_valid():
        return _page(request, office, extra={"party_form": form}, status=422)
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
        return _page(request, office, extra={"party_form": form}, status=422)
    return _page(request, office, authorization, _secret(client, secret, new=True))


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def new_secret(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Make a new secret; the one before ends at once."""
    authorization = _own(request, code, number)
    secret = authorizations.rotate_secret(
        authorization, by=guard.person(request).email, at=timezone.now()
    )
    client = Client.objects.get(authorization=authorization)
    return _page(request, authorization.office, authorization, _secret(client, secret, new=False))


def _secret(client: Client, secret: str, *, new: bool) -> dict[str, Any]:
    return {"secret": {"client_id": client.client_id, "value": secret, "new": new}}


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def save(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Save Changes: the conditions become a new version."""
    authorization = _own(request, code, number)
    form = ConditionsForm(request.POST)
    if not form.is_valid():
        return _again(request, authorization, form)
    if form.cleaned_data["version"] != authorization.version:
        form.add_error(
            None, f"Somebody saved version {authorization.version} meanwhile; look at it first."
        )
        return _again(request, authorization, form, status=409)
    wanted = parties.chosen_conditions(
        authorizations.conditions_of(authorization),
        form.cleaned_data["rights"],
        form.cleaned_data["restrictions"],
    )
    version = authorizations.save(
        authorization,
        wanted,
        by=guard.person(request).email,
        reason=form.cleaned_data["reason"],
        at=timezone.now(),
    )
    name = authorization.third_party.name
    if version.number == form.cleaned_data["version"]:
        messages.info(request, f"Nothing was changed for {name}: these are its conditions already.")
    else:
        messages.success(
            request, f"Saved as version {version.number}. It holds for {name} from now on."
        )
    return _back(authorization)


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def end(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """End an authorization: nothing goes out to this third party any more."""
    authorization = _own(request, code, number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, authorization.office, authorization, {"end_form": form}, status=422)
    authorizations.end(
        authorization,
        by=guard.person(request).email,
        reason=form.cleaned_data["reason"],
        at=timezone.now(),
    )
    messages.success(request, f"Ended: {authorization.third_party.name} receives nothing any more.")
    return _back(authorization)


def _own(request: HttpRequest, code: str, number: int) -> Authorization:
    office = guard.office_of(request, code)
    return guard.authorization_of(office, number)


def _back(authorization: Authorization) -> HttpResponseBase:
    here = reverse("portal:authorizations", args=[authorization.office_id.lower()])
    return HttpResponseRedirect(f"{here}?party={authorization.pk}")


def _again(
    request: HttpRequest, authorization: Authorization, form: ConditionsForm, *, status: int = 422
) -> HttpResponse:
    """The page once more, with what was chosen and what is wrong with it."""
    chosen = {
        "form": form,
        "set_rights": {r for r in Right if r in request.POST.getlist("rights")},
        "set_restrictions": {r for r in Restriction if r in request.POST.getlist("restrictions")},
    }
    return _page(request, authorization.office, authorization, chosen, status=status)
