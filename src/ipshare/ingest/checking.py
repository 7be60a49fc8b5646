"""The middle of the line: one shard is parsed, validated and checked, and its records are staged."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain

from django.conf import settings
from django.db import transaction
from django.db.models import F
from lxml import etree

from ipshare.archive import names
from ipshare.check import run
from ipshare.check.facets import facets_of
from ipshare.check.facts import Facts
from ipshare.check.gather import gather
from ipshare.check.lacks import lacks_of
from ipshare.check.package import group_digests, row_of
from ipshare.domain.digest import digest
from ipshare.domain.finding import Effect, Finding, Severity
from ipshare.domain.group import mask
from ipshare.domain.record import Operation, Record
from ipshare.domain.submission import ENDED, State
from ipshare.ingest import opening, queue, version, whole
from ipshare.parse import cut, detect, readers, withdrawn
from ipshare.standards import schemas
from ipshare.store import objects, stage
from ipshare.store.models.submissions import Shard, Submission

_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_AT_ONCE = 8  # records that are checked together (check.run.check_batch)
_MOST_TOGETHER = 200
_ROOT = re.compile(rb"<[A-Za-z_][^>]*>")


def check_shards(submission_id: int, first: int, last: int, *, at: datetime) -> None:
    """Check the shards from ``first`` to ``last`` that are not done yet; many small ones commit together."""
    found = Shard.objects.filter(
        submission_id=submission_id, number__range=(first, last), done_at=None
    )
    together: list[int] = []
    size = 0
    for number, bytes_ in found.order_by("number").values_list("number", "size"):
        together.append(number)
        size += bytes_
        if size >= queue.SHARDS * settings.SHARD_BYTES or len(together) == _MOST_TOGETHER:
            _check(submission_id, together, at=at)
            together, size = [], 0
    if together:
        _check(submission_id, together, at=at)


def _check(submission_id: int, numbers: list[int], *, at: datetime) -> None:
    """Check some shards: their rows, findings and ends commit together, so that a kill changes nothing."""
    rows = Shard.objects.select_related("submission").filter(
        submission_id=submission_id, number__in=numbers, done_at=None
    )
    results = []
    reuse: bool | None = None
    for row in rows.order_by("number"):
        if row.sequential:
            opening.cut_again(submission_id, row.file, at=at)
            continue
        if reuse is None:
            reuse = _may_be_unchanged(row.submission)
        result = _Result(row, reuse=reuse)
        with _collector_off():
            ended = result.read()
        if ended is None:
            results.append(result)
        else:
            _end_early(row, ended, at=at)
    if results:
        _commit(submission_id, results, at=at)


def _end_early(row: Shard, ended: Finding | cut.OnePass, *, at: datetime) -> None:
    """What becomes of the file of a shard that cannot be read as it is."""
    submission = row.submission
    if submission.state == State.RECEIVED:
        queue.shards(submission.pk, row.number, row.number, wait=2)  # its file is still being cut
    elif isinstance(ended, cut.OnePass):
        opening.read_in_one_pass(submission.pk, row.file)
    else:
        opening.leave_out(submission.pk, row.file, ended, at=at)


def _commit(submission_id: int, results: list[_Result], *, at: datetime) -> None:
    by_number = {result.row.number: result for result in results}
    with transaction.atomic():
        waiting = Shard.objects.select_for_update().filter(
            submission_id=submission_id, number__in=list(by_number), done_at=None
        )
        still = list(waiting.order_by("number"))  # those whose file was left out meanwhile are gone
        if not still:
            return
        results = [by_number[shard.number] for shard in still]
        stage.copy_records(submission_id, chain.from_iterable(one.rows for one in results))
        stage.copy_findings(
            stage.finding_row(finding, submission=submission_id, shard=one.row.number)
            for one in results
            for finding in one.findings
        )
        for shard, one in zip(still, results, strict=True):
            stage.repeat_findings(
                one.same, submission=submission_id, shard=shard.number, file=shard.file
            )
            shard.done_at, shard.records, shard.staged = at, one.records, len(one.rows)
        Shard.objects.bulk_update(still, ["done_at", "records", "staged"])
        Submission.objects.filter(pk=submission_id).update(
            records=F("records") + sum(one.records for one in results),
            bytes_done=F("bytes_done") + sum(shard.size for shard in still),
        )
        if told := next((one.format for one in results if one.format), ""):
            Submission.objects.filter(pk=submission_id, format="").update(format=told)
        opening.advance(submission_id, at=at)


@contextmanager
def _collector_off() -> Iterator[None]:
    """Hold the search for reference cycles while a shard is read.

    A record makes hundreds of dicts and lists, and none of them in a cycle: they go when their last reference
    goes. The search found nothing, again and again, and took an eighth of a shard's time. What it may still
    have to find waits until the shard, of a few megabytes, is read.
    """
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


class _Result:
    """What one shard holds: rows for the stage, findings, and the records that are as they were."""

    def __init__(self, row: Shard, *, reuse: bool) -> None:
        self.rows: list[bytes] = []
        self.findings: list[Finding] = []
        self.same: list[stage.Unchanged] = []
        self.records = 0
        self._faulty: set[str] = set()  # numbers of records that the schema has errors for
        self.row = row
        self._reuse = reuse
        self._root = b""
        submission = row.submission
        self._today: date = submission.received_at.date()
        self._context = whole.context_of(submission)

    def read(self) -> Finding | cut.OnePass | None:
        """Read the shard to its end; what makes its file unreadable, if anything."""
        row, context = self.row, self._context
        shard = cut.Shard(
            file=row.file,
            number=row.number,
            line=row.line,
            data=objects.get(queue.shard_key(row.submission_id, row.number)),
            whole=row.whole,
            proven=row.proven,
        )
        if names.kind_of(row.file) is names.MemberKind.WITHDRAWN:
            held: dict[bytes, stage.Held] = {}
            items: Iterator[readers.Item] = withdrawn.read(
                shard.data, file=row.file, right=context.right, office=context.office
            )
        else:
            self._root = _root_tag(shard.data)
            held = self._held(shard)
            items = readers.read(
                shard, office=context.office, schema_for=_schema_for, skip=held.keys()
            )
        waiting: list[Record] = []
        for item in items:
            if isinstance(item, Record):
                waiting.append(item)
                if len(waiting) == _AT_ONCE:
                    self._take(waiting)
                continue
            if isinstance(item, Finding) and item.record:  # it comes before its record
                self._note(item)
                continue
            self._take(waiting)
            if isinstance(item, readers.Same):
                known = held[item.digest]
                self.rows.append(
                    stage.same_row(
                        known.number, item.digest, shard=row.number, place=len(self.rows)
                    )
                )
                self.same.append(stage.Unchanged(held=known, line=item.line))
                self.records += 1
            elif isinstance(item, cut.OnePass) or (
                not item.record and item.effect is Effect.WITHHOLD
            ):
                return item
            else:
                self.findings.append(item)
        self._take(waiting)
        return None

    def _note(self, finding: Finding) -> None:
        self.findings.append(finding)
        if finding.severity is Severity.ERROR:
            self._faulty.add(finding.record)

    @property
    def format(self) -> str:
        """What the shard came in, with the version that is declared; empty where its root does not say."""
        return detect.format_of(self._root)

    def _held(self, shard: cut.Shard) -> dict[bytes, stage.Held]:
        """The records of this shard whose bytes the registry holds as they are, checked by the same rules."""
        context = self._context
        if not self._reuse:
            return {}
        sources = {digest(span.digest + self._root): span.digest for span in cut.records_of(shard)}
        if not sources:
            return {}
        held = stage.held_sources(
            context.office,
            context.right,
            list(sources),
            rules=version.version(),
            today=self._today,
        )
        return {sources[source]: known for source, known in held.items()}

    def _take(self, records: list[Record]) -> None:
        """Check the records that wait, and make their rows."""
        batch = [gather(record) for record in records]
        records.clear()
        put = [facts for facts in batch if facts.record.operation is Operation.PUT]
        found = iter(run.check_batch(put, self._context))
        for facts in batch:
            self._keep(facts, next(found) if facts.record.operation is Operation.PUT else [])

    def _keep(self, facts: Facts, findings: list[Finding]) -> None:
        record = facts.record
        self.records += 1
        for finding in findings:
            self._note(finding)
        if not record.number or record.right is not self._context.right:
            return
        withheld = 0
        for finding in findings:
            withheld |= mask(finding.withholds)
        digests = group_digests(record)
        row = stage.Row(
            record=record,
            digests=digests,
            withheld=withheld,
            recheck_on=run.recheck_on(facts, self._context),
            source=digest(record.source + self._root) if record.source else b"",
            facts=whole.packed(row_of(facts, digests))
            if record.operation is Operation.PUT
            else b"",
            facets=facets_of(facts, has_errors=record.number in self._faulty),
            lacks=lacks_of(facts) if record.operation is Operation.PUT else 0,
        )
        self.rows.append(stage.record_row(row, shard=self.row.number, place=len(self.rows)))


def _may_be_unchanged(submission: Submission) -> bool:
    """Whether what is held says what these records change: the registry is not empty, and nothing comes before them.

    An earlier submission of the same office and right that has not ended may change it before this one is published.
    """
    line = Submission.objects.filter(office=submission.office_id, right=submission.right)
    earlier = line.filter(number__lt=submission.number)
    return (
        earlier.filter(state=State.PUBLISHED).exists()
        and not earlier.exclude(state__in=ENDED).exists()
    )


def _root_tag(data: bytes) -> bytes:
    """The start tag of the root: the namespaces and the version that the bytes of a record are read in."""
    found = _ROOT.search(_COMMENT.sub(b"", data[: 1 << 16]))
    return found.group() if found else b""


def _schema_for(version: str, root: str) -> etree.XMLSchema | None:
    """The official schema of a version and root, where an operator has installed its set."""
    return schemas.schema_for(settings.SCHEMAS, version, root)
