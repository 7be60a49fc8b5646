"""Save the conditions of an authorization, after a preview of what that changes; read its earlier versions."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.authorization import Conditions
from ipshare.portal import comparison, conditions_page, guard, telling, words
from ipshare.portal.sharing_forms import ConditionsForm, sealed
from ipshare.portal.shell import page
from ipshare.portal.views import proposals as waiting
from ipshare.share import authorizations, authorized, preview, proposals
from ipshare.share.proposals import ProposalError
from ipshare.store.models.sharing import Authorization

VERSIONS = 20
NOT_SENT_ON = frozenset({"csrfmiddlewaretoken", "seen", "edit"})


@guard.previewed
@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def save(  # noqa: PLR0911 (each way that it may end)
    request: HttpRequest, code: str, number: int
) -> HttpResponseBase:
    """Save Changes: what was previewed becomes a new version; anything else is previewed first."""
    authorization = guard.authorization_to_change(request, code, number)
    at = timezone.now()
    form = ConditionsForm(request.POST, at=at)
    valid = form.is_valid()
    if not valid or "edit" in request.POST:
        status = 200 if valid else 422
        return conditions_page.show(request, authorization, form=form, status=status)
    present, wanted = authorized.conditions_of(authorization), form.conditions()
    guard.need(request, authorization.office_id, *wanted.rights)
    name = authorization.third_party.name
    if authorization.ended_at is None and not telling.differences(present, wanted):
        messages.info(request, f"Nothing was changed for {name}: these are its conditions already.")
        return _back(authorization)
    if form.cleaned_data["version"] != authorization.version:
        form.add_error(
            None, f"Somebody saved version {authorization.version} meanwhile; look at it first."
        )
        return conditions_page.show(request, authorization, form=form, status=409)
    second = authorization.office.second_person and not proposals.narrows(present, wanted)
    with transaction.atomic():
        # nobody saves another version between the comparison and the save
        locked = Authorization.objects.select_for_update(of=("self",)).get(pk=authorization.pk)
        seal = _seal(locked, wanted)
        version = None
        seen = request.POST.get("seen") == seal
        if seen and not second:
            version = authorizations.save(
                locked,
                wanted,
                by=guard.person(request).email,
                reason=form.cleaned_data["reason"],
                at=at,
            )
    if locked.version != authorization.version and version is None:
        return save(request, code=code, number=number)  # somebody, or a double click, was faster
    if seen and second:
        return _propose(request, authorization, wanted, form.cleaned_data["reason"])
    if version is None:
        return _preview(request, authorization, wanted, seal)
    messages.success(
        request, f"Saved as version {version.number}. It holds for {name} from now on."
    )
    return _back(authorization)


def _seal(authorization: Authorization, wanted: Conditions) -> str:
    """A name of what is wanted and what it is compared with: what was seen is what is saved."""
    base, _ = authorized.base_of(authorization.office_id)
    return sealed(authorization.version, base, telling.lines(wanted))


def _propose(
    request: HttpRequest, authorization: Authorization, wanted: Conditions, reason: str
) -> HttpResponseBase:
    """Keep what was previewed for a second person."""
    at, present = timezone.now(), authorized.conditions_of(authorization)
    seen = preview.of(authorization, wanted, at=at)
    name = authorization.third_party.name
    kept = {
        "headline": f"{name} would {comparison.headline(seen)}",
        "counted_at": at.isoformat(),
        "lines": [[one.label, one.was, one.now] for one in telling.differences(present, wanted)],
        "effects": [
            [words.RIGHTS[one.right], one.compared.gained, one.compared.lost, one.compared.kept, one.compared.changed]
            for one in seen.effects
        ],
    }  # fmt: skip
    try:
        made = proposals.propose(
            authorization.office_id,
            proposals.CONDITIONS,
            proposals.conditions(wanted),
            present.rights | wanted.rights,
            authorization=authorization,
            version=authorization.version,
            preview=kept,
            reason=reason,
            by=guard.person(request).email,
            at=at,
        )
    except ProposalError as trouble:
        messages.warning(request, str(trouble))
        return _back(authorization)
    return waiting.to(request, made)


def _preview(
    request: HttpRequest, authorization: Authorization, wanted: Conditions, seal: str
) -> HttpResponse:
    at = timezone.now()
    seen = preview.of(authorization, wanted, at=at)
    present = authorized.conditions_of(authorization)
    context: dict[str, Any] = {
        "office": authorization.office,
        "authorization": authorization,
        "name": authorization.third_party.name,
        "at": at,
        "headline": comparison.headline(seen),
        "differences": telling.differences(present, wanted),
        "effects": [(words.RIGHTS[one.right], one.compared) for one in seen.effects],
        "groups": comparison.groups(seen),
        "files": [
            ("Images, sound and video", comparison.pictures(seen.was), comparison.pictures(seen.now)),
            ("Documents", comparison.documents(seen.was), comparison.documents(seen.now)),
        ],
        "samples": comparison.samples(seen),
        "begins": telling.instant(seen.begins_at),
        "until_then": bool(seen.was.rights),
        "reason": request.POST["reason"],
        "second": authorization.office.second_person and not proposals.narrows(present, wanted),
        "seal": seal,
        "again": "seen" in request.POST,
        "sent": [
            (field, value)
            for field, values in request.POST.lists()
            if field not in NOT_SENT_ON
            for value in values
        ],
    }  # fmt: skip
    return page(request, "portal/preview.html", context, here="authorizations")


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def versions(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The versions of an authorization, newest first, with what each changed."""
    authorization = guard.authorization_of(guard.office_of(request, code), number)
    found = authorized.versions_of(authorization)
    steps = [
        (later, telling.differences(before, held))
        for (later, held), (_, before) in pairwise([*found, (None, Conditions())])
    ]
    context = {
        "office": authorization.office,
        "authorization": authorization,
        "sheet": Paginator(steps, VERSIONS).get_page(request.GET.get("page")),
    }
    return page(request, "portal/versions.html", context, here="authorizations")


def _back(authorization: Authorization) -> HttpResponseBase:
    return HttpResponseRedirect(
        reverse("portal:authorization", args=[authorization.office_id.lower(), authorization.pk])
    )
