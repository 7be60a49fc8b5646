"""Where people start: an office's home, and for operators the list of offices."""

from __future__ import annotations

from collections.abc import Collection

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.office import Right
from ipshare.portal import guard, overview, parties, waiting, weeks
from ipshare.portal.shell import page
from ipshare.portal.views import hub_offices
from ipshare.store import lately
from ipshare.store.models.accounts import Office

OF_THE_LINE = ("Workers of the line", "Object store", "Disk")
"""The parts without which no submission goes on."""


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


def _may(
    request: HttpRequest, permission: Permission, office: Office, known: Collection[Right]
) -> list[Right]:
    """The rights for which this person has a permission."""
    return [right for right in known if guard.may(request, permission, office.code, right)]


def _office(request: HttpRequest, office: Office) -> HttpResponse:
    now = timezone.now()
    known = guard.seen(request, office.code)
    rows = overview.rights(office, known, at=now)
    recent = lately.of(office.code, known, at=now, parts=OF_THE_LINE)
    pictures = weeks.of(recent.weeks)
    shared = parties.of(office.code, now)
    context = {
        "office": office,
        "now": now,
        "rows": rows,
        "may_send": guard.may(request, Permission.SUBMISSION_SEND, office.code),
        "things": waiting.of(
            office,
            rows,
            shared,
            sends=_may(request, Permission.SUBMISSION_SEND, office, known),
            keeps=_may(request, Permission.SENDER_MANAGE, office, known),
            at=now,
        ),
        "parties": shared,
        "received": recent.received,
        "pictures": pictures,
        "by_week": [
            (bars[0].monday, bars) for bars in zip(*(one.bars for one in pictures), strict=True)
        ],
        "calm": overview.calm(rows),
        "stands_since": recent.stands_since,
        "agrees": guard.may(request, Permission.PEOPLE_MANAGE, office.code),
    }
    if guard.person(request).office_id == office.code:  # the navigation need not ask again
        context["waiting"] = sum(len(row.waiting) for row in rows)
    return page(request, "portal/home.html", context, here="home")
