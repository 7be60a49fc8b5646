"""A held Full_Extraction, from the upload to the decision, over the pages."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection

from ipshare.domain.authorization import Conditions, Filter
from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.share import authorizations
from ipshare.store import held as store_held
from ipshare.store import holdings
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.submissions import Submission
from line import drain, send
from portal import builders
from portal.conftest import signed_in
from xmlbuilders import a_mark, transaction

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]
WHY = "Madrid part left out on purpose"


@pytest.fixture
def officer(cast):
    builders.a_person("sokha@xa.example", "XA")
    return signed_in("sokha@xa.example")


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
    released = AuditEvent.objects.get(event="submission.released")
    decided = again.content.decode().partition("Decided</b>")[2].partition("</li>")[0]
    assert released.at.isoformat(timespec="minutes")[14:16] in decided
    assert "had been held; by sokha@xa.example" in decided
    Submission.objects.filter(pk=held.pk).update(opened_at=released.at + timedelta(seconds=3))
    again = officer.get(f"/submissions/{held.reference}").content.decode()
    assert re.search(r"Decided</b>.*Opened again</b>", again, re.DOTALL)
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
    kept_back = done.findings.filter(effect="withhold").count()
    assert f"{kept_back}\u00a0findings" in page
    assert "DAT-004" in page


def test_the_lists_are_whole_paged_and_found_by_number(officer, held):
    here = f"/submissions/{held.reference}"
    page = officer.get(f"{here}/held/withdrawn").content.decode()
    assert page.count("/held-record?number=") == 10
    assert "XA/50/19" in page
    assert officer.get(f"{here}/held/withdrawn?words=xa/45").content.count(b"/held-record") == 1
    assert officer.get(f"{here}/held/withdrawn?words=XA/1/").content.count(b"/held-record") == 0
    assert b"No such record" in officer.get(f"{here}/held/updated").content
    assert officer.get(f"{here}/held/facets").status_code == 404
    rows = officer.get(f"{here}/held.csv").getvalue().decode().splitlines()
    assert len(rows) == 11
    assert rows[1].startswith(
        "XA/41/19,withdrawn,all,2019-05-06,,national,Full_Extraction XA-000001"
    )


def test_one_record_stands_side_by_side(tmp_path, at, officer):
    marks = [a_mark(f"XA/{n}/19") for n in range(1, 51)]
    send(tmp_path / "a.xml", transaction(*marks), at=at)
    others = [a_mark("XA/50/19", words="ស្ទឹងមាស", filed="2018-01-02"), a_mark("XA/99/19")]
    held = send(tmp_path / "b.xml", transaction(*marks[:40], *others), at=at)
    assert held.state == State.HELD
    here = f"/submissions/{held.reference}"
    both = officer.get(f"{here}/held-record?number=XA/50/19").content.decode()
    for text in ("SOKHA", "ស្ទឹងមាស", "2019-05-06", "2018-01-02"):
        assert text in both
    assert "the same in both" in both
    assert "it would be withdrawn" in officer.get(f"{here}/held-record?number=XA/45/19").content.decode()  # fmt: skip
    assert "it would be new" in officer.get(f"{here}/held-record?number=XA/99/19").content.decode()
    assert "no such record" in officer.get(f"{here}/held-record?number=XA/0/19").content.decode()
    counts = {one.value: n for one, n in store_held.counts(held.pk).items()}
    assert counts == {"withdrawn": 9, "identities": 1, "updated": 0, "inserted": 1}
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE stage_record_{held.pk}")
    assert "known no more" in officer.get(f"{here}/held-record?number=XA/50/19").content.decode()


def test_each_third_party_is_told_of_what_it_sees(tmp_path, at, officer):
    marks = [a_mark(f"XA/{n}/19") for n in range(1, 51)]
    send(tmp_path / "a.xml", transaction(*marks), at=at)
    by = "sokha@xa.example"
    for name, conditions in (
        ("JPO", Conditions(rights=frozenset({Right.TRADEMARK}), filter=Filter(filed_to=date(2018, 12, 31)))),
        ("WIPO", Conditions(rights=frozenset(Right))),
        ("EUIPO", Conditions(rights=frozenset({Right.DESIGN}))),
    ):  # fmt: skip
        authorization, *_ = authorizations.add_third_party("XA", name, "", by=by, at=at)
        authorizations.save(authorization, conditions, by=by, reason="Agreement of 2026", at=at)
    moved = a_mark("XA/1/19", filed="2018-01-02")
    held = send(tmp_path / "b.xml", transaction(moved, *marks[1:40]), at=at.replace(hour=6))
    page = officer.get(f"/submissions/{held.reference}/effect").content.decode()
    rows = re.findall(r'<th scope="row">(\w+)</th>(.*?)</tr>', page)
    told = {name: [int(n) for n in re.findall(r">(\d+)<", cells)] for name, cells in rows}
    assert told == {"EUIPO": [], "JPO": [0, 0, 1], "WIPO": [10, 1, 0]}


def test_what_is_decided_is_compared_no_more(officer, held):
    here = f"/submissions/{held.reference}"
    assert officer.get(f"{here}/effect").status_code == 200
    officer.post(f"{here}/reject", {"reason": WHY})
    for page in ("effect", "held/withdrawn", "held.csv", "held-record?number=XA/41/19"):
        assert officer.get(f"{here}/{page}").status_code == 404
    assert store_held.counts(held.pk) == dict.fromkeys(store_held.Kind, 0)


def test_checked_again_with_nothing_newer_it_is_loaded_again(tmp_path, at, officer):
    first = send(tmp_path / "a.xml", transaction(a_mark("XA/1/19"), a_mark("XA/2/19")), at=at)
    page = officer.get(f"/submissions/{first.reference}").content.decode()
    assert "it is loaded again as Full_Extraction" in page
    answer = officer.post(f"/submissions/{first.reference}/again")
    assert (answer.status_code, answer["Location"]) == (302, "/submissions/XA-000002")
    drain()
    again = Submission.objects.get(office="XA", number=2)
    assert (again.state, again.kind, again.checks_again_id) == ("published", "Full_Extraction", first.pk)  # fmt: skip
    assert (again.unchanged, again.inserted, again.sha256) == (2, 0, first.sha256)
    assert AuditEvent.objects.get(event="submission.checked-again").detail["of"] == first.reference


def test_checked_again_twice_at_once_is_one_submission(tmp_path, at, officer):
    first = send(tmp_path / "a.xml", transaction(a_mark("XA/1/19")), at=at)
    answers = [officer.post(f"/submissions/{first.reference}/again") for _ in range(2)]
    assert [answer["Location"] for answer in answers] == ["/submissions/XA-000002"] * 2
    assert Submission.objects.filter(checks_again=first).count() == 1
    drain()
    answer = officer.post(f"/submissions/{first.reference}/again")
    assert answer["Location"] == "/submissions/XA-000003"


def test_checked_again_never_takes_back_what_is_newer(tmp_path, at, officer):
    first = send(tmp_path / "a.xml", transaction(a_mark("XA/1/19", words="OLD")), at=at)
    newer = transaction(a_mark("XA/1/19", words="NEW"))
    send(tmp_path / "b.xml", newer, at=at.replace(hour=6), kind=Kind.UPDATES)
    assert "nothing is published" in officer.get(f"/submissions/{first.reference}").content.decode()
    officer.post(f"/submissions/{first.reference}/again")
    drain()
    again = Submission.objects.get(office="XA", number=3)
    assert (again.state, again.kind, again.updated) == ("tested", "Test", 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text::text FROM record WHERE office = 'XA'")
        assert "NEW" in cursor.fetchone()[0]


def test_what_is_on_the_line_or_held_is_not_checked_again(officer, held):
    answer = officer.post(f"/submissions/{held.reference}/again")
    assert answer.status_code == 422
    assert b"has not ended" in answer.content
    assert Submission.objects.filter(office="XA").count() == 2


def test_the_original_comes_by_range(tmp_path, at, officer):
    content = transaction(a_mark("XA/1/19"))
    done = send(tmp_path / "a.xml", content, at=at)
    here = f"/submissions/{done.reference}/file"
    answer = officer.get(here, headers={"Range": "bytes=10-19"})
    assert (answer.status_code, answer.getvalue()) == (206, content[10:20])
    assert answer["Content-Range"] == f"bytes 10-19/{len(content)}"
    assert officer.get(here, headers={"Range": "bytes=-5"}).getvalue() == content[-5:]
    assert officer.get(here, headers={"Range": f"bytes={len(content)}-"}).status_code == 416
    assert officer.get(here).getvalue() == content
