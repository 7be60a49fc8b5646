"""The page of one authorization: what it needs besides its form, wherever it is shown from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.authorization import Conditions
from ipshare.domain.group import ElementGroup
from ipshare.portal import comparison, guard, parties, telling, words
from ipshare.portal.sharing_forms import ConditionsForm, conditions_chosen, groups_chosen
from ipshare.portal.shell import page
from ipshare.share import authorized, chosen
from ipshare.store.models.sharing import Authorization, RecordBlock

# Which fields stand in which fold of the page: one with a trouble in it is open.
FOLDS = {
    "groups": ("groups",),
    "which": ("filed_from", "filed_to", "registered_from", "registered_to", "route"),
    "channels": ("channels", "requests_per_minute", "volume", "networks"),
    "period": ("starts_at", "ends_at"),
    "terms": ("purpose", "terms_kind", "terms"),
}


def show(
    request: HttpRequest,
    authorization: Authorization,
    extra: dict[str, Any] | None = None,
    *,
    form: ConditionsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """One authorization; ``form`` is what was sent, where it is shown once more."""
    at = timezone.now()
    office = authorization.office
    party = next(
        row for row in parties.of(office.code, at) if row.authorization.pk == authorization.pk
    )
    held = party.conditions
    if form is None:
        values = conditions_chosen(held, authorization.version)
        form = ConditionsForm(initial=values, at=at)
    finer = [one for one in words.FINER if one.value in groups_chosen(held.excluded)["groups"]]
    context: dict[str, Any] = kept_from_all(office.code) | {
        "office": office,
        "party": party,
        "authorization": authorization,
        "form": form,
        "open": {name for name, fields in FOLDS.items() if any(form.errors.get(f) for f in fields)},
        "held": {
            "groups": [telling.group_name(group) for group in finer],
            "which": telling.which(held.filter),
            "channels": telling.lines(held)["Channels"],
            "limits": telling.limits(held),
            "period": telling.period(held),
            "files": _files(authorization, held, at),
            "purpose": held.purpose,
        },
        "rights": words.RIGHTS,
        "presets": words.RESTRICTIONS,
        "groups": [(group, *words.GROUPS[group]) for group in words.FINER],
        "identity": words.GROUPS[ElementGroup.IDENTITY],
        "routes": telling.ROUTES,
        "channels": telling.CHANNELS,
        "terms": chosen.TERMS,
        "decides": guard.may(request, Permission.AUTHORIZATION_SAVE, office.code, *held.rights),
    }
    return page(
        request,
        "portal/authorization.html",
        context | (extra or {}),
        here="authorizations",
        status=status,
    )


def _files(authorization: Authorization, held: Conditions, at: datetime) -> str:
    """Which files go out at present, in words; what is ticked and waits for something is told as such."""
    seen = authorized.view_at(authorization, at)
    going = [
        name
        for name, goes in (
            ("images, sound and video", comparison.pictures(seen)),
            ("documents", comparison.documents(seen)),
        )
        if goes
    ]
    told = " and ".join(going) or "none go out"
    if not seen.rights:
        return "none go out, as no right does"
    if held.documents and not comparison.documents(seen):
        told += "; documents wait until no element group is withheld"
    return told


def kept_from_all(office: str) -> dict[str, Any]:
    """What an office keeps from every third party: groups of the base restriction, and blocked records."""
    number, excluded = authorized.base_of(office)
    blocked = RecordBlock.objects.filter(office_id=office, lifted_at=None)
    return {
        "base": [telling.group_name(group) for group in ElementGroup if group in excluded],
        "base_groups": excluded,
        "base_version": number,
        "blocked": blocked.count(),
    }
