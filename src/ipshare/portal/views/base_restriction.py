"""What an office withholds from every third party, whatever their authorizations say."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.portal import conditions_page, guard, telling, words
from ipshare.portal.sharing_forms import GroupsForm, groups_chosen
from ipshare.portal.shell import page
from ipshare.portal.views import proposals as waiting
from ipshare.share import authorizations, authorized, preview, proposals
from ipshare.share.proposals import ProposalError
from ipshare.store.models.accounts import Office

VERSIONS = 50


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """The base restriction of an office, and its earlier versions."""
    office = guard.office_of(request, code)
    version, excluded = authorized.base_of(office.code)
    form = GroupsForm(initial=groups_chosen(excluded) | {"version": version})
    return _page(request, office, form)


@guard.previewed
@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def save(request: HttpRequest, code: str) -> HttpResponseBase:
    """Save what was previewed; anything else is previewed first."""
    office = guard.office_of(request, code)
    guard.need(request, office.code, *Right)  # it holds for all of them
    form = GroupsForm(request.POST)
    if not form.is_valid():
        return _page(request, office, form, status=422)
    with transaction.atomic():
        # nobody saves another version between the comparison and the save
        Office.objects.select_for_update(no_key=True).get(pk=office.code)
        version, held = authorized.base_of(office.code)
        excluded = form.excluded()
        if form.cleaned_data["version"] != version:
            form.add_error(None, f"Somebody saved version {version} meanwhile; look at it first.")
        elif (
            excluded != held
            and request.POST.get("seen") == form.seal()
            and office.second_person
            and not excluded >= held
        ):
            return _propose(request, office, excluded, held, version, form.cleaned_data["reason"])
        elif excluded != held and request.POST.get("seen") == form.seal():
            version = authorizations.save_base(
                office.code,
                excluded,
                by=guard.person(request).email,
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
    if form.errors:
        return _page(request, office, form, status=409)
    if excluded == held:
        messages.info(request, "Nothing was changed: this is the base restriction already.")
    elif version == form.cleaned_data["version"]:
        return _page(request, office, form, _effect(office, excluded, form))
    else:
        messages.success(
            request, f"Saved as version {version}. It holds for everybody from now on."
        )
    return HttpResponseRedirect(reverse("portal:base-restriction", args=[code]))


def _propose(  # noqa: PLR0913, PLR0917 (what, instead of what, and why)
    request: HttpRequest,
    office: Office,
    excluded: frozenset[ElementGroup],
    held: frozenset[ElementGroup],
    version: int,
    reason: str,
) -> HttpResponseBase:
    """Keep it for a second person: some third party would gain something."""
    given = ", ".join(_added(held, excluded))
    lines = [
        [what, "withheld" if group in held else "as authorized", "withheld" if group in excluded else "as authorized"]
        for group, what in ((group, telling.group_name(group)) for group in ElementGroup)
        if (group in held) != (group in excluded)
    ]  # fmt: skip
    try:
        made = proposals.propose(
            office.code,
            proposals.BASE,
            {"excluded": sorted(excluded)},
            [*Right],
            version=version,
            preview={"headline": f"No longer withheld from everybody: {given}", "lines": lines},
            reason=reason,
            by=guard.person(request).email,
            at=timezone.now(),
        )
    except ProposalError as trouble:
        messages.warning(request, str(trouble))
        return HttpResponseRedirect(reverse("portal:base-restriction", args=[office.code.lower()]))
    return waiting.to(request, made)


def _effect(office: Office, excluded: frozenset[ElementGroup], form: GroupsForm) -> dict[str, Any]:
    """What the third parties would gain and lose."""
    found = preview.of_base(office.code, excluded, at=timezone.now())
    return {
        "seal": form.seal(),
        "effects": [
            (
                authorization,
                [telling.group_name(group) for group in gained],
                [telling.group_name(group) for group in lost],
            )
            for authorization, gained, lost in found
        ],
    }


def _page(
    request: HttpRequest,
    office: Office,
    form: GroupsForm,
    extra: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    found = authorized.bases_of(office.code)
    steps = [
        (version, _added(excluded, before), _added(before, excluded))
        for (version, excluded), (_, before) in pairwise([*found, (None, frozenset())])
    ]
    context: dict[str, Any] = conditions_page.kept_from_all(office.code) | {
        "office": office,
        "form": form,
        "steps": steps[:VERSIONS],
        "presets": words.RESTRICTIONS,
        "groups": [(group, *words.GROUPS[group]) for group in words.FINER],
        "decides": guard.may(request, Permission.AUTHORIZATION_SAVE, office.code, *Right),
    }
    return page(
        request,
        "portal/base-restriction.html",
        context | (extra or {}),
        here="authorizations",
        status=status,
    )


def _added(groups: frozenset[ElementGroup], before: frozenset[ElementGroup]) -> list[str]:
    return [telling.group_name(group) for group in ElementGroup if group in groups - before]
