"""Long poll: an answer comes when there is something to see, and tells nothing by when it comes."""

from __future__ import annotations

import signal
import threading

import pytest
from django.utils import timezone

from ipshare.accounts import clients, limits
from ipshare.domain.authorization import Channel
from ipshare.domain.group import ElementGroup as G
from ipshare.http import waiting
from ipshare.ops import web
from ipshare.share import authorizations
from ipshare.store.models.sharing import AuthorizationVersion
from share.histories import AT, a_reader, a_record, allow, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


@pytest.fixture
def seconds(monkeypatch):
    """The seconds waited so far; what is put into ``then`` happens in the second of that number."""
    passed = []
    then = {}

    def pause(length):
        passed.append(length)
        then.pop(len(passed), lambda: None)()

    monkeypatch.setattr(waiting, "pause", pause)
    monkeypatch.setattr(waiting, "LOOK_EVERY", 0.0)  # each look asks PostgreSQL
    return passed, then


@pytest.fixture
def reader():
    publish(1, [a_record("1", text="t", examination="x")])
    found = a_reader(excluded={G.EXAMINATION})
    found.pull_all()
    return found


def wait(reader, length=30):
    return reader.get(f"/api/v1/changes?wait={length}&after={reader.cursor}")


def read(answer):
    return b"".join(answer.streaming_content)


def test_without_anything_to_tell_it_waits_to_the_end(reader, seconds):
    passed, _ = seconds
    answer = read(wait(reader, 3))
    assert len(passed) == 3
    assert answer.startswith(b'{"items":[],')


def test_who_waits_is_answered_when_the_process_is_asked_to_end(reader, monkeypatch):
    ending = threading.Event()
    monkeypatch.setattr(waiting, "_ending", ending)
    handler = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        web.end_waiting_when_asked()
        monkeypatch.setattr(
            waiting, "_let_go", lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
        )
        answer = read(wait(reader, 60))  # the test's own time limit is far below
    finally:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, handler)
    assert ending.is_set()
    assert answer.startswith(b'{"items":[],')


def test_it_answers_at_once_where_there_is_something(reader, seconds):
    passed, _ = seconds
    publish(2, [a_record("2")])
    assert b'"number":"2"' in read(wait(reader))
    assert passed == []


def test_it_answers_when_something_comes(reader, seconds):
    passed, then = seconds
    then[2] = lambda: publish(2, [a_record("1", text="u", examination="x")])
    assert b'"text": "u"' in read(wait(reader))
    assert len(passed) == 2


def test_a_withheld_change_wakes_nobody_and_the_answer_is_the_same(reader, seconds):
    passed, then = seconds
    quiet = read(wait(reader, 4))
    then[6] = lambda: publish(2, [a_record("1", text="t", examination="y")])
    assert read(wait(reader, 4)) == quiet
    assert len(passed) == 8


def test_it_answers_when_the_conditions_change(reader, seconds):
    passed, then = seconds
    then[3] = lambda: allow(reader.authorization, excluded={G.TEXT})
    assert b'{"type":"erase"' in read(wait(reader))
    assert len(passed) == 3


TAKEN_AWAY = {
    "token": (lambda of: clients.revoke_tokens(of.client), "token-not-valid"),
    "secret": (
        lambda of: authorizations.rotate_secret(of, by="officer", at=AT),
        "token-not-valid",
    ),
    "channel": (
        lambda of: allow(of, channels=frozenset({Channel.SFTP})),
        "channel-not-authorized",
    ),
    "network": (lambda of: allow(of, networks=("203.0.113.0/24",)), "network-not-authorized"),
}


@pytest.mark.parametrize("what", TAKEN_AWAY)
def test_who_is_not_let_in_any_more_is_told_so_as_at_a_new_request(reader, seconds, what):
    passed, then = seconds
    take, code = TAKEN_AWAY[what]
    then[3] = lambda: take(reader.authorization)
    then[5] = lambda: publish(2, [a_record("2")])
    told = wait(reader)
    new = reader.get(f"/api/v1/changes?after={reader.cursor}")
    assert (told.status_code, told.json()) == (new.status_code, new.json())
    assert told.json()["code"] == code
    assert len(passed) == 3, "the moment tells of nothing that was published"


def test_only_some_wait_and_one_of_each_client(reader, seconds, monkeypatch):
    passed, _ = seconds
    client = reader.authorization.client.pk
    monkeypatch.setattr(waiting, "_waiting", {client})
    read(wait(reader))
    monkeypatch.setattr(waiting, "_waiting", set(range(-waiting.MOST, 0)))
    read(wait(reader))
    assert passed == []
    monkeypatch.setattr(waiting, "_waiting", set(range(-waiting.MOST, -1)))
    read(wait(reader, 2))
    assert len(passed) == 2
    assert len(waiting._waiting) == waiting.MOST - 1


@pytest.mark.parametrize("length", ["61", "-1", "1.5", "", "soon", "\u0663"])
def test_other_lengths_are_refused(reader, length):
    answer = reader.get(f"/api/v1/changes?wait={length}")
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter-not-valid")


def test_a_request_without_a_body_does_not_wait(reader, seconds):
    passed, _ = seconds
    reader.browser.head(
        f"/api/v1/changes?wait=9&after={reader.cursor}",
        headers={"Authorization": f"Bearer {reader.token}"},
    )
    assert passed == []


@pytest.mark.django_db(transaction=True)
def test_who_waits_holds_no_connection(reader, seconds):
    from django.db import connection

    passed, then = seconds
    open_while_waiting = []
    then[1] = lambda: open_while_waiting.append(connection.connection is not None)
    read(wait(reader, 1))
    assert open_while_waiting == [False]
    assert len(passed) == 1


def test_sharing_that_ends_by_the_clock_ends_a_wait_within_a_second(reader, seconds):
    passed, then = seconds
    then[3] = lambda: AuthorizationVersion.objects.update(ends_at=AT)
    assert b'{"type":"erase"' in read(wait(reader))
    assert len(passed) == 3


@pytest.mark.parametrize("limit", [{"requests_per_minute": 1}, {"bytes_per_day": 1}])
def test_what_a_client_used_up_while_it_waited_counts(reader, seconds, limit):
    passed, then = seconds

    def use_up():
        AuthorizationVersion.objects.update(**limit)
        limits.count_bytes(reader.authorization.client.pk, timezone.now(), 10)
        for _ in range(2):
            limits.count_request(reader.authorization.client.pk, timezone.now())

    then[2] = use_up
    answer = wait(reader)
    assert (answer.status_code, answer.json()["code"]) == (429, "rate-exceeded")
    assert len(passed) == 2
