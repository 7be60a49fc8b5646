"""The kept bytes of a submission are checked again, by the rules of today: a new submission, at the end of the line.

What was published since is never lost: a file that something newer was loaded after is checked as a Test, which
publishes nothing (docs/decisions/0017).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ipshare.domain.office import Kind
from ipshare.domain.submission import ENDED, State
from ipshare.ingest import tasks
from ipshare.intake.landing import LOADED
from ipshare.store import audit, objects
from ipshare.store.models.accounts import Office
from ipshare.store.models.submissions import Submission
from ipshare.trace import context

DOOR = "again"


class NotAgainError(Exception):
    """It cannot be checked again; the message says why."""


def kind_of(submission: Submission) -> Kind:
    """As what a submission would be checked again: as what it was, or as a Test where something newer was loaded."""
    newer = Submission.objects.filter(
        office=submission.office_id, right=submission.right, number__gt=submission.number,
        state__in=LOADED,
    )  # fmt: skip
    if submission.kind == Kind.TEST or newer.exclude(kind=Kind.TEST).exists():
        return Kind.TEST
    return Kind(submission.kind)


def check(submission: Submission, *, by: str, at: datetime) -> Submission:
    """Queue the bytes of an ended submission once more; the new submission is the answer.

    Where they are being checked again already, it is that one: somebody clicked twice.
    """
    try:
        objects.StoredFile(objects.received_key(submission.sha256))
    except FileNotFoundError as trouble:
        raise NotAgainError(
            "The file is no longer kept; files are kept for two years."
        ) from trouble
    with transaction.atomic():
        house = Office.objects.select_for_update().get(pk=submission.office_id)
        submission.refresh_from_db()
        if not State(submission.state).ended:
            raise NotAgainError(f"{submission.reference} has not ended yet.")
        if submission.state == State.REPEATED:
            raise NotAgainError("Check the first submission of these bytes again instead.")
        running = Submission.objects.filter(checks_again=submission).exclude(state__in=ENDED)
        if running.exists():
            return running.get()
        again = Submission.objects.create(
            office=house,
            number=house.next_submission,
            right=submission.right,
            kind=kind_of(submission),
            name=submission.name,
            door=DOOR,
            sender=by,
            sha256=submission.sha256,
            size=submission.size,
            modified_at=submission.modified_at,
            checks_again=submission,
            trace=context.current() or context.new_id(),
            state=State.RECEIVED,
            received_at=at,
        )
        house.next_submission += 1
        house.save(update_fields=["next_submission"])
        tasks.open_submission.defer(submission_id=again.pk)
        audit.write(
            "submission.checked-again", at=at, actor=by, office=house.pk, subject=again.reference,
            of=submission.reference, kind=again.kind, sha256=again.sha256,
        )  # fmt: skip
    return again
