"""The API clients of the office's own machines: make one, change what it signs in with, end it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts import permissions
from ipshare.accounts import senders as own
from ipshare.accounts.clients import CredentialRefusedError
from ipshare.accounts.permissions import Permission
from ipshare.domain import plural
from ipshare.domain.office import Right
from ipshare.portal import credential_changes, credentials, guard, senders, shown_once, words
from ipshare.portal.credential_changes import Place
from ipshare.portal.credential_forms import SenderForm
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
    """Make another secret for the client."""
    return credential_changes.add_secret(request, _to_change(request, code, number))


@guard.needs(Permission.SENDER_MANAGE, "POST")
def add_key(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Let the client sign in with a key."""
    return credential_changes.add_key(request, _to_change(request, code, number))


@guard.needs(Permission.SENDER_MANAGE, "POST")
def revoke(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Revoke a secret or a key, with the access tokens that it got."""
    return credential_changes.revoke(request, _to_change(request, code, number))


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


def _to_change(request: HttpRequest, code: str, number: int) -> Place:
    client = _client(request, code, number)
    return Place(
        client=client,
        name=client.name,
        address=_address(client),
        refused=lambda extra: _page(request, client, extra, status=422),
    )


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
    context = credential_changes.shown(client, timezone.now()) | {
        "office": client.office,
        "rights": [words.RIGHTS[right] for right in Right if right.value in client.rights],
        "decides": client.ended_at is None,
        "api": _hub(),
    }
    return page(
        request, "portal/sender.html", context | (extra or {}), here="senders", status=status
    )
