"""Where deliveries may not go; and the central platform, asked with little patience."""

from __future__ import annotations

import json
import socket

import pytest
from django.utils import timezone

from ipshare.domain.authorization import Channel
from ipshare.domain.delivery import DestinationKind, PushError, Trouble
from ipshare.share import destinations, platform, reach
from ipshare.store.models.deliveries import Delivery
from push.conftest import again, allow, deliver, http
from share.histories import AT, a_record, publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "::1", "::", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "240.0.0.1", "255.255.255.255",
    ],
)  # fmt: skip
def test_addresses_inside_are_refused(settings, address):
    settings.PUSH_NETWORKS = ()
    with pytest.raises(PushError) as refused:
        reach.resolve(address, 443)
    assert refused.value.trouble in {Trouble.ADDRESS, Trouble.UNREACHABLE}


@pytest.mark.parametrize(
    "address", ["193.5.93.80", "2a00:1450:4001:81d::200e", "64:ff9b::c105:5d50"]
)
def test_addresses_outside_are_not(settings, address):
    settings.PUSH_NETWORKS = ()
    assert reach.resolve(address, 443) == address


def test_one_private_address_among_a_hosts_addresses_is_enough_to_refuse(settings, monkeypatch):
    settings.PUSH_NETWORKS = ()
    answers = [(socket.AF_INET, 1, 6, "", (one, 443)) for one in ("193.5.93.80", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(PushError, match=r"10\.0\.0\.1, inside a private network"):
        reach.resolve("rebinding.example", 443)


@pytest.mark.parametrize(
    "spelt",
    ["http://127.0.0.1:{}/", "http://localhost:{}/", "http://2130706433:{}/", "http://[::ffff:7f00:1]:{}/"],
)  # fmt: skip
def test_nothing_is_connected_to_inside_unless_a_setting_allows_it(party, web, settings, spelt):
    publish(1, [a_record("1")])
    settings.PUSH_NETWORKS = ("127.0.0.0/8",)
    destination = destinations.add(
        party, "in", DestinationKind.HTTP, {"url": spelt.format(web.port)}, by="o", at=AT
    ).destination
    settings.PUSH_NETWORKS = ()  # the operator takes the permission back
    assert deliver(destination).trouble == Trouble.ADDRESS
    assert web.got == []


def test_networks_of_the_conditions_hold_for_push_too(party, web):
    publish(1, [a_record("1")])
    destination, _ = http(party, web)
    allow(party, networks=("193.5.93.0/24",))
    destination = deliver(destination)
    assert "conditions allow only 193.5.93.0/24" in destination.trouble_words
    allow(party, networks=("127.0.0.0/8",))
    assert again(destination).failures == 0


def test_without_the_channel_push_nothing_goes_out(party, web):
    publish(1, [a_record("1")])
    destination, _ = http(party, web)
    allow(party, channels=frozenset({Channel.API}))
    deliver(destination)
    assert (web.got, Delivery.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "https://", "https://user:pw@example.org/", "example.org", "https://exa mple.org/"]
)  # fmt: skip
def test_odd_addresses_are_not_taken(party, url):
    with pytest.raises(destinations.NotAcceptedError):
        destinations.add(party, "odd", DestinationKind.HTTP, {"url": url}, by="o", at=AT)


def test_a_name_is_taken_once(party, web):
    destination, _ = http(party, web)
    with pytest.raises(destinations.NotAcceptedError, match="already"):
        http(party, web)
    destinations.remove(destination, by="officer", at=AT)
    http(party, web)


@pytest.fixture
def central(web, settings, monkeypatch):
    """A server that runs the published conventions: OpenAPI 3.0.x with x-oas-url, and a health service."""
    monkeypatch.setattr(platform, "_remembered", {})
    settings.PLATFORM_URL = f"http://127.0.0.1:{web.port}/openapi.json"
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Data platform", "version": "2.1"},
        "x-oas-url": settings.PLATFORM_URL,
        "servers": [{"url": f"http://127.0.0.1:{web.port}"}],
        "paths": {
            "/inbox": {"post": {"responses": {"200": {"description": "taken"}}}},
            "/services/health": {"get": {"responses": {"200": {"description": "well"}}}},
        },
    }
    web.pages["/openapi.json"] = json.dumps(document).encode()
    return web


def test_the_platform_is_discovered_by_its_document(central, settings):
    found = platform.look()
    assert found.available
    assert found.description.published_at == settings.PLATFORM_URL
    assert found.description.health == f"http://127.0.0.1:{central.port}/services/health"
    assert [path for path, _, _ in central.got] == ["/openapi.json", "/services/health"]
    platform.look()
    assert len(central.got) == 2  # remembered for a minute


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"<html>", "no OpenAPI document"),
        (b'{"openapi":"3.1.0","info":{},"paths":{}}', "OpenAPI 3.1.0, not 3.0.x"),
        (b'{"openapi":"3.0.1","info":{},"paths":{"/x":[]}}', "no OpenAPI document"),
    ],
)
def test_a_document_that_is_none_is_said_so(central, document, words):
    central.pages["/openapi.json"] = document
    assert not platform.look().available
    assert words in platform.look().words


@pytest.mark.parametrize("behave", ["hang", "close", b"hello there\r\n\r\n", 500])
def test_a_platform_that_is_away_is_not_waited_for(central, monkeypatch, behave):
    monkeypatch.setattr(platform, "PATIENCE", 0.3)
    central.behave = behave
    assert not platform.look().available


def test_deliveries_to_the_platform_wait_while_it_is_away(party, central, monkeypatch):
    publish(1, [a_record("1")])
    destination, _ = http(party, central)
    central.behave = 503
    destination = deliver(destination)
    assert destination.trouble == Trouble.UNAVAILABLE
    assert "/inbox" not in [path for path, _, _ in central.got]
    monkeypatch.setattr(platform, "_remembered", {})
    central.behave = "ok"
    assert destinations.state_of(again(destination)) == "in-step"
    assert timezone.now() > AT
