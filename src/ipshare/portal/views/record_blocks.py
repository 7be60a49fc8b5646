"""Single records that an office keeps from one third party or from all."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts import permissions
from ipshare.accounts.permissions import Permission
from ipshare.domain.office import Right
from ipshare.portal import guard, telling, words
from ipshare.portal.sharing_forms import BlockForm
from ipshare.portal.shell import page
from ipshare.portal.views import proposals as waiting
from ipshare.share import blocks, proposals
from ipshare.store import holdings
from ipshare.store.models.accounts import Office
from ipshare.store.models.sharing import Authorization, RecordBlock

PAGE = 50


@guard.needs(Permission.AUTHORIZATION_READ, "GET")
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """The blocks in force, or with ``?ended=1`` those that have ended; ``?words=`` looks for a number."""
    return _page(request, guard.office_of(request, code))


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def add(request: HttpRequest, code: str) -> HttpResponseBase:
    """Keep a record from somebody, at once."""
    office = guard.office_of(request, code)
    at = timezone.now()
    parties = _parties(office)
    form = BlockForm(request.POST, parties=parties.items(), at=at)
    if not form.is_valid():
        return _page(request, office, form, status=422)
    given = form.cleaned_data
    number, right = given["number"], given["right"]
    guard.need(request, office.code, Right(right))
    authorization = guard.authorization_of(office, int(given["party"])) if given["party"] else None
    try:
        blocks.block(
            office.code,
            right,
            number,
            authorization=authorization,
            reason=given["reason"],
            until=given["until"],
            by=guard.person(request).email,
            at=at,
        )
    except blocks.AlreadyBlockedError as trouble:
        form.add_error("number", str(trouble))
        return _page(request, office, form, status=422)
    whom = parties[authorization.pk] if authorization else "every third party"
    told = f"Blocked: {number} is kept from {whom} from now on."
    if not holdings.among(office.code, [(right, number)]):
        told += (
            f" The register holds no {right} {number} at present; the block waits, and acts when"
            " it comes. Check the number if you did not expect that."
        )
    messages.success(request, told)
    return _back(code)


@guard.needs(Permission.AUTHORIZATION_SAVE, "POST")
def lift(request: HttpRequest, code: str, block: int) -> HttpResponseBase:
    """End a block; the record goes out again where the conditions let it."""
    office = guard.office_of(request, code)
    seen = guard.seen(request, office.code)
    held = RecordBlock.objects.filter(office=office, pk=block, right__in=seen).first()
    if held is None:
        raise Http404(guard.NOT_YOURS)
    guard.need(request, office.code, Right(held.right))
    if held.lifted_at is not None:
        messages.info(request, f"The block of {held.number} had ended before.")
        return _back(code)
    if office.second_person:
        try:
            made = proposals.propose(
                office.code,
                proposals.LIFT,
                {"block": held.pk},
                [Right(held.right)],
                preview={
                    "headline": f"{held.number} would go out again, where the conditions let it",
                    "lines": [["Block", held.reason, "lifted"]],
                },
                reason="The block is to be lifted.",
                by=guard.person(request).email,
                at=timezone.now(),
            )
        except proposals.ProposalError:
            messages.info(request, "The end of this block waits for a second person already.")
            return _back(code)
        return waiting.to(request, made)
    blocks.lift(held, by=guard.person(request).email, at=timezone.now())
    messages.success(request, f"Lifted: {held.number} goes out again where the conditions let it.")
    return _back(code)


def _page(
    request: HttpRequest, office: Office, form: BlockForm | None = None, *, status: int = 200
) -> HttpResponse:
    at = timezone.now()
    wanted = request.GET.get("words", "").strip().replace("\0", "")[:200]
    ended = request.GET.get("ended") == "1"
    seen = guard.seen(request, office.code)
    in_force = _in_force(office).filter(right__in=seen)
    found = RecordBlock.objects.filter(office=office, lifted_at__isnull=False, right__in=seen)
    order = "-lifted_at" if ended else "-blocked_at"
    rows = (found if ended else in_force).order_by(order, "-pk")
    if wanted:
        rows = rows.filter(number__icontains=wanted)
    sheet = Paginator(rows.select_related("authorization__third_party"), PAGE).get_page(
        request.GET.get("page")
    )
    known = holdings.among(office.code, [(one.right, one.number) for one in sheet])
    parties = _parties(office)
    mine = permissions.rights(guard.person(request), Permission.AUTHORIZATION_SAVE, at=office.code)
    context: dict[str, Any] = {
        "office": office,
        "sheet": sheet,
        "rows": [
            (one, (one.right, one.number) in known, telling.instant(one.until), one.right in mine)
            for one in sheet
        ],
        "wanted": wanted,
        "ended": ended,
        "counts": {"in_force": in_force.count(), "ended": found.count()},
        "form": form or BlockForm(parties=parties.items(), at=at),
        "parties": parties,
        "rights": {right: name for right, name in words.RIGHTS.items() if right in mine},
        "decides": bool(mine),
    }
    return page(request, "portal/blocks.html", context, here="authorizations", status=status)


def _in_force(office: Office) -> QuerySet[RecordBlock]:
    return RecordBlock.objects.filter(office=office, lifted_at=None)


def _parties(office: Office) -> dict[int, str]:
    """The authorizations of an office, by number, with the name of the third party."""
    found = Authorization.objects.filter(office=office).order_by("third_party__name")
    return dict(found.values_list("pk", "third_party__name"))


def _back(code: str) -> HttpResponseBase:
    return HttpResponseRedirect(reverse("portal:blocks", args=[code]))
