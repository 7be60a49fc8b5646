"""Landing: bytes, row, audit event and job, together; once for one delivery."""

from __future__ import annotations

import hashlib
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.ingest import version
from ipshare.intake import landing
from ipshare.store import objects
from ipshare.store.models.accounts import Office
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.submissions import Finding, Submission


@pytest.fixture(autouse=True)
def queue(transactional_db):
    """The queue, emptied: other tests' jobs stay in it."""
    ProcrastinateJob.objects.all().delete()


@pytest.fixture
def send(cast, at, tmp_path):
    def land(content: bytes = b"<a/>", *, later: int = 0, **facts):
        path = tmp_path / "sent"
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        what = {"office": "XA", "right": Right.TRADEMARK, "kind": Kind.UPDATES, "name": "a.xml",
                "door": "api", "sender": "XA machine", "at": at + timedelta(seconds=later)}  # fmt: skip
        return landing.land(path, **(what | facts))

    return land


def jobs() -> list[int]:
    found = ProcrastinateJob.objects.filter(task_name="ingest.open_submission")
    return [job.args["submission_id"] for job in found.order_by("id")]


def test_a_file_lands_with_its_row_event_and_job(send, at):
    submission = send(b"<a>1</a>")
    digest = hashlib.sha256(b"<a>1</a>").hexdigest()
    assert (submission.state, submission.sha256, submission.size) == (State.RECEIVED, digest, 8)
    assert (submission.reference, submission.received_at) == ("XA-000001", at)
    assert objects.get(objects.received_key(digest)) == b"<a>1</a>"
    assert jobs() == [submission.pk]
    event = AuditEvent.objects.get()
    assert (event.event, event.office_id, event.subject) == (
        "submission.received",
        "XA",
        "XA-000001",
    )
    assert event.detail["sha256"] == digest


def test_numbers_count_per_office(send):
    assert [send(b"1", later=1).number, send(b"2", later=2).number] == [1, 2]
    assert send(b"1", office="XB").number == 1
    assert Office.objects.get(code="XA").next_submission == 3


def test_the_same_delivery_told_twice_is_one_submission(send):
    first = send()
    assert send().pk == first.pk
    assert Submission.objects.count() == len(jobs()) == AuditEvent.objects.count() == 1
    assert Office.objects.get(code="XA").next_submission == 2


@pytest.mark.parametrize("state", ["received", "opened", "checked", "held", "published"])
def test_the_same_bytes_again_are_repeated(send, state):
    first = send()
    Submission.objects.update(state=state, rules=version.version())
    again = send(later=60, name="b.xml")
    assert (again.state, again.repeats_id, again.number) == (State.REPEATED, first.pk, 2)
    assert again.ended_at == again.received_at
    finding = Finding.objects.get(submission=again)
    assert (finding.rule, finding.severity, finding.effect) == ("PKG-012", "info", "note")
    assert "2026-11-23" in finding.message
    assert jobs() == [first.pk]
    assert AuditEvent.objects.filter(event="submission.repeated", subject="XA-000002").count() == 1
    assert send(later=60, name="b.xml").pk == again.pk


def test_an_office_goes_back_to_an_earlier_package_by_sending_it_again(send):
    first, second = send(b"<a>1</a>"), send(b"<a>2</a>", later=1)
    Submission.objects.update(state=State.PUBLISHED, rules=version.version())
    back = send(b"<a>1</a>", later=2)
    assert back.state == State.RECEIVED
    Submission.objects.filter(pk=back.pk).update(state=State.PUBLISHED, rules=version.version())
    again = send(b"<a>1</a>", later=3)
    assert (again.state, again.repeats_id) == (State.REPEATED, back.pk)
    assert jobs() == [first.pk, second.pk, back.pk]


@pytest.mark.parametrize("state", ["refused", "rejected", "tested"])
def test_bytes_that_were_not_loaded_may_come_again(send, state):
    first = send()
    Submission.objects.update(state=state)
    again = send(later=60)
    assert again.state == State.RECEIVED
    assert jobs() == [first.pk, again.pk]


@pytest.mark.parametrize(
    "other", [{"office": "XB"}, {"right": Right.DESIGN}, {"kind": Kind.FULL_EXTRACTION}]
)
def test_the_same_bytes_elsewhere_are_not_repeated(send, other):
    send()
    assert send(**other).state == State.RECEIVED


def test_nothing_is_written_when_the_transaction_does_not_commit(send):
    with transaction.atomic():
        send()
        transaction.set_rollback(True)
    assert Submission.objects.count() == len(jobs()) == AuditEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_doors_at_once_give_one_loaded_submission(send, tmp_path, at):
    started = threading.Barrier(4)

    def land(number: int) -> None:
        path = tmp_path / f"sent{number}"
        path.write_bytes(b"<same/>")
        started.wait()
        try:
            landing.land(
                path, office="XA", right=Right.DESIGN, kind=Kind.TEST, name=f"{number}.xml",
                door="portal", sender="anna@xa", at=at,
            )  # fmt: skip
        finally:
            connection.close()

    threads = [threading.Thread(target=land, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = sorted(Submission.objects.values_list("state", flat=True))
    assert states == ["received", "repeated", "repeated", "repeated"]
    assert sorted(Submission.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert len(jobs()) == 1
