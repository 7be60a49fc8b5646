"""One pass over the members of a package: its shards, written, numbered and queued as they are cut, and its images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.db.models import F

from ipshare.archive import images, manifest, members
from ipshare.archive.names import MemberKind
from ipshare.domain.finding import Effect, Finding
from ipshare.domain.office import Kind
from ipshare.ingest import queue
from ipshare.parse import cut, limits, one_pass
from ipshare.store import objects, stage
from ipshare.store.models.submissions import Shard, Submission

IMAGES_AT_ONCE = 2_000
PENDING = 1000
"""Shards that one job is for at most: a package may hold two hundred thousand files of a few bytes."""


class Cutting:
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
        ended = self.shards_of(cut.cut(reading, file=member.name, limits=limit()))
        if isinstance(ended, cut.OnePass):
            self._forget(member.name, first)
            self._records = 0
            reading = self._package.read(member, hashed=self._count)
            ended = self.shards_of(one_pass.shards(reading, file=member.name, limits=limit()))
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
            drop_shards(self._submission.pk, file)

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


def drop_shards(submission_id: int, file: str, *, sequential: bool | None = None) -> bool:
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


def limit() -> limits.Limits:
    """How much a shard and its records may be."""
    return replace(limits.DEFAULT, shard=settings.SHARD_BYTES)
