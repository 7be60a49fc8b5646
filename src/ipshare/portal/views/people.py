"""The people of an office and their invitations; for its administrators and the hub's operators."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, Max, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts import invitations, roles, second_step, sessions
from ipshare.accounts.permissions import Permission
from ipshare.domain import role
from ipshare.domain.role import Held, Role
from ipshare.portal import guard, people_forms
from ipshare.portal.people_forms import InvitationForm, RolesForm
from ipshare.portal.shell import page
from ipshare.store.models.accounts import Office, User
from ipshare.store.models.invitations import Invitation

PAGE = 50
FIRST_ADMINISTRATOR = "Operators give the role of administrator alone, and only while the office has no administrator."


@guard.needs(Permission.PEOPLE_MANAGE, "GET")
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The people and the open invitations of an office; ``?words=`` looks for a name or an address."""
    return _list(request, guard.office_of(request, code))


def _list(
    request: HttpRequest, office: Office, form: InvitationForm | None = None, *, status: int = 200
) -> HttpResponse:
    wanted = request.GET.get("words", "").strip().replace("\0", "")[:200]
    steps = Authenticator.objects.filter(user=OuterRef("pk"), type__in=second_step.STEPS)
    found = User.objects.filter(office=office).annotate(
        secured=Exists(steps), seen_at=Max("usersession__last_seen_at")
    )
    if wanted:
        found = found.filter(Q(name__icontains=wanted) | Q(email__icontains=wanted))
    sheet = Paginator(
        found.order_by("-active", "name", "pk").prefetch_related("memberships"), PAGE
    ).get_page(request.GET.get("page"))
    at = timezone.now()
    context: dict[str, Any] = {
        "office": office,
        "sheet": sheet,
        "wanted": wanted,
        "rows": [(one, _in_words(one)) for one in sheet],
        "invitations": [
            (one, role.in_words(roles.read(one.roles)), one.expires_at <= at)
            for one in invitations.waiting(office.code)
        ],
        "form": form or InvitationForm(),
        "lines": people_forms.lines(),
    }
    return page(request, "portal/people.html", context, here="people", status=status)


def _in_words(person: User) -> list[str]:
    return role.in_words(frozenset(held for _, held in person.roles))


@guard.needs(Permission.PEOPLE_MANAGE, "POST")
def invite(request: HttpRequest, code: str) -> HttpResponseBase:
    """Write to somebody who may make an account."""
    office = guard.office_of(request, code)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _list(request, office, form, status=422)
    if not _may_give(request, office.code, frozenset(), form.held()):
        form.add_error("roles", FIRST_ADMINISTRATOR)
        return _list(request, office, form, status=422)
    given = form.cleaned_data
    try:
        invitations.invite(
            office,
            given["email"],
            given["name"],
            form.held(),
            by=guard.person(request).email,
            at=timezone.now(),
            first=guard.person(request).is_operator,
        )
    except invitations.InvitationError as trouble:
        form.add_error("email", str(trouble))
        return _list(request, office, form, status=422)
    messages.success(request, f"A letter to {given['email']} is on its way.")
    return _back(code)


@guard.needs(Permission.PEOPLE_MANAGE, "POST")
def again(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Send an invitation once more."""
    invitation = _invitation(request, code, number)
    invitations.send_again(invitation, by=guard.person(request).email, at=timezone.now())
    messages.success(request, f"Another letter to {invitation.email} is on its way.")
    return _back(code)


@guard.needs(Permission.PEOPLE_MANAGE, "POST")
def revoke(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Take an invitation back."""
    invitation = _invitation(request, code, number)
    invitations.revoke(invitation, by=guard.person(request).email, at=timezone.now())
    messages.success(request, f"Taken back: the link sent to {invitation.email} opens nothing.")
    return _back(code)


@guard.needs(Permission.PEOPLE_MANAGE, "GET")
def show(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """One person of the office."""
    return _one(request, _person(request, code, number))


@guard.needs(Permission.PEOPLE_MANAGE, "POST")
def save(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Other roles for a person."""
    person = _person(request, code, number)
    form = RolesForm(request.POST)
    if not form.is_valid():
        return _one(request, person, form, status=422)
    before = frozenset(held for _, held in person.roles)
    if not _may_give(request, str(person.office_id), before, form.held()):
        form.add_error("roles", FIRST_ADMINISTRATOR)
        return _one(request, person, form, status=422)
    try:
        roles.change(person, form.held(), by=guard.person(request).email, at=timezone.now())
    except roles.LastAdministratorError as trouble:
        form.add_error("roles", str(trouble))
        return _one(request, person, form, status=422)
    messages.success(request, f"Saved: {person.name} has these roles from now on.")
    return _back(code) if person == guard.person(request) else _to(person)


@guard.needs(Permission.PEOPLE_MANAGE, "POST")
def act(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Close an account or open it again, end its sessions, remove a second step that was lost."""
    person = _person(request, code, number)
    by, at, what = guard.person(request).email, timezone.now(), request.POST.get("what")
    if what == "close":
        try:
            roles.close(person, by=by, at=at)
        except roles.LastAdministratorError as trouble:
            messages.warning(request, str(trouble))
        else:
            messages.success(request, f"Closed: {person.name} cannot sign in any more.")
    elif what == "reopen":
        roles.reopen(person, by=by, at=at)
        messages.success(request, f"{person.name} may sign in again.")
    elif what == "sessions":
        sessions.end(person, sessions.of(person), by=by, at=at)
        messages.success(request, f"{person.name} is signed out everywhere.")
    elif what == "second-step":
        second_step.remove_all(person, by=by, at=at)
        messages.success(
            request, f"{person.name} signs in by password alone until a new one is added."
        )
    else:
        return _one(request, person, status=422)
    return _to(person)


def _may_give(
    request: HttpRequest, office: str, before: frozenset[Held], wanted: frozenset[Held]
) -> bool:
    """An operator decides nothing for an office, not through an account of theirs there either."""
    if not guard.person(request).is_operator:
        return True
    first = frozenset({Held(role=Role.ADMINISTRATOR)})
    return wanted == before | first and not roles.has_administrator(office)


def _one(
    request: HttpRequest, person: User, form: RolesForm | None = None, *, status: int = 200
) -> HttpResponse:
    held = frozenset(one for _, one in person.roles)
    context = {
        "office": person.office,
        "person": person,
        "self": person == guard.person(request),
        "roles": role.in_words(held),
        "form": form or RolesForm(initial=people_forms.chosen(held)),
        "lines": people_forms.lines(),
        "secured": second_step.has(person),
        "sessions": len(sessions.of(person)),
    }
    return page(request, "portal/person.html", context, here="people", status=status)


def _person(request: HttpRequest, code: str, number: int) -> User:
    office = guard.office_of(request, code)
    person = User.objects.filter(office=office, pk=number).first() if number < 2**63 else None
    if person is None:
        raise Http404(guard.NOT_YOURS)
    return person


def _invitation(request: HttpRequest, code: str, number: int) -> Invitation:
    office = guard.office_of(request, code)
    found = Invitation.objects.filter(office=office, pk=number).first() if number < 2**63 else None
    if found is None:
        raise Http404(guard.NOT_YOURS)
    return found


def _to(person: User) -> HttpResponseBase:
    code = str(person.office_id).lower()
    return HttpResponseRedirect(reverse("portal:person", args=[code, person.pk]))


def _back(code: str) -> HttpResponseBase:
    return HttpResponseRedirect(reverse("portal:people", args=[code]))
