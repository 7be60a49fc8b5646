"""What became of what an office sent, over the API: its submissions in a list, one by one, and their reports."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from ipshare.accounts import call as calls
from ipshare.accounts.permissions import Permission
from ipshare.accounts.route import known, number, preferred
from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.http import ranges, waiting
from ipshare.http.problem import NOT_FOUND, Problem
from ipshare.intake import api_guard
from ipshare.store import objects
from ipshare.store.models.sharing import Client
from ipshare.store.models.submissions import Submission

JSON = "application/json"
PAGE, MOST = 100, 500
DIGITS = 9  # of the number in a reference
TYPES = {
    "report.json": JSON,
    "report.txt": "text/plain; charset=utf-8",
    "findings.jsonl": "application/x-ndjson",
    "findings.csv": "text/csv; charset=utf-8",
}
"""The files of a report: the same bytes as in the Feedback folder of the SFTP service."""
STEPS = ("received", "opened", "checked", "ended")
COUNTS = (
    "records", "inserted", "updated", "withdrawn", "unchanged", "withheld", "withheld_whole", "images", "files",
)  # fmt: skip


def listed(request: HttpRequest, client: Client) -> HttpResponse:
    """GET /api/v1/submissions: those of the office and of the client's rights, the newest first."""
    known(request, "right", "kind", "state", "since", "before", "limit")
    preferred(request, (JSON,))
    limit = number(request, "limit", PAGE, MOST)
    found = _of(client)
    for name, words in (("right", list(Right)), ("kind", list(Kind)), ("state", list(State))):
        if asked := _word(request, name, words):
            found = found.filter(**{name: asked})
    if since := _since(request):
        found = found.filter(received_at__gte=since)
    if "before" in request.GET:
        found = found.filter(number__lt=_number(client, request.GET["before"]))
    rows = list(found.order_by("-number")[: limit + 1])
    body: dict[str, Any] = {"submissions": [described(row) for row in rows[:limit]], "next": None}
    if len(rows) > limit:
        query = {**request.GET.dict(), "before": rows[limit - 1].reference}
        body["next"] = f"{request.path}?{urlencode(query)}"
    return HttpResponse(msgspec.json.encode(body), content_type=JSON)


@api_guard.guarded(Permission.RECEIPT_READ)
def submission(request: HttpRequest, client: Client, reference: str) -> HttpResponseBase:
    """GET /api/v1/submissions/{reference}: where it stands; with ``wait``, when it stands still."""
    known(request, "wait")
    preferred(request, (JSON,))
    one = _one(client, reference)
    waiting.until(
        lambda: _still(one), client=client.pk, seconds=waiting.asked(request), again=calls.of(request).again,
        newest=lambda: _state(one),
    )  # fmt: skip
    one.refresh_from_db()
    return HttpResponse(msgspec.json.encode(described(one, whole=True)), content_type=JSON)


@api_guard.guarded(Permission.RECEIPT_READ)
def report(request: HttpRequest, client: Client, reference: str, name: str) -> HttpResponseBase:
    """GET /api/v1/submissions/{reference}/report/{name}: a file of the report, by range too."""
    known(request)
    one = _one(client, reference)
    kept = one.report.get(name)
    if kept is None:
        raise Problem(
            "not-found", "the report is not written yet: wait until the submission has ended"
        )
    preferred(request, (TYPES[name].partition(";")[0],))
    asked = ranges.wanted(request, kept["size"], f'"{kept["object"].split("/")[-2]}"')
    content = objects.stream(kept["object"], asked.first, asked.length) if asked.length else ()
    return StreamingHttpResponse(
        content, content_type=TYPES[name], status=asked.status, headers=asked.headers
    )


def described(one: Submission, *, whole: bool = False) -> dict[str, Any]:
    """A submission as the API tells it; ``whole``: with its findings by rule, which lie in the report."""
    body: dict[str, Any] = {
        "reference": one.reference,
        "office": one.office_id,
        "right": one.right,
        "kind": one.kind,
        "filename": one.name,
        "door": one.door,
        "sender": one.sender,
        "size": one.size,
        "sha256": one.sha256,
        "state": one.state,
        "ended": one.settled and State(one.state).ended,
        "detail": _detail(one),
        "repeats": one.repeats.reference if one.repeats else None,
        "steps": [
            {"step": step, "at": instant(at)}
            for step in STEPS
            if (at := getattr(one, f"{step}_at")) is not None
        ],
        "counts": {_camel(name): getattr(one, name) for name in COUNTS},
        "findings": {"error": one.errors, "warning": one.warnings, "info": one.infos},
        "links": {
            "self": address(one),
            "portal": f"{settings.PUBLIC_URL.rstrip('/')}/submissions/{one.reference}",
            "report": {
                name: f"{address(one)}/report/{name}" for name in TYPES if name in one.report
            },
        },
    }
    if whole and (kept := one.report.get("report.json")):
        body["findings"]["byRule"] = msgspec.json.decode(objects.get(kept["object"]))["totals"][
            "rule"
        ]
    return body


def _detail(one: Submission) -> str:
    """In words what somebody has to know or do."""
    match State(one.state):
        case State.REPEATED if one.repeats:
            return (
                f"these bytes came before as {one.repeats.reference}, and nothing newer was loaded since: "
                "nothing was loaded"
            )
        case State.HELD:
            return (
                f"held: {one.reason} Somebody of the office releases or rejects it in the portal."
            )
        case State.TESTED:
            return "checked, and published never: it came as a Test"
    return one.reason


def address(one: Submission) -> str:
    """Where a submission is read over the API."""
    return reverse("submission-of-office", args=[one.reference])


def instant(at: datetime | None) -> str | None:
    """A time as the API writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else None


def _of(client: Client) -> QuerySet[Submission]:
    found = Submission.objects.filter(office=client.office_id, right__in=client.rights)
    return found.select_related("repeats")


def _one(client: Client, reference: str) -> Submission:
    found = _of(client).filter(number=_number(client, reference)).first()
    if found is None or found.reference != reference:
        raise Problem("not-found", NOT_FOUND)
    return found


def _number(client: Client, reference: str) -> int:
    office, _, digits = reference.partition("-")
    if office != client.office_id or not (
        digits.isascii() and digits.isdigit() and len(digits) <= DIGITS
    ):
        raise Problem("not-found", NOT_FOUND)
    return int(digits)


def _word(request: HttpRequest, name: str, words: Collection[str]) -> str | None:
    said = request.GET.get(name)
    if said is not None and said not in words:
        raise Problem("parameter-not-valid", f"{name} must be one of {', '.join(words)}")
    return said


def _since(request: HttpRequest) -> datetime | None:
    said = request.GET.get("since")
    if said is None:
        return None
    try:
        at = parse_datetime(said)
        at = at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
    except (ValueError, OverflowError):  # the first and the last day have no instant in every zone
        at = None
    if at is None:
        raise Problem(
            "parameter-not-valid", "since must be an instant with its zone, as 2026-11-27T00:00:00Z"
        )
    return at


def _state(one: Submission) -> tuple[str, str]:
    """Where it stands now, and of which state its report tells."""
    one.refresh_from_db(fields=["state", "reported"])
    return one.state, one.reported


def _still(one: Submission) -> bool:
    _state(one)
    return one.settled


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)
