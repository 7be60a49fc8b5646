"""From a client to its view: read from the tables at every request, never kept in a token."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils import timezone

from ipshare.accounts import bearer
from ipshare.domain.authorization import View
from ipshare.http.problem import Problem
from ipshare.share import authorizations
from ipshare.store.models.sharing import Authorization, Client

_OFFICE = re.compile(r"[A-Z]{2}")


def of_client(client: Client, *, office: str, at: datetime | None = None) -> View | None:
    """What a client sees of an office now; None where that office has nothing to do with this client.

    An authorization that has ended, or was never saved, sees nothing.
    """
    if not _OFFICE.fullmatch(office):
        return None
    at = at or timezone.now()
    authorization = authorizations.used_by(client).filter(office=office).first()
    if authorization is None:
        return None
    if client.third_party_id is not None:
        _note_use(authorization, at)
    return authorizations.view_at(authorization, at)


def all_of(client: Client, *, at: datetime | None = None) -> list[View]:
    """What a client sees of every office that has to do with it, by office."""
    at = at or timezone.now()
    found = authorizations.used_by(client).order_by("office_id")
    return [authorizations.view_at(one, at) for one in found]


def chosen(client: Client, office: str | None) -> View:
    """What a client sees of the office that a request names; it may name none where the client has but one."""
    if office is None:
        found = authorizations.used_by(client).order_by("office_id")
        offices = list(found.values_list("office_id", flat=True))
        if not offices:
            raise Problem("no-authorization", "no office shares anything with this client")
        if len(offices) > 1:
            raise Problem(
                "parameter-not-valid",
                f"this client reads several offices: add office=, one of {', '.join(offices)}",
            )
        office = offices[0]
    if not _OFFICE.fullmatch(office):
        raise Problem("parameter-not-valid", "office must be two capital letters, e.g. KH")
    seen = of_client(client, office=office)
    if seen is None:
        raise Problem("no-authorization", f"{office} shares nothing with this client at present")
    return seen


def holds(client: Client, view: View) -> bool:
    """Whether the client is still signed in, and the conditions are still those of the view."""
    at = timezone.now()
    return bearer.goes_on(client, at=at) and of_client(client, office=view.office, at=at) == view


def _note_use(authorization: Authorization, at: datetime) -> None:
    last = authorization.organisation_used_at
    if last is None or at - last > bearer.USED_EVERY:
        Authorization.objects.filter(pk=authorization.pk).update(organisation_used_at=at)
