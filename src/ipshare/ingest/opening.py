"""The first step of the line: a received file becomes shards to check, images, and findings of the package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max

from ipshare.archive import findings as archive_findings
from ipshare.archive import images, manifest, members
from ipshare.archive.names import MemberKind
from ipshare.domain.finding import Effect, Finding, Severity
from ipshare.domain.office import Kind
from ipshare.domain.submission import State
from ipshare.ingest import queue, totals, version
from ipshare.parse import cut, limits, one_pass
from ipshare.store import audit, objects, stage
from ipshare.store.models.submissions import Finding as FindingRow
from ipshare.store.models.submissions import Shard, Submission

IMAGES_AT_ONCE = 2_000
PENDING = 1000
"""Shards that one job is for at most: a package may hold two hundred thousand files of a few bytes."""
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
    opening = _Opening(submission, package)
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
        _drop_shards(submission_id, file, sequential=False)  # of one who was killed here
    source = objects.StoredFile(objects.received_key(submission.sha256))
    package = members.open_package(source, submission.name)
    if isinstance(package, members.Refusal):
        raise TypeError(f"{submission.reference} was opened before and cannot be opened now")
    member = next(one for one in package.members if one.name == file)
    opening = _Opening(submission, package)
    opening.number = waiting.get().number + 1
    trouble = opening.shards_of(one_pass.shards(package.read(member), file=file, limits=_limits()))
    if isinstance(trouble, Finding):
        leave_out(submission_id, file, trouble, at=at)
        return
    opening.queue_pending()
    with transaction.atomic():
        waiting.delete()
        if _ended(submission_id):  # refused meanwhile, for another file
            _drop_shards(submission_id, file)
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
        if not _drop_shards(submission_id, file):
            return  # another shard of it came first
        stage.copy_findings(_rows(submission, [trouble]))
        advance(submission.pk, at=at)


def read_in_one_pass(submission_id: int, file: str) -> None:
    """Shards of a file do not parse on their own: one job reads the file again from first to last byte."""
    with transaction.atomic():
        if not _drop_shards(submission_id, file, sequential=False):
            return
        Submission.objects.select_for_update().get(pk=submission_id)  # one file at a time
        every = Shard.objects.filter(submission_id=submission_id)
        last = every.aggregate(last=Max("number"))["last"] or 0
        number = (last // SPAN + 1) * SPAN
        Shard.objects.create(
            submission_id=submission_id, number=number, file=file, size=0, sequential=True
        )
        queue.shards(submission_id, number, number)


def _drop_shards(submission_id: int, file: str, *, sequential: bool | None = None) -> bool:
    """Drop what was cut of a file, with what its jobs found and counted; False where there is nothing.

    The caller holds a transaction. Shards are locked before their submission, as where they are checked.
    """
    of_file = Shard.objects.filter(submission_id=submission_id, file=file)
    if sequential is not None:
        of_file = of_file.filter(sequential=sequential)
    dropped = list(of_file.select_for_update().order_by("number"))
    if not dropped:
        return False
    of_file.filter(pk__in=[shard.pk for shard in dropped]).delete()
    stage.drop_shards(submission_id, [shard.number for shard in dropped])
    Submission.objects.filter(pk=submission_id).update(
        records=F("records") - sum(shard.records for shard in dropped),
        bytes_done=F("bytes_done") - sum(shard.size for shard in dropped if shard.done_at),
    )
    return True


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


class _Opening:
    """One pass over the members of a package."""

    def __init__(self, submission: Submission, package: members.Package) -> None:
        self.findings: list[Finding] = list(package.findings)
        self.files = 0
        self.images = 0
        self.number = 0
        self._submission = submission
        self._package = package
        self._count = False  # only a manifest says how many records there should be
        self._records = 0
        self._pending: list[Shard] = []
        self._size = 0  # of those, in bytes, or more
        self._came: dict[str, manifest.Came] = {}

    def run(self) -> list[Finding]:
        """Read every member; what refuses the submission is returned."""
        package = self._package
        announced = manifest.find(package)
        if isinstance(announced, Finding):
            return [*self.findings, announced]
        self._count = announced is not None
        total = sum(member.size for member in package.of_kind(MemberKind.DATA))
        Submission.objects.filter(pk=self._submission.pk).update(bytes_total=total, bytes_done=0)
        for member in package.of_kind(MemberKind.DATA):
            self.files += 1
            trouble = self._read(member)
            if trouble is None:
                continue
            if trouble.effect is Effect.REFUSE or self._submission.kind == Kind.FULL_EXTRACTION:
                return [*self.findings, trouble]
            self.findings.append(trouble)
        for member in package.of_kind(MemberKind.WITHDRAWN):
            self.files += 1
            content = package.read_all(member)
            if isinstance(content, Finding):
                return [*self.findings, content]
            self._keep(cut.Shard(file=member.name, number=0, line=1, data=content, whole=True))
        self.queue_pending()
        if trouble := self._read_images():
            return [*self.findings, trouble]
        differing = list(manifest.compare(announced, package, self._came)) if announced else []
        return [*self.findings, *differing] if differing else []

    def _read(self, member: members.Member) -> Finding | None:
        first = self.number
        self._records = 0
        reading = self._package.read(member, hashed=self._count)
        ended = self.shards_of(cut.cut(reading, file=member.name, limits=_limits()))
        if isinstance(ended, cut.OnePass):
            self._forget(member.name, first)
            self._records = 0
            reading = self._package.read(member, hashed=self._count)
            ended = self.shards_of(one_pass.shards(reading, file=member.name, limits=_limits()))
        if isinstance(ended, Finding):
            self._forget(member.name, first)
            return ended
        if self._count:
            self._came[member.name] = manifest.Came(
                size=reading.size, sha256=reading.sha256, records=self._records
            )
        return None

    def shards_of(self, pieces: Iterator[cut.Cut]) -> Finding | cut.OnePass | None:
        """Keep and queue the shards of one member; what ended it early, if anything."""
        for piece in pieces:
            if not isinstance(piece, cut.Shard):
                return piece
            self._keep(piece)
            if self._count:
                self._records += len(cut.records_of(piece))
        return None

    def _keep(self, piece: cut.Shard) -> None:
        objects.put(queue.shard_key(self._submission.pk, self.number), piece.data)
        self._pending.append(
            Shard(
                submission=self._submission,
                number=self.number,
                file=piece.file,
                line=piece.line,
                size=len(piece.data),
                whole=piece.whole,
                proven=piece.proven,
            )
        )
        self.number += 1
        self._size += len(piece.data)
        if self._size >= queue.SHARDS * settings.SHARD_BYTES or len(self._pending) == PENDING:
            self.queue_pending()

    def queue_pending(self) -> None:
        """Write the shards kept since the last time, and one job for them: many small files are one job."""
        if self._pending:
            with transaction.atomic():
                Shard.objects.bulk_create(self._pending)
                first, last = self._pending[0].number, self._pending[-1].number
                queue.shards(self._submission.pk, first, last)
            self._pending, self._size = [], 0

    def _forget(self, file: str, first: int) -> None:
        """Drop what was already cut of a file, with what its jobs found."""
        self._pending = [shard for shard in self._pending if shard.number < first]
        with transaction.atomic():
            _drop_shards(self._submission.pk, file)

    def _read_images(self) -> Finding | None:
        key = objects.received_key(self._submission.sha256)
        found: list[stage.ImageFile] = []
        for member in self._package.of_kind(MemberKind.IMAGE):
            image = images.read(self._package, member)
            if isinstance(image, Finding):
                return image
            self.images += 1
            if self._count:
                self._came[member.name] = manifest.Came(size=image.size, sha256=image.digest.hex())
            file = stage.ImageFile(
                name=image.name, object=key, place=image.offset, stored_size=image.compressed,
                size=image.size, method=member.method, digest=image.digest, format=image.format,
                width=image.width, height=image.height,
            )  # fmt: skip
            found.append(file)
            base = image.name.rpartition("/")[2]
            if (
                base != image.name
            ):  # records name a file by its path in the package, or by its name alone
                found.append(replace(file, name=base))
            if len(found) >= IMAGES_AT_ONCE:
                stage.copy_images(self._submission.pk, found)
                found = []
        stage.copy_images(self._submission.pk, found)
        return None


def _limits() -> limits.Limits:
    return replace(limits.DEFAULT, shard=settings.SHARD_BYTES)


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
