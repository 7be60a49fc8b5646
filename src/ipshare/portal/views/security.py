"""One's own sign-in: password, second step, recovery codes, sessions."""

from __future__ import annotations

import json
import re
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.debug import sensitive_post_parameters

from ipshare.accounts import attempts, people, second_step, sessions
from ipshare.accounts.permissions import Permission
from ipshare.domain import plural
from ipshare.http import address
from ipshare.portal import browsers, guard
from ipshare.portal.security_forms import CodeForm, PasskeyForm, PasswordForm, with_error
from ipshare.portal.shell import page
from ipshare.store.models.accounts import User

SECRET = "second-step-secret"  # noqa: S105 (where the session keeps it until the first code)


@guard.needs(Permission.SELF_MANAGE, "GET")
def show(request: HttpRequest) -> HttpResponse:
    """How this person signs in, and where they are signed in."""
    return _page(request)


def _page(
    request: HttpRequest, extra: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    who = guard.person(request)
    steps = second_step.of(who)
    codes = next((one for one in steps if one.type == second_step.CODES), None)
    here = request.session.session_key
    context: dict[str, Any] = {
        "app": next((one for one in steps if one.type == second_step.APP), None),
        "passkeys": [
            (one, second_step.name_of(one)) for one in steps if one.type == second_step.PASSKEY
        ],
        "codes_left": second_step.codes_left(codes) if codes else None,
        "sessions": [
            (one, browsers.name_of(one.user_agent), one.session_key == here)
            for one in sessions.of(who)
        ],
    }
    return page(
        request, "portal/security.html", context | (extra or {}), here="security", status=status
    )


@sensitive_post_parameters("present", "password")
@guard.needs(Permission.SELF_MANAGE, "GET", "POST")
def password(request: HttpRequest) -> HttpResponseBase:
    """Change the password; every other session ends."""
    who, at = guard.person(request), timezone.now()
    if request.method != "POST":
        return page(request, "portal/own-password.html", {"form": PasswordForm()}, here="security")
    form, status = PasswordForm(request.POST), 422
    if form.is_valid():
        found = people.sign_in(who.email, form.cleaned_data["present"], address.of(request), at)
        if found.paused:
            pause = int(attempts.PAUSE.total_seconds() // 60)
            form.add_error("present", f"Too many attempts; wait {plural.counted(pause, 'minute')}.")
            status = 429
        elif found.person != who:
            form.add_error("present", "This is not your present password.")
        else:
            try:
                _changed(request, who, form.cleaned_data["password"])
            except people.PersonError as trouble:
                form.add_error("password", str(trouble))
            else:
                return _back()
    return page(request, "portal/own-password.html", {"form": form}, here="security", status=status)


def _changed(request: HttpRequest, who: User, new: str) -> None:
    at = timezone.now()
    others = [one for one in sessions.of(who) if one.session_key != request.session.session_key]
    people.change_password(who, new, at, by=who.email)
    sessions.end(who, others, by=who.email, at=at)
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    update_session_auth_hash(request, who)
    UserSession.objects.create_from_request(request)
    messages.success(request, "Your password is changed. Every other session has ended.")


@guard.fresh
@guard.needs(Permission.SELF_MANAGE, "GET", "POST")
def app(request: HttpRequest) -> HttpResponseBase:
    """Add an authenticator app: scan the picture, send the first code."""
    who, at = guard.person(request), timezone.now()
    if any(one.type == second_step.APP for one in second_step.of(who)):
        messages.info(request, "There is an authenticator app already; remove it first.")
        return _back()
    secret = request.session.get(SECRET)
    if request.method != "POST" or not secret:
        request.session[SECRET] = totp.generate_totp_secret()
        return _app(request, {"form": CodeForm()})
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _app(request, {"form": form}, status=422)
    code = form.cleaned_data["code"].replace(" ", "")
    if not totp.validate_totp_code(secret, code):
        wrong = "This code is not right. Is the clock of your device right? Take the newest code."
        return _app(request, with_error(form, "code", wrong), status=422)
    del request.session[SECRET]
    codes = second_step.add_app(who, secret, code, at=at)
    record_authentication(request, who, "mfa", type="totp")
    messages.success(request, "From now on signing in asks for a code of your app.")
    return _codes(request, codes) if codes else _back()


def _app(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    secret = request.session[SECRET]
    url = get_adapter().build_totp_url(guard.person(request), secret)
    shown = {"secret": " ".join(re.findall(".{1,4}", secret)), "url": url, "picture": _picture(url)}
    return page(request, "portal/app.html", context | shown, here="security", status=status)


def _picture(url: str) -> SafeString:
    """The QR code as an SVG element that a page may hold: no declaration, no style, its size left to the page."""
    svg = get_adapter().build_totp_svg(url)
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'\s(?:width|height|style)="[^"]*"', "", svg)
    return mark_safe(svg.replace("<svg", '<svg role="img" aria-label="QR code"', 1))  # noqa: S308 (made here)


@guard.fresh
@guard.needs(Permission.SELF_MANAGE, "GET", "POST")
def passkey(request: HttpRequest) -> HttpResponseBase:
    """Add a passkey of this device, a phone or a security key."""
    who, at = guard.person(request), timezone.now()
    if request.method != "POST":
        return _passkey(request, {"form": PasskeyForm()})
    form = PasskeyForm(request.POST)
    if not form.is_valid():
        return _passkey(request, {"form": form}, status=422)
    codes = second_step.add_passkey(
        who, form.cleaned_data["name"], form.cleaned_data["credential"], at=at
    )
    if codes is None:
        wrong = "The hub could not read this passkey. Try once more."
        return _passkey(request, with_error(form, "credential", wrong), status=422)
    record_authentication(request, who, "mfa", type="webauthn")
    messages.success(
        request, f"You can sign in with this passkey from now on: {form.cleaned_data['name']}."
    )
    return _codes(request, codes) if codes else _back()


def _passkey(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    options = webauthn.begin_registration(guard.person(request), passwordless=True)
    return page(
        request,
        "portal/passkey.html",
        context | {"options": json.dumps(dict(options))},
        here="security",
        status=status,
    )


@guard.fresh
@guard.needs(Permission.SELF_MANAGE, "POST")
def remove(request: HttpRequest, number: int) -> HttpResponseBase:
    """Remove the authenticator app or a passkey."""
    who = guard.person(request)
    one = Authenticator.objects.filter(user=who, pk=number, type__in=second_step.STEPS).first()
    if one is None:
        raise Http404(guard.NOT_YOURS)
    second_step.remove(one, by=who.email, at=timezone.now())
    messages.success(request, "Removed.")
    return _back()


@guard.fresh
@guard.needs(Permission.SELF_MANAGE, "POST")
def codes(request: HttpRequest) -> HttpResponseBase:
    """New recovery codes, shown on the answer to this request and nowhere else."""
    who = guard.person(request)
    if not second_step.has(who):
        return _back()
    return _codes(request, second_step.new_codes(who, by=who.email, at=timezone.now()))


def _codes(request: HttpRequest, made: list[str]) -> HttpResponse:
    return page(request, "portal/recovery-codes.html", {"codes": made}, here="security")


@guard.needs(Permission.SELF_MANAGE, "POST")
def end(request: HttpRequest) -> HttpResponseBase:
    """End one session, or all others."""
    who, here = guard.person(request), request.session.session_key
    wanted = request.POST.get("session", "")
    found = [one for one in sessions.of(who) if one.session_key != here]
    if wanted != "others":
        found = [one for one in found if str(one.pk) == wanted]
        if not found:
            raise Http404(guard.NOT_YOURS)
    ended = sessions.end(who, found, by=who.email, at=timezone.now())
    messages.success(request, f"Ended: {plural.counted(ended, 'session')}.")
    return _back()


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("portal:security"))
