"""One submission: how far it is, its report, and the files behind it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from ipshare.accounts.permissions import Permission
from ipshare.domain.office import Right, root_folder
from ipshare.domain.submission import State
from ipshare.http import ranges
from ipshare.http.problem import Problem
from ipshare.intake import again
from ipshare.portal import causes, guard, progress, words
from ipshare.portal.shell import page
from ipshare.store import held, holdings, objects
from ipshare.store.models.submissions import Submission

SHOWN = 30
"""Numbers of each list of a held submission that its page shows."""
TYPES = {
    "report.json": "application/json",
    "findings.jsonl": "application/x-ndjson",
    "findings.csv": "text/csv; charset=utf-8",
    "report.txt": "text/plain; charset=utf-8",
}


@guard.needs(Permission.SUBMISSION_READ, "GET")
def show(request: HttpRequest, reference: str) -> HttpResponse:
    """The page of a submission."""
    submission = guard.submission_of(request, reference)
    return submission_page(request, submission)


def submission_page(
    request: HttpRequest,
    submission: Submission,
    forms: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page, with what was wrong in a decision where one was refused."""
    context = _heading(submission) | {
        "report": causes.of(submission),
        "downloads": [name for name in TYPES if name in submission.report],
        "folder": f"/{root_folder(submission.office_id)}",
        "decides": guard.may(
            request, Permission.SUBMISSION_DECIDE, submission.office_id, Right(submission.right)
        ),
    }
    if submission.state == State.HELD:
        context |= _held(submission)
    elif (
        context["decides"] and State(submission.state).ended and submission.state != State.REPEATED
    ):
        context["again"] = again.kind_of(submission).value
    return page(
        request,
        "portal/submission.html",
        context | (forms or {}),
        here="history",
        status=status,
    )


def _heading(submission: Submission) -> dict[str, Any]:
    return {
        "submission": submission,
        "verdict": words.verdict(submission),
        "progress": progress.of(submission, at=timezone.now()),
        "now": timezone.now(),
        "moving": not submission.settled,
    }


def _held(submission: Submission) -> dict[str, Any]:
    behind = Submission.objects.filter(
        office=submission.office_id,
        right=submission.right,
        number__gt=submission.number,
        state__in=words.RUNNING,
    )
    lists = _lists(submission)
    return {
        "held_now": holdings.counts(submission.office_id)[Right(submission.right)],
        "lists": lists,
        "would": _would(submission, lists),
        "behind": behind.count(),
        "years": held.years(submission.pk),
    }


def _lists(submission: Submission) -> list[dict[str, Any]]:
    """What would happen to records, in the order of the lists; of one held before there were lists only samples."""
    counts, samples = held.counts(submission.pk), submission.comparison
    if not any(counts.values()):
        identities = len(samples.get("identities", []))
        counts = {
            held.Kind.WITHDRAWN: submission.withdrawn,
            held.Kind.IDENTITIES: identities,
            held.Kind.UPDATED: max(0, submission.updated - identities),
            held.Kind.INSERTED: submission.inserted,
        }
    return [
        {
            "key": kind.value,
            "title": title,
            "numbers": samples.get(kind.value, [])[:SHOWN],
            "count": counts[kind],
        }
        for kind, title in words.WOULD_BE.items()
    ]


def _would(submission: Submission, lists: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    """The table of a held submission: what would become of records, how many, and which list has them."""
    rows = [(one["title"], one["count"], one["key"] if one["count"] else "") for one in lists]
    rows.append(("Unchanged", submission.unchanged, ""))
    rows.append(("Would be kept back whole", submission.withheld_whole, ""))
    if submission.duplicates is not None:
        rows.append(("Duplicates, from the second on", submission.duplicates, ""))
    rows.append(("Would be kept back in part, among those above", submission.withheld_partly, ""))
    return rows


@guard.needs(Permission.SUBMISSION_READ, "GET")
def heading(request: HttpRequest, reference: str) -> HttpResponse:
    """The part of the page that moves, for polling; when it stops moving, the whole page is fetched again."""
    submission = guard.submission_of(request, reference)
    context = _heading(submission)
    response = page(request, "portal/heading.html", context)
    if not context["moving"]:
        response["HX-Refresh"] = "true"
    return response


@guard.needs(Permission.SUBMISSION_READ, "GET")
def report(request: HttpRequest, reference: str, name: str) -> HttpResponseBase:
    """A file of the report: the same bytes as in the Feedback folder of the SFTP service."""
    submission = guard.submission_of(request, reference)
    if name not in TYPES or name not in submission.report:
        raise Http404(guard.NOT_YOURS)
    kept = submission.report[name]
    return _download(request, kept["object"], kept["size"], f"{reference}-{name}", TYPES[name])


@guard.needs(Permission.SUBMISSION_READ, "GET")
def original(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The file as it was received."""
    submission = guard.submission_of(request, reference)
    key = objects.received_key(submission.sha256)
    return _download(request, key, submission.size, submission.name, "application/octet-stream")


def _download(
    request: HttpRequest, key: str, size: int, name: str, content_type: str
) -> HttpResponseBase:
    """A kept file, or the range of it that is asked for, piece by piece from the object store."""
    try:
        objects.StoredFile(key)
    except FileNotFoundError as trouble:
        raise Http404(
            "The file is not in the object store any more; ask the operators of the hub."
        ) from trouble
    try:
        asked = ranges.wanted(request, size, f'"{key.rpartition("/")[2]}-{size}"')
    except Problem:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    content = objects.stream(key, asked.first, asked.length) if asked.length else iter(())
    response = StreamingHttpResponse(
        content, content_type=content_type, status=asked.status, headers=asked.headers
    )
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
