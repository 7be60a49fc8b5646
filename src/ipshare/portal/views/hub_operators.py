"""The operators of the hub and their invitations."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, Max, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts import invitations, second_step
from ipshare.accounts.permissions import Permission
from ipshare.portal import guard
from ipshare.portal.people_forms import OperatorForm
from ipshare.portal.shell import page
from ipshare.store.models.accounts import User
from ipshare.store.models.invitations import Invitation

PAGE = 50


@guard.needs(Permission.HUB_OPERATE, "GET")
def listing(request: HttpRequest) -> HttpResponse:
    """Who operates the hub, and who was invited to."""
    return _list(request)


def _list(
    request: HttpRequest, form: OperatorForm | None = None, *, status: int = 200
) -> HttpResponse:
    steps = Authenticator.objects.filter(user=OuterRef("pk"), type__in=second_step.STEPS)
    found = User.objects.filter(office=None).annotate(
        secured=Exists(steps), seen_at=Max("usersession__last_seen_at")
    )
    at = timezone.now()
    context: dict[str, Any] = {
        "sheet": Paginator(found.order_by("-active", "name", "pk"), PAGE).get_page(
            request.GET.get("page")
        ),
        "invitations": [(one, one.expires_at <= at) for one in invitations.waiting(None)],
        "form": form or OperatorForm(),
    }
    return page(request, "portal/hub-operators.html", context, here="hub-operators", status=status)


@guard.fresh
@guard.needs(Permission.HUB_OPERATE, "POST")
def invite(request: HttpRequest) -> HttpResponseBase:
    """Write to somebody who may make an account as an operator."""
    form = OperatorForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    given = form.cleaned_data
    by, at = guard.person(request).email, timezone.now()
    try:
        invitations.invite(None, given["email"], given["name"], (), by=by, at=at)
    except invitations.InvitationError as trouble:
        form.add_error("email", str(trouble))
        return _list(request, form, status=422)
    messages.success(request, f"A letter to {given['email']} is on its way.")
    return _back()


@guard.fresh
@guard.needs(Permission.HUB_OPERATE, "POST")
def again(request: HttpRequest, number: int) -> HttpResponseBase:
    """Send an invitation once more."""
    invitation = _invitation(number)
    invitations.send_again(invitation, by=guard.person(request).email, at=timezone.now())
    messages.success(request, f"Another letter to {invitation.email} is on its way.")
    return _back()


@guard.fresh
@guard.needs(Permission.HUB_OPERATE, "POST")
def revoke(request: HttpRequest, number: int) -> HttpResponseBase:
    """Take an invitation back."""
    invitation = _invitation(number)
    invitations.revoke(invitation, by=guard.person(request).email, at=timezone.now())
    messages.success(request, f"Taken back: the link sent to {invitation.email} opens nothing.")
    return _back()


def _invitation(number: int) -> Invitation:
    found = invitations.waiting(None).filter(pk=number).first()
    if found is None:
        raise Http404(guard.NOT_YOURS)
    return found


def _back() -> HttpResponseBase:
    return HttpResponseRedirect(reverse("portal:hub-operators"))
