"""The client's address: the peer's, or what trusted proxies say of it."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from django.test import RequestFactory

from ipshare.config import env
from ipshare.http import address

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def seen(peer, forwarded=None):
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    return address.of(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers))


def test_without_trusted_proxies_the_header_says_nothing(settings):
    settings.TRUSTED_PROXIES = ()
    assert seen("10.0.0.1", "192.0.2.7") == "10.0.0.1"


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.7", "203.0.113.9", "192.0.2.7"),  # not through a proxy of ours
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first one is the client's own word
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("fd00::1", "2001:db8::9", "2001:db8::9"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "203.0.113.9:5544", "203.0.113.9"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", '"[2001:db8::1]:4711"', "2001:db8::1"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2:443", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, not an address", ""),  # nobody is taken for the proxy
        ("10.0.0.1", "unknown", ""),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("", "203.0.113.9", ""),
    ],
)  # fmt: skip
def test_the_header_counts_as_far_as_trusted_proxies_wrote_it(settings, peer, forwarded, expected):
    settings.TRUSTED_PROXIES = PROXIES
    assert seen(peer, forwarded) == expected


def test_networks():
    assert address.inside("192.0.2.7", ["198.51.100.0/24", "192.0.2.0/24"])
    assert address.inside("::ffff:192.0.2.7", ["192.0.2.7"])
    assert not address.inside("192.0.3.7", ["192.0.2.0/24", "2001:db8::/32"])
    assert not address.inside("", ["0.0.0.0/0", "::/0"])


def test_a_proxy_that_cannot_be_read_stops_the_start(monkeypatch):
    monkeypatch.setenv("IPSHARE_TRUSTED_PROXIES", "10.0.0.0/8 proxy.example")
    with pytest.raises(env.SettingMissingError, match=r"IPSHARE_TRUSTED_PROXIES .* CIDR"):
        env.networks("IPSHARE_TRUSTED_PROXIES")
