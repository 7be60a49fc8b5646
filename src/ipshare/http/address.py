"""The network address that a request comes from, also through the proxies that the hub's operator trusts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
_WITH_PORT = re.compile(r'"?(?:\[(?P<six>[^\]]+)\]|(?P<four>[0-9.]+))(?::[0-9]+)?"?')
"""As some proxies write a hop: 203.0.113.9:5544, "[2001:db8::1]:4711"."""


def of(request: HttpRequest) -> str:
    """The client's address; empty where it cannot be told.

    ``X-Forwarded-For`` counts only as far as trusted proxies wrote it: from its end, up to the first address
    that is no proxy of ours. What stands before that the client may have written itself. Where a trusted proxy
    wrote what is no address, nobody is taken for the proxy: the address cannot be told.
    """
    found = _read(request.META.get("REMOTE_ADDR", ""))
    written = request.META.get("HTTP_X_FORWARDED_FOR", "").strip()
    hops = written.split(",") if written else []
    while found is not None and hops and _among(found, settings.TRUSTED_PROXIES):
        found = _read(hops.pop())
    return "" if found is None else str(found)


def inside(address: str, networks: Sequence[str]) -> bool:
    """Whether an address is of one of the networks (CIDR); an unknown address is of none."""
    found = _read(address)
    return found is not None and _among(found, tuple(map(network, networks)))


@cache
def network(written: str) -> IPv4Network | IPv6Network:
    """A network in CIDR, or a single address; ValueError where it is neither."""
    return ip_network(written.strip(), strict=False)


def _among(address: Address, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    return any(address in one for one in networks)


def _read(written: str) -> Address | None:
    """An address; an IPv4 address that came in over IPv6 is the IPv4 address; zone and port are left away."""
    bare = written.strip()
    if match := _WITH_PORT.fullmatch(bare):
        bare = match["six"] or match["four"]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
