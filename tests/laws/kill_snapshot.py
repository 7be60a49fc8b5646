"""Everything that the line has made, in words that do not depend on when it was made; and what it left lying."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.db import connection

from ipshare.store import columns, objects
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.submissions import Finding, Submission

COUNTS = (
    "state", "reason", "files", "images", "bytes_total", "bytes_done", "records", "inserted", "updated",
    "withdrawn", "unchanged", "withheld", "errors", "warnings", "infos", "decided_by", "decision",
)  # fmt: skip
FINDING = (
    "record", "rule", "severity", "effect", "withholds", "path", "value", "proposed", "message", "file", "line",
)  # fmt: skip


def take() -> dict[str, dict]:
    """The whole of it: subject → key → content."""
    references = {one.pk: one.reference for one in Submission.objects.all()}
    changes, places = _changes(references)
    return {
        "submission": {
            one.reference: {
                **{name: getattr(one, name) for name in COUNTS},
                "repeats": references.get(one.repeats_id),
            }
            for one in Submission.objects.all()
        },
        "record": _records(references, places),
        "change": changes,
        "image": _images(references),
        "finding": _findings(references),
        "report": {one.reference: _report(one) for one in Submission.objects.all()},
        "audit": _audit(),
    }


def _rows(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _changes(references):
    """The changes of each office and right in order, and at which place each position is.

    Two rights of one office share its positions; in which order they are published is not fixed.
    """
    changes, places = {}, {}
    dense = Counter()
    for row in _rows("SELECT * FROM change ORDER BY office, position"):
        dense[row["office"]] += 1
        assert row["position"] == dense[row["office"]], f"positions are not dense: {row}"
        line = changes.setdefault(f"{row['office']} {row['right']}", [])
        told = (
            row["groups"],
            row["joints"],
            row["was_live"],
            row["live"],
            str(row["before"]),
            str(row["after"]),
        )
        line.append((row["number"], *told, references[row["submission_id"]]))
        places[row["office"], row["position"]] = len(line)
    for row in _rows("SELECT * FROM office_position"):
        assert row["position"] == dense[row["office"]], f"the counter is wrong: {row}"
    return changes, places


def _records(references, places):
    found = {}
    for row in _rows("SELECT * FROM record"):
        key = f"{row['office']} {row['right']} {row['number']}"
        content = {
            name: bytes(value).hex() if isinstance(value, (bytes, memoryview)) else value
            for name, value in row.items()
            # a record whose bytes were known is not checked again; rules may be edited beside a run
            if name not in {"checked_by", "rules"}
        }
        content["submission_id"] = references[row["submission_id"]]
        assert (row["office"], row["position"]) in places, (key, row["position"])
        content["position"] = places[row["office"], row["position"]]
        content["facets"] = str(row["facets"])
        for group in columns.GROUPS:
            document = row[group]
            content[group] = json.dumps(document)
            assert (document is None) == (not row[f"d_{group}"]), (key, group)
        found[key] = content
    return found


def _images(references):
    return {
        f"{row['office']} {row['right']} {row['name']}": {
            **row,
            "digest": bytes(row["digest"]).hex(),
            "submission_id": references[row["submission_id"]],
        }
        for row in _rows("SELECT * FROM image")
    }


def _findings(references):
    found = {reference: [] for reference in references.values()}
    for row in Finding.objects.values_list("submission_id", *FINDING):
        found[references[row[0]]].append(row[1:])
    return {reference: sorted(rows) for reference, rows in found.items()}


def _report(submission):
    """The report's findings, byte for byte; its totals must be those of the submission."""
    if submission.state == "repeated":
        return None
    files = submission.report
    assert set(files) == {"report.json", "report.txt", "findings.csv", "findings.jsonl"}, (
        submission.reference,
        submission.state,
        files,
    )
    for name, kept in files.items():
        assert len(objects.get(kept["object"])) == kept["size"], (submission.reference, name)
    whole = json.loads(objects.get(files["report.json"]["object"]))
    about, severity = whole["submission"], whole["totals"]["severity"]
    written = (
        about["state"], whole["records"], about["result"]["inserted"], about["result"]["withheld"],
        severity["error"], severity["warning"], severity["info"],
    )  # fmt: skip
    held = (
        submission.state, submission.records, submission.inserted, submission.withheld,
        submission.errors, submission.warnings, submission.infos,
    )  # fmt: skip
    assert written == held, f"{submission.reference}: the report says {written}, the row {held}"
    assert whole["totals"]["findings"] == submission.findings.count(), submission.reference
    return {
        "totals": whole["totals"],
        **{
            name: hashlib.sha256(objects.get(files[name]["object"])).hexdigest()
            for name in ("findings.csv", "findings.jsonl")
        },
    }


def _audit():
    counted = Counter(AuditEvent.objects.values_list("event", "subject", "actor"))
    return {" ".join(key): count for key, count in counted.items()}


def differences(one: dict[str, dict], other: dict[str, dict]) -> list[str]:
    """Where two snapshots differ; the first is what it should be."""
    found = []
    for subject, expected in one.items():
        got = other[subject]
        found += [
            f"{subject} {key}:\n{_difference(expected.get(key), got.get(key))}"
            for key in sorted(expected.keys() | got.keys())
            if expected.get(key) != got.get(key)
        ]
    return found


def _difference(expected, got):
    if isinstance(expected, dict) and isinstance(got, dict):
        keys = [key for key in expected if expected[key] != got.get(key)]
        pairs = [(key, _short(expected[key]), _short(got.get(key))) for key in keys]
        return "\n".join(f"  {key}: {wanted}, is {held}" for key, wanted, held in pairs)
    if isinstance(expected, list) and isinstance(got, list):
        counted, other = Counter(expected), Counter(got)
        lost, more = list((counted - other).elements()), list((other - counted).elements())
        return f"  {len(expected)} expected, {len(got)} are\n  lost {lost[:3]}\n  more {more[:3]}"[
            :2000
        ]
    return f"  {_short(expected)}\n   is {_short(got)}"


def _short(value):
    return repr(value)[:160]


def left_lying() -> list[str]:
    """Stage tables, shards, working files and jobs that should be gone; received bytes that are not right."""
    found = [
        f"table {row['relname']}"
        for row in _rows(
            "SELECT relname FROM pg_class WHERE relname LIKE 'stage\\_%%' AND relkind = 'r'"
        )
    ]
    # One that its worker's death interrupted, while the same waited already, gave way to that (ops.worker).
    left = "SELECT * FROM procrastinate_jobs WHERE status <> 'aborted'"
    found += [f"job {row}" for row in _rows(left)]
    for folder in (Path(settings.OBJECTS_URL) / "shards", Path(settings.DATA) / "work"):
        found += [f"file {path}" for path in folder.rglob("*") if path.is_file()]
    wanted = set(Submission.objects.values_list("sha256", flat=True))
    kept = [path for path in (Path(settings.OBJECTS_URL) / "received").rglob("*") if path.is_file()]
    for path in kept:
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.name:
            found.append(f"received bytes are not their digest: {path}")
    found += [f"received {sha256} lost" for sha256 in wanted - {path.name for path in kept}]
    return found
