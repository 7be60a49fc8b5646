"""A record is passed over as unchanged only where everything that is read with it is unchanged, too."""

from __future__ import annotations

import pytest
from django.db import connection

from ipshare.domain.office import Kind
from ipshare.domain.submission import State
from ipshare.ingest import pipeline, version
from line import drain, send
from xmlbuilders import a_mark, transaction

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]


def held(number="XA/1/19"):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(r)::text FROM record r WHERE number = %s", [number])
        return cursor.fetchone()[0]


def applied(mark, beside):
    """The transaction with an application around the mark, and something beside the mark in it."""
    opened = b'<tmk:TrademarkApplication com:st96Version="V6_0">' + beside + b"<tmk:TrademarkBag>"
    content = transaction(mark).replace(b"<tmk:TrademarkBag>", opened)
    return content.replace(
        b"</tmk:TrademarkBag>", b"</tmk:TrademarkBag></tmk:TrademarkApplication>"
    )


def test_what_stands_beside_a_mark_in_its_application_belongs_to_it(tmp_path, at):
    form = b"<tmk:ApplicationFormName>%s</tmk:ApplicationFormName>"
    send(tmp_path / "a.xml", applied(a_mark("XA/1/19"), form % b"FORM A"), at=at)
    done = send(tmp_path / "b.xml", applied(a_mark("XA/1/19"), form % b"FORM B"), at=at)
    assert (done.updated, done.unchanged) == (1, 0)
    assert "FORM B" in held()
    again = applied(a_mark("XA/1/19"), form % b"FORM B").replace(b">1<", b">2<", 1)
    assert send(tmp_path / "c.xml", again, at=at).unchanged == 1


def test_a_root_behind_a_comment_counts(tmp_path, at):
    content = transaction(a_mark("XA/1/19")).replace(b"?>", b"?><!-- <tmk:Trademark> -->", 1)
    send(tmp_path / "a.xml", content, at=at)
    other = content.replace(b"ST96/Trademark", b"ST96/Unknown", 1)
    done = send(tmp_path / "b.xml", other, at=at)
    assert done.unchanged == 0


def test_a_number_that_came_twice_and_then_once_is_published(tmp_path, at):
    one, two = a_mark("XA/1/19", words="ONE"), a_mark("XA/1/19", words="TWO")
    send(tmp_path / "a.xml", transaction(one, two), at=at)
    assert "ONE" not in held()
    send(tmp_path / "b.xml", transaction(one), at=at)
    assert "ONE" in held()


def test_a_record_that_a_held_submission_changes_first_is_not_unchanged(tmp_path, at):
    marks = [a_mark(f"XA/{n}/19") for n in range(1, 51)]
    send(tmp_path / "a.xml", transaction(*marks), at=at)
    changed = [a_mark("XA/1/19", words="OTHER"), *marks[1:40]]
    waiting = send(tmp_path / "b.xml", transaction(*changed), at=at)
    back = send(tmp_path / "c.xml", transaction(marks[0], marks[49]), at=at, kind=Kind.UPDATES)
    pipeline.release(waiting, by="officer", reason="as it should be", at=at)
    drain()
    back.refresh_from_db()
    assert back.state == State.PUBLISHED
    assert "SOKHA" in held()
    assert '"live": true' in held("XA/50/19")


def test_another_version_of_the_hub_reads_everything_again(tmp_path, at, monkeypatch):
    send(tmp_path / "a.xml", transaction(a_mark("XA/1/19")), at=at)
    monkeypatch.setattr(version, "_code", lambda: "the element groups have changed")
    read = []
    monkeypatch.setattr(
        "ipshare.ingest.checking.gather",
        lambda record, was=pipeline.check_shards.__globals__["gather"]: (
            read.append(record.number) or was(record)
        ),
    )
    second = transaction(a_mark("XA/1/19"), a_mark("XA/2/19"))
    send(tmp_path / "b.xml", second, at=at)
    assert read == ["XA/1/19", "XA/2/19"]


def test_the_same_file_again_is_read_by_the_rules_of_today(tmp_path, at, monkeypatch):
    content = transaction(a_mark("XA/1/19"))
    first = send(tmp_path / "a.xml", content, at=at)
    assert send(tmp_path / "b.xml", content, at=at).state == State.REPEATED
    monkeypatch.setattr(version, "_code", lambda: "the rules have changed")
    again = send(tmp_path / "c.xml", content, at=at)
    assert (again.state, again.repeats) == (State.PUBLISHED, None)
    assert send(tmp_path / "d.xml", content, at=at).repeats == again
    assert first.rules != again.rules


def test_what_an_older_version_has_read_is_read_again_before_it_is_published(
    tmp_path, at, monkeypatch
):
    marks = [a_mark(f"XA/{n}/19") for n in range(1, 51)]
    send(tmp_path / "a.xml", transaction(*marks), at=at)
    waiting = send(tmp_path / "b.xml", transaction(*marks[:40]), at=at)
    assert waiting.state == State.HELD
    monkeypatch.setattr(version, "_code", lambda: "the groups have changed")
    pipeline.release(waiting, by="officer", reason="as it should be", at=at)
    waiting.refresh_from_db()
    assert waiting.state == State.RECEIVED
    drain()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.rules) == (State.PUBLISHED, version.version())


def test_a_group_that_is_kept_back_stays_as_it_was_accepted_last(tmp_path, at):
    """Decision 0004: the last good state of the group stays; the others are brought up to date."""
    send(tmp_path / "a.xml", transaction(a_mark("XA/1/19", applicant="Sokha One")), at=at)
    bad = a_mark("XA/1/19", applicant="\ufffd\ufffd Two", words="OTHER")
    done = send(tmp_path / "b.xml", transaction(bad), at=at, kind=Kind.UPDATES)
    assert (done.withheld, done.withheld_whole) == (1, 0)
    assert "Sokha One" in held()
    assert "Two" not in held()
    assert "OTHER" in held()
    gone = a_mark("XA/1/19", operation="Delete")
    send(tmp_path / "c.xml", transaction(gone), at=at, kind=Kind.UPDATES)
    send(tmp_path / "d.xml", transaction(bad), at=at, kind=Kind.UPDATES)
    assert "Sokha One" not in held(), "a record that was withdrawn begins anew"


def open_errors():
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM record WHERE live AND (facets).has_errors ORDER BY 1")
        return [number for (number,) in cursor.fetchall()]


def test_an_unchanged_record_has_an_open_error_while_its_package_shows_one(tmp_path, at):
    """NUM-008: XA/1/19 and XA/11/9 would have one identifier; the error is one of the record that stays."""
    old, other = a_mark("XA/11/9"), a_mark("XA/1/19")
    send(tmp_path / "a.xml", transaction(old, a_mark("XA/2/19")), at=at)
    assert open_errors() == []
    done = send(tmp_path / "b.xml", transaction(old, other), at=at, kind=Kind.UPDATES)
    assert (done.inserted, done.updated, done.unchanged, done.errors) == (1, 0, 1, 1)
    assert open_errors() == ["XA/11/9"]
    gone = transaction(a_mark("XA/1/19", operation="Delete"), old)
    done = send(tmp_path / "c.xml", gone, at=at, kind=Kind.UPDATES)
    assert (done.unchanged, done.withdrawn, done.errors) == (1, 1, 0)
    assert open_errors() == []
    with (
        connection.cursor() as cursor
    ):  # third parties who get no records with errors are told each time
        cursor.execute(
            """SELECT (before).has_errors, (after).has_errors FROM change
               WHERE number = 'XA/11/9' AND was_live ORDER BY position"""
        )
        assert cursor.fetchall() == [(False, True), (True, False)]


def test_an_unchanged_record_keeps_the_open_error_of_its_own(tmp_path, at):
    bad = a_mark("XA/1/19", applicant="\ufffd\ufffd Two")
    for hour, name in ((1, "a"), (2, "b")):
        marks = [bad, *(a_mark(f"XA/{n}/19") for n in range(2, 2 + hour))]
        done = send(tmp_path / f"{name}.xml", transaction(*marks), at=at, kind=Kind.UPDATES)
        assert open_errors() == ["XA/1/19"]
    assert done.unchanged == 2
