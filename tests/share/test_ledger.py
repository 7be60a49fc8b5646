"""The ledger: what is written is found again by record, by third party and by month."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django.utils import connector_params

from ipshare.domain.authorization import Channel
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.domain.zone import day_of
from ipshare.share import ledger
from ipshare.share.authorized import view_at
from ipshare.store import lately, queries
from ipshare.store.models.disclosures import Disclosure, DisclosureDay
from share.histories import AT, a_reader, a_record, publish, withdrawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


def a_view(reader):
    reader.authorization.refresh_from_db()
    return view_at(reader.authorization, AT)


def write(view, *numbers, right=Right.TRADEMARK, at=AT, size=100, request="r", **more):
    ledger.write(
        view, right, numbers, size=size, at=at, client="c", channel=Channel.API, request=request, **more
    )  # fmt: skip


def test_a_record_is_found_with_its_groups_and_its_version():
    view = a_view(a_reader(excluded={G.STAKEHOLDERS}))
    write(view, "1", "2")
    write(view, "2", "3", at=AT + timedelta(hours=1))
    write(view, "2", right=Right.PATENT)
    found = ledger.of_record("XA", Right.TRADEMARK, "2")
    assert [row.at for row in found] == [AT + timedelta(hours=1), AT]
    assert (found[0].groups, found[0].version, found[0].base) == (view.mask, 1, 0)
    assert not ledger.of_record("XB", Right.TRADEMARK, "2").exists()
    assert not ledger.of_record("XA", Right.TRADEMARK, "4").exists()


def test_a_third_party_by_time_and_totals_by_month():
    one, other = a_view(a_reader()), a_view(a_reader(name="XC"))
    december = datetime(2026, 12, 1, tzinfo=UTC)
    write(one, "1", "2", request="a")
    write(one, "3", request="a")
    write(one, "1", at=december, request="b")
    write(one, "4", at=december, request="b", withdrawn=True, size=10)
    write(one, "1", at=december, files=["1.jpg"], request="c", size=7)
    write(other, "1", right=Right.DESIGN)
    for _ in range(2):  # before and after it is summed up
        months = ledger.totals("XA", by_month=True)
        assert [(t.month.month, t.right, t.entries, t.records, t.size) for t in months] == [
            (12, Right.TRADEMARK, 3, 1, 117),
            (11, Right.TRADEMARK, 2, 3, 200),
            (11, Right.DESIGN, 1, 1, 100),
        ]
        [before, _] = ledger.totals("XA", last=date(2026, 11, 30))
        assert (before.records, before.size, before.versions) == (3, 200, (1, 1))
        assert (before.files, before.last_at) == (0, AT)
        assert [t.files for t in ledger.totals("XA", rights=frozenset({Right.TRADEMARK}))] == [1]
        seen = lately.of("XA", frozenset({Right.TRADEMARK}), at=december)
        assert seen.received[one.authorization].records == 4
        assert [week.went for week in seen.weeks[Right.TRADEMARK]][-2:] == [3, 1]
        assert [*seen.weeks] == [Right.TRADEMARK]
        assert other.authorization not in seen.received  # of a right that was not asked for
        ledger.sum_up()
    assert [t.records for t in ledger.totals("XA", channel=Channel.PUSH)] == []
    assert ledger.totals("XB") == []


def test_a_number_is_looked_up_in_an_index():
    view = a_view(a_reader())
    for page in range(200):
        write(view, *(f"KH/{page}/{number}" for number in range(1000)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('disclosure_of_record')")
        cursor.execute("ANALYZE store_disclosure")
    found = ledger.of_record("XA", Right.TRADEMARK, "KH/7/77")
    assert "disclosure_of_record" in found.explain(), found.explain()
    assert found.count() == 1


def test_a_row_has_the_positions_at_which_its_records_stand():
    publish(1, [a_record(n, text="t") for n in "1234"])
    publish(2, [a_record("2", text="other"), withdrawn("4")])  # 2 and 4 stand at 5 and 6
    view = a_view(a_reader())
    write(view, "1", "3")
    write(view, "3", "2")
    write(view, "4", withdrawn=True)
    write(view, "2", "3", upto=4)  # made before the second submission
    write(view, "unknown")
    write(view, right=Right.PATENT, files=["KH-000001/a.zip"], positions=(7, 9))
    rows = Disclosure.objects.order_by("pk").values_list("first_position", "last_position")
    assert list(rows) == [(1, 3), (3, 5), (6, 6), (2, 3), (None, None), (7, 9)]
    marks, patents = sorted(ledger.totals("XA"), key=lambda one: one.right, reverse=True)
    assert (marks.positions, patents.positions) == ((1, 6), (7, 9))


def test_the_ledger_asks_the_register_by_its_keys():
    publish(1, [a_record(str(n)) for n in range(1000)])
    view = a_view(a_reader())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE record")
        cursor.execute("ANALYZE change")
        text = queries.read("access", "disclose")
        given = {
            "at": AT, "day": AT.date(), "office": "XA", "authorization": view.authorization, "version": 1, "base": 0,
            "client": "c", "channel": "api", "right": "trademark", "groups": 1, "numbers": '["1", "2"]', "records": 2,
            "files": [], "size": 1, "request": "r", "upto": 4, "first": None, "last": None,
        }  # fmt: skip
        cursor.execute(f"EXPLAIN {text}", given)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "record_is_named_once_per_office_and_right" in plan, plan
    assert "change_by_record" in plan, plan


def test_a_day_is_that_of_the_office(settings):
    view = replace(a_view(a_reader()), office="XA")
    write(view, "1", at=datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
    assert Disclosure.objects.get().day == date(2026, 11, 23)  # XA is no office of the region: UTC
    assert day_of("KH", datetime(2026, 11, 23, 23, 30, tzinfo=UTC)) == date(2026, 11, 24)
    assert day_of("MM", datetime(2026, 11, 23, 17, 29, tzinfo=UTC)) == date(2026, 11, 23)


@pytest.mark.django_db(transaction=True)
def test_sums_miss_nothing_that_commits_late():
    """An entry that got its number before another, and commits after that was summed, would be lost."""
    view = a_view(a_reader())
    write(view, "1")
    with psycopg.connect(**connector_params()) as late:
        late.execute(
            """INSERT INTO store_disclosure (at, day, office_id, authorization_id, version, base, client, channel,
                   "right", groups, numbers, records, files, size, request)
               SELECT at, day, office_id, authorization_id, version, base, client, channel, "right", groups,
                   '{late}', records, files, size, request FROM store_disclosure"""
        )
        write(view, "2")
        assert ledger.sum_up() == 0  # somebody writes: nothing is summed, nobody waits
        assert [t.records for t in ledger.totals("XA")] == [2]
        late.commit()
    assert [t.records for t in ledger.totals("XA")] == [3]
    assert [ledger.sum_up(most=2), ledger.sum_up(most=2), ledger.sum_up(most=2)] == [2, 1, 0]
    assert [t.records for t in ledger.totals("XA")] == [3]
    assert DisclosureDay.objects.get().entry == Disclosure.objects.latest("pk").pk
