"""The list of what is still kept back: exactly these records, with what is wrong, and as a file to work through."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import connection

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.store.models.submissions import Submission
from portal import builders
from portal.conftest import signed_in
from portal.registers import NAME, NUMBER
from portal.test_home import words

pytestmark = pytest.mark.django_db
LIST = "/register/kh/kept-back"


def rows(client, query=""):
    text = client.get(f"{LIST}/csv{query}").getvalue().decode()
    return list(csv.DictReader(io.StringIO(text)))


def listed(client):
    """The text of the list of trademarks, without what opens its rows on a telephone."""
    return re.sub(r" *More of \S+", "", words(client.get(f"{LIST}?right=trademark")))


def test_the_list_has_these_records_and_what_is_wrong_with_each(
    sokha, django_assert_max_num_queries
):
    with django_assert_max_num_queries(15):
        page = listed(sokha)
    assert (
        "Kept back: 118 records Of all that came with and since the Full_Extraction KH-000001"
        in page
    )
    assert "Kept back whole 34 Kept back in part 84" in page
    assert (
        f"{NUMBER} ស្ទឹងមាស STUNG MEAS {NAME} the whole record TXT-008 Applicant, name: Khmer" in page
    )
    assert "KH/118240/24 stakeholders, events TXT-008" in page
    assert "STA-004 Registration date INID 151 : KH/118204/24 is registered" in page
    assert "sent RkumhIun GgÁr 118204 , proposed ក្រុមហ៊ុន អង្គរ 118204" in page
    assert "1\u201350 of 118" in page
    last = words(sokha.get(f"{LIST}?right=trademark&page=3"))
    assert "101\u2013118 of 118" in last
    assert "KH/118321/24 stakeholders" in last


@pytest.mark.usefixtures("register")
def test_mark_and_applicant_are_those_that_the_register_holds(django_assert_max_num_queries):
    """Nothing is read out of what is kept back: what the register does not hold is not there."""
    marks = Submission.objects.get(office="KH", number=3)
    without, withdrawn, never = "KH/112950/23", "KH/1/24", "KH/999/26"
    for number in (without, withdrawn, never):
        builders.some_findings(
            marks, "TXT-008", 1, record=number, withholds=ElementGroup.STAKEHOLDERS.bit
        )
    builders.kept_back(marks, since=Submission.objects.get(office="KH", number=1))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE record SET stakeholders = NULL WHERE number = %s", [without])
    sokha = signed_in("sokha.chan@moc.example")
    with django_assert_max_num_queries(15):
        page = listed(sokha)
    assert f"{NUMBER} ស្ទឹងមាស STUNG MEAS {NAME} events STA-004" in page
    assert f"{without} ANGKOR 112950 stakeholders TXT-008" in page
    assert f"{withdrawn} stakeholders TXT-008" in page
    assert f"{never} stakeholders TXT-008" in page
    found = {row["number"]: (row["mark_or_title"], row["applicants"]) for row in rows(sokha)}
    assert found == {
        NUMBER: ("ស្ទឹងមាស STUNG MEAS", NAME),
        without: ("ANGKOR 112950", ""),
        withdrawn: ("", ""),
        never: ("", ""),
    }


def test_a_record_is_found_by_a_part_of_its_number(sokha):
    page = words(sokha.get(f"{LIST}?right=trademark&words=kh/118241"))
    assert "1 record with “kh/118241” in the number" in page
    assert "KH/118240/24" not in page
    none = words(sokha.get(f"{LIST}?right=trademark&words=999999"))
    assert "No record that is kept back has “999999” in its number" in none
    assert sokha.get(f"{LIST}?right=trademark&words=%00&page=99").status_code == 200


def test_the_records_of_one_rule_are_worked_through_together(sokha):
    page = listed(sokha)
    assert (
        "Any rule TXT-008, 118 records STA-004, 61 records DAT-004, 34 records TMK-004, 1 record"
        in page
    )
    some = words(sokha.get(f"{LIST}?right=trademark&rule=STA-004"))
    assert "61 records , by STA-004" in some or "61 records, by STA-004" in some
    assert "1\u201350 of 61" in some
    one = words(sokha.get(f"{LIST}?right=trademark&rule=STA-004&words=118241"))
    assert "KH/118241/24" in one
    assert "KH/118240/24" not in one
    assert len({row["number"] for row in rows(sokha, "?right=trademark&rule=STA-004")}) == 61
    for none in ("rule=STA-999", "rule=%00", "rule=STA-004&words=999999"):
        assert sokha.get(f"{LIST}?right=trademark&{none}").status_code == 200
    assert "No record is kept back by STA-999" in words(
        sokha.get(f"{LIST}?right=trademark&rule=STA-999")
    )


def test_the_file_has_a_line_for_each_finding_that_keeps_something_back(sokha):
    found = rows(sokha, "?right=trademark")
    assert len(found) == 214
    assert len({row["number"] for row in found}) == 118
    assert {row["rule"] for row in found} == {"TXT-008", "STA-004", "DAT-004", "TMK-004"}
    first = found[0]
    assert (first["number"], first["kept_back"], first["groups"]) == (
        "KH/118204/24",
        "whole",
        "stakeholders",
    )
    assert (first["submission"], first["as_sent"]) == ("KH-000003", "RkumhIun GgÁr 118204")
    assert len(rows(sokha, "?right=trademark&words=118241")) == 2
    assert sokha.get(f"{LIST}/xlsx?right=trademark").getvalue()[:2] == b"PK"


def test_a_right_without_any_says_so(sokha):
    page = words(sokha.get(f"{LIST}?right=patent"))
    assert "Kept back: 0 records Of all that came since the beginning" in page
    assert "No record of patents is kept back" in page
    assert rows(sokha, "?right=patent") == []


def test_records_without_a_number_are_named_by_their_submissions(sokha):
    Submission.objects.filter(office="KH", number__in=(1, 3)).update(unplaced=2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kept_back_sum SET unplaced = 4")
    builders.a_submission("KH", 9, received_at=builders.AT, ended_at=builders.AT)
    home = words(sokha.get("/"))
    assert "118 records are kept back in trademarks, and 4 came without a number 34 whole" in home
    assert "1 record with open errors, 118 kept back, 4 without a number." in home
    assert "118 kept back 4 without a number" in home
    page = listed(sokha)
    assert "Kept back: 118 records, and 4 without a number" in page
    assert " 118 kept back + 4 without a number" in page
    assert "Without a number of this register: 4 records" in page
    assert "KH-000003 2 records" in page
    assert "KH-000001 2 records" in page


def test_one_record_without_a_number_is_one_task_that_leads_to_it(sokha):
    """Home said *1 record is kept back in designs*, its list *Nothing is kept back*; the error was a second task."""
    one = builders.a_submission("KH", 20, right="design", errors=1, unplaced=1, withheld=1)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kept_back_sum VALUES ('KH', 'design', %s, 0, 0, 1)", [one.pk])
    home = words(sokha.get("/"))
    assert "1 record came without a number in designs What came without" in home
    assert "Published, with errors 1 record without a number" in home
    assert "in the last publication of designs" not in home
    page = words(sokha.get(f"{LIST}?right=design"))
    assert "Kept back: 0 records, and 1 without a number" in page
    assert "Nothing is kept back" not in page
    assert "KH-000020 1 record" in page


def test_who_has_no_role_for_a_right_finds_nothing_there(sokha, anong):
    assert anong.get(LIST).status_code == 404
    builders.a_person(
        "dara@moc.example", "KH", "Dara", builders.roles("viewer", right=Right.PATENT)
    )
    viewer = signed_in("dara@moc.example")
    assert viewer.get(f"{LIST}?right=trademark").status_code == 404
    page = words(viewer.get(LIST))
    assert "118" not in page
    assert "Trademarks" not in page
