"""Credentials of one authorization: secrets, keys, the client over offices, and the list of statements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts import keys, sftp
from ipshare.accounts.keys import KeyRefusedError
from ipshare.accounts.permissions import Permission
from ipshare.domain.narrowing import RevocationKind
from ipshare.portal import (
    accounts_page,
    credential_changes,
    credentials,
    guard,
    key_forms,
    shown_once,
    words,
)
from ipshare.portal import statements as told
from ipshare.portal.credential_changes import Place
from ipshare.portal.credential_forms import OrganisationForm
from ipshare.portal.shell import page
from ipshare.share import organisations
from ipshare.store.models.accounts import SftpKey
from ipshare.store.models.sharing import Authorization, Client, ThirdParty


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def show(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What the third party's client signs in with."""
    authorization = _own(request, code, number)
    return shown_once.show(
        request, lambda made: _page(request, authorization, credentials.just_made(made))
    )


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def add_secret(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Make another secret for the third party's client."""
    return credential_changes.add_secret(request, _to_change(request, code, number))


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def add_key(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Let the client sign in with a key."""
    return credential_changes.add_key(request, _to_change(request, code, number))


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def revoke(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Revoke a secret or a key, with the access tokens that it got."""
    return credential_changes.revoke(request, _to_change(request, code, number))


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def organisation(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Allow or forbid the third party's client over offices."""
    authorization = guard.authorization_to_change(request, code, number)
    form = OrganisationForm(request.POST)
    if not form.is_valid():
        return _page(request, authorization, {"organisation_form": form}, status=422)
    allowed = form.cleaned_data["allow"] == "yes"
    organisations.decide(
        authorization, allowed=allowed, by=guard.person(request).email, at=timezone.now()
    )
    name = authorization.third_party.name
    said = "may use this authorization." if allowed else "may not use this authorization any more."
    messages.success(request, f"The client of {name} over offices {said}")
    return HttpResponseRedirect(_address(authorization))


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def add_sftp_key(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Let a key read the office's files over SFTP; the third party's account is opened with its first key."""
    authorization, at = guard.authorization_to_change(request, code, number), timezone.now()
    form = key_forms.KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, authorization, {"sftp_form": form}, status=422)
    try:
        key = _let_in(authorization, **form.cleaned_data, by=guard.person(request).email, at=at)
    except (KeyRefusedError, sftp.AccountRefusedError) as trouble:
        form.add_error("key", words.sentence(trouble))
        return _page(request, authorization, {"sftp_form": form}, status=422)
    messages.success(request, f"{key.label} opens {key.account.username} from now on.")
    return HttpResponseRedirect(_address(authorization))


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def revoke_sftp_key(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Revoke a key that the office added; sessions that it opened end within a second."""
    authorization, at = guard.authorization_to_change(request, code, number), timezone.now()
    form = key_forms.RowForm(request.POST)
    if not form.is_valid():
        return _page(request, authorization, {"revoke_form": form}, status=422)
    found = SftpKey.objects.filter(
        account__third_party=authorization.third_party,
        office=authorization.office,
        pk=form.cleaned_data["row"],
    )
    key = found.select_related("account__third_party").first()
    if key is None:
        raise Http404(guard.NOT_YOURS)
    keys.revoke(key, at, by=guard.person(request).email)
    name = authorization.office.name
    messages.success(
        request,
        f"{key.label} is revoked: it reads nothing of {name} any more; its downloads are cut.",
    )
    return HttpResponseRedirect(_address(authorization))


def _let_in(
    authorization: Authorization, *, key: str, label: str, by: str, at: datetime
) -> SftpKey:
    if not accounts_page.shelf_is_on(authorization):
        raise KeyRefusedError("switch the channel SFTP on first, in the authorization")
    keys.read(key)
    office = authorization.office
    with transaction.atomic():
        party = ThirdParty.objects.select_for_update().get(pk=authorization.third_party_id)
        account = sftp.of_third_party(party) or sftp.open_account(
            None, third_party=party, at=at, by=by, only=office.code
        )
        if not account.active:
            raise KeyRefusedError(
                f"the account {account.username} is closed; ask the hub's operators for another one"
            )
        return keys.add(account, key, label, at, by=by, office=office)


def _own(request: HttpRequest, code: str, number: int) -> Authorization:
    return guard.authorization_of(guard.office_of(request, code), number)


def _to_change(request: HttpRequest, code: str, number: int) -> Place:
    authorization = guard.authorization_to_change(request, code, number)
    return Place(
        client=_client(authorization),
        name=authorization.third_party.name,
        address=_address(authorization),
        refused=lambda extra: _page(request, authorization, extra, status=422),
    )


def _client(authorization: Authorization) -> Client:
    return Client.objects.get(authorization=authorization)


def _address(authorization: Authorization) -> str:
    where = [authorization.office_id.lower(), authorization.pk]
    return reverse("portal:credentials", args=where)


def _page(
    request: HttpRequest,
    authorization: Authorization,
    extra: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = credential_changes.shown(_client(authorization), timezone.now()) | {
        "office": authorization.office,
        "authorization": authorization,
        "shelf": accounts_page.shelf_of(authorization),
        "server": accounts_page.server(authorization.office, None),
        "sftp_form": key_forms.KeyForm(),
        "joining": credentials.organisation_client(authorization),
        "statements": [
            (one, told.KINDS[RevocationKind(one.kind)])
            for one in credentials.statements_of(authorization)
        ],
        "decides": guard.may_change(request, authorization),
    }
    return page(
        request,
        "portal/credentials.html",
        context | (extra or {}),
        here="authorizations",
        status=status,
    )
