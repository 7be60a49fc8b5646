"""How far a submission is: its steps with their times, and while it runs rate and time left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum

from ipshare.archive import names
from ipshare.domain import plural
from ipshare.domain.office import Kind
from ipshare.domain.submission import State
from ipshare.portal import words
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.submissions import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the line: ``done``, ``now`` or nothing yet."""

    name: str
    mark: str
    icon: str
    at: datetime | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the heading of a submission's page shows."""

    running: bool
    percent: int
    sentence: str
    steps: tuple[Step, ...]
    shards: int
    shards_done: int
    records: int
    rate: float | None
    seconds_left: float | None
    before: int


def of(submission: Submission, *, at: datetime) -> Progress:
    """The present state of a submission."""
    running = submission.state in words.RUNNING
    shards: dict[str, int] = {}
    before = 0
    if running:
        counts = submission.shards.aggregate(
            all=Count("pk"), done=Count("done_at"), read=Sum("records")
        )
        shards = {name: count or 0 for name, count in counts.items()}
        before = _before(submission)
    rate = _rate(submission, at)
    left = (submission.bytes_total - submission.bytes_done) / rate if rate else None
    return Progress(
        running=running,
        percent=words.percent_done(submission),
        sentence=_sentence(submission, before),
        steps=_steps(submission),
        shards=shards.get("all", 0),
        shards_done=shards.get("done", 0),
        records=shards.get("read", 0),
        rate=rate,
        seconds_left=left,
        before=before,
    )


def _before(submission: Submission) -> int:
    """Earlier submissions of the same office and right that must end first: order is kept."""
    line = Submission.objects.filter(
        office=submission.office_id,
        right=submission.right,
        number__lt=submission.number,
        state__in=[*words.RUNNING, State.HELD],
    )
    return line.count()


def _rate(submission: Submission, at: datetime) -> float | None:
    """Bytes of XML per second since it was opened; None where there is nothing to tell yet."""
    if submission.state != State.OPENED or not submission.opened_at or not submission.bytes_done:
        return None
    return submission.bytes_done / max((at - submission.opened_at).total_seconds(), 1.0)


def _sentence(submission: Submission, before: int) -> str:
    if submission.state == State.RECEIVED:
        return "Waiting to be opened"
    if submission.state == State.OPENED:
        return f"Checking: {words.percent_done(submission)}\u00a0% read"
    if before:
        return f"Checked; waits for {before} earlier submission{'s' if before > 1 else ''}"
    return "Checked; being compared with what the hub holds"


def _steps(submission: Submission) -> tuple[Step, ...]:
    """Received, opened, checked, and the end; what a refused submission never reached is left out."""
    state = State(submission.state)
    reached: list[tuple[str, datetime | None, str]] = [
        ("Received", submission.received_at, _received(submission))
    ]
    decided_at = _decided_at(submission)
    again = bool(decided_at and submission.opened_at and submission.opened_at > decided_at)
    if again:
        reached.append(("Decided", decided_at, _decided(submission)))
    if submission.opened_at:
        name = "Opened again" if again else "Opened"
        reached.append((name, submission.opened_at, _opened(submission)))
    if submission.checked_at:
        reached.append(
            ("Checked", submission.checked_at, plural.counted(submission.records, "record"))
        )
    if decided_at and not again:
        reached.append(("Decided", decided_at, _decided(submission)))
    steps = [
        Step(name=name, mark="done", icon="ok", at=at, note=note) for name, at, note in reached
    ]
    if state == State.HELD:
        steps.append(
            Step(name="Held", mark="now", icon="held", at=None, note="waits for your office")
        )
    elif state.ended:
        verdict = words.verdict(submission)
        word = verdict.word.partition(",")[0]
        steps.append(
            Step(name=word, mark="done", icon=verdict.icon, at=submission.ended_at, note="")
        )
    else:
        steps += _ahead(submission, len(steps))
    return tuple(steps)


def _decided_at(submission: Submission) -> datetime | None:
    """When the office released or rejected it; after an upgrade it is opened again then."""
    if not submission.decided_by:
        return None
    decisions = AuditEvent.objects.filter(
        office=submission.office_id, subject=submission.reference, at__gte=submission.received_at,
        event__in=("submission.released", "submission.rejected"),
    )  # fmt: skip
    return decisions.values_list("at", flat=True).first()


def _decided(submission: Submission) -> str:
    return f"had been held; by {submission.decided_by}"


def _received(submission: Submission) -> str:
    return "whole, " + {"sftp": "by SFTP", "browser": "in the browser"}.get(
        submission.door, submission.door
    )


def _opened(submission: Submission) -> str:
    if names.is_list(submission.name):
        return "a list of withdrawn numbers"
    files = plural.counted(submission.files, "XML file")
    images = plural.counted(submission.images, "image")
    return f"{files}, {images}" if submission.images else files


def _ahead(submission: Submission, passed: int) -> list[Step]:
    last = (
        ("Test ends", "nothing is published")
        if submission.kind == Kind.TEST
        else ("Publish", "all at once, or nothing")
    )
    compare = "with what the hub holds"
    if submission.kind == Kind.FULL_EXTRACTION:
        limit = f"{submission.office.hold_percent.normalize():f}"
        compare += f"; stops here if more than {limit}\u00a0% go"
    to_come = [
        ("Open", "members, images, shards"),
        ("Check", "schema and rules"),
        ("Compare", compare),
        last,
    ]
    names = {"Open": "Opening", "Check": "Checking", "Compare": "Comparing"}
    steps = []
    for place, (name, note) in enumerate(to_come[passed - 1 :]):
        now = place == 0
        steps.append(
            Step(
                name=names.get(name, name) if now else name,
                mark="now" if now else "",
                icon="running" if now else "",
                at=None,
                note=note,
            )
        )
    return steps
