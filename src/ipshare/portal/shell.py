"""The frame around every page: who is signed in, for which office, what waits, in which time zone."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from ipshare.accounts import permissions
from ipshare.accounts.permissions import Permission
from ipshare.domain.submission import State
from ipshare.domain.zone import zone_of
from ipshare.portal import history
from ipshare.store.models.accounts import User

VERSION = version("ipshare")


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    here: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page inside the frame; ``here`` names the entry of the navigation it stands under."""
    who = getattr(request, "user", None)
    frame: dict[str, Any] = {"here": here, "version": VERSION, "who": None}
    if isinstance(who, User):
        frame |= {
            "who": who,
            "own": None if who.is_operator else who.office,
            "zone": zone_of(who.office_id),
            "sends": bool(
                who.office_id
                and permissions.rights(who, Permission.SUBMISSION_SEND, at=who.office_id)
            ),
            "manages_people": permissions.in_general(who, Permission.PEOPLE_MANAGE),
            "keeps_senders": permissions.in_general(who, Permission.SENDER_MANAGE),
            "keeps_keys": permissions.in_general(who, Permission.ACCOUNT_MANAGE),
            "submissions_held": SimpleLazyObject(
                history.visible(who).filter(state=State.HELD).count
            ),
        }
    return render(request, template, frame | (context or {}), status=status)
