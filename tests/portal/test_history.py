"""In and out in one order of time: what stands there, what each filter leaves, what is counted, who sees nothing."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from python_calamine import CalamineWorkbook

from ipshare.domain.authorization import Channel, Conditions
from ipshare.domain.office import Right
from ipshare.portal import chart
from ipshare.share import authorizations, authorized, ledger
from ipshare.store.exchanges import Day
from ipshare.store.models.accounts import Office
from ipshare.store.models.deliveries import Delivery, Destination
from portal import builders
from portal.test_pages import words

pytestmark = pytest.mark.django_db
AT = builders.AT


def party(name):
    return Office.objects.get(code="KH").authorizations.get(third_party__name=name)


def read(name, numbers, *, at, right=Right.TRADEMARK, channel=Channel.API, **more):
    authorization = party(name)
    ledger.write(
        authorized.view_at(authorization, AT), right, numbers, size=1000, at=at,
        client=authorization.client.client_id, channel=channel, request=f"{at:%s%f}", **more,
    )  # fmt: skip


@pytest.fixture
def pushes(office):
    """A destination of WIPO that took a delivery, and one that does not take its second."""
    destination = Destination.objects.create(
        authorization=party("WIPO"), name="pub-hub", kind="sftp", address={}, secret="",
        created_at=AT - timedelta(days=30), created_by="sokha.chan@moc.example", due_at=AT,
    )  # fmt: skip
    common = {
        "destination": destination, "right": "trademark", "edition": f"{party('WIPO').pk}.1.0.on",
        "files": [{"path": "KH_TM_000001.zip"}], "cursor": "", "complete": True,
    }  # fmt: skip
    Delivery.objects.create(
        **common, number=1, name="KH_TM_000001", puts=["KH/1/24", "KH/2/24"], withdrawn=["KH/3/24"],
        size=81_000, state="delivered", made_at=AT - timedelta(days=5), sent_at=AT - timedelta(days=5),
        ended_at=AT - timedelta(days=5), attempts=1,
    )  # fmt: skip
    Delivery.objects.create(
        **common, number=2, name="KH_TM_000002", puts=["KH/4/24"], size=31_000, state="sending",
        made_at=AT - timedelta(hours=2), sent_at=AT - timedelta(hours=2), attempts=4,
        trouble="another-host-key", trouble_words="The host key of sftp.wipo.example is another one.",
    )  # fmt: skip


def rows_of(client, query):
    text = client.get("/history.csv" + query).getvalue().decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_in_and_out_stand_in_one_order(sokha, pushes):
    rows = rows_of(sokha, "?first=")
    times = [row["at"] for row in rows]
    assert times == sorted(times, reverse=True)
    assert {row["direction"] for row in rows} == {"in", "out"}
    page = words(sokha.get("/history?first="))
    assert f"{len(rows)} exchanges" in page
    assert "JPO read records and changes" in page
    assert "KH_TM_000001 to pub-hub, 1 attempt, authorization version 1" in page
    assert "Not taken yet" in page
    assert "The host key of sftp.wipo.example is another one." in page
    assert "2 records, 1 withdrawn" in page


def test_what_one_party_reads_in_a_day_under_a_version_is_one_row(sokha, office):
    morning = AT.replace(hour=3) - timedelta(days=20)  # 10:00 in Phnom Penh
    for minute in range(40):
        read("JPO", [f"KH/{minute}/24"], at=morning + timedelta(minutes=minute))
    read("JPO", ["P1"], right=Right.PATENT, at=morning + timedelta(hours=1))
    read("JPO", ["KH/1/24", "KH/2/24"], at=morning + timedelta(hours=2), withdrawn=True)
    read("JPO", ["KH/1/24"], at=morning + timedelta(hours=3), files=["1.jpg"])
    read("JPO", ["KH/9/24"], at=morning + timedelta(hours=15))  # the next day in Phnom Penh
    read("JPO", ["KH/9/24"], at=morning, channel=Channel.BULK)
    read("WIPO", ["KH/9/24"], at=morning)
    day = (morning + timedelta(hours=7)).date()
    rows = rows_of(sokha, f"?direction=out&first={day}&last={day}")
    assert sorted((row["third_party"], row["kind"]) for row in rows) == [
        ("JPO", "api"),
        ("JPO", "bulk"),
        ("WIPO", "api"),
    ]
    [api] = [row for row in rows if (row["third_party"], row["kind"]) == ("JPO", "api")]
    assert {name: api[name] for name in ("right", "records", "withdrawn", "files", "entries", "size", "version")} == {
        "right": "trademark patent", "records": "41", "withdrawn": "2", "files": "1", "entries": "43",
        "size": "43000", "version": "1",
    }  # fmt: skip
    page = words(sokha.get(f"/history?direction=out&first={day}&last={day}"))
    assert "41 records, 1 file, 2 withdrawn" in page
    assert "43 entries of the ledger, authorization version 1" in page


def chips(answer):
    """The filters that are on, as they are read out, with the addresses of their crosses."""
    shown = answer.content.decode().partition('id="filters-on"')[2].partition("</ul>")[0]
    found = re.findall(r'<a href="([^"]+)">(.*?)</a>', shown, re.DOTALL)
    return {
        re.sub(r"<[^>]+>", "", text).removesuffix(", take this filter away"): unescape(href)
        for href, text in found
    }


def test_each_filter_that_is_on_is_a_chip_that_takes_it_away(sokha, pushes):
    jpo = party("JPO").pk
    query = f"direction=out&right=trademark&kind=api&state=delivered&party={jpo}&first=2020-01-01&last=2030-02-03"
    shown = chips(sokha.get(f"/history?{query}&words=J%26P&page=1"))
    assert [*shown] == [
        "Direction: Out", "State: Delivered", "Right: Trademarks", "Kind: API and feed", "Third party: JPO",
        "From: 1 January 2020", "To: 3 February 2030", "Text: J&amp;P",
    ]  # fmt: skip
    left = chips(sokha.get(shown["State: Delivered"]))
    assert [*left] == [one for one in shown if one != "State: Delivered"]
    for name in [*left]:
        assert chips(sokha.get(left[name])).keys() == left.keys() - {name}
    only = chips(sokha.get("/history?state=held"))
    assert only == {"State: Held": "/history?first=#filters-on"}
    assert chips(sokha.get(only["State: Held"])) == {}, "not the newest days alone"


def test_the_newest_days_of_a_first_visit_are_a_filter_too(sokha, operator):
    [name] = chips(sokha.get("/history"))
    assert name.startswith("From: ")
    shown = chips(operator.get("/history?office=KH&party=999&first="))
    assert [*shown] == ["Office: Cambodia", "Third party: unknown here"]
    assert chips(operator.get("/history?state=nonsense&first=")) == {}


@pytest.mark.parametrize(
    ("query", "directions", "count"),
    [
        ("direction=in", {"in"}, 8),
        ("direction=out", {"out"}, 7),
        ("party={jpo}", {"out"}, 3),
        ("kind=push", {"out"}, 2),
        ("kind=api", {"out"}, 4),
        ("kind=bulk", {"out"}, 1),
        ("kind=Test", {"in"}, 1),
        ("state=failing", {"out"}, 1),
        ("state=delivered", {"out"}, 6),
        ("state=abandoned", set(), 0),
        ("state=held", {"in"}, 1),
        ("right=design", {"in", "out"}, 2),
        ("words=jpo", {"out"}, 3),
        ("words=KH_TM_000002", {"out"}, 1),
        ("words=KH-000006", {"in"}, 1),
        ("party=999999", set(), 0),
    ],
)
def test_each_filter_leaves_what_it_says(sokha, pushes, query, directions, count):
    rows = rows_of(sokha, "?first=&" + query.format(jpo=party("JPO").pk))
    assert ({row["direction"] for row in rows}, len(rows)) == (directions, count)
    page = words(sokha.get("/history?first=&" + query.format(jpo=party("JPO").pk)))
    assert f"{count} exchange" in page


def test_a_first_visit_shows_the_newest_days_and_says_so(sokha, office):
    rows = rows_of(sokha, "")
    assert "KH-000001" not in {row["reference"] for row in rows}  # 104 days ago
    assert "KH-000001" in {row["reference"] for row in rows_of(sokha, "?first=")}
    assert "since" in words(sokha.get("/history"))


def test_old_addresses_lead_to_what_came_in(sokha, office):
    answer = sokha.get("/submissions?state=held")
    assert answer["Location"] == "/history?state=held&direction=in&first="
    page = sokha.get("/submissions", follow=True).content.decode()
    assert len(re.findall(r'href="/submissions/KH-0+\d+"', page)) == 8
    answer = sokha.get("/submissions.csv?right=patent")
    assert answer["Location"] == "/history.csv?right=patent&direction=in&first="


def test_xlsx_holds_what_csv_holds(sokha, pushes):
    book = CalamineWorkbook.from_filelike(io.BytesIO(sokha.get("/history.xlsx?first=").getvalue()))
    head, *lines = book.get_sheet_by_index(0).to_python()
    rows = rows_of(sokha, "?first=")
    assert head == list(rows[0])
    assert [line[head.index("reference")] for line in lines] == [row["reference"] for row in rows]
    assert [int(line[head.index("size")]) for line in lines] == [int(r["size"]) for r in rows]


def test_another_office_sees_nothing_of_it(anong, pushes):
    assert rows_of(anong, "?first=") == []
    assert rows_of(anong, "?first=&office=KH") == []
    page = words(anong.get("/history?first="))
    assert "Nothing has been exchanged yet" in page
    for name in ("JPO", "WIPO", "pub-hub"):
        assert name not in page


def test_an_operator_sees_what_came_and_went_over_all_offices(operator, pushes):
    builders.an_office("LA", "Laos")
    lao, client, _ = authorizations.add_third_party("LA", "JPO", "", by="x", at=AT)
    conditions = Conditions(rights=frozenset({Right.DESIGN}))
    authorizations.save(lao, conditions, by="x", reason="an agreement", at=AT)
    lao.refresh_from_db()
    ledger.write(
        authorized.view_at(lao, AT), Right.DESIGN, ["LA/1"], size=1, at=AT, client=client.client_id,
        channel=Channel.API, request="r",
    )  # fmt: skip
    rows = rows_of(operator, "?first=")
    assert {(row["direction"], row["office"]) for row in rows} == {
        ("in", "KH"), ("out", "KH"), ("out", "LA"),
    }  # fmt: skip
    assert {row["office"] for row in rows_of(operator, "?first=&office=LA")} == {"LA"}
    assert rows_of(operator, "?first=&office=TH") == []
    page = operator.get("/history?first=&right=design&direction=out").content.decode()
    assert f"/deliveries/la/{lao.pk}/" in page
    assert "LA ·" in page


def test_pages_hold_every_exchange_once(sokha, office):
    for n in range(120):
        read("WIPO", ["KH/1/24"], at=AT - timedelta(days=300 + n))
    seen = []
    for number in (1, 2, 3, 4, 99):
        page = sokha.get(f"/history?direction=out&first=&page={number}").content.decode()
        seen.append(page.count("entry of the ledger") + page.count("entries of the ledger"))
    assert seen == [50, 50, 25, 25, 25]  # beyond the last page is the last page


def test_many_readings_stay_few_rows_and_few_queries(sokha, office, django_assert_max_num_queries):
    authorization = party("JPO")
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO store_disclosure (at, day, office_id, authorization_id, version, base, client, channel, "right",
                                          groups, numbers, records, files, size, request)
            SELECT %s - n * interval '1 second', CURRENT_DATE, 'KH', %s, 1, 0, 'c', 'api', 'trademark', 1, '{}', 1,
                   '{}', 10, n::text
            FROM generate_series(1, 10000) n
            """,
            [AT, authorization.pk],
        )
    with django_assert_max_num_queries(15):
        page = words(sokha.get("/history?direction=out"))
    assert re.search(r"[1-9]\d? exchanges", page)


def test_a_chart_counts_every_exchange_once():
    days = [
        Day(day=date(2026, 1, 31) + timedelta(days=n), came=n % 3, went=2, held=0, refused=0, failing=0)
        for n in range(400)
    ]  # fmt: skip
    for length, unit in ((1, "day"), (40, "day"), (100, "week"), (400, "month")):
        some = days[:length]
        drawn = chart.of(some, first=None, last=some[-1].day)
        assert drawn is not None
        assert drawn.unit == unit
        assert drawn.came == sum(day.came for day in some)
        assert drawn.went == sum(bar.went for bar in drawn.bars) == 2 * length
        assert all(bar.x + bar.width <= 960 for bar in drawn.bars)
        assert all(bar.up <= 64 and bar.down <= 64 for bar in drawn.bars)
    assert chart.of([], first=None, last=date(2026, 1, 1)) is None
