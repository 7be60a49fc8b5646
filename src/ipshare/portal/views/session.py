"""Signing in, by password or passkey, with the second step; and out."""

from __future__ import annotations

import json

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.logout import logout
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.mfa.webauthn.internal import auth as webauthn
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters

from ipshare.accounts import attempts, people, second_step
from ipshare.accounts.second_step import Checked
from ipshare.http import address
from ipshare.portal import guard
from ipshare.portal.adapter import SecondStep
from ipshare.portal.forms import SignInForm
from ipshare.portal.shell import page
from ipshare.store import audit
from ipshare.store.models.accounts import User

WRONG, PAUSED, PASSKEY = "wrong", "paused", "passkey"


@sensitive_post_parameters("password")
@guard.public("GET", "POST")
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """E-mail and password; the answer to an unknown address and to a wrong password is the same."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return HttpResponseRedirect(_next(request))
        return _form(request)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _form(request, WRONG, status=422)
    result = people.sign_in(
        form.cleaned_data["email"],
        form.cleaned_data["password"],
        address.of(request),
        timezone.now(),
    )
    if result.person is None:
        return (
            _form(request, PAUSED, status=429)
            if result.paused
            else _form(request, WRONG, status=422)
        )
    return come_in(request, result.person, "password")


def come_in(request: HttpRequest, person: User, method: str, **how: object) -> HttpResponse:
    """Begin the session of somebody who has shown who they are; for whoever has a second step, ask for it."""
    logout(request, show_message=False)  # whoever was signed in here before
    record_authentication(request, person, method, **how)
    return perform_login(request, Login(user=person, redirect_url=_next(request)))


@guard.public("GET", "POST")
def passkey(request: HttpRequest) -> HttpResponseBase:
    """Sign in by a passkey alone: what the browser asks its authenticator, and what that answered."""
    if request.method != "POST":
        return JsonResponse(dict(webauthn.begin_authentication(None)))
    who = second_step.check_passkey(None, _credential(request), address.of(request), timezone.now())
    if who is Checked.PAUSED:
        return _form(request, PAUSED, status=429)
    if not isinstance(who, User):
        return _form(request, PASSKEY, status=422)
    return come_in(request, who, "mfa", type="webauthn", passwordless=True)


@sensitive_post_parameters("code")
@guard.public("GET", "POST")
def second(request: HttpRequest) -> HttpResponseBase:
    """The second step: a code of the app, a recovery code or a passkey."""
    stage = LoginStageController.enter(request, SecondStep.key)
    if stage is None or not isinstance(stage.login.user, User) or not stage.login.user.is_active:
        return HttpResponseRedirect(reverse("portal:sign-in"))
    who, at = stage.login.user, timezone.now()
    if request.method != "POST":
        return _second(request, who)
    if "credential" in request.POST:
        one = second_step.check_passkey(who, _credential(request), address.of(request), at)
        result, kind = one if isinstance(one, Checked) else Checked.RIGHT, "webauthn"
    else:
        code = request.POST.get("code", "").strip()[:40]
        result, kind = second_step.check_code(who, code, address.of(request), at), "code"
    if result is Checked.PAUSED:
        return _second(request, who, PAUSED, status=429)
    if result is Checked.WRONG:
        return _second(request, who, WRONG, status=422)
    record_authentication(request, who, "mfa", type=kind)
    response: HttpResponseBase = stage.exit()
    return response


@guard.public("POST")
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    who = request.user
    if isinstance(who, User):
        audit.write("person.signed-out", at=timezone.now(), actor=who.email, office=who.office_id)
    logout(request, show_message=False)
    return HttpResponseRedirect(reverse("portal:sign-in"))


def _credential(request: HttpRequest) -> object:
    return second_step.read_credential(request.POST.get("credential", ""))


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse("portal:home")


def _form(request: HttpRequest, trouble: str = "", *, status: int = 200) -> HttpResponse:
    fields = request.POST if request.method == "POST" else request.GET
    context = {
        "trouble": trouble,
        "email": request.POST.get("email", ""),
        "next": fields.get("next", ""),
        "leads_on": _next(request) != reverse("portal:home"),
        "tries": attempts.TRIES_PER_ACCOUNT,
        "minutes": int(attempts.PAUSE.total_seconds() // 60),
    }
    return page(request, "portal/sign-in.html", context, status=status)


def _second(
    request: HttpRequest, who: User, trouble: str = "", *, status: int = 200
) -> HttpResponse:
    has = {one.type for one in second_step.of(who)}
    context = {
        "trouble": trouble,
        "code": second_step.APP in has,
        "operator": who.is_operator,
        "options": json.dumps(dict(webauthn.begin_authentication(who)))
        if second_step.PASSKEY in has
        else "",
        "minutes": int(attempts.PAUSE.total_seconds() // 60),
    }
    return page(request, "portal/second-step.html", context, status=status)
