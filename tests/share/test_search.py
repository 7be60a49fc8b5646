"""Collections: pages of a view's records, searches on allowed elements, and what bounds them."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest
from django.db import connection

from ipshare.domain.authorization import Channel
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import blocks, collections, organisations
from ipshare.share.search import entries, index, tasks, turns
from ipshare.store import search
from share.findable import findable
from share.histories import AT, Reader, a_reader, a_record, allow, publish, withdrawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]

APPLE = findable(
    "XA/1/20",
    identity={"applicationDate": "2020-01-05", "registrationNumber": "R/7", "registrationDate": "2021-07-01"},
    text="Apple Pie", classification="9", publication="2020-06-01", stakeholders="Kim Sok Co., Ltd.",
    status="Registered", goods="25",
)  # fmt: skip
PHO = findable(
    "XA/2/21", identity={"applicationDate": "2021-02-03"}, text="PHỞ Hà Nội กาแฟ", classification="42",
    publication="2021-12-31", stakeholders="Đặng Văn", status="Application Filed",
)  # fmt: skip
PLAIN = findable("YB-3", identity={"applicationDate": "2022-03-04"})


@pytest.fixture
def reader():
    publish(1, [APPLE, PHO, PLAIN])
    return a_reader(rights={Right.TRADEMARK})


def numbers(reader, query="", office="/XA"):
    answer = reader.get(f"/api/v1/trademarks{office}?{query}")
    assert answer.status_code == 200, answer.content
    return [item["number"] for item in answer.json()["items"]]


def refused(reader, query):
    answer = reader.get(f"/api/v1/trademarks/XA?{query}")
    assert answer.status_code >= 400
    return answer.json()["code"], answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["XA/1/20", "XA/2/21", "YB-3"]),
        ("number=XA/1/20", ["XA/1/20"]),
        ("number=XA/1", []),
        ("numberPrefix=XA/", ["XA/1/20", "XA/2/21"]),
        ("numberPrefix=%25", []),
        ("filedFrom=2021-02-03", ["XA/2/21", "YB-3"]),
        ("filedTo=2021-02-03", ["XA/1/20", "XA/2/21"]),
        ("filedFrom=2021-02-03&filedTo=2021-02-03", ["XA/2/21"]),
        ("registrationNumber=r7", ["XA/1/20"]),
        ("registeredFrom=2021-01-01&registeredTo=2021-12-31", ["XA/1/20"]),
        ("publishedTo=2020-12-31", ["XA/1/20"]),
        ("words=apple", ["XA/1/20"]),
        ("words=pie+APPLE", ["XA/1/20"]),
        ("words=app*", ["XA/1/20"]),
        ("words=app", []),
        ("words=pho", ["XA/2/21"]),
        ("words=กาแฟ+hà", ["XA/2/21"]),
        ("applicant=kim+ltd", ["XA/1/20"]),
        ("applicant=dang", ["XA/2/21"]),
        ("niceClass=9", ["XA/1/20"]),
        ("niceClass=25", ["XA/1/20"]),
        ("status=registered", ["XA/1/20"]),
        ("status=application filed", ["XA/2/21"]),
        ("status=pending", ["XA/2/21"]),
        ("words=apple&status=pending", []),
        ("words=apple&status=registered&filedTo=2020-12-31&number=XA/1/20", ["XA/1/20"]),
    ],
)
@pytest.mark.parametrize("indexed", [False, True])
def test_a_search_finds_what_answers_every_parameter(reader, query, found, indexed):
    if indexed:
        index.bring_up("XA")
    assert numbers(reader, query) == found


def test_a_record_has_the_bytes_of_its_own_address(reader):
    publish(2, [findable("XA/1/20", text="Apple", examination="x")])
    allow(reader.authorization, rights={Right.TRADEMARK}, excluded={G.EXAMINATION})
    one = reader.get("/api/v1/trademarks/XA/XA/1/20").content
    page = reader.get("/api/v1/trademarks?words=apple").content
    assert b'"record":%b}],"next":null}' % one in page


def test_as_xml_the_documents_stand_in_a_bag(reader):
    one = reader.get("/api/v1/trademarks/XA/XA/1/20", Accept="application/xml").content
    answer = reader.get("/api/v1/trademarks?filedTo=2021-12-31", Accept="application/xml")
    assert one.partition(b"?>\n")[2] in answer.content
    bag = ET.fromstring(answer.content)  # noqa: S314 (our own answer)
    assert (bag.tag, len(bag)) == (f"{{{collections.BAG}}}RecordBag", 2)


def test_pages_follow_each_other(reader):
    index.bring_up("XA")
    address, seen = "/api/v1/trademarks?filedFrom=2019-01-01&limit=1", []
    while address:
        answer = reader.get(address)
        seen += [item["number"] for item in answer.json()["items"]]
        address = answer.headers.get("Link", "").partition("<")[2].partition(">")[0]
        assert bool(address) == (answer.json()["next"] is not None)
    assert seen == ["XA/1/20", "XA/2/21", "YB-3"]


def test_a_cursor_is_of_one_client_one_search_and_the_conditions_it_was_given_under(reader):
    following = reader.get("/api/v1/trademarks?limit=1").json()["next"]
    other = a_reader(name="XC", rights={Right.TRADEMARK})
    assert reader.get(f"/api/v1/trademarks?limit=2&after={following}").status_code == 200
    for asks, address in (
        (other, "/api/v1/trademarks?"),
        (reader, "/api/v1/trademarks?niceClass=9&"),
        (reader, "/api/v1/changes?"),
    ):
        answer = asks.get(f"{address}after={following}")
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor-not-valid")
    allow(reader.authorization, rights={Right.TRADEMARK}, excluded={G.MEDIA})
    assert refused(reader, f"after={following}")[0] == "cursor-not-valid"


@pytest.mark.parametrize(
    ("group", "names"),
    [
        (G.TEXT, ["words"]),
        (G.PUBLICATION, ["publishedFrom", "publishedTo"]),
        (G.STAKEHOLDERS, ["applicant"]),
        (G.STATUS, ["status"]),
    ],
)
def test_a_parameter_of_a_withheld_group_is_one_that_never_was(reader, group, names):
    allow(reader.authorization, rights={Right.TRADEMARK}, excluded={group})
    never = reader.get("/api/v1/trademarks?colour=red")
    for name in names:
        for value in ("apple", "", "2020-01-05", "a" * 500):
            answer = reader.get(f"/api/v1/trademarks?{name}={value}")
            assert (answer.status_code, answer.content) == (400, never.content)
        assert name not in never.json()["detail"]


def test_a_class_is_found_in_the_groups_that_are_seen(reader):
    allow(reader.authorization, rights={Right.TRADEMARK}, excluded={G.GOODS})
    assert numbers(reader, "niceClass=25") == []
    assert numbers(reader, "niceClass=9") == ["XA/1/20"]
    allow(reader.authorization, rights={Right.TRADEMARK}, excluded={G.GOODS, G.CLASSIFICATION})
    assert "no such parameter" in refused(reader, "niceClass=9")[1]


def test_rights_and_offices_that_are_not_shared_are_not_there(reader):
    publish(2, [a_record("9", office="XB")], office="XB")
    publish(3, [a_record("1", right=Right.PATENT)], right=Right.PATENT)
    stranger = a_reader(name="XC", rights=())
    answers = {
        (answer.status_code, answer.content)
        for answer in (
            reader.get("/api/v1/patents"),
            reader.get("/api/v1/patents?colour=red"),
            reader.get("/api/v1/trademarks/XB"),
            reader.get("/api/v1/trademarks/ZZ"),
            reader.get("/api/v1/trademarks/xa"),
            stranger.get("/api/v1/trademarks"),
            stranger.get("/api/v1/trademarks?office=XA"),
            stranger.get("/api/v1/trademarks/XA?words=apple"),
        )
    }
    assert [status for status, _ in answers] == [404]


def test_a_client_over_several_offices_names_one(reader):
    publish(2, [a_record("9", office="XB")], office="XB")
    client, secret = organisations.add_client("XB", by="operator", at=AT)
    for one in (reader.authorization, a_reader(office="XB", name="XB").authorization):
        organisations.decide(one, allowed=True, by="officer", at=AT)
    both = Reader(None, client.client_id, secret).sign_in()
    answer = both.get("/api/v1/trademarks")
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter-not-valid")
    assert numbers(both, "words=apple&office=XA", office="") == ["XA/1/20"]
    assert numbers(both, office="/XB") == ["9"]
    following = both.get("/api/v1/trademarks?office=XA&limit=1")
    assert numbers(both, following["Link"].partition("?")[2].partition(">")[0], office="")
    assert numbers(both, f"after={following.json()['next']}") == ["XA/2/21", "YB-3"]
    elsewhere = both.get(f"/api/v1/trademarks/XB?after={following.json()['next']}")
    assert elsewhere.json()["code"] == "cursor-not-valid"


def test_what_a_record_holds_no_more_is_not_found(reader):
    index.bring_up("XA")
    publish(2, [findable("XA/1/20", text="Banana"), withdrawn("XA/2/21")])
    for _ in range(2):  # before and after the index follows
        assert numbers(reader, "words=apple") == []
        assert numbers(reader, "words=banana") == ["XA/1/20"]
        assert numbers(reader, "words=pho") == []
        assert numbers(reader, "niceClass=9") == []
        index.bring_up("XA")
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM search ORDER BY number")
        assert cursor.fetchall() == [("XA/1/20",), ("YB-3",)]


def test_a_blocked_record_is_not_found_from_the_moment_of_the_block(reader):
    index.bring_up("XA")
    blocks.block(
        "XA", Right.TRADEMARK, "XA/1/20", authorization=None, reason="a court order", until=None, by="officer", at=AT
    )  # fmt: skip
    assert numbers(reader, "words=apple") == []
    assert "XA/1/20" not in numbers(reader)
    blocks.apply("XA", at=AT)
    assert numbers(reader, "words=apple") == []


def test_a_group_that_a_finding_keeps_back_is_found_as_it_is_served(reader):
    publish(2, [findable("XA/1/20", text="Banana")], withheld={"XA/1/20": {G.TEXT}})
    index.bring_up("XA")
    assert numbers(reader, "words=banana") == []
    assert numbers(reader, "words=apple") == ["XA/1/20"]


@pytest.mark.parametrize(
    ("query", "remedy"),
    [
        ("words=%2B", "must hold a word"),
        ("words=a*", "needs 2 characters"),
        (f"words={'+'.join(map(str, range(13)))}", "leave some away"),
        (f"words={'a' * 201}", "1 to 200 characters"),
        ("words=", "1 to 200 characters"),
        ("words=a%00b", "control characters"),
        ("niceClass=46", "1 to 45"),
        ("filedFrom=20200105", "2026-10-15"),
        ("filedFrom=2020-02-30", "2026-10-15"),
        ("filedFrom=2021-01-01&filedTo=2020-01-01", "must not be after filedTo"),
        ("limit=501", "1 to 500"),
        ("words=a&words=b", "once"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_remedy(reader, query, remedy):
    code, detail = refused(reader, query)
    assert code == "parameter-not-valid"
    assert remedy in detail


def test_a_search_waits_for_the_index_where_much_was_published(reader, monkeypatch):
    monkeypatch.setattr(index, "AT_ONCE", 1)
    answer = reader.get("/api/v1/trademarks?words=apple")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert answer.json()["code"] == "search-not-ready"
    assert numbers(reader, "number=XA/1/20") == ["XA/1/20"]  # needs no index
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'share.extend_search'"
        )
        assert [json.loads(args)["office"] for (args,) in cursor.fetchall()] == ["XA"]
    index.bring_up("XA")
    assert numbers(reader, "words=apple") == ["XA/1/20"]


def test_changes_of_withheld_groups_make_no_search_wait(reader, monkeypatch):
    index.bring_up("XA")
    monkeypatch.setattr(index, "AT_ONCE", 0)
    allow(reader.authorization, rights={Right.TRADEMARK}, excluded={G.STAKEHOLDERS})
    publish(2, [findable("YB-3", identity={"applicationDate": "2022-03-04"}, stakeholders="Kim")])
    assert numbers(reader, "words=apple&filedTo=2020-12-31") == ["XA/1/20"]


def test_a_slow_search_ends_and_says_what_to_do(reader, monkeypatch):
    def slow(*_args, **_more):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(30)")

    monkeypatch.setattr(collections, "SECONDS", 0.05)
    monkeypatch.setattr(search, "find", slow)
    code, detail = refused(reader, "words=apple")
    assert code == "search-too-slow"
    assert "narrow" in detail
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")  # other statements have all the time they had
        assert cursor.fetchone() == ("0",)


def test_one_client_has_two_searches_at_a_time_and_all_of_them_four():
    with turns.turn(1), turns.turn(1):
        with pytest.raises(turns.Problem, match="ask again"), turns.turn(1):
            pass
        with (
            turns.turn(2),
            turns.turn(3),
            pytest.raises(turns.Problem, match="ask again"),
            turns.turn(4),
        ):
            pass
    with turns.turn(1), turns.turn(1):
        pass  # the places are free again


def test_a_batch_of_changes_is_brought_in_at_a_time(reader, monkeypatch):
    monkeypatch.setattr(search, "BATCH", 2)
    publish(2, [a_record("1", right=Right.PATENT)], right=Right.PATENT)
    assert search.extend("XA", entries.GROUPS, lambda _right, _documents: {})
    assert not search.extend("XA", entries.GROUPS, lambda _right, _documents: {})
    with connection.cursor() as cursor:
        cursor.execute("SELECT position FROM search_upto")
        assert cursor.fetchall() == [(4,)]


def test_the_job_of_the_index_leaves_the_rest_to_another_job_when_its_turn_is_over(
    reader, monkeypatch
):
    monkeypatch.setattr(search, "BATCH", 2)
    monkeypatch.setattr(tasks, "TURN", 0)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        turns_taken = 0
        waiting = 1
        while waiting:
            tasks.extend_search(office="XA")
            cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'share.extend_search'")
            waiting, turns_taken = cursor.rowcount, turns_taken + 1
        cursor.execute("SELECT position FROM search_upto")
        assert (cursor.fetchall(), turns_taken) == ([(3,)], 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"channels": frozenset({Channel.SFTP})}, "channel-not-authorized"),
        ({"networks": ("203.0.113.0/24",)}, "network-not-authorized"),
    ],
)
def test_a_page_is_made_anew_only_for_who_is_still_let_in(reader, monkeypatch, change, code):
    page = collections._page

    def slow(*args, **more):
        found = page(*args, **more)
        allow(reader.authorization, rights={Right.TRADEMARK}, **change)
        return found

    monkeypatch.setattr(collections, "_page", slow)
    assert refused(reader, "")[0] == code


def test_conditions_that_change_all_the_time_are_no_failure_of_the_hub(reader, monkeypatch):
    page = collections._page
    texts = iter("abc")

    def slow(*args, **more):
        found = page(*args, **more)
        allow(reader.authorization, rights={Right.TRADEMARK}, purpose=next(texts))
        return found

    monkeypatch.setattr(collections, "_page", slow)
    answer = reader.get("/api/v1/trademarks/XA")
    assert (answer.status_code, answer.json()["code"]) == (503, "search-busy")
    assert answer["Retry-After"] == "1"


def test_the_vocabularies_name_codes_and_the_words_of_offices(reader):
    names = reader.get("/api/v1/vocabularies").json()["vocabularies"]
    assert {"states", "status-words", "mark-status", "patent-key-event"} <= set(names)
    for name in names:
        found = reader.get(f"/api/v1/vocabularies/{name}").json()
        assert found["entries"]
        assert found["name"] == name
    assert reader.get("/api/v1/vocabularies/unknown").status_code == 404
