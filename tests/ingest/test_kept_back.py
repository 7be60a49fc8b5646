"""What is still kept back of a right: it stays until it comes without what keeps it back, whatever else comes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ipshare.domain.finding import KeptBack
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Kind, Right
from ipshare.store import holdings, kept_back
from ipshare.store.kept_back import Sum
from line import send
from xmlbuilders import a_mark, transaction, zipped

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]
MARKS = Right.TRADEMARK
BROKEN = "\ufffd\ufffd Two"
"""A name whose bytes were lost: its group is kept back (TXT-001)."""


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
    assert counted.records == len(found) == kept_back.count("XA", MARKS, "")
    assert counted.whole == sum(one.kept is KeptBack.WHOLE for one in found)
    for one in found:
        assert one.findings, one.number
        assert {finding.record for finding in one.findings} == {one.number}
    return {one.number: one.submission.number for one in found}


def twice(number):
    """The same number with another day of filing: its identity differs, so all of it is kept back (NUM-009)."""
    return a_mark(number), a_mark(number, filed="2019-05-07")


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
    named = "<tmk:MarkImageBag><tmk:MarkImage><com:FileName>1.png</com:FileName></tmk:MarkImage></tmk:MarkImageBag>"
    bad = a_mark("XA/1/19", applicant=BROKEN).replace(
        "</tmk:MarkReproduction>", f"{named}</tmk:MarkReproduction>"
    )
    sent(bad)
    picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(17)
    done = sent(content=zipped(**{"a__xml": transaction(a_mark("XA/2/19")), "1__png": picture}))
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
