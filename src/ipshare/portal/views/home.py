"""Where people start: an office's home, and for operators the list of offices."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.portal import guard, overview, parties
from ipshare.portal.shell import page
from ipshare.portal.views import hub_offices
from ipshare.store.models.accounts import Office


@guard.needs(Permission.SUBMISSION_READ, "GET")
def home(request: HttpRequest) -> HttpResponse:
    """The home of the person's office; operators see every office."""
    who = guard.person(request)
    if who.office is not None:
        return _office(request, who.office)
    return hub_offices.list_page(request)


@guard.needs(Permission.SUBMISSION_READ, "GET")
def office(request: HttpRequest, code: str) -> HttpResponse:
    """The home of one office, as its people see it."""
    return _office(request, guard.office_of(request, code))


def _office(request: HttpRequest, office: Office) -> HttpResponse:
    now = timezone.now()
    rows = overview.rights(office, guard.seen(request, office.code), at=now)
    context = {
        "office": office,
        "now": now,
        "rows": rows,
        "things": overview.waiting(office, rows),
        "parties": parties.of(office.code, now),
    }
    return page(request, "portal/home.html", context, here="home")
