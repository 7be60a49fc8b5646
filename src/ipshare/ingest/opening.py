"""The first step of the line: a received file becomes shards to check, images, and findings of the package."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from ipshare.archive import findings as archive_findings
from ipshare.archive import members
from ipshare.domain.finding import Effect, Finding, Severity
from ipshare.domain.office import Kind
from ipshare.domain.submission import State
from ipshare.ingest import cutting, queue, totals, version
from ipshare.parse import one_pass
from ipshare.store import audit, objects, stage
from ipshare.store.models.submissions import Finding as FindingRow
from ipshare.store.models.submissions import Shard, Submission

SPAN = (
    100_000  # the shards of a file that is read in one pass have these many numbers to themselves
)


def open_submission(submission_id: int, *, at: datetime) -> None:
    """Open a received file; every shard is written, numbered and queued as soon as it is cut.

    Repeated after a kill, it starts again from nothing: the bytes are the same, so are the shards.
    """
    submission = Submission.objects.get(pk=submission_id)
    if submission.state != State.RECEIVED:
        return
    _start_again(submission)
    source = objects.StoredFile(objects.received_key(submission.sha256))
    package = members.open_package(source, submission.name)
    if isinstance(package, members.Refusal):
        refuse(submission, list(package.findings), at=at)
        return
    opening = cutting.Cutting(submission, package)
    if trouble := opening.run():
        refuse(submission, trouble, at=at)
        return
    with transaction.atomic():
        stage.copy_findings(_rows(submission, opening.findings))
        Submission.objects.filter(pk=submission.pk, state=State.RECEIVED).update(
            state=State.OPENED, opened_at=at, files=opening.files, images=opening.images
        )
        advance(submission.pk, at=at)


def cut_again(submission_id: int, file: str, *, at: datetime) -> None:
    """Read one file from its first byte to its last by the parser, where its shards did not parse."""
    submission = Submission.objects.get(pk=submission_id)
    waiting = submission.shards.filter(file=file, sequential=True)
    if not waiting.exists():
        return
    with transaction.atomic():
        cutting.drop_shards(submission_id, file, sequential=False)  # of one who was killed here
    source = objects.StoredFile(objects.received_key(submission.sha256))
    package = members.open_package(source, submission.name)
    if isinstance(package, members.Refusal):
        raise TypeError(f"{submission.reference} was opened before and cannot be opened now")
    member = next(one for one in package.members if one.name == file)
    opening = cutting.Cutting(submission, package)
    opening.number = waiting.get().number + 1
    trouble = opening.shards_of(
        one_pass.shards(package.read(member), file=file, limits=cutting.limit())
    )
    if isinstance(trouble, Finding):
        leave_out(submission_id, file, trouble, at=at)
        return
    opening.queue_pending()
    with transaction.atomic():
        waiting.delete()
        if _ended(submission_id):  # refused meanwhile, for another file
            cutting.drop_shards(submission_id, file)
            queue.discard(submission_id)
        advance(submission.pk, at=at)


def leave_out(submission_id: int, file: str, trouble: Finding, *, at: datetime) -> None:
    """Load nothing of a file that cannot be read; a Full_Extraction is then refused as a whole.

    A Full_Extraction withdraws what it lacks: one that cannot be read to its end says nothing about that.
    """
    submission = Submission.objects.get(pk=submission_id)
    if submission.kind == Kind.FULL_EXTRACTION:
        refuse(submission, [trouble], at=at)
        return
    with transaction.atomic():
        if not cutting.drop_shards(submission_id, file):
            return  # another shard of it came first
        stage.copy_findings(_rows(submission, [trouble]))
        advance(submission.pk, at=at)


def read_in_one_pass(submission_id: int, file: str) -> None:
    """Shards of a file do not parse on their own: one job reads the file again from first to last byte."""
    with transaction.atomic():
        if not cutting.drop_shards(submission_id, file, sequential=False):
            return
        Submission.objects.select_for_update().get(pk=submission_id)  # one file at a time
        every = Shard.objects.filter(submission_id=submission_id)
        last = every.aggregate(last=Max("number"))["last"] or 0
        number = (last // SPAN + 1) * SPAN
        Shard.objects.create(
            submission_id=submission_id, number=number, file=file, size=0, sequential=True
        )
        queue.shards(submission_id, number, number)


def _ended(submission_id: int) -> bool:
    state = Submission.objects.select_for_update().values_list("state", flat=True)
    return State(state.get(pk=submission_id)).ended


def advance(submission_id: int, *, at: datetime) -> None:
    """Move an opened submission on to checked when no shard is left; the caller holds a transaction."""
    submission = Submission.objects.select_for_update().get(pk=submission_id)
    if submission.state != State.OPENED or submission.shards.filter(done_at=None).exists():
        return
    if not submission.images and not submission.shards.exists():
        refuse(submission, [_no_record(submission)], at=at)
        return
    submission.state = State.CHECKED
    submission.checked_at = at
    submission.save(update_fields=["state", "checked_at"])
    queue.publish(submission.office_id, submission.right)


def _no_record(submission: Submission) -> Finding:
    """Why a package of which nothing is left is refused: an empty transaction or list would be a shard."""
    source = objects.StoredFile(objects.received_key(submission.sha256))
    package = members.open_package(source, submission.name)
    if isinstance(package, members.Refusal):
        raise TypeError(f"{submission.reference} was opened before and cannot be opened now")
    left_out = submission.findings.filter(effect=Effect.WITHHOLD).order_by("pk")
    told = list(left_out.values_list("file", "rule"))
    return archive_findings.no_record(submission.name, members.found_instead(package, told))


def refuse(submission: Submission, findings: list[Finding], *, at: datetime) -> None:
    """End a submission that cannot be loaded: its findings say why, nothing of it is kept in the registry."""
    with transaction.atomic():
        list(submission.shards.select_for_update().order_by("number").values_list("pk"))
        fresh = Submission.objects.select_for_update().get(pk=submission.pk)
        if State(fresh.state).ended:
            return
        fresh.shards.all().delete()
        stage.drop(fresh.pk)
        stage.copy_findings(_rows(fresh, findings))
        fresh.state = State.REFUSED
        fresh.ended_at = at
        fresh.reason = findings[0].message if findings else ""
        fresh.records = 0
        totals.count_findings(fresh)
        fresh.save()
        audit.write(
            "submission.refused",
            at=at,
            actor="hub",
            office=fresh.office_id,
            subject=fresh.reference,
        )
        queue.discard(fresh.pk)
        queue.report(fresh.pk)
        queue.publish(fresh.office_id, fresh.right)


def give_up(submission_id: int, *, at: datetime) -> None:
    """End a submission that the hub itself failed on: the office is told so, and that nothing was loaded."""
    submission = Submission.objects.get(pk=submission_id)
    message = (
        f"The hub failed on {submission.reference}; this is our fault, not your data's. Nothing was loaded and the"
        " file is kept. The operators see it in the log; when they have mended it, send the same file again."
    )
    own = Finding(
        rule="HUB-001", severity=Severity.ERROR, effect=Effect.REFUSE, record="", path="", value="", proposed="",
        message=message, file=submission.name, line=0,
    )  # fmt: skip
    refuse(submission, [own], at=at)


def _start_again(submission: Submission) -> None:
    with transaction.atomic():
        submission.shards.all().delete()
        FindingRow.objects.filter(submission=submission).delete()
        stage.drop(submission.pk)
        stage.create(submission.pk)
        Submission.objects.filter(pk=submission.pk).update(
            records=0, bytes_done=0, rules=version.version()
        )


def _rows(submission: Submission, findings: list[Finding]) -> Iterator[bytes]:
    return (
        stage.finding_row(finding, submission=submission.pk, shard=None) for finding in findings
    )
