"""Changes that wait for a second person: the list, one of them, the decision, and the switch of the office."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.office import Right
from ipshare.portal import guard
from ipshare.portal.forms import ReasonForm
from ipshare.portal.shell import page
from ipshare.share import proposals
from ipshare.share.proposals import ProposalError
from ipshare.store.models.accounts import Office
from ipshare.store.models.proposals import Proposal

PAGE = 50


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The proposals of an office, those that wait first."""
    return _list(request, guard.office_of(request, code))


def _list(
    request: HttpRequest, office: Office, form: ReasonForm | None = None, *, status: int = 200
) -> HttpResponse:
    hidden = proposals.hidden(guard.seen(request, office.code))
    decided = (
        Proposal.objects.filter(office=office)
        .exclude(state="open")
        .exclude(hidden)
        .order_by("-proposed_at", "-pk")
    )
    context: dict[str, Any] = {
        "office": office,
        "waiting": proposals.waiting(office.code)
        .exclude(hidden)
        .select_related("authorization__third_party"),
        "sheet": Paginator(decided.select_related("authorization__third_party"), PAGE).get_page(
            request.GET.get("page")
        ),
        "form": form or ReasonForm(),
        "decides": guard.may(request, Permission.AUTHORIZATION_SAVE, office.code, *Right),
    }
    return page(request, "portal/proposals.html", context, here="authorizations", status=status)


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def show(request: HttpRequest, code: str, proposal: int) -> HttpResponse:
    """One proposal, with what was shown to whoever made it."""
    return _one(request, _own(request, code, proposal))


def _one(
    request: HttpRequest, proposal: Proposal, form: ReasonForm | None = None, *, status: int = 200
) -> HttpResponse:
    mine = proposal.proposed_by == guard.person(request).email
    concerned = [Right(right) for right in proposal.rights]
    context = {
        "office": proposal.office,
        "proposal": proposal,
        "mine": mine,
        "form": form or ReasonForm(),
        "decides": guard.may(
            request, Permission.AUTHORIZATION_SAVE, proposal.office_id, *concerned
        ),
    }
    return page(request, "portal/proposal.html", context, here="authorizations", status=status)


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def decide(request: HttpRequest, code: str, proposal: int) -> HttpResponseBase:
    """Approve, reject, or withdraw one's own; a reason is required of whoever decides."""
    one = _own(request, code, proposal)
    guard.need(request, one.office_id, *map(Right, one.rights))
    by, at, what = guard.person(request).email, timezone.now(), request.POST.get("what")
    form = ReasonForm(request.POST)
    if what != "withdraw" and (what not in {"approve", "reject"} or not form.is_valid()):
        return _one(request, one, form, status=422)
    try:
        if what == "withdraw":
            proposals.withdraw(one, by=by, at=at)
            said = "Withdrawn: nothing comes of it."
        else:
            act = proposals.approve if what == "approve" else proposals.reject
            act(one, by=by, reason=form.cleaned_data["reason"], at=at)
            said = (
                "Approved: it holds from now on."
                if what == "approve"
                else "Rejected: nothing comes of it."
            )
    except ProposalError as trouble:
        messages.warning(request, str(trouble))
    else:
        messages.success(request, said)
    return HttpResponseRedirect(reverse("portal:proposal", args=[code, one.pk]))


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def switch(request: HttpRequest, code: str) -> HttpResponseBase:
    """Ask for a second person from now on; or, by a proposal of its own, no longer."""
    office = guard.office_of(request, code)
    guard.need(request, office.code, *Right)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _list(request, office, form, status=422)
    by, at = guard.person(request).email, timezone.now()
    try:
        if not office.second_person:
            proposals.require_second_person(office.code, by=by, at=at)
            messages.success(
                request, "From now on what widens an authorization waits for a second person."
            )
        else:
            made = proposals.propose(
                office.code,
                proposals.SWITCH_OFF,
                {},
                [*Right],
                preview={"headline": "One person alone may change what goes out again"},
                reason=form.cleaned_data["reason"],
                by=by,
                at=at,
            )
            return to(request, made)
    except ProposalError as trouble:
        messages.warning(request, str(trouble))
    return HttpResponseRedirect(reverse("portal:proposals", args=[code]))


def to(request: HttpRequest, made: Proposal) -> HttpResponseBase:
    """Where a proposal that was just made leads."""
    messages.info(request, "Proposed: nothing changes before somebody else has approved it.")
    return HttpResponseRedirect(reverse("portal:proposal", args=[made.office_id.lower(), made.pk]))


def _own(request: HttpRequest, code: str, proposal: int) -> Proposal:
    office = guard.office_of(request, code)
    found = Proposal.objects.filter(office=office, pk=proposal if proposal < 2**63 else 0)
    one = (
        found.exclude(proposals.hidden(guard.seen(request, office.code)))
        .select_related("office", "authorization__third_party")
        .first()
    )
    if one is None:
        raise Http404(guard.NOT_YOURS)
    return one
