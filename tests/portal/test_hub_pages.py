"""The operators' pages beside offices: queue and workers, unmapped codes, storage, versions, health."""

from __future__ import annotations

import csv
import io
import warnings

import pytest
from procrastinate.contrib.django import app

from ipshare.portal.templatetags.portal import in_script
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.jobs import JobFailure
from ipshare.store.models.submissions import Submission
from ipshare.watch import jobs, storage
from portal import builders
from watch.test_jobs import put

pytestmark = pytest.mark.django_db
PAGES = ["queue", "queue/live", "codes", "storage", "versions", "health", "offices"]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_asks_more_than_fifteen_questions(operator, django_assert_max_num_queries, name):
    for number in range(20):
        put("failed", submission_id=number, failed_with="OSError: No space left on device")
    with django_assert_max_num_queries(20 if name == "health" else 15):
        assert operator.get(f"/hub/{name}").status_code == 200


def test_a_failed_job_says_why_and_is_retried(operator):
    number = put("failed", submission_id=1, failed_with="OSError: No space left on device")
    page = operator.get("/hub/queue").content.decode()
    assert "OSError: No space left on device" in page
    assert "c0ffee" in page
    assert "No worker is alive." in page
    answer = operator.post(f"/hub/queue/{number}/retry", follow=True)
    assert f"Job {number} is in its queue again." in answer.content.decode()
    assert AuditEvent.objects.get(event="job.retried").actor == "operator@hub.example"
    again = operator.post(f"/hub/queue/{number}/retry", follow=True).content.decode()
    assert f"Job {number} stays as it is: it has not failed." in again


def test_a_waiting_job_is_cancelled(operator):
    number = put(submission_id=1)
    assert "Cancel" in operator.get("/hub/queue").content.decode()
    operator.post(f"/hub/queue/{number}/cancel")
    assert number not in {job.id for job in jobs.lists()["waiting"]}
    assert AuditEvent.objects.get(event="job.cancelled").subject.endswith(str(number))


def test_a_job_for_later_tells_when(operator):
    app.configure_task("quality.write_report", queue="line", schedule_in={"hours": 3}).defer(
        submission_id=1
    )
    assert "Not before" in operator.get("/hub/queue").content.decode()
    assert not JobFailure.objects.exists()


def statuses(submission, value, count):
    builders.some_findings(
        submission, "STA-002", count, severity="warning", effect="flag", value=value,
        message="Status has no agreed meaning.", record=f"{value}/{{n}}",
    )  # fmt: skip


def test_unmapped_codes_are_counted_by_office_list_and_value(operator):
    first = builders.a_submission("TH", 1)
    second = builders.a_submission("TH", 2)
    statuses(first, "รอประกาศ", 7)
    statuses(second, "รอประกาศ", 7)
    statuses(second, "=PENDING", 3)
    page = operator.get("/hub/codes").content.decode()
    assert '<span lang="th">รอประกาศ</span>' in page
    assert "14\u00a0findings" in page
    content = b"".join(operator.get("/hub/codes.csv?office=TH").streaming_content).decode()
    waits, pending = csv.DictReader(io.StringIO(content))
    assert (waits["value"], waits["records"], waits["findings"]) == ("รอประกาศ", "7", "14")
    assert waits["code_list"] == "Statuses"
    assert pending["value"] == "'=PENDING"  # no formula
    assert b"".join(operator.get("/hub/codes.xlsx").streaming_content).startswith(b"PK")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("words=wait", True),
        ("words=nothing", False),
        ("office=KH", False),
        ("rule=STA-002", True),
        ("rule=PTY-004", False),
    ],
)
def test_unmapped_codes_are_narrowed(operator, query, shown):
    statuses(builders.a_submission("TH", 1), "AWAITING", 2)
    page = operator.get(f"/hub/codes?{query}").content.decode()
    assert ("AWAITING" in page) is shown
    assert ("No value fits these filters" in page) is not shown


def test_storage_counts_the_same_bytes_once(operator):
    one = builders.a_submission("TH", 1, size=3_000_000)
    builders.a_submission("TH", 2, size=3_000_000, sha256=one.sha256, state="repeated")
    page = operator.get("/hub/storage").content.decode()
    row = page.partition('">Thailand</a></th>')[2].partition("</tr>")[0]
    assert "3.0\u00a0MB" in row
    assert ">1<" in row
    assert "smaller tables" in page
    Submission.objects.update(size=1)
    page = operator.get("/hub/storage").content.decode()
    assert "they alone do not fill the disk within ten years" in page


def test_how_long_the_disk_lasts_is_told_as_far_as_a_month_tells():
    assert storage.days_left(90, 30) == 90
    assert storage.days_left(3651, 30) is None
    assert storage.days_left(0, 30) == 0
    assert storage.days_left(0, 0) is None


def test_versions_name_what_the_hub_is_made_of(operator):
    page = operator.get("/hub/versions").content.decode()
    for name in ("PostgreSQL", "Python", "granian", "V6_0", "0026_operator"):
        assert name in page


def test_health_says_what_to_do(operator):
    page = operator.get("/hub/health").content.decode()
    assert "None is alive." in page
    assert "It takes a file, gives it back and deletes it." in page


def test_what_is_written_from_right_to_left_is_marked_so_and_nothing_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ' dir="rtl">' in in_script("\N{ARABIC LETTER MEEM}\N{ARABIC LETTER REH}")
