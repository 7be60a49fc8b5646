"""What is still kept back of a right: it stays until it comes without what keeps it back, whatever else comes."""

from __future__ import annotations

import importlib
from datetime import timedelta

import pytest
from django.db import connection

from ipshare.domain.finding import KeptBack
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.ingest import pipeline
from ipshare.store import holdings, kept_back
from ipshare.store.kept_back import Sum
from line import send
from xmlbuilders import a_mark, transaction, zipped

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]
MARKS = Right.TRADEMARK
BROKEN = "\ufffd\ufffd Two"
"""A name whose bytes were lost: its group is kept back (TXT-001)."""

PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(17)


@pytest.fixture
def sent(tmp_path, at):
    """Send a package of marks, an hour after the one before."""
    places = iter(range(100))

    def send_one(*marks, kind=Kind.UPDATES, content=None):
        place = next(places)
        return send(
            tmp_path / f"{place}{'.zip' if content else '.xml'}", content or transaction(*marks), kind=kind,
            at=at + timedelta(hours=place),
        )  # fmt: skip

    return send_one


def kept():
    found = kept_back.lines("XA", MARKS, most=100)
    counted = kept_back.sums("XA")[MARKS]
    assert counted == holdings.standing("XA")[MARKS].kept_back
    assert counted.records == len(found) == kept_back.count("XA", MARKS)
    assert counted.whole == sum(one.kept is KeptBack.WHOLE for one in found)
    for one in found:
        assert one.findings, one.number
        assert {finding.record for finding in one.findings} == {one.number}
    return {one.number: one.submission.number for one in found}


def twice(number):
    """The same number with another day of filing: its identity differs, so all of it is kept back (NUM-009)."""
    return a_mark(number), a_mark(number, filed="2019-05-07")


def pictured(mark, *names):
    """The mark with references to pictures."""
    one = "<tmk:MarkImage><com:FileName>{}.png</com:FileName></tmk:MarkImage>"
    bag = f"<tmk:MarkImageBag>{''.join(map(one.format, names))}</tmk:MarkImageBag>"
    return mark.replace("</tmk:MarkReproduction>", f"{bag}</tmk:MarkReproduction>")


def test_what_is_kept_back_stays_until_it_comes_right(sent):
    full = sent(*(a_mark(f"XA/{n}/19") for n in range(1, 6)), kind=Kind.FULL_EXTRACTION)
    assert kept() == {}
    bad = sent(a_mark("XA/1/19", applicant=BROKEN), *twice("XA/2/19"), *twice("XA/9/19"))
    assert (bad.withheld, bad.withheld_whole) == (3, 2)
    all_three = {"XA/1/19": 2, "XA/2/19": 2, "XA/9/19": 2}
    assert kept() == all_three
    line = kept_back.lines("XA", MARKS, most=1)[0]
    assert (line.kept, line.groups) == (KeptBack.PART, {ElementGroup.STAKEHOLDERS})
    counted = kept_back.sums("XA")[MARKS]
    assert counted == Sum(whole=2, partly=1, since=full.number, since_at=full.ended_at)
    assert sent(a_mark("XA/3/19", words="OTHER")).withheld == 0  # clean, and of another record
    assert kept() == all_three
    sent(a_mark("XA/1/19"))
    assert kept() == {"XA/2/19": 2, "XA/9/19": 2}
    sent(a_mark("XA/2/19"))  # the bytes that the register holds: unchanged, and right
    assert kept() == {"XA/9/19": 2}
    assert sent(a_mark("XA/9/19", operation="Delete")).withdrawn == 0
    assert kept() == {}


def test_what_comes_twice_is_kept_back_as_what_comes_once(sent):
    sound, broken = a_mark("XA/1/19"), a_mark("XA/1/19", applicant=BROKEN)
    other = a_mark("XA/2/19")
    sent(sound, other)
    sent(broken, other)
    again = sent(broken, broken, other)  # unchanged, and twice
    assert (again.withheld, again.duplicates, again.unchanged) == (1, 1, 2)
    assert kept() == {"XA/1/19": 3}
    spaced = broken.replace("<tmk:ApplicantBag>", "<tmk:ApplicantBag> ", 1)
    again = sent(broken, other, a_mark("XA/3/19"))
    again = sent(broken, spaced, other)  # unchanged, and once more in other bytes
    assert (again.withheld, again.duplicates, again.unchanged) == (1, 1, 2)
    assert kept() == {"XA/1/19": 5}
    sent(sound, sound, other)
    assert kept() == {}


def test_a_held_one_in_which_a_number_comes_twice_is_published_as_it_was_compared(sent, at):
    sent(*(a_mark(f"XA/{n}/19") for n in range(1, 6)), kind=Kind.FULL_EXTRACTION)
    marks = (a_mark("XA/1/19"), *twice("XA/2/19"), a_mark("XA/3/19"), a_mark("XA/3/19"))
    held = sent(*marks, kind=Kind.FULL_EXTRACTION)
    was = (held.withdrawn, held.withheld_whole, held.duplicates, held.unchanged)
    assert (held.state, was) == (State.HELD, (2, 1, 2, 2))
    pipeline.release(held, by="officer@office.example", reason="they expired", at=at)
    held.refresh_from_db()
    assert held.state == State.PUBLISHED, "at once, and not read again from its file"
    assert (held.withdrawn, held.withheld_whole, held.duplicates, held.unchanged) == was
    assert kept() == {"XA/2/19": 2}


def test_a_newer_submission_keeps_it_back_in_turn(sent):
    sent(a_mark("XA/1/19", applicant=BROKEN))
    sent(a_mark("XA/1/19", applicant=BROKEN), a_mark("XA/2/19"))  # its bytes are unchanged
    assert kept() == {"XA/1/19": 2}
    sent(*twice("XA/1/19"))
    assert kept() == {"XA/1/19": 3}
    assert kept_back.sums("XA")[MARKS].whole == 1


def test_a_full_extraction_begins_anew(sent):
    sent(*(a_mark(f"XA/{n}/19") for n in range(1, 6)), *twice("XA/9/19"))
    assert kept() == {"XA/9/19": 1}
    marks = [a_mark(f"XA/{n}/19") for n in range(1, 5)]
    full = sent(*marks, a_mark("XA/5/19", applicant=BROKEN), kind=Kind.FULL_EXTRACTION)
    assert kept() == {"XA/5/19": full.number}
    assert kept_back.sums("XA")[MARKS].since == full.number


def test_tests_and_held_files_keep_nothing_back(sent):
    sent(*(a_mark(f"XA/{n}/19") for n in range(1, 6)), kind=Kind.FULL_EXTRACTION)
    sent(a_mark("XA/1/19", applicant=BROKEN), kind=Kind.TEST)
    assert sent(a_mark("XA/1/19", applicant=BROKEN), kind=Kind.FULL_EXTRACTION).state == "held"
    assert kept() == {}


def test_a_picture_alone_is_not_the_record_sent_again(sent):
    sent(pictured(a_mark("XA/1/19", applicant=BROKEN), "1"))
    done = sent(content=zipped(**{"a__xml": transaction(a_mark("XA/2/19")), "1__png": PICTURE}))
    assert done.repainted == 1
    assert kept() == {"XA/1/19": 1}


def test_what_has_no_number_is_counted_until_the_next_full_extraction(sent):
    first = sent(a_mark("XA/1/19"), a_mark(""))
    assert (first.unplaced, first.withheld_whole) == (1, 1)
    counted = kept_back.sums("XA")[MARKS]
    assert (counted.records, counted.unplaced, counted.since) == (0, 1, None)
    second = sent(a_mark("XA/2/19"), a_mark(""))
    sent(a_mark("XA/3/19"))
    counted = kept_back.sums("XA")[MARKS]
    assert counted.unplaced == 2
    assert kept_back.unplaced("XA", MARKS, counted) == [second, first]
    full = sent(*(a_mark(f"XA/{n}/19") for n in (1, 2, 3)), kind=Kind.FULL_EXTRACTION)
    counted = kept_back.sums("XA")[MARKS]
    assert counted == Sum(since=full.number, since_at=full.ended_at)
    assert kept_back.unplaced("XA", MARKS, counted) == []


def test_what_was_kept_back_before_it_was_counted_is_filled_in(sent):
    fill = importlib.import_module("ipshare.store.migrations.0052_kept_back").FILL

    def filled():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM kept_back; DELETE FROM kept_back_sum;" + fill)
        return kept()

    sent(*(a_mark(f"XA/{n}/19") for n in range(1, 6)), *twice("XA/8/19"))
    sent(*(a_mark(f"XA/{n}/19") for n in range(1, 6)), kind=Kind.FULL_EXTRACTION)
    sent(a_mark("XA/1/19", applicant=BROKEN), *twice("XA/2/19"), *twice("XA/9/19"))
    assert kept() == filled() == {"XA/1/19": 3, "XA/2/19": 3, "XA/9/19": 3}
    sent(a_mark("XA/1/19", words="OTHER"), a_mark("XA/2/19", operation="Delete"))
    assert kept() == filled() == {"XA/9/19": 3}
    assert kept_back.sums("XA")[MARKS].since == 2


def test_a_picture_that_comes_alone_mends_what_it_was_missing_from(sent):
    """IMG-001 asks for the images alone: then the record has no open error, unless something else is wrong."""

    def errors():
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM record WHERE (facets).has_errors ORDER BY number")
            return [number for (number,) in cursor.fetchall()]

    def zip_of(*marks, **pictures):
        return zipped(a__xml=transaction(*marks), **{f"{name}__png": PICTURE for name in pictures})

    bad = pictured(a_mark("XA/3/19", applicant=BROKEN), "c")
    marks = [pictured(a_mark("XA/1/19"), "a"), pictured(a_mark("XA/2/19"), "a", "b"), bad]
    sent(content=zip_of(*marks))
    assert errors() == ["XA/1/19", "XA/2/19", "XA/3/19"]
    done = sent(content=zip_of(a_mark("XA/4/19"), a=1, c=1))
    assert done.repainted == 3
    assert errors() == ["XA/2/19", "XA/3/19"]
    sent(content=zip_of(a_mark("XA/5/19"), b=1))
    assert errors() == ["XA/3/19"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (before).has_errors, (after).has_errors FROM change WHERE was_live AND number = 'XA/2/19'"
        )
        assert (True, False) in cursor.fetchall()
