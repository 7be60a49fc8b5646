"""Signing in and out."""

from __future__ import annotations

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters

from ipshare.accounts import people
from ipshare.http import address
from ipshare.portal import guard
from ipshare.portal.forms import SignInForm
from ipshare.portal.shell import page

WRONG = "wrong"
PAUSED = "paused"


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
    login(request, result.person)
    return HttpResponseRedirect(_next(request))


@guard.public("POST")
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    logout(request)
    return HttpResponseRedirect(reverse("portal:sign-in"))


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
        "tries": people.TRIES_PER_ACCOUNT,
        "minutes": int(people.PAUSE.total_seconds() // 60),
    }
    return page(request, "portal/sign-in.html", context, status=status)
