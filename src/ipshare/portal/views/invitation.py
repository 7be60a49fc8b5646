"""The page behind the link of an invitation: name, password, and in."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from ipshare.accounts import invitations, people, roles
from ipshare.domain import role
from ipshare.portal import guard
from ipshare.portal.people_forms import AcceptForm
from ipshare.portal.shell import page
from ipshare.portal.views import session


@sensitive_post_parameters("password")
@guard.public("GET", "POST")
def accept(request: HttpRequest, token: str) -> HttpResponseBase:
    """Make the account that somebody was invited to."""
    at = timezone.now()
    invitation = invitations.of_link(token, at=at)
    if invitation is None:
        return page(request, "portal/link-over.html", status=404)
    form, status = AcceptForm(initial={"name": invitation.name}), 200
    if request.method == "POST":
        form, status = AcceptForm(request.POST), 422
        if form.is_valid():
            try:
                person = invitations.accept(
                    invitation, form.cleaned_data["name"], form.cleaned_data["password"], at=at
                )
            except people.PersonError as trouble:
                form.add_error("password", str(trouble))
            else:
                return session.come_in(request, person, "password")
    context = {
        "invitation": invitation,
        "roles": role.in_words(roles.read(invitation.roles)),
        "form": form,
    }
    return page(request, "portal/invitation.html", context, status=status)
