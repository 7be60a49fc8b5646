"""Requests per minute and bytes per day: the published algorithm, its headers, and pages that end in time."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from ipshare.accounts import limits
from ipshare.accounts.limits import Limits
from ipshare.domain.authorization import Conditions
from ipshare.http.problem import Problem
from ipshare.share import authorizations, organisations
from share.histories import ALL, AT, Reader, a_reader, a_record, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
LIMIT = 3


@pytest.fixture
def clock(monkeypatch):
    """The door's clock, in the hands of the test."""
    held = [AT]
    monkeypatch.setattr("ipshare.accounts.call.now", lambda: held[0])
    return held


def a_limited_reader(**conditions):
    reader = a_reader()
    authorizations.save(
        reader.authorization,
        Conditions(rights=ALL, **conditions),
        by="officer",
        reason="test",
        at=AT,
    )
    return reader


def left(answer):
    """What the header says is left: requests, seconds, bytes, seconds."""
    found = re.fullmatch(
        r'"minute";r=(\d+);t=(\d+), "day";r=(\d+);t=(\d+)', answer.headers["RateLimit"]
    )
    return tuple(map(int, found.groups()))


def test_in_no_minute_more_than_the_limit_and_the_told_pause_is_enough():
    client = a_reader().authorization.client.pk
    allowed = Limits(requests_per_minute=LIMIT, bytes_per_day=10**9)

    @settings(max_examples=60, deadline=None)
    @given(pauses=st.lists(st.floats(0, 100) | st.sampled_from([0.0, 59.999, 60.0, 0.001])))
    def law(pauses):
        with transaction.atomic():
            at, taken = AT, {}
            for pause in pauses:
                at += timedelta(seconds=pause)
                try:
                    limits.check_requests(allowed, limits.count_request(client, at), at)
                except Problem as refused:
                    minute = at.replace(second=0, microsecond=0)
                    assert taken[minute] == LIMIT  # refused only when the minute is used up
                    wait = timedelta(seconds=int(refused.headers["Retry-After"]))
                    with transaction.atomic():
                        again = limits.count_request(client, at + wait)
                        limits.check_requests(allowed, again, at + wait)
                        transaction.set_rollback(True)
                    assert wait < timedelta(seconds=61)
                else:
                    minute = at.replace(second=0, microsecond=0)
                    taken[minute] = taken.get(minute, 0) + 1
            assert all(count <= LIMIT for count in taken.values())
            transaction.set_rollback(True)

    law()


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_are_all_counted():
    client = a_reader().authorization.client.pk
    counts = []

    def ask():
        counts.extend(limits.count_request(client, AT).requests for _ in range(25))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first = min(counts)
    assert sorted(counts) == list(range(first, first + 100))


def test_a_clock_that_runs_behind_gives_nothing_back():
    client = a_reader().authorization.client.pk
    limits.count_request(client, AT)
    limits.count_bytes(client, AT, 10)
    late = limits.count_request(client, AT - timedelta(days=1))
    assert (late.minute, late.requests, late.size) == (AT, 2, 10)


def test_the_headers_say_what_is_left_and_until_when(clock):
    publish(1, [a_record("1", text="t")])
    reader = a_limited_reader(requests_per_minute=2, bytes_per_day=1000)
    clock[0] = datetime(2026, 11, 23, 23, 59, 40, tzinfo=UTC)
    answer = reader.get("/api/v1/trademarks/XA/1")
    assert answer["RateLimit-Policy"] == (
        '"minute";q=2;w=60, "day";q=1000;qu="content-bytes";w=86400'
    )
    assert left(answer) == (1, 20, 1000 - len(answer.content), 20)
    unknown = reader.get("/api/v1/trademarks/XA/2")
    assert (unknown.status_code, left(unknown)[0]) == (404, 0)
    refused = reader.get("/api/v1/whoami")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate-exceeded")
    assert (refused["Retry-After"], left(refused)[:2]) == ("20", (0, 20))
    clock[0] += timedelta(seconds=20)
    assert reader.get("/api/v1/whoami").status_code == 200
    assert left(reader.get("/api/v1/whoami")) == (0, 60, 1000, 86400)


def test_each_client_has_its_own_count_and_a_wrong_token_none(clock):
    reader, other = a_limited_reader(requests_per_minute=1), a_reader(name="XC")
    assert [reader.get("/api/v1/whoami").status_code for _ in range(3)] == [200, 429, 429]
    assert other.get("/api/v1/whoami").status_code == 200
    reader.token = "wrong"
    answer = reader.get("/api/v1/whoami")
    assert answer.status_code == 401
    assert "RateLimit" not in answer.headers


def test_a_page_ends_with_the_days_bytes_and_goes_on_the_next_day(clock):
    publish(1, [a_record(f"{number:02}", text="t" * 1000) for number in range(30)])
    reader = a_limited_reader(bytes_per_day=10_000)
    page = reader.page()
    sent = [item["number"] for item in page["items"]]
    assert len(sent) == 10  # the last one crosses the limit, and is whole
    assert page["more"] is True
    reader.cursor = page["next"]
    address = f"/api/v1/changes?after={reader.cursor}"
    refused = reader.get(address)
    assert (refused.status_code, refused["Retry-After"]) == (429, str(20 * 3600))
    assert left(refused)[2] == 0
    assert reader.get("/api/v1/whoami").status_code == 200  # carries no records
    assert reader.get("/api/v1/trademarks/XA/01").status_code == 429
    clock[0] += timedelta(days=1)
    following = reader.page()
    assert [item["number"] for item in following["items"]] == [f"{n}" for n in range(10, 20)]


def test_the_day_counts_what_was_sent_and_nothing_else(clock):
    publish(1, [a_record("1", text="t"), a_record("2", text="u")])
    reader = a_limited_reader(bytes_per_day=100_000)
    whole = reader.get("/api/v1/changes", Accept="application/x-ndjson").getvalue()
    items = sum(map(len, whole.splitlines()[:-1]))
    assert left(reader.get("/api/v1/whoami"))[2] == 100_000 - items
    head = reader.browser.head(
        "/api/v1/trademarks/XA/1", headers={"Authorization": f"Bearer {reader.token}"}
    )
    assert left(head)[2] == 100_000 - items


def test_a_client_over_offices_is_counted_per_office_that_it_asks_for(clock):
    offices = {
        "XA": a_reader(office="XA", name="JPO"),
        "XB": a_reader(office="XB", name="JPO"),
    }
    client, secret = organisations.add_client("JPO", by="operator", at=AT)
    for office, most in (("XA", 2), ("XB", 50)):
        authorization = offices[office].authorization
        organisations.decide(authorization, allowed=True, by="officer", at=AT)
        wanted = Conditions(rights=ALL, requests_per_minute=most)
        authorizations.save(authorization, wanted, by="officer", reason="test", at=AT)
    jpo = Reader(None, client.client_id, secret).sign_in()
    for _ in range(10):
        assert jpo.get("/api/v1/changes?office=XB").status_code == 200
    asked = [jpo.get("/api/v1/changes?office=XA").status_code for _ in range(3)]
    assert asked == [200, 200, 429]
    assert left(jpo.get("/api/v1/changes?office=XB"))[0] == 39
    jpo.get("/api/v1/changes?office=ZZ")
    assert {use.office for use in client.uses.all()} == {"XA", "XB", ""}
