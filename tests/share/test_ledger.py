"""The ledger: what is written is found again by record, by third party and by month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from ipshare.domain.authorization import Channel
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import ledger
from ipshare.share.authorizations import view_at
from share.histories import AT, a_reader

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
    assert ledger.of_third_party(one.authorization, AT, december).count() == 2
    months = ledger.totals("XA", by_month=True)
    assert [(t.month.month, t.right, t.answers, t.records, t.size) for t in months] == [
        (12, Right.TRADEMARK, 2, 1, 117),
        (11, Right.TRADEMARK, 1, 3, 200),
        (11, Right.DESIGN, 1, 1, 100),
    ]
    [before, _] = ledger.totals("XA", until=december)
    assert (before.records, before.size, before.versions, before.last_at) == (3, 200, (1, 1), AT)
    assert before.files == 0
    assert [t.files for t in ledger.totals("XA", right=Right.TRADEMARK)] == [1]
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
