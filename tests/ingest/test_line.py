"""The line of a submission, from bytes to the registry, with a real worker on a real queue."""

from __future__ import annotations

import struct
import zlib
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.ingest import offline, pipeline
from ipshare.intake import landing
from ipshare.store import holdings, latest, objects
from line import drain, send
from xmlbuilders import a_mark, transaction, zipped

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]


def live():
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM record WHERE office = 'XA' AND live ORDER BY number")
        return [number for (number,) in cursor.fetchall()]


def test_a_full_extraction_is_published(tmp_path, at):
    marks = [a_mark(f"XA/{n}/19") for n in range(1, 31)]
    done = send(
        tmp_path / "XA_TM_Full_Extraction_20261122.zip", zipped(a__xml=transaction(*marks)), at=at
    )
    assert (done.state, done.reason) == (State.PUBLISHED, "")
    assert (done.records, done.inserted, done.files, done.format) == (30, 30, 1, "ST.96 V6_0")
    assert len(live()) == 30
    assert done.report["findings.csv"]["size"] > 0


def test_the_same_bytes_again_change_nothing_and_say_so(tmp_path, at):
    content = transaction(a_mark("XA/1/19"))
    first = send(tmp_path / "a.xml", content, at=at)
    again = send(tmp_path / "a.xml", content, at=at.replace(hour=9))
    assert (again.state, again.repeats) == (State.REPEATED, first)


def test_records_with_open_errors_are_counted_until_they_are_corrected(tmp_path, at):
    counted = []
    for hour, words in ((9, "SOKHA"), (10, ""), (11, "SOKHA RED")):
        mark = a_mark("XA/1/19", words=words)
        send(
            tmp_path / f"{hour}.xml", transaction(mark), kind=Kind.UPDATES, at=at.replace(hour=hour)
        )
        counted.append(holdings.standing("XA")[Right.TRADEMARK].with_errors)
    assert counted == [0, 1, 0]


def test_an_error_that_only_the_whole_package_shows_is_an_open_error_too(tmp_path, at):
    counted = []
    for hour, words in ((9, ["SOKHA", "SOKHA"]), (10, ["SOKHA", "MEALEA"]), (11, ["SOKHA"])):
        marks = [a_mark("XA/1/19", words=one) for one in words]
        send(tmp_path / f"{hour}.xml", transaction(*marks, a_mark("XA/2/19")), kind=Kind.UPDATES,
             at=at.replace(hour=hour))  # fmt: skip
        counted.append(holdings.standing("XA")[Right.TRADEMARK].with_errors)
    assert counted == [0, 1, 0]  # NUM-010 is a warning, NUM-009 an error


def test_sending_an_earlier_package_again_goes_back_to_it(tmp_path, at):
    old, new = transaction(a_mark("XA/1/19")), transaction(a_mark("XA/1/19"), a_mark("XA/2/19"))
    send(tmp_path / "a.xml", old, at=at)
    send(tmp_path / "b.xml", new, at=at.replace(hour=9))
    back = send(tmp_path / "a.xml", old, at=at.replace(hour=10))
    assert back.state == State.HELD  # one of two records would go
    pipeline.release(back, by="officer", reason="back to the week before", at=at)
    assert live() == ["XA/1/19"]


def test_an_unchanged_record_is_not_parsed_again_and_keeps_its_findings(tmp_path, at):
    send(
        tmp_path / "a.xml",
        transaction(a_mark("XA/1/19", filed="2567-01-01"), a_mark("XA/2/19")),
        at=at,
    )
    second = transaction(
        a_mark("XA/1/19", filed="2567-01-01"), a_mark("XA/2/19"), a_mark("XA/3/19")
    )
    done = send(tmp_path / "b.xml", second, at=at)
    assert (done.inserted, done.unchanged, done.withdrawn) == (1, 1, 0)
    rules = set(done.findings.filter(record="XA/1/19").values_list("rule", flat=True))
    assert "DAT-004" in rules


def test_a_full_extraction_that_lacks_too_much_is_held_until_its_office_decides(tmp_path, at):
    marks = [a_mark(f"XA/{n}/19") for n in range(1, 51)]
    send(tmp_path / "a.xml", transaction(*marks), at=at)
    held = send(tmp_path / "b.xml", transaction(*marks[:40]), at=at)
    assert held.state == State.HELD
    assert "10 of 50 records held (20.0 %) would be withdrawn" in held.reason
    assert len(live()) == 50
    waiting = send(tmp_path / "c.xml", transaction(a_mark("XA/60/19")), kind=Kind.UPDATES, at=at)
    assert waiting.state == State.CHECKED
    pipeline.release(held, by="officer", reason="dissolved", at=at)
    drain()
    waiting.refresh_from_db()
    assert waiting.state == State.PUBLISHED
    assert len(live()) == 41


def test_updates_withdraw_what_they_delete(tmp_path, at):
    send(tmp_path / "a.xml", transaction(a_mark("XA/1/19"), a_mark("XA/2/19")), at=at)
    done = send(
        tmp_path / "b.xml",
        transaction(a_mark("XA/1/19", operation="Delete")),
        kind=Kind.UPDATES,
        at=at,
    )
    assert (done.state, done.withdrawn) == (State.PUBLISHED, 1)
    assert live() == ["XA/2/19"]


def test_a_test_publishes_nothing(tmp_path, at):
    done = send(tmp_path / "a.xml", transaction(a_mark("XA/1/19")), kind=Kind.TEST, at=at)
    assert (done.state, done.inserted, live()) == (State.TESTED, 1, [])


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.zip", b"PK\x03\x04 not a zip", "PKG-002"),
        ("a.xml", b"", "PKG-002"),
        ("a.xml", transaction(a_mark("XA/1/19"))[:-80], "PKG-005"),
        ("a.xml", transaction(a_mark("XA/1/19")).replace(b"SOKHA", b"SO<KHA"), "PKG-005"),
        ("a.xml", "ราชอาณาจักร".join(["<a>", "</a>"]).encode("cp874"), "PKG-015"),
        ("a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "PKG-018"),
        ("a.xml", b"<html>not found</html>", "PKG-006"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_named_finding(tmp_path, at, name, content, rule):
    done = send(tmp_path / name, content, at=at)
    assert done.state == State.REFUSED
    assert rule in set(done.findings.values_list("rule", flat=True))
    assert done.report


def test_an_unreadable_file_of_updates_is_left_out_and_the_others_are_loaded(tmp_path, at):
    content = zipped(a__xml=transaction(a_mark("XA/1/19")), b__xml=b"<broken>")
    done = send(tmp_path / "a.zip", content, kind=Kind.UPDATES, at=at)
    assert done.state == State.PUBLISHED
    assert live() == ["XA/1/19"]


NOTES = b"<notes><a/></notes>"


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("notes.xml", NOTES, "notes.xml (PKG-006)"),
        ("a.zip", zipped(readme__docx=b"PK?"), "readme.docx"),
        ("b.zip", zipped(a__xml=NOTES, b__xml=b"<broken>"), "a.xml (PKG-006), b.xml (PKG-005)"),
    ],
)
def test_a_package_without_a_record_is_refused_and_says_what_it_holds(
    tmp_path, at, name, content, found
):
    for kind in (Kind.UPDATES, Kind.TEST):
        done = send(tmp_path / name, content, at=at, kind=kind)
        assert done.state == State.REFUSED
        assert f"what it found instead: {found}. Nothing was loaded." in done.reason
        assert "PKG-019" in set(done.findings.values_list("rule", flat=True))
        told = offline.check_path(
            tmp_path / name, office="XA", right=Right.TRADEMARK, kind=kind, today=at.date(),
            schemas_dir=tmp_path / "schemas",
        )  # fmt: skip
        assert sorted((one.rule, one.message) for one in told) == sorted(
            done.findings.values_list("rule", "message")
        )
    assert latest.of("XA")[Right.TRADEMARK].sent is None  # the rhythm goes on


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.xml", transaction()),
        ("list.zip", zipped(withdrawn__csv=b"number\nXA/1/19\n")),
    ],
)
def test_an_empty_transaction_and_a_list_are_taken(tmp_path, at, name, content):
    assert send(tmp_path / name, content, at=at, kind=Kind.UPDATES).state == State.PUBLISHED


def test_a_file_whose_comments_look_like_records_is_read_in_one_pass(tmp_path, at):
    marks = [
        a_mark(f"XA/{n}/19", more="<!-- </tmk:Trademark> -->" if n == 7 else "")
        for n in range(1, 31)
    ]
    done = send(tmp_path / "a.xml", transaction(*marks), at=at)
    assert (done.state, done.records) == (State.PUBLISHED, 30)


def a_picture(content=b"x"):
    """The head of a 3 by 2 PNG; enough to be measured."""
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">2I5B", 3, 2, 8, 2, 0, 0, 0)
    return header + b"\0\0\0\0" + content


def test_a_package_that_is_not_what_its_manifest_says_is_refused(tmp_path, at):
    content = transaction(a_mark("XA/1/19"))
    sums = f"{'0' * 64}  a.xml\n"
    done = send(tmp_path / "a.zip", zipped(a__xml=content, sha256sums__txt=sums), at=at)
    assert done.state == State.REFUSED
    assert "PKG-004" in set(done.findings.values_list("rule", flat=True))


def test_pictures_are_measured_and_found_where_they_lie_in_the_package(tmp_path, at):
    content = zipped(a__xml=transaction(a_mark("XA/1/19")), pics_1__png=a_picture())
    done = send(tmp_path / "a.zip", content, at=at)
    assert (done.state, done.images) == (State.PUBLISHED, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, format, width, height, object, place, stored_size, method FROM image"
        )
        name, form, width, height, key, place, size, method = cursor.fetchone()
    assert (name, form, width, height) == ("pics_1.png", "PNG", 3, 2)
    stored = objects.read(key, place, size)
    assert (zlib.decompress(stored, -15) if method else stored) == a_picture()


def test_a_failure_of_the_hub_itself_ends_the_submission_and_says_whose_fault_it_is(
    tmp_path, at, caplog
):
    path = tmp_path / "a.xml"
    path.write_bytes(transaction(a_mark("XA/1/19")))
    submission = landing.land(
        path,
        office="XA",
        right=Right.TRADEMARK,
        kind=Kind.UPDATES,
        name="a.xml",
        door="sftp",
        sender="test",
        at=at,
    )
    objects.delete([objects.received_key(submission.sha256)])  # the disk lost it
    drain()
    submission.refresh_from_db()
    assert submission.state == State.REFUSED
    assert "this is our fault" in submission.reason
    again = send(path, transaction(a_mark("XA/1/19")), kind=Kind.UPDATES, at=at.replace(hour=9))
    assert again.state == State.PUBLISHED


def test_a_file_in_the_folder_of_another_right_is_refused_and_says_where_it_belongs(tmp_path, at):
    done = send(
        tmp_path / "a.xml",
        transaction(a_mark("XA/1/19")),
        right=Right.DESIGN,
        kind=Kind.UPDATES,
        at=at,
    )
    assert done.state == State.REFUSED
    assert "Of 1 record none is a design" in done.reason


def test_a_record_without_a_number_is_counted_as_kept_back(tmp_path, at):
    done = send(
        tmp_path / "a.xml", transaction(a_mark("XA/1/19"), a_mark("")), kind=Kind.UPDATES, at=at
    )
    assert (done.state, done.records, done.inserted, done.withheld) == (State.PUBLISHED, 2, 1, 1)


def test_a_test_neither_waits_for_a_held_submission_nor_keeps_one_waiting(tmp_path, at):
    marks = [a_mark(f"XA/{n}/19") for n in range(1, 51)]
    send(tmp_path / "a.xml", transaction(*marks), at=at)
    held = send(tmp_path / "b.xml", transaction(*marks[:40]), at=at)
    tried = send(tmp_path / "c.xml", transaction(*marks[:45]), kind=Kind.TEST, at=at)
    assert (held.state, tried.state) == (State.HELD, State.TESTED)


def upgraded():
    """What 0045 does, after stages were made that lack a column."""
    with connection.schema_editor() as editor:
        import_module("ipshare.store.migrations.0045_stages").drop_stages(apps, editor)


def test_a_held_submission_is_released_after_an_upgrade(tmp_path, at):
    marks = [a_mark(f"XA/{n}/19") for n in range(1, 51)]
    send(tmp_path / "a.xml", transaction(*marks), at=at)
    held = send(tmp_path / "b.xml", transaction(*marks[:40]), at=at)
    waiting = send(tmp_path / "c.xml", transaction(a_mark("XA/60/19")), kind=Kind.UPDATES, at=at)
    assert (held.state, waiting.state) == (State.HELD, State.CHECKED)
    with connection.cursor() as cursor:
        for one in (held, waiting):
            cursor.execute(
                f"ALTER TABLE stage_record_{one.pk} DROP COLUMN remarks, DROP COLUMN d_remarks"
            )
    upgraded()
    pipeline.release(held, by="officer", reason="x", at=at)
    drain()
    held.refresh_from_db()
    waiting.refresh_from_db()
    assert (held.state, waiting.state) == (State.PUBLISHED, State.PUBLISHED)
    assert len(live()) == 41


def test_what_was_being_checked_at_an_upgrade_begins_again(tmp_path, at):
    path = tmp_path / "a.xml"
    path.write_bytes(transaction(*(a_mark(f"XA/{n}/19") for n in range(1, 6))))
    submission = landing.land(
        path, office="XA", right=Right.TRADEMARK, kind=Kind.UPDATES, name="a.xml", door="sftp",
        sender="test", at=at,
    )  # fmt: skip
    pipeline.open_submission(submission.pk, at=at)
    submission.refresh_from_db()
    assert submission.state == State.OPENED
    upgraded()
    drain()
    submission.refresh_from_db()
    assert (submission.state, len(live())) == (State.PUBLISHED, 5)
