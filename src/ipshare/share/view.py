"""From a client to its view: read from the tables at every request, never kept in a token."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils import timezone

from ipshare.accounts import bearer
from ipshare.domain.authorization import View
from ipshare.domain.office import Right
from ipshare.http.problem import Problem
from ipshare.share import authorized
from ipshare.store import access
from ipshare.store.access import Allowed
from ipshare.store.models.sharing import Authorization, Client

_OFFICE = re.compile(r"[A-Z]{2}")


def of_client(client: Client, *, office: str, at: datetime | None = None) -> View | None:
    """What a client sees of an office now; None where that office has nothing to do with this client.

    An authorization that has ended, or was never saved, sees nothing.
    """
    if not _OFFICE.fullmatch(office):
        return None
    return of_allowed(client, access.of_client(client.pk), office=office, at=at or timezone.now())


def of_allowed(
    client: Client,
    allowed: Sequence[Allowed],
    *,
    office: str,
    at: datetime,
    needs: Collection[Right] | None = None,
) -> View | None:
    """The same, of what the client may use as it was read before; a problem while a register that it needs is closed.

    ``needs`` are the rights that a request is about, None all that the client sees. Whether a register is closed that
    it does not see is nothing that it may know.
    """
    for one in allowed:
        if one.office == office:
            seen = authorized.view_of_allowed(one, at)
            needed = seen.rights if needs is None else seen.rights.intersection(needs)
            if not needed.isdisjoint(one.closed):
                raise Problem(
                    "register-closed",
                    f"the hub was upgraded, and puts what {office} shares in order; go on from your cursor in a minute",
                    {"Retry-After": "60"},
                )
            if client.third_party_id is not None:
                _note_use(one, at)
            return seen
    return None


def all_of(client: Client, *, at: datetime | None = None) -> list[View]:
    """What a client sees of every office that has to do with it, by office."""
    at = at or timezone.now()
    return [authorized.view_of_allowed(one, at) for one in access.of_client(client.pk)]


def chosen(
    client: Client,
    office: str | None,
    allowed: Sequence[Allowed] | None = None,
    *,
    needs: Collection[Right] | None = None,
) -> View:
    """What a client sees of the office that a request names; it may name none where the client has but one."""
    allowed = access.of_client(client.pk) if allowed is None else allowed
    if office is None:
        offices = [one.office for one in allowed]
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
    seen = of_allowed(client, allowed, office=office, at=timezone.now(), needs=needs)
    if seen is None:
        raise Problem("no-authorization", f"{office} shares nothing with this client at present")
    return seen


def holds(client: Client, view: View, *, needs: Collection[Right] | None = None) -> bool:
    """Whether the client is still signed in, and the conditions are still those of the view."""
    at = timezone.now()
    allowed = bearer.goes_on(client, at=at)
    if allowed is None:
        return False
    return of_allowed(client, allowed, office=view.office, at=at, needs=needs) == view


def _note_use(one: Allowed, at: datetime) -> None:
    last = one.organisation_used_at
    if last is None or at - last > bearer.USED_EVERY:
        Authorization.objects.filter(pk=one.authorization).update(organisation_used_at=at)
