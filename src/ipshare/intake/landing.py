"""Landing: a whole file becomes a submission. Bytes go to disk first; row, audit event and job commit together."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from ipshare.domain.finding import Effect, Severity
from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.ingest import queue, tasks
from ipshare.intake.tree import FilePlace
from ipshare.store import audit, objects
from ipshare.store.models.accounts import Office
from ipshare.store.models.submissions import Finding, Submission
from ipshare.trace import context

log = logging.getLogger(__name__)
# What was loaded, or is being loaded, is not loaded again.
LOADED = [State.RECEIVED, State.OPENED, State.CHECKED, State.HELD, State.PUBLISHED]
AGAIN = timedelta(days=1)
"""For so long a machine that did not hear the answer may send a file again, and it has landed once."""


def land(  # noqa: PLR0913 (the facts of a delivery)
    path: Path,
    *,
    office: str,
    right: Right,
    kind: Kind,
    name: str,
    door: str,
    sender: str,
    at: datetime,
    sha256: str | None = None,
    modified_at: datetime | None = None,
) -> Submission:
    """Keep the bytes of a whole file for good and write its submission; ``path`` may go afterwards.

    ``at`` names the delivery: the same call again (after a kill at any instant) answers the submission that
    the first one wrote. The same bytes delivered again become a submission in the state ``repeated``, unless
    something newer was loaded since (the office goes back to them), or the hub would read them otherwise today, by
    other rules, readers, element groups or schemas: then they are loaded.
    ``sha256`` is given where the door has hashed the bytes already. Nobody may write to ``path`` any more:
    the object store keeps the very same file where it can.
    """
    digest = sha256 or sha256_of(path)
    size = path.stat().st_size
    objects.keep_file(path, objects.received_key(digest))
    with transaction.atomic():
        house = Office.objects.select_for_update().get(code=office)
        content = {"office": house, "right": right, "kind": kind, "sha256": digest}
        delivery = {"name": name, "door": door, "sender": sender, "received_at": at}
        if written := Submission.objects.filter(**content, **delivery).first():
            return written
        first = _same(content)
        submission = Submission.objects.create(
            **content,
            **delivery,
            size=size,
            modified_at=modified_at,
            trace=context.current() or context.new_id(),
            number=house.next_submission,
            state=State.REPEATED if first else State.RECEIVED,
            repeats=first,
            ended_at=at if first else None,
            infos=1 if first else 0,
        )
        house.next_submission += 1
        house.save(update_fields=["next_submission"])
        if first:
            _note_repetition(submission, first)
            queue.report(submission.pk)
        else:
            tasks.open_submission.defer(submission_id=submission.pk)
        _write_event(submission, first)
    log.info("landed %s", submission.reference, extra={"size": size, "sha256": digest})
    return submission


def _write_event(submission: Submission, first: Submission | None) -> None:
    audit.write(
        "submission.repeated" if first else "submission.received",
        at=submission.received_at,
        actor=submission.sender,
        office=submission.office_id,
        subject=submission.reference,
        right=submission.right,
        kind=submission.kind,
        name=submission.name,
        size=submission.size,
        sha256=submission.sha256,
        door=submission.door,
        **({"repeats": first.reference} if first else {}),
    )


def _same(content: dict[str, object]) -> Submission | None:
    """The submission of the same bytes, read as today, after which nothing else was loaded for its office and right."""
    held = Submission.objects.filter(**content, state__in=LOADED).order_by("number").last()
    if held is None:
        return None
    if State(held.state).ended and not _read_as_today(held):
        return None
    line = Submission.objects.filter(office=held.office_id, right=held.right, state__in=LOADED)
    newer = line.filter(number__gt=held.number).exclude(kind=Kind.TEST)
    return None if newer.exists() else held


def _read_as_today(submission: Submission) -> bool:
    """Whether the hub has not changed since; what has not ended yet is read by the hub of then."""
    from ipshare.ingest import version  # noqa: PLC0415 (the rules are heavy, and doors need them only here)

    return submission.rules == version.version()


def delivered(place: FilePlace, sha256: str, *, door: str, begun: datetime) -> Submission | None:
    """The submission that these bytes under this name became already; None where they are to land anew.

    ``begun`` is when the sender began to send them: what came after that does not make them a return to an
    older state. A request may stall for hours while the same file is sent again, and a newer one after it.
    """
    line = Submission.objects.filter(office=place.office, right=place.right)
    same = line.filter(kind=place.kind, name=place.name, sha256=sha256, door=door)
    last = same.filter(received_at__gte=begun - AGAIN).order_by("number").last()
    if last is None or last.received_at >= begun:
        return last
    if not _stands(last.repeats or last):
        return None
    newer = line.filter(number__gt=last.number, received_at__lt=begun, state__in=LOADED)
    return None if newer.exclude(kind=Kind.TEST).exists() else last


def _stands(submission: Submission) -> bool:
    """Whether the hub would say of the same bytes today what it said then.

    Not where it failed on them itself, or a person rejected them: who sends them again wants them looked at again.
    """
    if not State(submission.state).ended:
        return True
    if submission.state == State.REJECTED or submission.findings.filter(rule="HUB-001").exists():
        return False
    return _read_as_today(submission)


def _note_repetition(submission: Submission, first: Submission) -> None:
    """The finding that tells the office why nothing was loaded (PKG-012)."""
    Finding.objects.create(
        submission=submission,
        rule="PKG-012",
        severity=Severity.INFO,
        effect=Effect.NOTE,
        path="PKG",
        value=submission.name,
        proposed="None.",
        message=f"This package was already processed on {first.received_at:%Y-%m-%d}.",
        file=submission.name,
    )


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
