"""The register of an office: found by number in any spelling, by words of any script, by names; paged both ways."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from python_calamine import CalamineWorkbook

from ipshare.domain.office import Right
from ipshare.portal.register import wanted
from ipshare.portal.views import register as views
from ipshare.share import blocks
from ipshare.share.search import entries
from ipshare.store import near
from ipshare.store.models.audit import AuditEvent
from portal import registers
from portal.builders import AT, a_submission, some_findings
from portal.conftest import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register")]
PAGE = "/register/kh"


@pytest.fixture
def sokha(register):
    return signed_in("sokha.chan@moc.example")


@pytest.fixture
def anong(register):
    return signed_in("anong@dip.example")


@pytest.fixture
def operator(register):
    return signed_in("operator@hub.example")


def numbers(answer):
    """The numbers that a page lists, in its order."""
    assert answer.status_code == 200
    return re.findall(
        r'<a class="id" href="/register/kh/records/trademark/([^"]+)"', answer.content.decode()
    )


def found(client, **query):
    return numbers(client.get(PAGE, query))


def test_a_register_that_holds_nothing_says_what_to_do(anong):
    page = anong.get("/register/th").content.decode()
    assert "Nothing is held yet" in page
    assert "/ipob_th/Trademarks/Full_Extraction" in page
    assert "Download CSV" not in page


@pytest.mark.parametrize(
    "written",
    [
        "KH/118204/24",
        "kh 118204 24",
        "KH11820424",
        "118204/24",
        "118204",
        "KH-118204",
        "១១៨២០៤",
        "kh/118204",
    ],
)
def test_a_number_is_found_however_it_is_written(sokha, written):
    assert found(sokha, q=written) == [registers.NUMBER]


def test_a_number_is_found_whole_or_by_its_beginning(sokha):
    numbers = ["KH/8047/00", "KH/8047/07", "KH/80470/02", "KH/8047/001"]
    first = registers.Submission.objects.get(office="KH", number=1)
    some = [
        registers.a_mark(n, words="NAGA", name="ហេង ដារ៉ា", latin="Heng", registration="")
        for n in numbers
    ]
    registers.publish(first, some, at=AT)
    registers.index.bring_up("KH")
    assert found(sokha, q="8047/00") == ["KH/8047/00", "KH/8047/001"]
    assert found(sokha, q="KH/8047/07") == ["KH/8047/07"]
    assert found(sokha, q="8047/7") == ["KH/8047/07"]
    assert {"KH/8047/00", "KH/8047/001", "KH/8047/07"} <= {*found(sokha, q="8047/0")}
    assert found(sokha, q="8047") == sorted(numbers)
    assert found(sokha, q="047/00") == []


@pytest.mark.parametrize(
    ("written", "fits"),
    [
        ("8047/00", {"KH/8047/00", "KH/8047/001"}),
        ("8047/7", {"KH/8047/07"}),
        ("8047/0", {"KH/8047/00", "KH/8047/001", "KH/8047/07"}),
        ("KH804707", {"KH/8047/07"}),
        ("80470", {"KH/8047/00", "KH/8047/001", "KH/8047/07", "KH/80470/02"}),
        ("47/00", set()),
    ],
)
def test_a_withdrawn_number_is_found_by_the_same_rule(db, written, fits):
    numbers = ["KH/8047/00", "KH/8047/07", "KH/80470/02", "KH/8047/001"]
    asked = "SELECT n FROM unnest(%s::text[]) n WHERE n ~* %s"
    with connection.cursor() as cursor:
        cursor.execute(asked, [numbers, entries.pattern(written)])
        assert {n for (n,) in cursor.fetchall()} == fits


def test_a_registration_number_is_found_too(sokha):
    assert found(sokha, q="2023/112951") == ["KH/112951/23"]
    assert found(sokha, q="KH2023112951", where="number") == ["KH/112951/23"]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({"q": "ស្ទឹងមាស"}, True),
        ({"q": "មាស", "where": "words"}, True),
        ({"q": "stung meas"}, True),
        ({"q": "golden"}, True),
        ({"q": registers.NAME, "where": "name"}, True),
        ({"q": "ស្ទឹងមាស ហ្វូដ", "where": "name"}, True),
        ({"q": "food", "where": "name"}, True),
        ({"q": "food", "where": "words"}, False),
        ({"q": "foo*"}, True),
        ({"q": "stung heng"}, False),
        ({"q": "118204", "where": "words"}, False),
        ({"status": "registered", "symbol": "30", "filed_from": "2024-05-14", "filed_to": "2024-05-14"}, True),
        ({"status": "expired"}, False),
        ({"symbol": "31"}, False),
        ({"filed_to": "2024-05-13"}, False),
        ({"registered_from": "2025-08-07", "registered_to": "2025-08-07", "filed_from": "2024-01-01"}, True),
        ({"only": "errors"}, True),
        ({"only": "errors", "q": "stung"}, True),
        ({"only": "errors", "q": "angkor"}, False),
    ],
)  # fmt: skip
def test_words_names_classes_and_days_narrow_the_list(sokha, query, is_found):
    assert (registers.NUMBER in found(sokha, **query)) is is_found


def test_what_third_parties_do_not_get_is_found_by_the_office(sokha):
    blocks.block(
        "KH",
        Right.TRADEMARK,
        registers.NUMBER,
        authorization=None,
        until=None,
        reason="Order 15/2026",
        by="x",
        at=AT,
    )
    blocks.apply("KH", at=AT)
    assert found(sokha, q="stung") == [registers.NUMBER]
    assert found(sokha, q="stung", only="blocked") == [registers.NUMBER]
    assert found(sokha, only="blocked") == [registers.NUMBER]  # the other one is withdrawn
    assert "Blocked" in sokha.get(PAGE, {"q": "stung"}).content.decode()


def test_withdrawn_records_are_found_by_their_number_alone(sokha):
    assert len(found(sokha, only="withdrawn")) == 40
    assert found(sokha, only="withdrawn", q="kh/7/2") == ["KH/7/24"]
    page = sokha.get(PAGE, {"only": "withdrawn", "q": "ស្ទឹង"}).content.decode()
    assert "Withdrawn" in page
    assert "No record fits" in page


def links(answer):
    page = answer.content.decode()
    return {
        rel: address.replace("&amp;", "&")
        for rel, address in re.findall(r'rel="(prev|next)" href="([^"]+)"', page)
    }


@pytest.mark.parametrize(
    "sort", ["number", "-number", "filed", "-filed", "registered", "-registered"]
)
def test_pages_go_on_and_come_back_the_same(sokha, sort, monkeypatch):
    monkeypatch.setattr("ipshare.portal.register.PAGE", 4)
    query = {"sort": sort, "q": "angkor* golden*", "where": "words"} | (
        {} if sort == "filed" else {"q": "golden"}
    )
    seen, answer = [], sokha.get(PAGE, query)
    assert "prev" not in links(answer)
    pages = [numbers(answer)]
    while "next" in links(answer):
        answer = sokha.get(PAGE + links(answer)["next"])
        pages.append(numbers(answer))
    seen = [one for page in pages for one in page]
    assert len(seen) == len(set(seen)) == (10 if sort == "filed" else 11)
    for page in reversed(pages[:-1]):
        answer = sokha.get(PAGE + links(answer)["prev"])
        assert numbers(answer) == page
    assert "prev" not in links(answer)
    if sort == "-number":
        assert seen == sorted(seen, reverse=True)
    if sort == "-filed":
        assert seen[0] == registers.NUMBER


def test_a_walk_in_order_finds_what_gathering_finds(sokha, monkeypatch):
    """Many answers are met on a walk in order, few are gathered first: both give the same pages."""
    query = {"q": "angkor", "sort": "-filed"}
    gathered = found(sokha, **query)
    monkeypatch.setattr("ipshare.store.register.FEW", 3)
    walked = sokha.get(PAGE, query)
    assert numbers(walked) == gathered
    assert "More than 3\u00a0records" in walked.content.decode()


@pytest.mark.parametrize("common", [False, True])
@pytest.mark.parametrize("text", ["angkor", "stung", "KH", "nothing such"])
def test_the_search_box_shows_what_the_list_of_each_right_begins_with(
    sokha, monkeypatch, text, common
):
    """Whether it is gathered, or walked in order since it is common: the first of each right."""
    if common:
        monkeypatch.setattr("ipshare.store.near.MANY", -1)
    near = sokha.get("/find", {"q": text}).content.decode()
    row = re.compile(r'<a class="id" href="/register/kh/records/[a-z]+/([^"]+)"')
    sections = re.split(r'<section class="section" aria-labelledby="of-([a-z]+)">', near)[1:]
    shown = {
        right: row.findall(section)
        for right, section in zip(sections[::2], sections[1::2], strict=True)
    }
    for right in ("trademark", "patent", "design"):
        listed = row.findall(sokha.get(PAGE, {"q": text, "right": right}).content.decode())
        assert shown.get(right, []) == listed[:5], right
    assert ("more than" in near) == (common and bool(shown))


@pytest.mark.usefixtures("register")
def test_the_search_box_answers_where_the_planner_would_share_the_work():
    """What it expects of each right is told right by right: no worker of PostgreSQL stands between."""
    asked = wanted("KH", Right.TRADEMARK, QueryDict("q=angkor")).asked
    expected = near.page("KH", list(Right), asked, limit=5)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL debug_parallel_query = on")
    assert near.page("KH", list(Right), asked, limit=5) == expected


def test_what_cannot_be_read_is_named(sokha):
    page = sokha.get(PAGE, {"filed_from": "soon", "symbol": "99", "q": "-"}).content.decode()
    assert "Filed from is not a date" in page
    assert "Nice class could not be read" in page
    assert "Write a word" in page
    assert sokha.get(PAGE, {"right": "copyright"}).status_code == 404
    assert sokha.get(PAGE, {"after": "soon KH/1", "before": "\0"}).status_code == 200


def test_no_hit_says_what_to_try(sokha):
    page = sokha.get(PAGE, {"q": "999999"}).content.decode()
    assert "No record fits" in page
    assert "only=withdrawn" in page


def test_changes_that_are_not_indexed_yet_are_told(sokha, monkeypatch):
    monkeypatch.setattr("ipshare.portal.views.register.AT_ONCE", 0)
    first = registers.Submission.objects.get(office="KH", number=1)
    registers.publish(first, [registers.a_mark("KH/5000/26", **registers.STUNG_MEAS)], at=AT)
    page = sokha.get(PAGE, {"q": "5000/26"}).content.decode()
    assert "can not be searched yet" in page
    monkeypatch.undo()
    assert found(sokha, q="5000/26") == ["KH/5000/26"]


def test_the_list_as_a_file(sokha):
    answer = sokha.get(f"{PAGE}/csv", {"q": "golden", "sort": "-filed"})
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert len(rows) == 11
    assert rows[0]["number"] == registers.NUMBER
    assert rows[0]["applicants"].startswith(registers.NAME)
    assert (rows[0]["state"], rows[0]["classes"], rows[0]["filed"]) == (
        "registered",
        "30",
        "2024-05-14",
    )
    assert (rows[0]["open_errors"], rows[0]["withdrawn"]) == ("yes", "no")
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(sokha.get(f"{PAGE}/xlsx", {"q": "golden"}).getvalue())
    )
    assert len(book.get_sheet_by_index(0).to_python()) == 12


def test_a_file_goes_on_beyond_one_page(sokha, monkeypatch):
    monkeypatch.setattr("ipshare.portal.views.register._STEP", 4)
    answer = sokha.get(f"{PAGE}/csv", {"q": "golden"})
    assert len(list(csv.DictReader(io.StringIO(answer.getvalue().decode())))) == 11


@pytest.mark.django_db(transaction=True)
def test_a_search_box_that_takes_too_long_says_so_and_not_that_nothing_is_called_so(
    sokha, monkeypatch
):
    monkeypatch.setattr(views, "SECONDS", 0.05)
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE search IN ACCESS EXCLUSIVE MODE")
        answer = sokha.get("/find", {"q": "stung"})
    other.close()
    assert answer.status_code == 503
    page = answer.content.decode()
    assert "took too long" in page
    assert "Nothing" not in page
    assert "/register/kh/records/trademark" in sokha.get("/find", {"q": "stung"}).content.decode()


def test_the_search_box_leads_to_a_record_a_submission_or_a_list(sokha, anong, operator):
    record = f"/register/kh/records/trademark/{registers.NUMBER}"
    assert sokha.get("/find", {"q": registers.NUMBER})["Location"] == record
    assert sokha.get("/find", {"q": "kh-000003"})["Location"] == "/submissions/KH-000003"
    near = sokha.get("/find", {"q": "stung"}).content.decode()
    assert record in near
    files = sokha.get("/find", {"q": "KH_TM_Updates"}).content.decode()
    assert "/submissions/KH-000003" in files
    assert "Nothing is called so" in sokha.get("/find", {"q": "nothing such"}).content.decode()
    assert "/register/" not in re.sub(
        r"<nav.*?</nav>",
        "",
        operator.get("/find", {"q": "stung"}).content.decode(),
        flags=re.DOTALL,
    )
    for text in (registers.NUMBER, "stung", registers.NAME):
        assert b"KH/118204" not in anong.get("/find", {"q": text}).content.replace(
            text.encode(), b""
        )


def test_a_record_that_was_kept_back_whole_is_found_by_its_number(sokha):
    sent = a_submission("KH", 40, ended_at=AT)
    some_findings(sent, "NUM-003", 1, record="KH/77777/26", withholds=1, path="ApplicationNumber")
    address = "/register/kh/records/trademark/KH/77777/26"
    assert address in sokha.get("/find", {"q": "KH/77777/26"}).content.decode()
    page = sokha.get(address).content.decode()
    assert "The register does not hold this record" in page
    assert "NUM-003" in page


def test_a_page_asks_few_questions(sokha, django_assert_max_num_queries):
    of_the_test = 4  # its savepoint begins and ends, and what a search sets is set back in it
    for address in (
        PAGE,
        f"{PAGE}?q=golden&sort=-filed",
        f"{PAGE}/records/trademark/{registers.NUMBER}",
        "/find?q=stung",
    ):
        sokha.get(address)
        with django_assert_max_num_queries(13 + of_the_test):
            assert sokha.get(address).status_code == 200


def test_looking_writes_nothing(sokha):
    before = AuditEvent.objects.count()
    sokha.get(f"{PAGE}/records/trademark/{registers.NUMBER}")
    assert AuditEvent.objects.count() == before
    assert AT - timedelta(days=6) < AT
