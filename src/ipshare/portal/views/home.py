"""Where people start: an office's home, and for operators the list of offices."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.portal import guard, overview, parties, waiting
from ipshare.portal.shell import page
from ipshare.portal.views import hub_offices
from ipshare.share import ledger
from ipshare.store.models.accounts import Office

RECENTLY = timedelta(days=30)
"""Over so long a time the home page says what each third party received."""


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
    shared = parties.of(office.code, now)
    context = {
        "office": office,
        "now": now,
        "rows": rows,
        "may_send": guard.may(request, Permission.SUBMISSION_SEND, office.code),
        "things": waiting.of(office, rows, shared, at=now),
        "parties": shared,
        "received": ledger.lately(office.code, since=now - RECENTLY),
        "agrees": guard.may(request, Permission.PEOPLE_MANAGE, office.code),
    }
    if guard.person(request).office_id == office.code:  # the navigation need not ask again
        context["waiting"] = sum(len(row.waiting) for row in rows)
    return page(request, "portal/home.html", context, here="home")
