"""The last step of the line: compare with what is held, hold or publish, in the order received."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import Sum

from ipshare.domain import plural
from ipshare.domain.finding import Effect, Finding, Severity
from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import ENDED, State
from ipshare.ingest import opening, queue, totals, version, waking, whole
from ipshare.store import audit, delta, held, holdings, kept_back, merge, stage
from ipshare.store.models.submissions import Submission
from ipshare.trace import context

SAMPLE = 100
AT_ONCE = 2_000
"""Findings about a package that are in memory at once."""
GROWN = 1_000
"""Records more than which make the planner's picture of the registry wrong."""


def publish_next(office: str, right: str, *, at: datetime) -> None:
    """Publish the submissions of an office and right that are ready, one transaction each, oldest first.

    One that is still being checked, or held, keeps those behind it waiting.
    """
    while publish_oldest(office, right, at=at):
        pass


def next_to_publish(office: str, right: str) -> int | None:
    """The submission of an office and right that is to be published now, if there is one."""
    found = _next(office, right)
    return found.pk if found else None


def _next(office: str, right: str) -> Submission | None:
    """The oldest that has not ended, when it is ready. Tests publish nothing, so they neither wait nor keep waiting."""
    line = Submission.objects.filter(office_id=office, right=right).exclude(state__in=ENDED)
    test = line.filter(kind=Kind.TEST, state=State.CHECKED).order_by("number").first()
    oldest = line.exclude(kind=Kind.TEST).order_by("number").first()
    return test or (oldest if oldest and oldest.state == State.CHECKED else None)


def publish_oldest(office: str, right: str, *, at: datetime) -> bool:
    """Publish, hold or test the oldest submission that has not ended; False when it is not ready."""
    with transaction.atomic():
        merge.alone(office, right)
        found = _next(office, right)
        if found is None:
            return False
        submission = Submission.objects.select_for_update().get(pk=found.pk)
        with context.bound(submission.trace, reference=submission.reference):
            return _end_oldest(submission, at=at)


def _end_oldest(submission: Submission, *, at: datetime) -> bool:
    if _is_to_be_read_again(submission):
        return False
    _look_at_the_whole(submission)
    if _nothing_to_store(submission):
        opening.refuse(submission, [_not_stored(submission)], at=at)
        return True
    comparison = _compare(submission)
    if submission.kind == Kind.TEST:
        _end(submission, State.TESTED, at=at)
    elif reason := _reason_to_hold(submission, comparison):
        submission.state = State.HELD
        submission.reason = reason
        submission.comparison = delta.sample(SAMPLE)
        held.keep(submission.pk)
        totals.count_findings(submission)
        submission.save()
        audit.write(
            "submission.held",
            at=at,
            actor="hub",
            office=submission.office_id,
            subject=submission.reference,
        )
        queue.report(submission.pk)
    else:
        _publish(submission, comparison, at=at)
    return True


def release(submission: Submission, *, by: str, reason: str, at: datetime) -> None:
    """Publish a held submission, as its office decided."""
    with transaction.atomic():
        submission = _held(submission)
        submission.decided_by, submission.decision = by, reason
        audit.write(
            "submission.released", at=at, actor=by, office=submission.office_id,
            subject=submission.reference, reason=reason,
        )  # fmt: skip
        if _is_to_be_read_again(submission):
            return  # opened again, then published without asking twice, since the decision is kept
        _publish(submission, _compare(submission), at=at)
        queue.publish(submission.office_id, submission.right)


def reject(submission: Submission, *, by: str, reason: str, at: datetime) -> None:
    """End a held submission without publishing it, as its office decided."""
    with transaction.atomic():
        submission = _held(submission)
        submission.decided_by, submission.decision = by, reason
        submission.state = State.REJECTED
        submission.ended_at = at
        submission.save()
        audit.write(
            "submission.rejected", at=at, actor=by, office=submission.office_id,
            subject=submission.reference, reason=reason,
        )  # fmt: skip
        stage.drop(submission.pk)
        held.forget(submission.pk)
        queue.discard(submission.pk)
        queue.report(submission.pk)
        queue.publish(submission.office_id, submission.right)


def _held(submission: Submission) -> Submission:
    merge.alone(submission.office_id, submission.right)
    fresh = Submission.objects.select_for_update().get(pk=submission.pk)
    if fresh.state != State.HELD:
        raise NotHeldError(
            f"{fresh.reference} is {fresh.state}, not held; there is nothing to decide"
        )
    return fresh


class NotHeldError(Exception):
    """A decision came for a submission that waits for none."""


def _is_to_be_read_again(submission: Submission) -> bool:
    """Whether what is staged cannot be published; the file is then opened again from its first byte.

    After a crash of PostgreSQL the unlogged stage is empty; after an upgrade it is of other rules and groups.
    """
    staged = _staged(submission)
    if submission.state == State.HELD:  # its comparison has settled what comes twice
        staged -= submission.duplicates or 0
    there = (staged, submission.images > 0)
    if (
        submission.rules == version.version()
        and delta.staged(submission.pk, images=submission.images > 0) == there
    ):
        return False
    submission.state = State.RECEIVED
    submission.opened_at = submission.checked_at = None
    submission.save()
    queue.open_again(submission.pk)
    return True


def _staged(submission: Submission) -> int:
    return int(submission.shards.aggregate(rows=Sum("staged", default=0))["rows"])


def _nothing_to_store(submission: Submission) -> bool:
    """Whether records came, but none that this register can hold: most often the folder is the wrong one."""
    return submission.records > 0 and _staged(submission) == 0


def _not_stored(submission: Submission) -> Finding:
    right = Right(submission.right)
    return Finding(
        rule="PKG-010", severity=Severity.ERROR, effect=Effect.REFUSE, record="", path="", value=submission.name,
        proposed="", file=submission.name, line=0,
        message=f"Of {plural.counted(submission.records, 'record')} none is a {right.value} with an application number."
        f" Nothing was loaded. Put the file into the folder of its right (this one is {right.folder}).",
    )  # fmt: skip


def _look_at_the_whole(submission: Submission) -> None:
    """Write the findings about the package as a whole, before the merge settles what it shows twice."""
    submission.findings.filter(shard=None, rule__in=whole.RULES).delete()
    found = whole.findings(submission)
    while some := list(islice(found, AT_ONCE)):  # read before COPY takes the connection
        stage.copy_findings(
            stage.finding_row(one, submission=submission.pk, shard=None) for one in some
        )


def _compare(submission: Submission) -> delta.Comparison:
    """What publishing it does, told in its counts."""
    comparison = delta.compare(
        submission.pk,
        office=submission.office_id,
        right=submission.right,
        full=submission.kind == Kind.FULL_EXTRACTION,
    )
    _count(submission, comparison)
    return comparison


def _reason_to_hold(submission: Submission, comparison: delta.Comparison) -> str:
    """Why a Full_Extraction waits for its office, in words; empty when it need not (ARCHITECTURE §5)."""
    if submission.kind != Kind.FULL_EXTRACTION or submission.decided_by or not comparison.held:
        return ""
    percent = float(submission.office.hold_percent)
    limit = comparison.held * percent / 100
    reasons = [
        f"{count:,} of {plural.counted(comparison.held, 'record')} held"
        f" ({100 * count / comparison.held:.1f} %) would {what}"
        for count, what in (
            (comparison.withdrawn, "be withdrawn"),
            (comparison.identities, "change their number, dates or office"),
        )
        if count > limit
    ]
    if not reasons:
        return ""
    return (
        f"{' and '.join(reasons)}; more than the {percent:g} % your office allows without asking."
    )


def _publish(submission: Submission, comparison: delta.Comparison, *, at: datetime) -> None:
    positions = merge.publish(
        submission.pk,
        office=submission.office_id,
        right=submission.right,
        rules=version.version(),
        at=at,
    )
    submission.first_position, submission.last_position = positions or (None, None)
    kept_back.follow(submission)
    _end(submission, State.PUBLISHED, at=at)
    holdings.count_complete(submission.office_id, Right(submission.right), at=at)
    queue.items(submission.office_id)
    waking.office(submission.office_id)
    queue.search(submission.office_id)
    if comparison.inserted > max(GROWN, comparison.held // 10):
        transaction.on_commit(merge.settle)


def _end(submission: Submission, state: State, *, at: datetime) -> None:
    submission.state = state
    submission.ended_at = at
    totals.count_findings(submission)
    submission.save()
    audit.write(
        f"submission.{state}",
        at=at,
        actor="hub",
        office=submission.office_id,
        subject=submission.reference,
    )
    stage.drop(submission.pk)
    held.forget(submission.pk)
    queue.discard(submission.pk)
    queue.report(submission.pk)


def _count(submission: Submission, comparison: delta.Comparison) -> None:
    submission.inserted = comparison.inserted
    submission.updated = comparison.updated
    submission.withdrawn = comparison.withdrawn
    submission.unchanged = comparison.unchanged
    # A record without a number, or of another right, has no place in this register: it is kept back whole.
    staged = _staged(submission)
    submission.unplaced = submission.records - staged
    submission.withheld_whole = comparison.withheld + submission.unplaced
    submission.duplicates = staged - comparison.placed
    submission.absent, submission.repainted = comparison.absent, comparison.repainted
    submission.withheld = submission.withheld_whole + comparison.partly
