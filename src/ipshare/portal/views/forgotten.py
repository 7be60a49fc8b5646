"""A forgotten password: a letter with a link that works once, for an hour."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from ipshare.accounts import attempts, letters, people, sessions
from ipshare.http import address
from ipshare.portal import guard
from ipshare.portal.security_forms import ForgottenForm, NewPasswordForm
from ipshare.portal.shell import page
from ipshare.store import audit
from ipshare.store.models.accounts import User


@guard.public("GET", "POST")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the letter; the answer is the same whether the address belongs to somebody or not."""
    if request.method != "POST":
        return page(request, "portal/forgotten.html", {"form": ForgottenForm()})
    form = ForgottenForm(request.POST)
    if not form.is_valid():
        return page(request, "portal/forgotten.html", {"form": form}, status=422)
    email, at = form.cleaned_data["email"].lower(), timezone.now()
    if not attempts.begin(f"letter to {email}"[:254], address.of(request), at):
        pause = int(attempts.PAUSE.total_seconds() // 60)
        return page(request, "portal/forgotten.html", {"form": form, "paused": pause}, status=429)
    who = User.objects.filter(email=email).first()
    if who is not None and who.is_active:
        _write(who, request)
    return page(request, "portal/forgotten.html", {"form": form, "sent": email})


def _write(who: User, request: HttpRequest) -> None:
    at = timezone.now()
    link = reverse("portal:reset", args=[who.pk, default_token_generator.make_token(who)])
    with transaction.atomic():
        audit.write(
            "person.password-asked",
            at=at,
            actor=who.email,
            office=who.office_id,
            address=address.of(request),
        )
        letters.send(
            who.email,
            "A new password for ipshare",
            "Somebody asked for a new password for this address. With this link you choose it; the link works "
            f"once, for an hour:\n\n{settings.PUBLIC_URL}{link}\n\n"
            "If it was not you, do nothing: your password stays as it is.",
            at=at,
        )


@sensitive_post_parameters("password")
@guard.public("GET", "POST")
def reset(request: HttpRequest, number: int, token: str) -> HttpResponseBase:
    """Choose the new password; every session ends, the second step stays."""
    who = User.objects.filter(pk=number).first() if number < 2**63 else None
    if who is None or not who.is_active or not default_token_generator.check_token(who, token):
        return page(request, "portal/link-over.html", {"forgotten": True}, status=404)
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            with transaction.atomic():
                ending = sessions.of(who)
                people.change_password(
                    who, form.cleaned_data["password"], at, by=f"{who.email} by letter"
                )
                sessions.end(who, ending, by=who.email, at=at)
        except people.PersonError as trouble:
            form.add_error("password", str(trouble))
        else:
            attempts.forget(who.email, at)
            messages.success(request, "Your password is changed. Sign in with it.")
            return HttpResponseRedirect(reverse("portal:sign-in"))
    status = 422 if request.method == "POST" else 200
    return page(request, "portal/reset.html", {"form": form, "email": who.email}, status=status)
