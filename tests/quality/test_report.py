"""The report of a submission: exact, the same bytes twice, safe in a spreadsheet, flat in memory."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from datetime import UTC, datetime

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from ipshare.domain.group import ElementGroup
from ipshare.ingest import queue
from ipshare.quality import report, tasks
from ipshare.store import objects
from ipshare.store.models.accounts import Office
from ipshare.store.models.submissions import Finding, Submission

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ["findings.csv", "findings.jsonl", "report.json", "report.txt"]


@pytest.fixture
def submission(db):
    office = Office.objects.create(code="XA", name="Office A", created_at=AT)
    return Submission.objects.create(
        office=office,
        number=17,
        right="trademark",
        kind="Updates",
        name="XA_TM_Updates_20260301.zip",
        door="sftp",
        sender="ipob_xa",
        sha256="ab" * 32,
        size=1234,
        state="published",
        received_at=AT,
        ended_at=AT,
        records=5,
    )


def add(submission, **changes):
    values = {
        "rule": "DAT-001",
        "severity": "error",
        "effect": "withhold",
        "record": "1",
        "path": "ApplicationDate",
        "value": "2024-13-01",
        "message": "The date 2024-13-01 is no day.",
        "file": "a.xml",
        "line": 3,
    }
    return Finding.objects.create(submission=submission, **{**values, **changes})


def content(submission, name):
    submission.refresh_from_db()
    kept = submission.report[name]
    found = objects.get(kept["object"])
    assert len(found) == kept["size"]
    return found


def test_a_report_holds_totals_causes_and_every_finding(submission):
    add(
        submission, record="2", line=9, value="2024-99-01", message="The date 2024-99-01 is no day."
    )
    add(submission)
    add(submission, rule="TMK-004", severity="info", effect="note", value="", message="No image.")
    add(submission, record="", file="", line=0, rule="PKG-001", severity="warning", effect="flag")
    report.write(submission.pk)

    found = json.loads(content(submission, "report.json"))
    assert found["records"] == 5
    assert found["totals"]["findings"] == 4
    assert found["totals"]["severity"] == {"error": 2, "warning": 1, "info": 1}
    assert found["totals"]["rule"] == {"DAT-001": 2, "PKG-001": 1, "TMK-004": 1}
    assert found["causes"][0]["message"] == "The date … is no day."
    assert found["causes"][0]["shown"] == "2 of 2 shown"
    assert [sample["record"] for sample in found["causes"][0]["samples"]] == ["1", "2"]

    lines = [json.loads(line) for line in content(submission, "findings.jsonl").splitlines()]
    assert [(line["record"], len(line["findings"])) for line in lines] == [
        ("", 1),
        ("1", 2),
        ("2", 1),
    ]
    assert lines[2]["findings"][0]["value"] == "2024-99-01"

    page = content(submission, "report.txt").decode()
    assert "XA-000017" in page
    assert "2 of 2 shown" in page


def test_no_finding_is_a_report_too(submission):
    report.write(submission.pk)
    assert content(submission, "findings.jsonl") == b""
    assert content(submission, "findings.csv").decode("utf-8-sig").startswith("rule,severity")
    assert json.loads(content(submission, "report.json"))["causes"] == []


def test_the_same_findings_give_the_same_bytes_in_whatever_order_they_were_written(submission):
    for record in ("1", "2", "3"):
        add(submission, record=record)
    report.write(submission.pk)
    first = {name: content(submission, name) for name in NAMES}
    Finding.objects.all().delete()
    for record in ("3", "1", "2"):
        add(submission, record=record)
    report.write(submission.pk)
    assert {name: content(submission, name) for name in NAMES} == first


def test_a_report_cut_off_half_way_is_written_again(submission, settings):
    add(submission)
    left = settings.DATA / "work" / f"report-{submission.pk}"
    left.mkdir(parents=True, exist_ok=True)
    (left / "findings.csv").write_text("half a li")
    (left / "junk").write_text("x")
    report.write(submission.pk)
    submission.refresh_from_db()
    assert sorted(submission.report) == NAMES
    assert not left.exists()


def test_each_record_says_whether_it_is_kept_back(submission):
    Submission.objects.filter(pk=submission.pk).update(withheld=2, withheld_whole=1)
    add(submission, record="1", shard=1, withholds=ElementGroup.GOODS.bit)
    add(submission, record="1", shard=1, rule="DAT-002", effect="flag")
    add(submission, record="2", shard=1, withholds=ElementGroup.IDENTITY.bit)
    add(submission, record="3", shard=1, rule="DAT-002", effect="flag")
    add(submission, record="", file="", line=0, rule="PKG-001", effect="flag")
    add(submission, record="", shard=1, line=9, withholds=ElementGroup.IDENTITY.bit)
    report.write(submission.pk)
    lines = [json.loads(line) for line in content(submission, "findings.jsonl").splitlines()]
    assert {line["record"]: line["kept_back"] for line in lines if line["record"]} == {
        "1": "in part",
        "2": "whole",
        "3": "no",
    }
    assert [
        one["kept_back"] for line in lines if not line["record"] for one in line["findings"]
    ] == [
        "",
        "whole",
    ]
    text = content(submission, "findings.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["kept_back"] for row in rows if row["record"] == "1"] == ["in part", "in part"]
    assert json.loads(content(submission, "report.json"))["totals"]["kept_back"] == {
        "whole": 1,
        "in part": 1,
    }


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(submission, value):
    add(submission, value=value, record=value)
    report.write(submission.pk)
    text = content(submission, "findings.csv").decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text, newline="")))
    assert row["value"] == row["record"] == f"'{value}"
    assert json.loads(content(submission, "findings.jsonl"))["findings"][0]["value"] == value


def test_control_characters_do_not_break_the_page(submission):
    add(submission, value="a\x1b[31m\nb")
    report.write(submission.pk)
    assert "sent     a\\x1b[31m\\nb" in content(submission, "report.txt").decode()


def test_memory_stays_flat_whatever_the_number_of_findings(submission):
    def peak(count):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM store_finding")
            cursor.execute(
                """INSERT INTO store_finding (submission_id, shard, record, rule, severity, effect,
                       withholds, path, value, proposed, message, file, line)
                   SELECT %s, 1, '', 'DAT-001', 'error', 'withhold', 0, 'ApplicationDate',
                       'v' || n, '', 'The date v' || n || ' is no day.', 'a.xml', n
                   FROM generate_series(1, %s) n""",
                [submission.pk, count],
            )
        tracemalloc.start()
        report.write(submission.pk)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    few, many = peak(10_000), peak(40_000)
    assert many < few + 2_000_000
    assert json.loads(content(submission, "report.json"))["totals"]["findings"] == 40_000


@pytest.mark.django_db(transaction=True)
def test_the_line_finds_the_job_by_its_name(submission):
    queue.report(submission.pk)
    job = ProcrastinateJob.objects.get()
    assert job.task_name == tasks.write_report.name == "quality.write_report"
    tasks.write_report(**job.args)
    submission.refresh_from_db()
    assert sorted(submission.report) == NAMES
