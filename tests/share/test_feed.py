"""The feed: put, withdraw and erase, in pages, within a view."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import authorizations, blocks, items, tasks
from share.histories import AT, a_reader, a_record, allow, publish, withdrawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


def numbers(page):
    return [item["number"] for item in page["items"]]


def test_records_come_in_the_order_of_publication_each_once_in_its_present_state():
    publish(1, [a_record("1", goods="a"), a_record("2", goods="b")])
    publish(2, [a_record("1", goods="c")])
    page = a_reader().page()
    assert numbers(page) == ["2", "1"]
    assert page["more"] is False
    assert page["items"][1] == {
        "type": "put", "office": "XA", "right": "trademark", "number": "1",
        "record": {"identity": "1", "goods": "c"},
    }  # fmt: skip


def test_pages_follow_each_other_without_loss_or_repetition():
    publish(1, [a_record(f"{n:02}") for n in range(10)])
    reader, seen = a_reader(), []
    while True:
        page = reader.page(limit=3)
        seen += numbers(page)
        reader.cursor = page["next"]
        if not page["more"]:
            break
    assert seen == [f"{n:02}" for n in range(10)]
    assert reader.page()["items"] == []
    assert reader.page()["next"] == reader.cursor


def test_a_change_of_withheld_groups_only_leaves_no_trace():
    publish(1, [a_record("1", examination="x", text="t"), a_record("2")])
    reader = a_reader(excluded={G.EXAMINATION})
    before = reader.get("/api/v1/changes").getvalue()
    assert b"examination" not in before
    publish(2, [a_record("1", examination="y", text="t")])
    assert reader.get("/api/v1/changes").getvalue() == before


def test_a_withdrawn_record_is_withdrawn():
    publish(1, [a_record("1"), a_record("2")])
    reader = a_reader()
    reader.pull()
    publish(2, [withdrawn("2")])
    assert reader.page()["items"] == [
        {"type": "withdraw", "office": "XA", "right": "trademark", "number": "2"}
    ]


def test_a_narrowed_authorization_says_what_to_erase_and_a_widened_one_fills_up():
    publish(
        1, [a_record("1", text="t", goods="g"), a_record("2", text="t"), a_record("3", goods="g")]
    )
    publish(2, [a_record("P", right=Right.PATENT, text="t")], right=Right.PATENT)
    reader = a_reader(excluded={G.GOODS})
    reader.pull()
    allow(reader.authorization, rights={Right.TRADEMARK}, excluded={G.TEXT})
    page = reader.page()
    assert page["items"][:3] == [
        {"type": "erase", "office": "XA", "right": "trademark", "groups": ["text"]},
        {"type": "erase", "office": "XA", "right": "patent", "groups": None},
        {"type": "erase", "office": "XA", "right": "design", "groups": None},
    ]
    assert numbers({"items": page["items"][3:]}) == ["1", "3"]
    reader.pull_all()
    assert reader.records == {
        ("trademark", "1"): {"identity": "1", "goods": "g"},
        ("trademark", "2"): {"identity": "2"},
        ("trademark", "3"): {"identity": "3", "goods": "g"},
    }


def test_an_ended_authorization_erases_everything_then_refuses_then_fills_up_again():
    publish(1, [a_record("1", text="t")])
    reader = a_reader()
    reader.pull()
    authorizations.end(reader.authorization, by="officer", reason="test", at=AT)
    assert not reader.pull()
    assert reader.records == {}
    assert reader.get(f"/api/v1/changes?after={reader.cursor}").json()["code"] == "no-authorization"
    assert reader.get("/api/v1/changes").json()["code"] == "no-authorization"
    assert reader.get("/api/v1/trademarks/XA/1").status_code == 404
    allow(reader.authorization)
    assert reader.pull_all() == {("trademark", "1"): {"identity": "1", "text": "t"}}


def test_lines_hold_the_same_items_and_end_with_the_cursor():
    publish(1, [a_record("1"), a_record("2"), a_record("3")])
    reader = a_reader()
    page = reader.page(limit=2)
    answer = reader.get("/api/v1/changes?limit=2", Accept="application/x-ndjson")
    assert answer["Content-Type"] == "application/x-ndjson"
    *items, last = map(json.loads, answer.getvalue().splitlines())
    assert items == page["items"]
    assert last == {"type": "cursor", "next": page["next"], "more": True}


def test_a_page_ends_when_the_conditions_change_while_it_is_sent(monkeypatch):
    monkeypatch.setattr("ipshare.share.feed.LOOK_EVERY", -1)
    publish(1, [a_record(f"{n:03}", text="t" * 9000) for n in range(200)])
    reader = a_reader()
    answer = reader.get("/api/v1/changes", Accept="application/x-ndjson")
    authorizations.end(reader.authorization, by="officer", reason="test", at=AT)
    lines = answer.getvalue().splitlines()
    assert len(lines) == 16  # the chunk that was made already, and the cursor
    for line in lines[:-1]:
        reader.apply(json.loads(line))
    reader.cursor = json.loads(lines[-1])["next"]
    assert json.loads(lines[-1])["more"] is True
    reader.pull_all()
    assert reader.records == {}


def test_a_stranger_is_told_the_same_whatever_there_is():
    stranger = a_reader(name="XC", rights=())
    before = stranger.get("/api/v1/changes")
    publish(1, [a_record("1")])
    after = stranger.get("/api/v1/changes")
    assert (before.status_code, before.content) == (403, after.content)


@pytest.mark.parametrize("limit", ["0", "-1", "5001", "x", "", "1e3", "٣"])
def test_a_limit_that_cannot_be_read_is_refused(limit):
    answer = a_reader().get(f"/api/v1/changes?limit={limit}")
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter-not-valid")


def test_ready_items_are_read_instead_of_made_and_forgotten_when_their_record_changes(monkeypatch):
    publish(1, [a_record(str(n), text="t", examination="x") for n in range(5)])
    reader = a_reader(excluded={G.EXAMINATION})
    made = reader.get("/api/v1/changes").getvalue()
    items.make_ready("XA")
    publish(2, [a_record("3", text="t", examination="y")])  # withheld: the ready item stays
    with monkeypatch.context() as patch:
        patch.setattr("ipshare.render.st97.merge", None)
        assert reader.get("/api/v1/changes").getvalue() == made
        one = reader.page(limit=2)
        reader.cursor = one["next"]
        assert numbers(reader.page(limit=5)) == ["2", "3", "4"]
    reader.cursor = None
    publish(3, [a_record("1", text="u", examination="x"), withdrawn("2")])
    page = reader.page()
    assert numbers(page) == ["0", "3", "4", "1", "2"]
    assert [item["type"] for item in page["items"][3:]] == ["put", "withdraw"]
    items.make_ready("XA")
    assert reader.page() == page


def test_items_are_kept_ready_for_the_groups_in_use_only():
    publish(1, [a_record("1")])
    reader = a_reader(excluded={G.EXAMINATION})
    items.make_ready("XA")
    assert len(items.masks_in_use("XA")) == 1
    authorizations.end(reader.authorization, by="officer", reason="test", at=AT)
    items.make_ready("XA")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM rendition")
        assert cursor.fetchone() == (0,)


def test_a_reader_of_many_items_that_had_to_be_made_asks_for_them_once():
    publish(1, [a_record(f"{n:03}") for n in range(150)])
    jobs = ProcrastinateJob.objects.filter(task_name="share.make_items_ready")
    reader = a_reader()
    assert jobs.exists()  # new conditions ask for them, too
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    reader.page()
    reader.page()
    assert [job.args for job in jobs] == [{"office": "XA"}]
    tasks.make_items_ready(office="XA")
    assert len(reader.page()["items"]) == 150


def test_ready_items_are_those_of_the_readers_own_groups_and_rights():
    publish(1, [a_record("1", text="t", goods="g")])
    publish(2, [a_record("P", right=Right.PATENT, text="t")], right=Right.PATENT)
    readers = [
        a_reader(name="XB", excluded={G.TEXT}),
        a_reader(name="XC", rights={Right.TRADEMARK}, excluded={G.GOODS}),
        a_reader(name="XD"),
    ]
    before = [reader.page() for reader in readers]
    items.make_ready("XA")
    assert len(items.masks_in_use("XA")) == 3
    assert [reader.page() for reader in readers] == before
    assert before[1]["items"] == [
        {
            "type": "put",
            "office": "XA",
            "right": "trademark",
            "number": "1",
            "record": {"identity": "1", "text": "t"},
        }
    ]


def test_a_page_ends_before_a_record_that_is_just_being_blocked_and_asks_for_nothing_yet():
    publish(1, [a_record(number, text="t") for number in "123"])
    reader = a_reader()
    blocks.block(
        "XA", Right.TRADEMARK, "2", authorization=None, reason="a court order", until=None,
        by="officer", at=AT,
    )  # fmt: skip
    assert reader.get("/api/v1/trademarks/XA/2").status_code == 404
    assert not reader.pull()
    assert set(reader.records) == {("trademark", "1")}
    blocks.apply("XA", at=AT)
    assert set(reader.pull_all()) == {("trademark", "1"), ("trademark", "3")}
    (held,) = blocks.in_force("XA")
    blocks.lift(held, by="officer", at=AT)
    blocks.apply("XA", at=AT)
    assert len(reader.pull_all()) == 3
