"""The page of an authorization's destinations and deliveries."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from ipshare.domain.authorization import Conditions
from ipshare.domain.delivery import DestinationKind
from ipshare.domain.office import Right
from ipshare.share import authorizations, destinations
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.deliveries import Delivery, Destination
from ipshare.store.models.sharing import Authorization
from portal.builders import AT
from portal.test_home import words
from push import peers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def jpo(office):
    return Authorization.objects.get(office="KH", third_party__name="JPO")


@pytest.fixture
def web(settings):
    settings.PUSH_NETWORKS = ("127.0.0.0/8",)
    with peers.endpoint() as server:
        yield server


def page(jpo, more=""):
    return f"/data-exchange-authorizations/kh/{jpo.pk}/destinations{more}"


def act(client, jpo, what, destination):
    return client.post(page(jpo, "/act"), {"what": what, "row": destination.pk}, follow=True)


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def test_an_endpoint_is_added_and_its_secret_is_shown_once(sokha, jpo, web):
    assert "No destination yet" in text(sokha.get(page(jpo)))
    posted = sokha.post(page(jpo, "/add"), {"kind": "http", "name": "intake", "url": web.url})
    assert (posted.status_code, posted["Location"]) == (302, page(jpo, "#added"))
    answer = sokha.get(page(jpo))
    destination = Destination.objects.get()
    secret = destinations.secret_of(destination)
    assert secret in text(answer)
    again = text(sokha.get(page(jpo)))
    assert secret not in again
    assert "intake" in again
    assert AuditEvent.objects.filter(event="destination.added", subject="intake").exists()


def test_an_sftp_tree_shows_the_public_key_of_the_hub(sokha, jpo):
    key = destinations.push_sftp.a_key()[1]
    fields = {
        "kind": "sftp",
        "name": "tree",
        "host": "sftp.jpo.example",
        "username": "kh",
        "host_key": key,
    }
    answer = sokha.post(page(jpo, "/add"), fields, follow=True)
    public = Destination.objects.get().address["public_key"]
    assert public in text(answer).replace("&#x27;", "'")
    assert "sftp://kh@sftp.jpo.example:22/" in text(sokha.get(page(jpo))).replace("<wbr>", "")


def test_a_bucket_keeps_its_folder_and_shows_no_secret(sokha, jpo):
    fields = {
        "kind": "bucket", "name": "store", "endpoint": "https://s3.jpo.example", "bucket": "kh", "folder": "asean",
        "access_key_id": "AKIA", "secret_key": "not to be seen",
    }  # fmt: skip
    assert "store was added" in text(sokha.post(page(jpo, "/add"), fields, follow=True))
    shown = text(sokha.get(page(jpo))).replace("<wbr>", "")
    assert "kh/asean at s3.jpo.example" in shown
    assert "not to be seen" not in shown


def test_what_is_missing_is_asked_for_beside_its_field(sokha, jpo):
    for kind, field in (("http", "url"), ("sftp", "host"), ("bucket", "bucket")):
        answer = sokha.post(page(jpo, "/add"), {"kind": kind, "name": "x"})
        assert answer.status_code == 422
        assert "This is needed." in text(answer)
        assert answer.context["form"].errors[field]
    answer = sokha.post(page(jpo, "/add"), {"kind": "http", "name": "x", "url": "ftp://x"})
    assert "Give an address such as" in text(answer)
    assert not Destination.objects.exists()


def test_test_pause_resume_retry_and_remove(sokha, jpo, web):
    destination = destinations.add(
        jpo, "intake", DestinationKind.HTTP, {"url": web.url}, by="x", at=AT
    ).destination
    assert "It accepted a signed test request. No data left." in text(
        act(sokha, jpo, "test", destination)
    )
    web.behave = 500
    assert "the test failed. It answered 500" in text(act(sokha, jpo, "test", destination))
    assert "is paused" in text(act(sokha, jpo, "pause", destination))
    assert "Resume" in text(sokha.get(page(jpo)))
    assert "goes on" in text(act(sokha, jpo, "resume", destination))
    Destination.objects.update(
        failures=6, failing_since=AT, trouble="refused", trouble_words="It answered 500."
    )
    shown = text(sokha.get(page(jpo)))
    assert "Failing" in shown
    assert "It answered 500." in shown
    assert "tried again at once" in text(act(sokha, jpo, "retry", destination))
    asks = f"{page(jpo)}?remove={destination.pk}"
    assert f'href="?remove={destination.pk}#remove"' in sokha.get(page(jpo)).content.decode()
    assert "Remove intake? Nothing is delivered to" in words(sokha.get(asks))
    assert Destination.objects.filter(removed_at=None).exists()
    assert "was removed" in text(act(sokha, jpo, "remove", destination))
    assert "Remove intake?" not in words(sokha.get(asks))
    assert Destination.objects.get().secret == ""
    assert act(sokha, jpo, "test", destination).status_code == 404


def test_deliveries_are_listed_with_records_size_and_error(sokha, operator, jpo):
    a_history(jpo)
    for client in (sokha, operator):
        shown = text(client.get(page(jpo)))
        assert "KH_TM_000002" in shown
        assert "Not acknowledged yet" in shown
        assert "Nothing answers at jpo.example, port 443." in shown
    assert "Test connection" not in text(operator.get(page(jpo)))


def a_history(jpo):
    destination = destinations.add(
        jpo, "Tokyo intake", DestinationKind.HTTP, {"url": "https://jpo.example/kh"}, by="x", at=AT
    ).destination
    words = "Nothing answers at jpo.example, port 443."
    Destination.objects.update(
        failures=2,
        failing_since=AT,
        trouble="unreachable",
        trouble_words=words,
        last_delivered_at=AT,
    )
    for number, state in ((1, "delivered"), (2, "sending")):
        Delivery.objects.create(
            destination=destination, number=number, right="trademark", name=f"KH_TM_{number:06}", edition="1.1.0.on",
            files=[], puts=["1", "2"], withdrawn=["3"], size=120_400, cursor="", complete=True, state=state, made_at=AT,
            sent_at=AT, ended_at=AT if number == 1 else None, attempts=number,
            trouble_words=words if number == 2 else "",
        )  # fmt: skip
    return destination


def test_once_the_bytes_of_the_day_have_left_the_page_says_until_when_it_waits(sokha, jpo):
    authorizations.save(
        jpo, Conditions(rights=frozenset(Right), bytes_per_day=200_000_000), by="x", reason="a limit", at=AT
    )  # fmt: skip
    destination = destinations.add(
        jpo, "intake", DestinationKind.HTTP, {"url": "https://jpo.example/kh"}, by="x", at=AT
    ).destination
    now = timezone.now()
    for number, state, sent_at in ((1, "delivered", now), (2, "ready", None)):
        Delivery.objects.create(
            destination=destination, number=number, right="trademark", name=f"KH_TM_{number:06}", edition="1.1.0.on",
            files=[], puts=["1"], size=200_000_000, cursor="", complete=True, state=state, made_at=now,
            sent_at=sent_at, ended_at=sent_at,
        )  # fmt: skip
    shown = words(sokha.get(page(jpo)))
    morning = "{0.day} {0:%b} {0.year}, 07:00".format(now + timedelta(days=1))
    assert "Waits for the next day" in shown
    assert f"The 200 MB of today (UTC) have left. Records go on {morning}" in shown
    Delivery.objects.filter(number=2).update(puts=[])  # it only erases: that does not wait
    assert "Waits for the next day" not in text(sokha.get(page(jpo)))


def test_a_destination_of_another_authorization_is_not_there(sokha, jpo, web):
    wipo = Authorization.objects.get(office="KH", third_party__name="WIPO")
    destination = destinations.add(
        wipo, "x", DestinationKind.HTTP, {"url": web.url}, by="x", at=AT
    ).destination
    assert act(sokha, jpo, "remove", destination).status_code == 404
    assert Destination.objects.get().removed_at is None


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1",
        "https://example.org:99999999/",
        "http://jpo.example/inbox",
        "http://127.0.0.1:9/x",
    ],
)
def test_an_address_that_can_never_work_is_refused_at_once(sokha, jpo, url):
    answer = sokha.post(page(jpo, "/add"), {"kind": "http", "name": "intake", "url": url})
    assert answer.status_code == 422
    assert "https://" in text(answer)
    assert not Destination.objects.exists()
