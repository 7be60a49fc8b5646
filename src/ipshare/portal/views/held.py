"""What a held submission would do: its lists whole, one record side by side, and what third parties would be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.domain.submission import State
from ipshare.portal import comparison, guard, parties, sheets, telling, words
from ipshare.portal.sheets import Cell
from ipshare.portal.shell import page
from ipshare.share import authorized
from ipshare.store import held
from ipshare.store.held import Kind
from ipshare.store.models.submissions import Submission

PAGE = 50
COLUMNS = ("number", "would_be", "groups", "filed", "registered", "route", "last_sent_with")


def _held(request: HttpRequest, reference: str) -> Submission:
    """The submission, while it is held; then its lists are there no more."""
    submission = guard.submission_of(request, reference)
    if submission.state != State.HELD:
        raise Http404(guard.NOT_YOURS)
    return submission


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise Http404(guard.NOT_YOURS) from None


@guard.needs(Permission.SUBMISSION_READ, "GET")
def listing(request: HttpRequest, reference: str, kind: str) -> HttpResponse:
    """The records of one kind, page by page, found by a part of their numbers."""
    submission, wanted = _held(request, reference), _kind(kind)
    text = request.GET.get("words", "")[:100].replace("\0", "").strip()
    counts = held.counts(submission.pk, text)
    sheet = Paginator(range(counts[wanted]), PAGE).get_page(request.GET.get("page"))
    skip = max(0, sheet.start_index() - 1)
    lines = held.lines(submission.pk, wanted, words=text, skip=skip, most=PAGE)
    context = {
        "submission": submission,
        "kind": wanted,
        "kinds": [(one, title, counts[one]) for one, title in words.WOULD_BE.items()],
        "title": words.WOULD_BE[wanted],
        "changes": wanted not in {Kind.WITHDRAWN, Kind.INSERTED},  # of those, all groups go or come
        "text": text,
        "sheet": sheet,
        "lines": list(_told(lines)),
    }
    return page(request, "portal/held-list.html", context, here="history")


def _told(lines: list[held.Line]) -> Iterator[tuple[held.Line, str, str]]:
    """Each line with the groups that change and the submission that it last came with."""
    keys = {one.submission for one in lines if one.submission}
    came = {one.pk: one for one in Submission.objects.filter(pk__in=keys)} if keys else {}
    for one in lines:
        with_ = came.get(one.submission or 0)
        yield one, _groups(one.groups), f"{with_.kind} {with_.reference}" if with_ else ""


def _groups(mask: int) -> str:
    names = [name for group, (name, _) in words.GROUPS.items() if mask & group.bit]
    return "all" if len(names) == len(words.GROUPS) else ", ".join(names).lower()


@guard.needs(Permission.SUBMISSION_READ, "GET")
def as_csv(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Every record of every kind, as CSV."""
    submission = _held(request, reference)
    return sheets.csv_file(f"{reference}-held", COLUMNS, _rows(submission))


@guard.needs(Permission.SUBMISSION_READ, "GET")
def as_xlsx(request: HttpRequest, reference: str) -> HttpResponseBase:
    """Every record of every kind, as XLSX."""
    submission = _held(request, reference)
    return sheets.xlsx_file(f"{reference}-held", COLUMNS, _rows(submission))


def _rows(submission: Submission) -> Iterator[list[Cell]]:
    most = 1000
    for kind in Kind:
        skip = 0
        while lines := held.lines(submission.pk, kind, skip=skip, most=most):
            for one, groups, came in _told(lines):
                route = "international" if one.is_international else "national"
                filed, registered = (str(day) if day else None for day in (one.filed, one.registered))  # fmt: skip
                yield [one.number, kind.value, groups, filed, registered, route, came or None]
            skip += most


@guard.needs(Permission.SUBMISSION_READ, "GET")
def record(request: HttpRequest, reference: str) -> HttpResponse:
    """One record as the hub holds it and as the file has it, element by element."""
    submission = _held(request, reference)
    number = request.GET.get("number", "")[:200].replace("\0", "")
    lost = False
    was, now = dict[ElementGroup, bytes](), dict[ElementGroup, bytes]()
    try:
        was, now = held.documents(submission.pk, submission.office_id, submission.right, number)
    except held.LostError:
        lost = True
    context = {
        "lost": lost,
        "submission": submission,
        "number": number,
        "was": bool(was),
        "now": bool(now),
        "shown": comparison.side_by_side(Right(submission.right), was, now) if was or now else None,
    }
    return page(request, "portal/held-record.html", context, here="history")


@guard.needs(Permission.SUBMISSION_READ, "GET")
def effect(request: HttpRequest, reference: str) -> HttpResponse:
    """What each third party would be told if it were released: asked for when somebody wants to see it."""
    submission = _held(request, reference)
    at = timezone.now()
    told: list[dict[str, Any]] = []
    for party in parties.of(submission.office_id, at):
        if party.authorization.ended_at is not None:
            continue
        view = authorized.view_at(party.authorization, at)
        gets = Right(submission.right) in view.rights
        told.append(
            {
                "name": party.authorization.third_party.name,
                "effect": held.effect(submission.pk, view) if gets else None,
            }
        )
    context = {"submission": submission, "told": told, "at": telling.instant(at)}
    return page(request, "portal/held-effect.html", context, here="history")
