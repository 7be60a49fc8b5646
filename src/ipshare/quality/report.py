"""Writes the report of a submission: totals, distinct causes, every finding; the same bytes at each repetition."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
from django.conf import settings
from django.contrib.postgres.aggregates import BitOr
from django.db import connection, transaction
from django.db.models import F, Window
from django.db.models.functions import Collate

from ipshare.domain.finding import Effect, Finding, KeptBack, Severity
from ipshare.domain.group import groups_in
from ipshare.quality import text
from ipshare.quality.causes import Tally, clipped
from ipshare.quality.files import COLUMNS, Lines, Table, fields
from ipshare.store import objects
from ipshare.store.models.submissions import Submission

_LOCKS = 4711_02  # the space of this module's advisory locks
_CHUNK = 5000
_ROW = [name for name in COLUMNS if name != "kept_back"]
_RESULT = (
    "inserted", "updated", "withdrawn", "unchanged", "withheld", "withheld_whole", "duplicates", "absent",
    "repainted",
)  # fmt: skip


def write(submission_id: int) -> dict[str, Any]:
    """Write the report's files, then name them, and the state they tell of, with one update of the submission.

    A report that was cut off half way is written again from the start. Files are kept under their digest,
    so whoever is reading an earlier report of the submission (as of a held one) goes on reading it whole.
    """
    folder = Path(settings.DATA) / "work" / f"report-{submission_id}"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, submission_id])
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        submission = Submission.objects.get(pk=submission_id)
        tally = _write_findings(submission, folder)
        _write_totals(submission, tally, folder)
        kept = {path.name: _keep(submission, path) for path in sorted(folder.iterdir())}
        Submission.objects.filter(pk=submission_id).update(report=kept, reported=submission.state)
    shutil.rmtree(folder)
    return kept


def findings(submission: Submission) -> Iterator[Finding]:
    """Every finding, those of one record together, from a cursor on the server: memory stays flat."""
    rows = (
        submission.findings.order_by(
            Collate("file", "C"),
            Collate("record", "C"),
            "line",
            "rule",
            Collate("path", "C"),
            Collate("value", "C"),
            Collate("message", "C"),
            "pk",
        )
        .values_list(*_ROW, "withholds", Window(BitOr("withholds"), partition_by=[F("record")]))
        .iterator(chunk_size=_CHUNK)
    )
    for *row, own, of_record in rows:
        named = dict(zip(_ROW, row, strict=True))
        named["severity"], named["effect"] = Severity(named["severity"]), Effect(named["effect"])
        withheld = of_record if named["record"] else own  # those without a number are many records
        told: KeptBack | Literal[""] = ""
        if named["record"] or withheld:
            told = KeptBack.of(withheld)
        yield Finding(**named, withholds=groups_in(own), kept_back=told)


def _write_findings(submission: Submission, folder: Path) -> Tally:
    tally = Tally()
    with (
        (folder / "findings.jsonl").open("wb") as by_record,
        (folder / "findings.csv").open("w", encoding="utf-8", newline="") as rows,
    ):
        lines, table = Lines(by_record), Table(rows)
        for finding in findings(submission):
            lines.write(finding)
            table.write(finding)
            tally.add(finding)
        lines.close()
    return tally


def _write_totals(submission: Submission, tally: Tally, folder: Path) -> None:
    about = head(submission)
    content = {
        "submission": about,
        "records": submission.records,
        "totals": {**tally.totals(), "kept_back": kept_back(submission)},
        "causes": [
            {
                "rule": cause.rule,
                "severity": cause.severity,
                "effect": cause.effect,
                "message": cause.told,
                "count": cause.count,
                "records": cause.records,
                "shown": cause.shown,
                "samples": [_sample(finding) for finding in cause.samples],
            }
            for cause in tally.causes
        ],
    }
    encoded = msgspec.json.format(msgspec.json.encode(content), indent=2)
    (folder / "report.json").write_bytes(encoded + b"\n")
    page = text.page(about, submission.records, tally)
    (folder / "report.txt").write_text(page, encoding="utf-8")


def _sample(finding: Finding) -> dict[str, Any]:
    shown = fields(finding)
    return {k: clipped(v) if isinstance(v, str) else v for k, v in shown.items()}


def kept_back(submission: Submission) -> dict[str, int]:
    """How many records are kept back: as a whole, and in part."""
    return {
        KeptBack.WHOLE.value: submission.withheld_whole,
        KeptBack.PART.value: submission.withheld_partly,
    }


def head(submission: Submission) -> dict[str, Any]:
    """What the report is about, in the words of the submission."""
    return {
        "reference": submission.reference,
        "office": submission.office_id,
        "right": submission.right,
        "kind": submission.kind,
        "name": submission.name,
        "sha256": submission.sha256,
        "size": submission.size,
        "format": submission.format,
        "received_at": _instant(submission.received_at),
        "ended_at": _instant(submission.ended_at),
        "state": submission.state,
        "reason": submission.reason,
        "decided_by": submission.decided_by,
        "decision": submission.decision,
        "result": {name: getattr(submission, name) for name in _RESULT},
        # of the records in the file, each counted once: their sum is "records"
        "became": submission.became,
    }


def _instant(at: Any) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at is not None else None


def _keep(submission: Submission, path: Path) -> dict[str, Any]:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    key = f"reports/{submission.office_id}/{submission.reference}/{digest[:16]}/{path.name}"
    objects.keep_file(path, key)
    return {"object": key, "size": path.stat().st_size}
