"""Records that had left before a reader began: it is told nothing of them, and of all that it holds everything."""

from __future__ import annotations

import json
from datetime import date, timedelta

import msgspec
import pytest

from ipshare.domain.authorization import Filter
from ipshare.domain.facets import Facets
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.http import cursor
from ipshare.share import authorizations, blocks, items, place
from ipshare.store.changes import Place
from ipshare.store.models.submissions import Submission
from portal import builders
from share.histories import AT, a_reader, a_record, allow, publish, withdrawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]

MARKS = {Right.TRADEMARK}
LATE = Filter(filed_from=date(2015, 1, 1))


def told(reader, *, limit=500):
    """What comes until there is no more: each item's type and number; the reader applies it."""
    found = []
    more = True
    while more:
        page = reader.page(limit=limit)
        for item in page["items"]:
            reader.apply(item)
            found.append((item["type"], item.get("number")))
        reader.cursor, more = page["next"], page["more"]
    return found


def put(number, *, filed=2020, **groups):
    publish(1, [a_record(number, **groups)], facets={number: Facets(filed=date(filed, 1, 1))})


def withdraw(number):
    publish(1, [withdrawn(number)])


@pytest.fixture(params=["made", "ready"])
def ready(request):
    """Call it for items as they are made, and as they are kept ready."""
    return lambda: items.make_ready("XA") if request.param == "ready" else None


def test_what_was_withdrawn_before_the_authorization_began_is_not_told(ready):
    for number in "1234":
        put(number)
    withdraw("2")
    withdraw("4")
    reader = a_reader()
    ready()
    assert told(reader, limit=1) == [("put", "1"), ("put", "3")]
    assert told(reader) == []
    withdraw("1")
    put("5")
    withdraw("5")
    assert ("withdraw", "1") in told(reader)


def test_nor_to_one_that_begins_again_later(ready):
    put("1")
    put("2")
    reader = a_reader()
    told(reader)
    withdraw("1")
    assert told(reader) == [("withdraw", "1")]
    allow(reader.authorization, purpose="statistics")
    ready()
    again = reader.page()
    assert [item["number"] for item in again["items"]] == []
    reader.cursor = None
    assert told(reader) == [("put", "2")]


def test_it_is_told_to_whoever_may_hold_it_however_old_the_cursor_is(ready):
    for number in "123":
        put(number)
    reader = a_reader()
    assert told(reader) == [("put", number) for number in "123"]
    withdraw("1")
    allow(reader.authorization, purpose="statistics")
    withdraw("2")
    allow(reader.authorization, rights=MARKS)
    put("4")
    withdraw("4")
    allow(reader.authorization, rights=MARKS, excluded={"text"})
    ready()
    assert {number for kind, number in told(reader) if kind == "withdraw"} >= {"1", "2"}
    assert set(reader.records) == {("trademark", "3")}


def test_of_records_that_had_left_before_they_came_into_view_nothing_is_told(ready):
    put("1", filed=2020)
    put("old", filed=2000)
    reader = a_reader(rights=())
    allow(reader.authorization, filter=LATE)
    assert told(reader, limit=1) == [("put", "1")]
    withdraw("old")
    put("new", filed=2001)
    withdraw("new")
    allow(reader.authorization)  # every record: these two never were in view
    ready()
    assert told(reader) == []
    put("2", filed=2001)
    withdraw("1")
    assert told(reader) == [("put", "2"), ("withdraw", "1")]


def test_what_was_held_and_left_before_the_filter_changed_is_told(ready):
    put("1", filed=2020)
    put("2", filed=2000)
    reader = a_reader()
    assert len(told(reader)) == 2
    withdraw("1")
    put("3", filed=2020)
    withdraw("3")
    allow(reader.authorization, filter=LATE)
    ready()
    assert set(told(reader)) >= {("withdraw", "1"), ("withdraw", "2")}
    assert reader.records == {}


def test_nor_of_those_that_came_and_left_while_nothing_was_shared(ready):
    put("1")
    put("2")
    reader = a_reader()
    told(reader)
    authorizations.end(reader.authorization, by="officer", reason="test", at=AT)
    put("secret")
    withdraw("secret")
    withdraw("2")
    allow(reader.authorization)
    ready()
    reader.sign_in()
    assert told(reader) == [("withdraw", "2")]


def test_nor_of_those_of_a_right_that_was_not_let_out_meanwhile(ready):
    put("1")
    reader = a_reader()
    told(reader)
    allow(reader.authorization, rights={Right.PATENT})
    put("secret")
    withdraw("secret")
    withdraw("1")
    allow(reader.authorization)
    ready()
    assert told(reader) == [("withdraw", "1")]


def test_nor_of_those_that_came_and_left_between_an_end_that_came_by_itself_and_the_next_save(
    monkeypatch, ready
):
    put("1")
    reader = a_reader(rights=())
    hour = timedelta(hours=1)
    at = {"now": AT}
    monkeypatch.setattr("ipshare.share.view.timezone.now", lambda: at["now"])
    allow(reader.authorization, ends_at=AT + hour)
    told(reader)
    publish(2, [a_record("secret")], at=AT + 2 * hour)
    publish(3, [withdrawn("secret"), withdrawn("1")], at=AT + 2 * hour)
    at["now"] = AT + 3 * hour
    allow(reader.authorization, at=at["now"])
    ready()
    assert told(reader) == [("withdraw", "1")]


def test_nor_of_those_that_left_before_an_authorization_began_by_itself(monkeypatch, ready):
    reader = a_reader(rights=())
    put("1")
    allow(reader.authorization, starts_at=AT + timedelta(days=2))
    monkeypatch.setattr("ipshare.share.view.timezone.now", lambda: AT + timedelta(days=3))
    put("secret")
    withdraw("secret")
    published = builders.a_submission("XA", 1, ended_at=AT + timedelta(days=1))
    Submission.objects.filter(pk=published.pk).update(first_position=1, last_position=3)
    ready()
    assert told(reader) == [("put", "1")]
    publish(1, [withdrawn("1")], at=AT + timedelta(days=3))
    assert told(reader) == [("withdraw", "1")]


def test_nor_of_those_that_were_blocked_before_it_began_by_itself(monkeypatch, ready):
    """A block takes a position that is of no submission."""
    reader = a_reader(rights=())
    put("1")
    put("secret")
    allow(reader.authorization, starts_at=AT + timedelta(days=2))
    at = AT + timedelta(days=1)
    blocks.block(
        "XA", Right.TRADEMARK, "secret", authorization=None, reason="a court order", until=None,
        by="officer", at=at,
    )  # fmt: skip
    blocks.apply("XA", at=at)
    monkeypatch.setattr("ipshare.share.view.timezone.now", lambda: AT + timedelta(days=3))
    ready()
    assert told(reader) == [("put", "1")]
    publish(1, [withdrawn("1")], at=AT + timedelta(days=3))
    assert told(reader) == [("withdraw", "1")]


def test_a_block_that_was_there_before_tells_nothing_and_a_new_one_takes_the_record_back(ready):
    put("1")
    put("2")

    def block(number):
        blocks.block(
            "XA", Right.TRADEMARK, number, authorization=None, reason="a court order", until=None,
            by="officer", at=AT,
        )  # fmt: skip
        blocks.apply("XA", at=AT)

    block("1")
    reader = a_reader()
    ready()
    assert told(reader) == [("put", "2")]
    block("2")
    assert told(reader) == [("withdraw", "2")]
    for held in blocks.in_force("XA"):
        blocks.lift(held, by="officer", at=AT)
    blocks.apply("XA", at=AT)
    assert sorted(told(reader)) == [("put", "1"), ("put", "2")]


def test_what_was_applied_of_a_page_that_was_cut_is_taken_back_after_other_conditions(ready):
    put("1", filed=2020)
    put("2", filed=2001)
    reader = a_reader(rights=())
    allow(reader.authorization, filter=LATE)
    told(reader)
    allow(reader.authorization)
    for item in reader.page()["items"]:  # and its cursor was lost
        reader.apply(item)
    assert ("trademark", "2") in reader.records
    withdraw("2")
    allow(reader.authorization, excluded={"text"})
    ready()
    told(reader)
    assert set(reader.records) == {("trademark", "1")}


def test_a_cursor_from_before_says_nothing_of_its_beginning_and_goes_on_as_it_did():
    for number in "123":
        put(number)
    withdraw("2")
    reader = a_reader()
    owner = f"{reader.authorization.client.pk} XA {reader.authorization.pk}"
    page = reader.page(limit=1)
    content = msgspec.msgpack.decode(cursor.unseal(page["next"], owner=owner))
    assert len(content) == 5
    reader.apply(page["items"][0])
    reader.cursor = cursor.seal(msgspec.msgpack.encode(content[:4]), owner=owner)
    assert place.unseal(reader.cursor, owner=owner).since == {}
    assert told(reader) == [("put", "3"), ("withdraw", "2")]
    put("4")
    allow(reader.authorization, rights=MARKS)
    assert told(reader) == [("erase", None), ("erase", None), ("put", "4")]


def test_a_cursor_names_no_record_that_its_reader_was_not_told_of():
    put("1", filed=2020, goods="a")
    reader = a_reader(rights=())
    allow(reader.authorization, filter=LATE)
    told(reader)
    put("secret", filed=2001)
    withdraw("secret")
    put("1", filed=2020, goods="b")
    assert told(reader) == [("put", "1")]
    allow(
        reader.authorization, excluded={ElementGroup.GOODS}
    )  # the newest visible change is that secret one
    page = reader.page()
    owner = f"{reader.authorization.client.pk} XA {reader.authorization.pk}"
    assert [item["type"] for item in page["items"]] == ["erase"] * 3
    assert place.unseal(page["next"], owner=owner).upto == Place(
        right=Right.TRADEMARK, number="1", count=1
    )


def test_two_offices_and_their_authorizations_have_nothing_to_do_with_each_other():
    publish(1, [a_record("1", office="XB"), a_record("2", office="XB")], office="XB")
    publish(2, [withdrawn("1", office="XB")], office="XB")
    put("1")
    first, second = a_reader(name="XC"), a_reader(office="XB", name="XC")
    withdraw("1")
    assert told(second) == [("put", "2")]
    assert told(first) == [("withdraw", "1")]
    publish(3, [withdrawn("2", office="XB")], office="XB")
    assert told(second) == [("withdraw", "2")]


def test_lines_and_the_ledger_have_nothing_of_it_either():
    put("1")
    put("2")
    withdraw("1")
    reader = a_reader()
    answer = reader.get("/api/v1/changes", Accept="application/x-ndjson")
    lines = [json.loads(line) for line in answer.getvalue().splitlines()]
    assert [line.get("number") for line in lines] == ["2", None]
