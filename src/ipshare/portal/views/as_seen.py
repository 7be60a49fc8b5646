"""A record as one third party sees it: the page, the API's answer byte for byte, and its files."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.authorization import View
from ipshare.domain.office import Right
from ipshare.portal import as_seen, guard, record_files, record_page, register
from ipshare.portal.shell import page
from ipshare.portal.views.record import plain
from ipshare.share import authorized, blocks, images, single
from ipshare.store import own_record, records
from ipshare.store.models.sharing import Authorization, RecordBlock


@guard.needs(Permission.REGISTER_READ, "GET")
def show(request: HttpRequest, code: str, number: int, right: str, record: str) -> HttpResponse:
    """The record in the layout of the office's own page, made of what the third party gets; or why it gets none."""
    view, of, authorization = _seen(request, code, number, right)
    given = plain(record)
    found = single.read(view, of, given)
    parties = record_page.receivers(view.office, timezone.now())
    context: dict[str, Any] = {
        "office": authorization.office,
        "right": of.value,
        "number": given,
        "parties": parties,
        "seen": authorization,
        "view": view,
        "given": found is not None,
    }
    if found is not None:
        tree = record_page.tree_of(found.body)
        shown = as_seen.sections(view, of, tree)
        context |= {
            "sections": shown,
            "summary": register.summary(view.office, of, tree),
            "shown": sum(not one.withheld for one in shown),
        }
    else:
        context["reasons"] = _reasons(view, of, authorization, given)
    return page(request, "portal/record-as-seen.html", context, here="register")


def _reasons(view: View, right: Right, authorization: Authorization, number: str) -> list[str]:
    held = own_record.record(view.office, right, number)
    if held is None:
        raise Http404(guard.NOT_YOURS)
    keeping = RecordBlock.objects.filter(
        office=view.office, right=right.value, number=number, lifted_at=None
    )
    return as_seen.reasons(
        authorization,
        right,
        held,
        [one for one in keeping if one.authorization_id in {None, authorization.pk}],
        at=timezone.now(),
    )


@guard.needs(Permission.REGISTER_READ, "GET")
def as_json(
    request: HttpRequest, code: str, number: int, right: str, record: str
) -> HttpResponseBase:
    """The bytes that the API answers this third party with."""
    view, of, _ = _seen(request, code, number, right)
    found = single.read(view, of, plain(record))
    if found is None:
        raise Http404(guard.NOT_YOURS)
    return HttpResponse(found.body, content_type="application/json")


@guard.needs(Permission.REGISTER_READ, "GET")
def file(request: HttpRequest, code: str, number: int, right: str, file: str) -> HttpResponseBase:
    """A file, where the third party gets it."""
    view, of, _ = _seen(request, code, number, right)
    name = plain(file)
    blocked = [named for kind, named in blocks.pending(view) if kind == of]
    held = records.picture(view, of, name, blocked=blocked)
    picture = None if held is None else images.shown(view, held, name)
    if picture is None:
        raise Http404(guard.NOT_YOURS)
    return record_files.answer(request, picture, name)


def _seen(
    request: HttpRequest, code: str, number: int, right: str
) -> tuple[View, Right, Authorization]:
    office, of = guard.register_of(request, code, right)
    authorization = guard.authorization_of(office, number)
    return authorized.view_at(authorization, timezone.now()), of, authorization
