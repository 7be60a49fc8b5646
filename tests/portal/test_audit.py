"""The audit page: an office's own events in words, narrowed and whole; another's never."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from django.test import Client

from ipshare.domain.office import Right
from ipshare.portal import trail
from ipshare.store import audit
from ipshare.store.models.audit import AuditEvent
from portal import builders
from portal.conftest import signed_in
from portal.test_home import words

pytestmark = pytest.mark.django_db


def write(event="submission.released", *, ago=0, office="KH", actor="dara@moc.example", **more):
    audit.write(event, at=builders.AT - timedelta(days=ago), actor=actor, office=office, **more)


def count(client, query=""):
    page = client.get(f"/audit?{query}")
    return page.context["sheet"].paginator.count


def test_what_was_done_stands_there_in_words(sokha):
    write(subject="KH-000002", reason="Agreed with the registry", rights=["patent"])
    page = sokha.get("/audit").content.decode()
    assert "The office released a held submission." in page
    assert "Agreed with the registry" in page
    assert "KH-000002" in page
    Client().post("/sign-in", {"email": "sokha.chan@moc.example", "password": "wrong"})
    assert "A sign-in failed." in sokha.get("/audit").content.decode()


def test_it_is_narrowed_by_person_kind_period_and_subject(sokha):
    AuditEvent.objects.all().delete()
    write(subject="KH-000001", ago=9)
    write(subject="KH-000002")
    write("authorization.saved", subject="JPO", actor="sokha.chan@moc.example")
    assert count(sokha) == 3
    assert count(sokha, "who=dara") == 2
    assert count(sokha, "kind=authorization") == 1
    assert count(sokha, "event=submission.released") == 2
    assert count(sokha, "subject=jpo") == 1
    day = (builders.AT - timedelta(days=5)).date()
    assert count(sokha, f"first={day}") == 2
    assert count(sokha, f"last={day}") == 1
    page = sokha.get("/audit?first=yesterday&last=9999-12-31").content
    assert b"From is not a date" in page
    assert b"No event fits" in sokha.get("/audit?who=nobody").content


def test_every_event_is_of_a_kind_that_can_be_chosen(sokha, operator):
    kinds = {event.partition(".")[0] for event in audit.EVENTS}
    assert kinds == trail.KINDS.keys()
    offered = sokha.get("/audit").context["kinds"].keys()
    assert offered == kinds - trail.OF_THE_HUB
    assert operator.get("/audit").context["kinds"].keys() == kinds


def test_a_single_event_that_is_chosen_is_named(sokha):
    write(subject="KH-000002")
    page = sokha.get("/audit?event=submission.released").content.decode()
    assert "Only: The office released a held submission." in page


def test_another_office_never_stands_there(sokha, anong, operator):
    AuditEvent.objects.all().delete()
    write(subject="KH-000002")
    write(office="TH", actor="anong@dip.example")
    write("office.added", office=None, actor="operator@hub.example")
    assert (count(sokha), count(anong), count(operator)) == (1, 1, 3)
    assert count(anong, "office=KH") == 0
    assert count(operator, "office=KH") == 1
    assert b"KH-000002" not in anong.get("/audit.csv").getvalue()


def test_whoever_serves_one_right_sees_no_submission_of_another(office):
    AuditEvent.objects.all().delete()
    write(subject="KH-000004")
    write(subject="KH-000005")
    write("authorization.saved", subject="JPO")
    builders.a_person(
        "dara@moc.example", "KH", "Keo Dara", builders.roles("viewer", right=Right.PATENT)
    )
    client = signed_in("dara@moc.example")
    assert count(client, "kind=submission") == 1
    assert b"KH-000004" not in client.get("/audit").content
    assert count(client, "kind=authorization") == 1


def test_it_comes_whole_as_a_sheet(sokha):
    for n in range(60):
        write(subject=f"=KH-{n}")
    assert b"Next" in sokha.get("/audit").content
    sheet = sokha.get("/audit.csv?kind=submission").getvalue().decode("utf-8-sig")
    lines = [*csv.reader(sheet.splitlines())]
    assert lines[0] == ["at", "office", "who", "event", "what", "subject", "detail"]
    assert len(lines) == 61
    assert not any(cell.startswith("=") for line in lines for cell in line)
    assert sokha.get("/audit.xlsx").getvalue()[:2] == b"PK"


def test_a_page_of_it_asks_few_questions(sokha, django_assert_max_num_queries):
    with django_assert_max_num_queries(15):
        sokha.get("/audit")


def test_a_long_audit_is_not_counted_to_its_end(
    operator, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(trail, "MOST", 3)
    with django_assert_max_num_queries(15) as asked:
        page = words(operator.get("/audit"))
    assert "The newest 3 events For older ones narrow the period" in page
    [counting] = [
        one["sql"]
        for one in asked.captured_queries
        if "COUNT(*)" in one["sql"] and "audit" in one["sql"]
    ]
    assert "LIMIT 3" in counting
    assert "of 3" not in page  # one page: nothing to leaf through
    whole = operator.get("/audit.csv").getvalue().decode()
    assert whole.count("\n") > 5
    assert "The newest" not in words(operator.get("/audit?kind=destination"))


def test_blocks_and_files_of_other_rights_are_not_told(office):
    for right in ("patent", "trademark"):
        write("record.blocked", subject=f"KH/{right}/1", right=right)
        write("upload.removed", subject=f"KH_{right}.zip", right=right)
    write("person.closed", subject="gone@moc.example")
    held = builders.roles("viewer", right=Right.TRADEMARK)
    builders.a_person("m@moc.example", "KH", "M", held)
    page = signed_in("m@moc.example").get("/audit").content.decode()
    assert "KH/patent/1" not in page
    assert "KH_patent.zip" not in page
    assert all(one in page for one in ("KH/trademark/1", "KH_trademark.zip", "gone@moc.example"))
