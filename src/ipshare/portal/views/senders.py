"""The API clients of the office's own machines: make one, change what it signs in with, end it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts import client_keys, clients, permissions
from ipshare.accounts import senders as own
from ipshare.accounts.clients import CredentialRefusedError
from ipshare.accounts.permissions import Permission
from ipshare.domain import plural
from ipshare.domain.office import Right
from ipshare.portal import credentials, guard, senders, shown_once, words
from ipshare.portal.credential_forms import KeyForm, RevokeForm, SecretForm, SenderForm
from ipshare.portal.shell import page
from ipshare.store.models.accounts import Office
from ipshare.store.models.sharing import Client


@guard.needs(Permission.SENDER_MANAGE, "GET")
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The clients of the office that this person may change."""
    return _listing(request, guard.office_of(request, code))


@guard.needs(Permission.SENDER_MANAGE, "POST")
def add(request: HttpRequest, code: str) -> HttpResponseBase:
    """Make a client; its secret is on the page that the answer leads to, once, and nowhere else."""
    office, at = guard.office_of(request, code), timezone.now()
    form = SenderForm(request.POST)
    if not form.is_valid():
        return _listing(request, office, {"form": form}, status=422)
    rights = [Right(one) for one in form.cleaned_data["rights"]]
    guard.need(request, office.code, *rights)
    try:
        client, made, text = own.add(
            office,
            form.cleaned_data["name"],
            rights,
            by=guard.person(request).email,
            at=at,
            expires_at=form.expires_at(at),
        )
    except CredentialRefusedError as trouble:
        form.add_error("name", words.sentence(trouble))
        return _listing(request, office, {"form": form}, status=422)
    return shown_once.lead_to(request, _address(client), "secret", credentials.made(made, text))


@guard.needs(Permission.SENDER_MANAGE, "GET")
def show(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What a client signs in with."""
    client = _client(request, code, number)
    return shown_once.show(
        request, lambda made: _page(request, client, credentials.just_made(made))
    )


@guard.needs(Permission.SENDER_MANAGE, "POST")
def add_secret(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Make another secret; it is on the page that the answer leads to, once, and nowhere else."""
    client, at = _client(request, code, number), timezone.now()
    form = SecretForm(request.POST)
    if not form.is_valid():
        return _page(request, client, {"secret_form": form}, status=422)
    try:
        made, text = clients.add_secret(
            client,
            by=guard.person(request).email,
            at=at,
            expires_at=form.expires_at(at),
            end_others=form.cleaned_data["others"] == "end",
        )
    except CredentialRefusedError as trouble:
        form.add_error("others", words.sentence(trouble))
        return _page(request, client, {"secret_form": form}, status=422)
    return shown_once.lead_to(request, _address(client), "secret", credentials.made(made, text))


@guard.needs(Permission.SENDER_MANAGE, "POST")
def add_key(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Let the client sign in with a key."""
    client, at = _client(request, code, number), timezone.now()
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, client, {"key_form": form}, status=422)
    try:
        client_keys.add(
            client,
            form.cleaned_data["key"],
            form.cleaned_data["label"],
            by=guard.person(request).email,
            at=at,
            expires_at=form.expires_at(at),
        )
    except CredentialRefusedError as trouble:
        form.add_error("key", words.sentence(trouble))
        return _page(request, client, {"key_form": form}, status=422)
    messages.success(request, f"{client.name} may sign in with this key.")
    return HttpResponseRedirect(_address(client))


@guard.needs(Permission.SENDER_MANAGE, "POST")
def revoke(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Revoke a secret or a key, with the access tokens that it got."""
    client, at = _client(request, code, number), timezone.now()
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return _page(request, client, {"incomplete": True}, status=422)
    by, row = guard.person(request).email, form.cleaned_data["row"]
    ended = credentials.revoke(client, form.cleaned_data["what"], row, by=by, at=at)
    if ended is None:
        raise Http404(guard.NOT_YOURS)
    messages.success(
        request, f"Revoked; {plural.counted(ended, 'access token')} that it got ended with it."
    )
    return HttpResponseRedirect(_address(client))


@guard.needs(Permission.SENDER_MANAGE, "POST")
def end(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """End a client with all that it signs in with."""
    client = _client(request, code, number)
    ended = own.end(client, by=guard.person(request).email, at=timezone.now())
    messages.success(
        request,
        f"{client.name} has ended: it sends nothing any more. {plural.counted(ended, 'access token')} ended with it.",
    )
    return HttpResponseRedirect(reverse("portal:senders", args=[code]))


def _client(request: HttpRequest, code: str, number: int) -> Client:
    """A client of the office that sends nothing but what this person may send."""
    office = guard.office_of(request, code)
    client = own.of(office.code).filter(pk=number).select_related("office").first()
    if client is None or not _held(request, office).issuperset(map(Right, client.rights)):
        raise Http404(guard.NOT_YOURS)
    return client


def _held(request: HttpRequest, office: Office) -> frozenset[Right]:
    return permissions.rights(guard.person(request), Permission.SENDER_MANAGE, at=office.code)


def _address(client: Client) -> str:
    return reverse("portal:sender", args=[str(client.office_id).lower(), client.pk])


def _hub() -> str:
    return str(settings.PUBLIC_URL).rstrip("/")


def _listing(
    request: HttpRequest, office: Office, extra: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    held = _held(request, office)
    used, ended = senders.rows(office.code, held, timezone.now())
    context = {
        "office": office,
        "rows": used,
        "ended": ended,
        "rights": [(right.value, words.RIGHTS[right]) for right in Right if right in held],
        "form": SenderForm(),
        "most": own.MOST,
        "command": f'curl -T FILE -H "Authorization: Bearer $TOKEN" {_hub()}/api/v1/submissions/trademark/Test/',
        "api": _hub(),
    }
    return page(
        request, "portal/senders.html", context | (extra or {}), here="senders", status=status
    )


def _page(
    request: HttpRequest, client: Client, extra: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    at = timezone.now()
    secrets = credentials.secrets_of(client, at)
    unsaved: dict[str, forms.Form] = {"secret_form": SecretForm(), "key_form": KeyForm()}
    context = {
        "office": client.office,
        "client": client,
        "rights": [words.RIGHTS[right] for right in Right if right.value in client.rights],
        "secrets": secrets,
        "live_secrets": sum(row.live for row in secrets),
        "keys": credentials.keys_of(client, at),
        "decides": client.ended_at is None,
        "most_secrets": clients.MOST_SECRETS,
        "most_keys": client_keys.MOST_KEYS,
        "api": _hub(),
        **unsaved,
    }
    return page(
        request, "portal/sender.html", context | (extra or {}), here="senders", status=status
    )
