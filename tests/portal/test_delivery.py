"""The page of one delivery: what left, for whom, under which conditions; and who does not see it."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest

from ipshare.domain.authorization import Channel
from ipshare.domain.office import Right
from ipshare.share import ledger
from ipshare.store.models.deliveries import Delivery
from portal import builders
from portal.conftest import signed_in
from portal.test_history import party, pushes, read  # noqa: F401 (a fixture)
from portal.test_home import words

pytestmark = pytest.mark.django_db
AT = builders.AT
DAYS = timedelta(days=20)
MORNING = AT.replace(hour=3) - DAYS  # 10:00 in Phnom Penh


def address(name="JPO", at=MORNING, channel="api", version=1, base=0):
    day = (at + timedelta(hours=7)).date()
    return f"/deliveries/kh/{party(name).pk}/{day}/{channel}/{version}/{base}"


@pytest.fixture
def some(office):
    """What JPO read in one day: marks, a picture, a withdrawal, a patent."""
    for minute in range(120):
        read("JPO", [f"KH/{minute}/24"], at=MORNING + timedelta(minutes=minute))
    read("JPO", ["P1"], right=Right.PATENT, at=MORNING + timedelta(hours=3))
    read("JPO", ["KH/1/24", "KH/2/24"], at=MORNING + timedelta(hours=4), withdrawn=True)
    read("JPO", ["KH/1/24"], at=MORNING + timedelta(hours=5), files=["1.jpg"])
    read("JPO", ["KH/9/24"], at=MORNING + timedelta(hours=15))  # the next day in Phnom Penh
    read("JPO", ["KH/9/24"], at=MORNING, channel=Channel.BULK)
    read("WIPO", ["KH/8/24"], at=MORNING)


def lines_of(client, path):
    text = client.get(path).getvalue().decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_a_row_of_the_history_leads_to_what_it_is_of(sokha, some):
    day = (MORNING + timedelta(hours=7)).date()
    page = sokha.get(f"/history?direction=out&first={day}&last={day}").content.decode()
    found = re.findall(r'href="(/deliveries/[^"]+)"', page)
    assert sorted(found) == sorted([address(), address(channel="bulk"), address("WIPO")])
    for one in found:
        assert sokha.get(one).status_code == 200


@pytest.mark.parametrize("summed", [False, True])
def test_it_says_who_what_when_and_under_which_conditions(sokha, some, summed):
    if summed:
        assert ledger.sum_up() > 0
    answer = sokha.get(address())
    page = words(answer)
    assert "JPO read records and changes" in page
    assert "Records 121 Told to be withdrawn 2 Files 1" in page
    assert party("JPO").client.client_id in page.replace(" ", "")
    assert "App-client-id" in page
    assert "Agreement with JPO of 1 September" in page
    assert "Data Restriction without stakeholder information" in page
    assert "in 123 entries of the ledger" in page
    assert "Trademarks" in page
    assert "Patents" in page


def test_its_records_are_paged_and_found_by_number(sokha, some):
    seen, path = [], address()
    while path:
        page = sokha.get(path).content.decode()
        seen += re.findall(r'href="/register/kh/records/(\w+/[^"]+)"', page)
        following = re.search(r'rel="next" href="(\?[^"#]+)', page)
        path = following and address() + following[1].replace("&amp;", "&")
    assert len(seen) == 124
    assert seen[0] == "trademark/KH/0/24"
    assert seen[-1] == "trademark/KH/1/24"
    page = words(sokha.get(f"{address()}?number=KH/1/24"))
    assert page.count("KH/1/24") >= 3
    assert "That it was withdrawn" in page
    assert "File 1.jpg" in page
    assert "KH/2/24" not in page
    nothing = words(sokha.get(f"{address()}?number=KH/9999/24"))
    assert "KH/9999/24 is not in this delivery" in nothing


def test_the_files_hold_every_record(sokha, some):
    rows = lines_of(sokha, f"{address()}/csv")
    assert len(rows) == 124
    assert {row["third_party"] for row in rows} == {"JPO"}
    assert [row["what"] for row in rows[-3:]] == ["That it was withdrawn"] * 2 + ["File 1.jpg"]
    assert "stakeholders" not in rows[0]["groups"]
    assert len(lines_of(sokha, f"{address()}/csv?number=KH/1/24")) == 3
    assert sokha.get(f"{address()}/xlsx").getvalue().startswith(b"PK")


def test_a_push_has_its_page_too(sokha, pushes):  # noqa: F811 (a fixture)
    first, second = Delivery.objects.order_by("number")
    Delivery.objects.filter(pk=first.pk).update(first_position=12, last_position=1480)
    page = words(sokha.get(f"/deliveries/kh/pushed/{first.pk}"))
    assert "KH_TM_000001" in page
    assert "12 to 1,480: where these records stood" in page
    assert "That it was withdrawn" in page
    assert "KH/3/24" in page
    rows = lines_of(sokha, f"/deliveries/kh/pushed/{first.pk}/csv")
    assert [(row["number"], row["what"]) for row in rows] == [
        ("KH/1/24", "Record"),
        ("KH/2/24", "Record"),
        ("KH/3/24", "That it was withdrawn"),
    ]
    assert "The host key of sftp.wipo.example is another one" in words(
        sokha.get(f"/deliveries/kh/pushed/{second.pk}")
    )


def test_a_role_for_one_right_sees_that_right_alone(some, pushes):  # noqa: F811 (a fixture)
    read("JPO", ["P9"], right=Right.PATENT, at=MORNING + DAYS / 2)
    builders.a_person(
        "dara@moc.example", "KH", "Dara", roles=builders.roles("viewer", right=Right.PATENT)
    )
    client = signed_in("dara@moc.example")
    page = words(client.get(address()))
    assert "P1" in page
    assert "KH/1/24" not in page
    assert "Records 1" in page
    assert [row["number"] for row in lines_of(client, f"{address()}/csv")] == ["P1"]
    assert client.get(address("WIPO")).status_code == 404
    assert client.get(address(channel="bulk")).status_code == 404
    for one in Delivery.objects.all():
        assert client.get(f"/deliveries/kh/pushed/{one.pk}").status_code == 404


def test_what_is_not_there_is_another_offices_or_nobodys_alike(sokha, anong, some, pushes):  # noqa: F811 (a fixture)
    gone = sokha.get("/deliveries/kh/pushed/999999")
    assert gone.status_code == 404
    number = Delivery.objects.earliest("number").pk
    wrong = [
        address(version=2), address(base=3), address(channel="push"), address(channel="sftp"),
        address(at=MORNING - timedelta(days=400)), address().replace("/kh/", "/th/"),
        address()[:-4] + "9" * 30 + "/0", "/deliveries/kh/1/20261101/api/1/0", f"/deliveries/kh/pushed/{'9' * 30}",
    ]  # fmt: skip
    for path in wrong:
        assert (path, sokha.get(path).status_code) == (path, 404)
    for path in (address(), f"/deliveries/kh/pushed/{number}", f"{address()}/csv"):
        assert (path, anong.get(path).status_code) == (path, 404)


def test_few_queries(sokha, some, django_assert_max_num_queries):
    sokha.get("/")  # a session is written now and then
    with django_assert_max_num_queries(15):
        sokha.get(address())
