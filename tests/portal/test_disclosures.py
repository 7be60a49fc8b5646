"""The page of disclosures: who received what, found by third party, right, period and record."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta

import pytest

from ipshare.domain.authorization import Channel
from ipshare.domain.office import Right
from ipshare.domain.zone import day_of
from ipshare.share import authorized, ledger
from ipshare.store.models.accounts import Office
from portal.builders import AT

pytestmark = pytest.mark.django_db
PAGE = "/disclosures/kh"


@pytest.fixture
def disclosed(office):
    """The authorizations of KH that have received something, by third party."""
    return {
        one.third_party.name: one.pk for one in Office.objects.get(code="KH").authorizations.all()
    }


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


def test_an_office_that_nobody_has_read_sees_an_empty_page(anong, sokha):
    page = anong.get("/disclosures/th").content.decode()
    assert "Nothing has left yet" in page
    assert "Download CSV" not in page
    assert "Nobody received this record" in anong.get("/disclosures/th?number=1").content.decode()


def test_totals_by_third_party_and_right(sokha, disclosed):
    page = sokha.get(PAGE).content.decode()
    assert "1,204" in page
    assert "Designs</td>" not in page  # before the period that a first visit asks for
    whole = rows(sokha.get(f"{PAGE}/csv?first="))
    assert [(row["third_party"], row["right"], row["records"], row["files"]) for row in whole] == [
        ("JPO", "trademark", "1204", "1"), ("WIPO", "design", "1", "0"), ("WIPO", "trademark", "2", "0"),
    ]  # fmt: skip
    assert whole[0]["bytes"] == "5081060"
    assert [row["third_party"] for row in rows(sokha.get(f"{PAGE}/csv?first=&channel=bulk"))] == [
        "WIPO"
    ]
    assert len(rows(sokha.get(f"{PAGE}/csv?first=&party={disclosed['WIPO']}"))) == 2
    months = rows(sokha.get(f"{PAGE}/csv?first=&months=on"))
    assert months[0]["month"] > months[-1]["month"]
    day = day_of("KH", AT - timedelta(days=4)).isoformat()
    narrowed = rows(sokha.get(f"{PAGE}/csv?first={day}&last={day}"))
    assert [row["third_party"] for row in narrowed] == ["WIPO"]


def test_a_record_by_its_number(sokha, disclosed):
    page = sokha.get(f"{PAGE}?number=KH/7/24&first=").content.decode()
    assert "left 4" in page
    assert "without stakeholder information" in page
    assert "That it was withdrawn" in page
    assert "File 7.jpg" in page
    found = rows(sokha.get(f"{PAGE}/csv?number=KH/7/24&first="))
    assert [(row["third_party"], row["what"], row["version"]) for row in found] == [
        ("JPO", "Record", "1"), ("JPO", "File 7.jpg", "1"), ("JPO", "That it was withdrawn", "1"),
        ("WIPO", "Record", "1"),
    ]  # fmt: skip
    assert "stakeholders" not in found[0]["groups"]
    assert "stakeholders" in found[3]["groups"]
    unknown = sokha.get(f"{PAGE}?number=KH/9999/99").content.decode()
    assert "Nobody received this record" in unknown
    assert rows(sokha.get(f"{PAGE}/csv?number==1%2B1"))[0]["number"] == "'=1+1"


def test_the_same_table_as_xlsx(sokha, disclosed):
    answer = sokha.get(f"{PAGE}/xlsx?number==1%2B1")
    assert answer["Content-Disposition"] == 'attachment; filename="disclosures-KH-of-record.xlsx"'
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "=1+1" in sheet
    assert "<f>" not in sheet  # text, not a formula


def test_what_cannot_be_read_is_named(sokha, disclosed):
    page = sokha.get(f"{PAGE}?first=yesterday&party=x").content.decode()
    assert "From is not a date" in page
    assert "1,204" in page


def test_long_lists_are_paged(sokha, disclosed):
    view = authorized.view_at(
        Office.objects.get(code="KH").authorizations.get(third_party__name="JPO"), AT
    )
    for minute in range(60):
        ledger.write(
            view, Right.TRADEMARK, ["KH/9/24"], size=1, at=AT - timedelta(minutes=minute), client="c",
            channel=Channel.API, request=str(minute),
        )  # fmt: skip
    first = sokha.get(f"{PAGE}?number=KH/9/24").content.decode()
    assert "1\u201350 of 61" in first
    assert "51\u201361 of 61" in sokha.get(f"{PAGE}?number=KH/9/24&page=2").content.decode()


def test_another_office_sees_nothing_of_it(anong, disclosed):
    assert anong.get(PAGE).status_code == 404
    assert b"KH/7/24" not in anong.get("/disclosures/th?number=KH/7/24").content.replace(
        b'value="KH/7/24"', b""
    ).replace(b"KH/7/24: never left", b"").replace(b"disclosures of record KH/7/24", b"")
    assert anong.get("/disclosures/th/csv?first=").getvalue().count(b"\n") == 1
