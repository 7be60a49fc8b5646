"""What only the whole package shows: repeated numbers, shared dates, pictures that are missing or unused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from django.conf import settings

from ipshare.check import pictures
from ipshare.check.context import Context
from ipshare.check.package import PackageCheck, Row
from ipshare.domain.finding import Finding
from ipshare.domain.office import Kind, Right
from ipshare.store import stage
from ipshare.store.models.submissions import Submission

RULES = (
    "PKG-001", "PKG-017", "NUM-002", "NUM-008", "NUM-009", "NUM-010", "NUM-011", "NUM-012", "NUM-017",
    "TMK-026", "DAT-023", "IMG-001", "IMG-002",
)  # fmt: skip
"""The rules whose findings ``findings`` writes."""
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Row)


def packed(row: Row) -> bytes:
    """The row of a record as it waits for its package to be complete."""
    return _ENCODER.encode(row)


def context_of(submission: Submission) -> Context:
    """What the rules know about a submission; the day of its receipt is their today."""
    return Context(
        office=submission.office_id,
        right=Right(submission.right),
        kind=Kind(submission.kind),
        today=submission.received_at.date(),
        package=submission.name,
    )


def findings(submission: Submission) -> Iterator[Finding]:
    """The findings about the package as a whole; its stage must still be as the shards left it.

    The caller holds a transaction; between two findings its connection is free.
    """
    office, right = submission.office_id, submission.right
    context = context_of(submission)
    work = Path(settings.DATA) / "work"
    work.mkdir(parents=True, exist_ok=True)
    stage.analyze(submission.pk)
    package = PackageCheck(context, work)
    for content in stage.facts(submission.pk, office=office, right=right):
        package.add(_DECODER.decode(content))
    yield from package.findings()
    if not context.package.lower().endswith(".zip"):
        return  # one bare file brings no pictures; they come in a package of their own
    for number, name in stage.missing_images(submission.pk, office=office, right=right):
        yield pictures.missing(context, number, name)
    first, count = stage.unused_images(submission.pk, pictures.NAMED, office=office, right=right)
    if count:
        yield pictures.unused(context, first, count)
