"""Push to an S3-compatible bucket, by a real server (SeaweedFS): put once, never over another."""

from __future__ import annotations

from itertools import count

import obstore
import pytest
import zstandard
from obstore.store import S3Store

from ipshare.domain.delivery import DestinationKind, PushError, Trouble
from ipshare.share import destinations, push_bucket
from ipshare.store.models.deliveries import Delivery, Destination
from push.conftest import again, bucket, deliver, lines
from share.histories import AT, a_record, publish

pytestmark = pytest.mark.django_db(transaction=True)
_names = count(1)


@pytest.fixture
def inbox():
    """A folder of the bucket that no other test uses."""
    return f"from-xa/{next(_names)}"


def opened(s3, inbox):
    return S3Store(
        "inbox", prefix=inbox, endpoint=s3.endpoint, access_key_id="AK", secret_access_key="SK", region="us-east-1",
        virtual_hosted_style_request=False, client_options={"allow_http": True},
    )  # fmt: skip


def held(s3, inbox):
    store = opened(s3, inbox)
    return {
        one["path"]: bytes(obstore.get(store, one["path"]).bytes())
        for some in obstore.list(store)
        for one in some
    }


def test_objects_are_ndjson_zst_under_their_names(party, s3, inbox):
    publish(1, [a_record("1", text="t"), a_record("2")])
    destination = deliver(bucket(party, s3, inbox))
    assert destination.trouble_words == ""
    publish(2, [a_record("2", text="new")])
    deliver(destination)
    found = held(s3, inbox)
    assert sorted(found) == ["XA_TM_000001.ndjson.zst", "XA_TM_000002.ndjson.zst"]
    first = lines(zstandard.decompress(found["XA_TM_000001.ndjson.zst"]))
    assert [item["number"] for item in first] == ["1", "2"]
    assert first[0]["record"] == {"identity": "1", "text": "t"}


def test_the_same_object_there_already_is_an_acknowledgement(party, s3, inbox, monkeypatch):
    publish(1, [a_record("1")])
    destination = bucket(party, s3, inbox)

    async def send_and_lose(to, secret, parcel):
        await sent(to, secret, parcel)
        raise PushError(Trouble.SILENT, "no answer")

    sent = push_bucket.send
    with monkeypatch.context() as patch:
        patch.setattr(push_bucket, "send", send_and_lose)
        assert deliver(destination).failures == 1
    before = held(s3, inbox)
    assert again(destination).failures == 0
    assert held(s3, inbox) == before
    assert Delivery.objects.get().attempts == 2


def test_another_object_under_the_name_is_never_written_over(party, s3, inbox):
    publish(1, [a_record("1")])
    destination = bucket(party, s3, inbox)
    obstore.put(opened(s3, inbox), "XA_TM_000001.ndjson.zst", b"theirs")
    assert deliver(destination).trouble == Trouble.NAME_TAKEN
    assert list(held(s3, inbox).values()) == [b"theirs"]
    obstore.delete(opened(s3, inbox), "XA_TM_000001.ndjson.zst")
    assert again(destination).failures == 0


def test_wrong_keys_are_named_and_a_test_writes_one_small_object(party, s3, inbox):
    destination = bucket(party, s3, inbox)
    assert destinations.try_out(destination) == f"It stored {push_bucket.TEST}."
    assert list(held(s3, inbox)) == [push_bucket.TEST]
    wrong = destinations.add(
        party, "wrong", DestinationKind.BUCKET, destination.address, secret="nope", by="o", at=AT
    ).destination
    with pytest.raises(PushError, match="refused the access key"):
        destinations.try_out(wrong)


@pytest.mark.parametrize(
    ("behave", "trouble"),
    [(507, Trouble.FULL), (403, Trouble.REFUSED), (200, Trouble.NOT_STORED), ("close", Trouble.UNREACHABLE)],
)  # fmt: skip
def test_a_store_that_is_full_refuses_or_lies_is_found_out(party, s3, web, behave, trouble):
    """``web`` answers every request alike: to 200 for the put it has nothing to show at the look afterwards."""
    publish(1, [a_record("1")])
    destination = bucket(party, s3, "lying")
    address = {**destination.address, "endpoint": f"http://127.0.0.1:{web.port}"}
    Destination.objects.update(address=address)
    web.behave = behave
    web.headers = {"ETag": '"0"', "Last-Modified": "Mon, 23 Nov 2026 04:00:00 GMT"}
    destination = deliver(destination)
    assert destination.trouble == trouble
    assert "127.0.0.1" not in destination.trouble_words


def test_a_store_that_hangs_is_left_after_a_while(party, s3, web, monkeypatch):
    monkeypatch.setattr(push_bucket, "ANSWER", 0.3)
    publish(1, [a_record("1")])
    destination = bucket(party, s3, "hanging")
    address = {**destination.address, "endpoint": f"http://127.0.0.1:{web.port}"}
    Destination.objects.update(address=address)
    web.behave = "hang"
    assert deliver(destination).trouble == Trouble.SILENT
