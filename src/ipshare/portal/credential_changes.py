"""Secrets and keys of one client, on whichever page it stands: what is shown of them, and adding and revoking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone

from ipshare.accounts import client_keys, clients
from ipshare.accounts.clients import CredentialRefusedError
from ipshare.domain import plural
from ipshare.portal import credentials, guard, shown_once, words
from ipshare.portal.credential_forms import KeyForm, RevokeForm, SecretForm
from ipshare.store.models.sharing import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A client that may be changed, and its page."""

    client: Client
    name: str
    """Who signs in with it, as the page calls it."""
    address: str
    refused: Callable[[dict[str, Any]], HttpResponse]
    """The page once more, with a form that is not complete or was refused."""


def shown(client: Client, at: datetime) -> dict[str, Any]:
    """What ``credential-sections.html`` shows of a client."""
    secrets = credentials.secrets_of(client, at)
    return {
        "client": client,
        "secrets": secrets,
        "live_secrets": sum(row.live for row in secrets),
        "keys": credentials.keys_of(client, at),
        "most_secrets": clients.MOST_SECRETS,
        "most_keys": client_keys.MOST_KEYS,
        "secret_form": SecretForm(),
        "key_form": KeyForm(),
    }


def add_secret(request: HttpRequest, place: Place) -> HttpResponseBase:
    """Make another secret; it is on the page that the answer leads to, once, and nowhere else."""
    at, form = timezone.now(), SecretForm(request.POST)
    if not form.is_valid():
        return place.refused({"secret_form": form})
    try:
        made, text = clients.add_secret(
            place.client,
            by=guard.person(request).email,
            at=at,
            expires_at=form.expires_at(at),
            end_others=form.cleaned_data["others"] == "end",
        )
    except CredentialRefusedError as trouble:
        form.add_error("others", words.sentence(trouble))
        return place.refused({"secret_form": form})
    return shown_once.lead_to(request, place.address, "secret", credentials.made(made, text))


def add_key(request: HttpRequest, place: Place) -> HttpResponseBase:
    """Let the client sign in with a key."""
    at, form = timezone.now(), KeyForm(request.POST)
    if not form.is_valid():
        return place.refused({"key_form": form})
    try:
        client_keys.add(
            place.client,
            form.cleaned_data["key"],
            form.cleaned_data["label"],
            by=guard.person(request).email,
            at=at,
            expires_at=form.expires_at(at),
        )
    except CredentialRefusedError as trouble:
        form.add_error("key", words.sentence(trouble))
        return place.refused({"key_form": form})
    messages.success(request, f"{place.name} may sign in with this key.")
    return HttpResponseRedirect(place.address)


def revoke(request: HttpRequest, place: Place) -> HttpResponseBase:
    """Revoke a secret or a key, with the access tokens that it got."""
    form = RevokeForm(request.POST)
    if not form.is_valid():
        return place.refused({"revoke_form": form})
    what, row = form.cleaned_data["what"], form.cleaned_data["row"]
    by = guard.person(request).email
    ended = credentials.revoke(place.client, what, row, by=by, at=timezone.now())
    if ended is None:
        raise Http404(guard.NOT_YOURS)
    tokens = plural.counted(ended, "access token")
    messages.success(request, f"Revoked; {tokens} that it got ended with it.")
    return HttpResponseRedirect(place.address)
