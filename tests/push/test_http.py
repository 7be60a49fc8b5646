"""Push to an HTTP endpoint: signed as Standard Webhooks says, in order, once by webhook-id; hostile endpoints."""

from __future__ import annotations

import base64
import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from ipshare.domain.authorization import Channel, Filter
from ipshare.domain.delivery import PushError, Trouble
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import authorizations, deliveries, destinations, push, push_http
from ipshare.store.models.deliveries import Delivery, Destination
from ipshare.store.models.disclosures import Disclosure
from push.conftest import again, allow, deliver, http, lines
from share.histories import AT, a_record, publish, withdrawn

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_the_feed_says_is_posted_signed_in_order_and_only_once(party, web):
    publish(1, [a_record("1", text="t"), a_record("2")])
    destination, _ = http(party, web)
    destination = deliver(destination)
    [(path, headers, body)] = web.got
    assert path == "/inbox"
    assert headers["content-type"] == "application/x-ndjson"
    assert [(item["type"], item["number"]) for item in lines(body)] == [("put", "1"), ("put", "2")]
    assert lines(body)[0]["record"] == {"identity": "1", "text": "t"}
    publish(2, [withdrawn("2")])
    deliver(deliver(destination))
    assert lines(web.got[1][2]) == [
        {"type": "withdraw", "office": "XA", "right": "trademark", "number": "2"}
    ]
    assert len(web.got) == 2
    ids = [headers["webhook-id"] for _, headers, _ in web.got]
    assert [one.rpartition("-")[2] for one in ids] == ["XA_TM_000001", "XA_TM_000002"]
    assert destinations.state_of(Destination.objects.get()) == "in-step"


def test_the_signature_is_the_one_that_receivers_expect(party, web):
    publish(1, [a_record("1")])
    destination, secret = http(party, web)
    deliver(destination)
    [(_, headers, body)] = web.got
    Webhook(secret).verify(b'{"a":1}', signed(secret, b'{"a":1}'))
    expected = push_http.signature(
        secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body
    )
    assert headers["webhook-signature"] == expected
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(secret).verify(b'{"a":2}', signed(secret, b'{"a":1}'))


def test_when_the_days_bytes_are_sent_records_wait_for_the_next_day_and_erasures_do_not(party, web):
    noon = AT.replace(hour=12)
    allow(party, bytes_per_day=100)
    publish(1, [a_record("1", text="t" * 200)])
    destination, _ = http(party, web)

    def deliver_at(at):
        deliveries.deliver(destination.pk, clock=lambda: at)
        return [
            item["number"] for _, _, body in web.got for item in lines(body) if "number" in item
        ]

    assert deliver_at(noon) == ["1"]
    publish(2, [a_record("2", text="t")])
    assert deliver_at(noon) == ["1"]
    waiting = Destination.objects.get()
    assert waiting.due_at == AT.replace(hour=0) + timedelta(days=1)
    assert deliver_at(waiting.due_at) == ["1", "2"]
    publish(3, [a_record("3", text="t" * 200)])
    deliver_at(waiting.due_at)
    publish(4, [a_record("4", text="t")])
    deliver_at(waiting.due_at)
    authorizations.end(party, by="officer", reason="over", at=waiting.due_at)
    deliver_at(waiting.due_at)
    assert lines(web.got[-1][2])[0]["type"] == "erase"


def test_what_is_to_be_erased_does_not_wait_with_the_records_behind_it(party, web):
    noon = AT.replace(hour=12)
    allow(party, bytes_per_day=100)
    publish(1, [a_record("1", text="t" * 200)])
    destination, _ = http(party, web)

    def deliver_at(at):
        deliveries.deliver(destination.pk, clock=lambda: at)
        return [(item["type"], item.get("number")) for item in lines(web.got[-1][2])]

    assert deliver_at(noon) == [("put", "1")]
    publish(2, [a_record("2", text="t")])
    assert deliver_at(noon) == [("put", "1")], "the next one waits"
    allow(party, bytes_per_day=100, excluded=frozenset({G.TEXT}))
    assert deliver_at(noon) == [("erase", None)]
    assert len(web.got) == 2
    waiting = Destination.objects.get()
    assert waiting.due_at == AT.replace(hour=0) + timedelta(days=1)
    assert deliver_at(waiting.due_at) == [("put", "2")]
    assert lines(web.got[-1][2])[0]["record"] == {"identity": "2"}


def signed(secret, body):
    now = int(time.time())
    return {
        "webhook-id": "x", "webhook-timestamp": str(now),
        "webhook-signature": push_http.signature(secret, "x", now, body),
    }  # fmt: skip


def test_a_withheld_group_and_another_right_leave_no_trace(party, web):
    allow(party, rights=frozenset({Right.TRADEMARK}), excluded=frozenset({G.EXAMINATION}))
    publish(1, [a_record("1", examination="secret", text="t")])
    publish(2, [a_record("P", right=Right.PATENT, text="secret")], right=Right.PATENT)
    destination, _ = http(party, web)
    deliver(destination)
    assert b"secret" not in b"".join(body for _, _, body in web.got)
    publish(3, [a_record("1", examination="other", text="t")])
    deliver(destination)
    assert len(web.got) == 1


@pytest.mark.parametrize(
    ("behave", "trouble", "words"),
    [
        (500, Trouble.REFUSED, "It answered 500"),
        (301, Trouble.REFUSED, "Redirects are not followed"),
        (507, Trouble.FULL, "It answered 507"),
        ("close", Trouble.UNREACHABLE, "without an answer"),
        (b"hello there\r\n\r\n", Trouble.REFUSED, "no HTTP"),
        ("hang", Trouble.SILENT, "No answer within"),
    ],
)
def test_a_hostile_endpoint_is_named_retried_later_and_then_gets_the_same_bytes(
    party, web, monkeypatch, behave, trouble, words
):
    monkeypatch.setattr(push_http, "ANSWER", 0.5)
    publish(1, [a_record("1")])
    destination, _ = http(party, web)
    web.behave = behave
    destination = deliver(destination)
    assert (destination.trouble, destination.failures) == (trouble, 1)
    assert words in destination.trouble_words
    assert destination.due_at > timezone.now()
    attempts = len(web.got)
    assert deliver(destination).failures == 1  # it is not due yet
    assert len(web.got) == attempts
    web.behave = "ok"
    publish(2, [a_record("1", text="newer")])
    destination = again(destination)
    assert (destination.failures, destination.trouble_words) == (0, "")
    names = [headers["webhook-id"] for _, headers, _ in web.got]
    assert lines(web.accepted[names[0]])[0]["record"] == {"identity": "1"}
    bodies = {name: body for (_, headers, body), name in zip(web.got, names, strict=True)}
    assert len({(n, b) for (_, _, b), n in zip(web.got, names, strict=True)}) == len(bodies)
    assert lines(bodies[names[-1]])[0]["record"] == {"identity": "1", "text": "newer"}


@pytest.mark.parametrize(
    ("answer", "trouble", "wait"),
    [
        (b"HTTP/1.1 503 x\r\nRetry-After: " + b"9" * 5000, Trouble.REFUSED, 86_400),
        (b"HTTP/1.1 \xb200 x", Trouble.REFUSED, None),
        (b"HTTP/1.1 " + b"2" * 5000 + b" x", Trouble.REFUSED, None),
        (b"HTTP/1.1", Trouble.REFUSED, None),
    ],
)
def test_an_odd_answer_is_not_the_hubs_own_trouble(party, web, answer, trouble, wait):
    publish(1, [a_record("1")])
    destination, _ = http(party, web)
    web.behave = answer + b"\r\n\r\n"
    destination = deliver(destination)
    assert (destination.trouble, destination.failures) == (trouble, 1)
    if wait:
        assert destination.due_at > timezone.now() + timedelta(seconds=wait - 60)


def test_retry_after_is_respected_and_410_pauses(party, web):
    publish(1, [a_record("1")])
    destination, _ = http(party, web)
    web.behave, web.headers = 503, {"Retry-After": "7200"}
    destination = deliver(destination)
    assert (destination.due_at - timezone.now()).total_seconds() > 7000
    web.behave = 410
    destination = again(destination)
    assert (destination.trouble, destinations.state_of(destination)) == ("gone", "paused")
    destinations.resume(destination, by="officer", at=timezone.now())
    web.behave = "ok"
    assert destinations.state_of(deliver(destination)) == "in-step"


def test_nothing_listens_and_failing_is_said_after_five_attempts(party, web):
    publish(1, [a_record("1")])
    destination, _ = http(party, web)
    Destination.objects.update(address={"url": "http://127.0.0.1:9/x"})
    for _ in range(5):
        destination = again(destination)
    assert destination.trouble == Trouble.UNREACHABLE
    assert destinations.state_of(destination) == "failing"
    Destination.objects.update(address={"url": web.url})
    assert destinations.state_of(again(destination)) == "in-step"


def test_a_destination_that_hangs_keeps_no_other_waiting(party, web, monkeypatch):
    monkeypatch.setattr(push_http, "ANSWER", 30)
    publish(1, [a_record("1")])
    hanging, _ = http(party, web, "hanging")
    web.behave = "slow"
    other = destinations.add(
        party, "other", hanging.kind and destinations.DestinationKind.HTTP, {"url": web.url},
        by="officer", at=AT,
    ).destination  # fmt: skip
    worker = threading.Thread(target=deliver_alone, args=[hanging])
    web.behave = "hang"
    worker.start()
    while Delivery.objects.filter(state="sending").count() == 0:
        web.stop.wait(0.02)
    web.behave = "ok"
    assert deliver(other).last_delivered_at
    web.stop.set()
    worker.join(40)
    assert not worker.is_alive()


def deliver_alone(destination):
    from django.db import connection

    try:
        deliver(destination)
    finally:
        connection.close()


@pytest.mark.alone
@pytest.mark.parametrize("change", ["end", "narrow", "channel", "filter", "pause"])
def test_what_is_running_stops_within_a_second_of_the_change(party, web, monkeypatch, change):
    monkeypatch.setattr(push, "LOOK_EVERY", 0.4)
    publish(1, [a_record(f"{n}", text="t" * 60_000) for n in range(150)])
    destination, _ = http(party, web)
    web.behave = "slow"
    worker = threading.Thread(target=deliver_alone, args=[destination])
    worker.start()
    assert web.reading.wait(20)
    web.was_cut.clear()
    started = time.monotonic()
    if change == "end":
        authorizations.end(party, by="officer", reason="test", at=timezone.now())
    elif change == "narrow":
        allow(party, excluded=frozenset({G.TEXT}))
    elif change == "channel":
        allow(party, channels=frozenset({Channel.API}))
    elif change == "filter":
        allow(party, filter=Filter(registered_only=True))
    else:
        destinations.pause(destination, by="officer", at=timezone.now())
    assert web.was_cut.wait(5)
    assert time.monotonic() - started < 1
    web.behave = "ok"
    worker.join(30)
    assert not worker.is_alive()
    first = Delivery.objects.order_by("number").first()
    if change == "pause":
        assert first.state == "sending"
        return
    assert first.state == "abandoned"
    # it may have had some of it: everything of the right is erased there, then what is allowed comes anew
    bodies = [lines(body) for _, _, body in web.got]
    assert bodies[0][0] == {"type": "erase", "office": "XA", "right": "trademark", "groups": None}
    if change == "narrow":
        assert bodies[0][1]["record"] == {"identity": "0"}
    else:
        assert sum(len(body) for body in bodies) == 1
    assert b"ttt" not in b"".join(body for _, _, body in web.got)


def test_an_ended_authorization_delivers_the_erasures_then_nothing(party, web):
    publish(1, [a_record("1")])
    destination, _ = http(party, web)
    deliver(destination)
    authorizations.end(party, by="officer", reason="test", at=AT)
    publish(2, [a_record("2")])
    deliver(destination)
    deliver(destination)
    assert [lines(body) for _, _, body in web.got[1:]] == [
        [{"type": "erase", "office": "XA", "right": "trademark", "groups": None}]
    ]
    allow(party)
    deliver(destination)
    assert [item["number"] for item in lines(web.got[-1][2])] == ["1", "2"]


def test_the_ledger_says_what_may_have_left_before_it_does(party, web):
    publish(1, [a_record("1", text="t"), a_record("2")])
    destination, _ = http(party, web)
    web.behave = 500
    deliver(destination)
    held = Disclosure.objects.get()
    assert (held.channel, held.client, held.right) == ("push", "web", "trademark")
    assert (sorted(held.numbers), held.records, held.request) == (["1", "2"], 2, "XA_TM_000001")
    again(destination)
    web.behave = "ok"
    again(destination)
    assert Disclosure.objects.count() == 1


def test_nobody_elses_data_comes(party, web, cast):
    publish(1, [a_record("1")])
    publish(2, [a_record("B", office="XB")], office="XB")
    destination, _ = http(party, web)
    deliver(destination)
    assert [item["office"] for _, _, body in web.got for item in lines(body)] == ["XA"]


def test_a_test_of_the_connection_carries_no_data(party, web):
    publish(1, [a_record("1")])
    destination, _ = http(party, web)
    assert destinations.try_out(destination) == "It accepted a signed test request."
    assert web.got[0][2] == b'{"type":"test"}\n'
    web.behave = 500
    with pytest.raises(PushError, match="It answered 500"):
        destinations.try_out(destination)


def test_the_secret_is_kept_sealed_and_forgotten_at_the_end(party, web):
    destination, secret = http(party, web)
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    destination = Destination.objects.get()
    assert secret not in repr(vars(destination))
    assert destinations.secret_of(destination) == secret
    destinations.remove(destination, by="officer", at=AT)
    assert Destination.objects.get().secret == ""
    publish(1, [a_record("1")])
    deliver(destination)
    assert web.got == []
    assert deliveries.wake_due(at=timezone.now()) == 0
