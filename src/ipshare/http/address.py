"""The network address that a request comes from, also through the proxies that the hub's operator trusts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


def of(request: HttpRequest) -> str:
    """The client's address; empty where it cannot be told.

    ``X-Forwarded-For`` counts only as far as trusted proxies wrote it: from its end, up to the first address
    that is no proxy of ours. What stands before that the client may have written itself.
    """
    found = _read(request.META.get("REMOTE_ADDR", ""))
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while found is not None and hops and _among(found, settings.TRUSTED_PROXIES):
        before = _read(hops.pop())
        if before is None:
            break
        found = before
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
    """An address; an IPv4 address that came in over IPv6 is the IPv4 address, and a zone is left away."""
    try:
        found = ip_address(written.strip().partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
