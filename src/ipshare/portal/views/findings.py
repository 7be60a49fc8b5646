"""The findings of a submission: all, or those of one rule, cause or record; page by page and as a file."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from ipshare.accounts.permissions import Permission
from ipshare.domain.office import Right
from ipshare.portal import causes, elements, guard, sheets
from ipshare.portal.causes import Chosen
from ipshare.portal.sheets import Cell
from ipshare.portal.shell import page
from ipshare.store.models.submissions import Finding, Submission

PAGE = 50
COLUMNS = (
    "rule", "severity", "effect", "record", "element", "path", "value", "proposed", "message", "file", "line",
)  # fmt: skip


@guard.needs(Permission.SUBMISSION_READ, "GET")
def listing(request: HttpRequest, reference: str) -> HttpResponse:
    """The findings, in the order in which the files have them."""
    submission = guard.submission_of(request, reference)
    chosen, number, found = _asked(request, submission)
    sheet = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "submission": submission,
        "chosen": chosen,
        "cause": guard.whole(request.GET.get("cause", "")),
        "number": number,
        "sheet": sheet,
    }
    return page(request, "portal/findings.html", context, here="history")


@guard.needs(Permission.SUBMISSION_READ, "GET")
def as_csv(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The same list, whole, as CSV."""
    return sheets.csv_file(*_table(request, reference))


@guard.needs(Permission.SUBMISSION_READ, "GET")
def as_xlsx(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The same list, whole, as XLSX."""
    return sheets.xlsx_file(*_table(request, reference))


def _asked(request: HttpRequest, submission: Submission) -> tuple[Chosen, str, QuerySet[Finding]]:
    asked = request.GET
    chosen = causes.choose(
        submission,
        rule=asked.get("rule", "")[:10].replace("\0", ""),
        place=guard.whole(asked.get("cause", "")),
    )
    number = asked.get("number", "")[:200].replace("\0", "").strip()
    found = causes.findings_of(submission, chosen)
    return chosen, number, found.filter(record=number) if number else found


def _table(request: HttpRequest, reference: str) -> sheets.Table:
    submission = guard.submission_of(request, reference)
    chosen, _, found = _asked(request, submission)
    name = "-".join(part for part in (reference, "findings", chosen.rule) if part)
    return name, COLUMNS, _rows(Right(submission.right), found)


def _rows(right: Right, found: QuerySet[Finding]) -> Iterator[list[Cell]]:
    for one in found.iterator(chunk_size=1_000):
        element = elements.label(right, one.path).name if one.path else ""
        yield [
            one.rule, one.severity, one.effect, one.record, element, one.path, one.value, one.proposed,
            one.message, one.file, one.line or None,
        ]  # fmt: skip
