"""A held Full_Extraction, from the upload to the decision, over the pages."""

from __future__ import annotations

import pytest

from ipshare.domain.submission import State
from ipshare.store import holdings
from ipshare.store.models.audit import AuditEvent
from line import send
from portal import builders
from portal.conftest import signed_in
from xmlbuilders import a_mark, transaction

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]
WHY = "Madrid part left out on purpose"


@pytest.fixture
def officer(cast):
    builders.a_person("sokha@xa.example", "XA")
    yield signed_in("sokha@xa.example")
    builders.forget_records("XA")


@pytest.fixture
def held(tmp_path, at, officer):
    marks = [a_mark(f"XA/{n}/19") for n in range(1, 51)]
    send(tmp_path / "a.xml", transaction(*marks), at=at)
    submission = send(tmp_path / "b.xml", transaction(*marks[:40]), at=at)
    assert submission.state == State.HELD
    return submission


def test_the_page_shows_what_would_happen(officer, held):
    page = officer.get(f"/submissions/{held.reference}").content.decode()
    assert "10 of 50 records held (20.0 %) would be withdrawn" in page
    assert "XA/41/19" in page
    assert "Release and withdraw 10" in page
    assert "Decide on the held Full_Extraction of trademarks" in officer.get("/").content.decode()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"reason": "short", "number": "10"}, "Write a reason of at least 10 characters."),
        ({"reason": " " * 20, "number": "10"}, "Write a reason of at least 10 characters."),
        ({"reason": WHY, "number": "11"}, "11 is not the number of withdrawals; it is 10."),
        ({"reason": WHY}, "Type the number of records that will be withdrawn."),
    ],
)
def test_a_release_needs_a_reason_and_the_number(officer, held, fields, why):
    answer = officer.post(f"/submissions/{held.reference}/release", fields)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    held.refresh_from_db()
    assert held.state == State.HELD


def test_release_publishes_once(officer, held):
    fields = {"reason": WHY, "number": "10"}
    answer = officer.post(f"/submissions/{held.reference}/release", fields)
    assert (answer.status_code, answer["Location"]) == (302, f"/submissions/{held.reference}")
    held.refresh_from_db()
    assert (held.state, held.decided_by, held.decision) == (
        State.PUBLISHED,
        "sokha@xa.example",
        WHY,
    )
    assert holdings.counts("XA")["trademark"] == 40
    again = officer.post(f"/submissions/{held.reference}/reject", fields, follow=True)
    assert "Nothing was done twice" in again.content.decode()
    assert WHY in again.content.decode()
    held.refresh_from_db()
    assert held.state == State.PUBLISHED
    assert (
        AuditEvent.objects.filter(event="submission.released", actor="sokha@xa.example").count()
        == 1
    )


def test_reject_publishes_nothing(officer, held):
    officer.post(f"/submissions/{held.reference}/reject", {"reason": WHY})
    held.refresh_from_db()
    assert (held.state, held.decision) == (State.REJECTED, WHY)
    assert holdings.counts("XA")["trademark"] == 50
    assert WHY in officer.get(f"/submissions/{held.reference}").content.decode()


def test_the_report_is_the_same_bytes_and_the_original_too(tmp_path, at, officer):
    content = transaction(a_mark("XA/1/19", filed="2567-01-01"), a_mark("XA/2/19", words="ស្ទឹងមាស"))
    done = send(tmp_path / "a.xml", content, at=at)
    assert b"".join(officer.get(f"/submissions/{done.reference}/file")) == content
    for name, kept in done.report.items():
        answer = officer.get(f"/submissions/{done.reference}/report/{name}")
        assert answer["Content-Length"] == str(kept["size"])
        assert b"".join(answer) == builders.objects.get(kept["object"])
    assert officer.get(f"/submissions/{done.reference}/report/secret.txt").status_code == 404
    page = officer.get(f"/submissions/{done.reference}").content.decode()
    total = f"{done.errors:,}\u00a0error"
    assert total in page
    assert "DAT-004" in page
