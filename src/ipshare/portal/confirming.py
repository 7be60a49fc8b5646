"""Before secrets, authorizations, people and sign-ins are changed: the person shows once more who they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts import attempts, people, permissions, second_step
from ipshare.accounts.permissions import Permission
from ipshare.accounts.second_step import Checked
from ipshare.http import address
from ipshare.portal import adapter
from ipshare.portal.shell import page
from ipshare.store import audit
from ipshare.store.models.accounts import User

WINDOW = timedelta(minutes=15)
"""For this long nobody is asked again."""
SEEN_EVERY = timedelta(minutes=5)
MATTERS = frozenset(
    {
        Permission.AUTHORIZATION_SAVE,
        Permission.ACCOUNT_MANAGE,
        Permission.SENDER_MANAGE,
        Permission.PEOPLE_MANAGE,
    }
)
FIELDS = frozenset({"confirm", "confirm-password", "confirm-code", "credential"})
OWED = (
    "Set up a second step first: this hub asks it of everybody who decides what third parties receive, "
    "and of its operators."
)


class Confirming:
    """Middleware: asks for the password or the second step, and for a second step where one is due."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Wrap the rest of the line."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Everything happens once the view is known."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        args: Any,  # noqa: ARG002 (Django's names)
        kwargs: Any,  # noqa: ARG002
    ) -> HttpResponseBase | None:
        """Stop what is sent by somebody who has not lately shown who they are."""
        permission = getattr(view, "permission", None)
        if permission is None or permission in permissions.OF_CLIENTS | permissions.OF_SENDERS:
            return None  # no session is looked at where none is asked for
        who = request.user
        if not isinstance(who, User):
            return None
        at = timezone.now()
        _seen(request, at)
        if permission != Permission.SELF_MANAGE and owes_second_step(request, who):
            messages.warning(request, OWED)
            return HttpResponseRedirect(reverse("portal:security"))
        matters = permission in MATTERS or hasattr(view, "fresh")
        if hasattr(view, "previewed") and "seen" not in request.POST:
            _drop_what_confirms(request)
            return None  # a preview changes nothing
        if request.method != "POST" or not matters or recent(request, who, at):
            return None
        return _confirm(request, who, at)


def recent(request: HttpRequest, who: User, at: datetime) -> bool:
    """Whether this session's person has shown who they are within the last quarter of an hour."""
    shown = [record["at"] for record in adapter.records(request, who)]
    return bool(shown) and at.timestamp() - max(shown) < WINDOW.total_seconds()


def owes_second_step(request: HttpRequest, who: User) -> bool:
    """Whether the hub demands a second step of this person, and they have come in without one."""
    if not settings.MFA_REQUIRED:
        return False
    if any(record["method"] == "mfa" for record in adapter.records(request, who)):
        return False
    return who.is_operator or permissions.in_general(who, Permission.AUTHORIZATION_SAVE)


def _seen(request: HttpRequest, at: datetime) -> None:
    """Remember, now and then, that the session is in use."""
    last = request.session.get("seen", 0)
    if at.timestamp() - last < SEEN_EVERY.total_seconds():
        return
    request.session["seen"] = int(at.timestamp())
    UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=at)


def _confirm(request: HttpRequest, who: User, at: datetime) -> HttpResponseBase | None:
    """Judge what was sent to confirm; the page that asks, until it is right."""
    if "confirm" not in request.POST:
        return _ask(request, who)
    way, result = _judge(request, who, at)
    if result is not Checked.RIGHT:
        status = 429 if result is Checked.PAUSED else 422
        trouble = "paused" if result is Checked.PAUSED else "wrong"
        return _ask(request, who, trouble, way=way, status=status)
    record_authentication(
        request, who, "password" if way == "password" else "mfa", reauthenticated=True
    )
    audit.write(
        "person.confirmed",
        at=at,
        actor=who.email,
        office=who.office_id,
        address=address.of(request),
        way=way,
    )
    _drop_what_confirms(request)
    return None


def _drop_what_confirms(request: HttpRequest) -> None:
    """No page that is sent on repeats a password or a code."""
    sent = request.POST.copy()
    for field in FIELDS & {*sent}:
        del sent[field]
    request.POST = sent  # type: ignore[assignment]


def _judge(request: HttpRequest, who: User, at: datetime) -> tuple[str, Checked]:
    where = address.of(request)
    if credential := request.POST.get("credential"):
        answer = second_step.read_credential(credential)
        one = second_step.check_passkey(who, answer, where, at)
        return "passkey", one if isinstance(one, Checked) else Checked.RIGHT
    if code := request.POST.get("confirm-code", "").strip():
        return "code", second_step.check_code(who, code, where, at)
    found = people.sign_in(who.email, request.POST.get("confirm-password", ""), where, at)
    if found.paused:
        return "password", Checked.PAUSED
    return "password", Checked.RIGHT if found.person == who else Checked.WRONG


def _ask(
    request: HttpRequest,
    who: User,
    trouble: str = "",
    *,
    way: str = "password",
    status: int = 200,
) -> HttpResponse:
    has = {one.type for one in second_step.of(who)}
    passkey = second_step.PASSKEY in has
    context = {
        "trouble": trouble,
        "way": way,
        "minutes": int(attempts.PAUSE.total_seconds() // 60),
        "window": int(WINDOW.total_seconds() // 60),
        "code": second_step.APP in has,
        "options": json.dumps(webauthn.begin_authentication(who)) if passkey else "",
        "sent": [
            (field, value)
            for field, values in request.POST.lists()
            if field not in FIELDS | {"csrfmiddlewaretoken"}
            for value in values
        ],
    }
    response = page(request, "portal/confirm.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
