"""Keys and accounts of an office: what its machines sign in with to send files."""

from __future__ import annotations

import secrets
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
from ipshare.portal import accounts_page, guard, shown_once, words
from ipshare.portal.key_forms import KeyForm, PasswordForm, RowForm
from ipshare.portal.shell import page
from ipshare.store.models.accounts import Office, SftpAccount, SftpKey

PASSWORD_BYTES = 18


@guard.needs(Permission.ACCOUNT_MANAGE, "GET")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The office's SFTP account: where it signs in, its keys, its password."""
    office = guard.office_of(request, code)
    return shown_once.show(request, lambda made: _page(request, office, made))


@guard.needs(Permission.ACCOUNT_MANAGE, "POST")
def add(request: HttpRequest, code: str) -> HttpResponseBase:
    """Let a key open the account, which is opened with its first key."""
    office, at = guard.office_of(request, code), timezone.now()
    form = KeyForm(request.POST)
    if not form.is_valid():
        return _page(request, office, {"form": form}, status=422)
    by = guard.person(request).email
    try:
        keys.read(form.cleaned_data["key"])
        with transaction.atomic():
            account = _account(office, by=by, at=at)
            label = form.cleaned_data["label"]
            key = keys.add(account, form.cleaned_data["key"], label, at, by=by)
    except KeyRefusedError as trouble:
        form.add_error("key", words.sentence(trouble))
        return _page(request, office, {"form": form}, status=422)
    messages.success(request, f"{key.label} opens {account.username} from now on.")
    return HttpResponseRedirect(_address(office))


@guard.needs(Permission.ACCOUNT_MANAGE, "POST")
def revoke(request: HttpRequest, code: str) -> HttpResponseBase:
    """Revoke a key; what it has opened ends within a second."""
    office = guard.office_of(request, code)
    form = RowForm(request.POST)
    if not form.is_valid():
        return _page(request, office, {"incomplete": True}, status=422)
    found = SftpKey.objects.filter(account__office=office, pk=form.cleaned_data["row"])
    key = found.select_related("account").first()
    if key is None:
        raise Http404(guard.NOT_YOURS)
    keys.revoke(key, timezone.now(), by=guard.person(request).email)
    messages.success(
        request, f"{key.label} is revoked: it opens nothing any more, and its sessions have ended."
    )
    return HttpResponseRedirect(_address(office))


@guard.needs(Permission.ACCOUNT_MANAGE, "POST")
def password(request: HttpRequest, code: str) -> HttpResponseBase:
    """Make a password, which is on the page that the answer leads to, once, and nowhere else; or remove it."""
    office, at = guard.office_of(request, code), timezone.now()
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _page(request, office, {"incomplete": True}, status=422)
    by = guard.person(request).email
    if form.cleaned_data["what"] == "remove":
        if (account := accounts_page.account_of(office.code)) is not None:
            sftp.set_password(account, None, at, by=by)
        messages.success(request, "The password is removed: only keys open the account.")
        return HttpResponseRedirect(_address(office))
    made = secrets.token_urlsafe(PASSWORD_BYTES)
    with transaction.atomic():
        account = _account(office, by=by, at=at)
        sftp.set_password(account, made, at, by=by)
    return shown_once.lead_to(request, _address(office), "made", {"made": made})


def _account(office: Office, *, by: str, at: datetime) -> SftpAccount:
    held = SftpAccount.objects.select_for_update().filter(office=office, active=True)
    return held.order_by("pk").first() or sftp.open_account(office.code, at=at, by=by)


def _address(office: Office) -> str:
    return reverse("portal:keys", args=[office.code.lower()])


def _page(
    request: HttpRequest, office: Office, extra: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    account = accounts_page.account_of(office.code)
    valid, revoked = accounts_page.rows_of(account)
    context = {
        "office": office,
        "account": account,
        "server": accounts_page.server(office, account),
        "rows": valid,
        "revoked": revoked,
        "readers": accounts_page.readers_of(office.code),
        "form": KeyForm(),
    }
    return page(request, "portal/keys.html", context | (extra or {}), here="keys", status=status)
