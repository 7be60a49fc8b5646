"""Which addresses a destination may have: none inside the hub's own network, unless a setting allows it."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

from ipshare.domain.delivery import PushError, Trouble

Address = IPv4Address | IPv6Address

_NAT64 = ip_network("64:ff9b::/96")


def resolve(host: str, port: int, *, networks: Sequence[str] = ()) -> str:
    """The address of a host to connect to; the caller connects to it and looks nothing up again.

    ``networks`` are the ones that the conditions of the authorization allow (none: any). PushError where the
    host has no address, or one that is not allowed.
    """
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as trouble:
        raise PushError(Trouble.UNREACHABLE, f"The host {host} has no address.") from trouble
    found = [ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers]
    for address in found:
        if not is_open(address):
            raise PushError(
                Trouble.ADDRESS,
                f"{host} lies at {address}, inside a private network. An operator of the hub can allow its "
                "network in IPSHARE_PUSH_NETWORKS.",
            )
        if networks and not _among(address, networks):
            raise PushError(
                Trouble.ADDRESS,
                f"{host} lies at {address}; the conditions allow only {', '.join(networks)}.",
            )
    return str(found[0])


def is_private(host: str) -> bool:
    """Whether a host is one that only a setting allows (then plain HTTP is allowed as well)."""
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    found = [ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers]
    return all(_among(_plain(address), settings.PUSH_NETWORKS) for address in found)


def is_open(address: Address) -> bool:
    """Whether the hub may connect to an address for a third party."""
    plain = _plain(address)
    if _among(plain, settings.PUSH_NETWORKS):
        return True
    return plain.is_global and not plain.is_multicast


def _plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 address only wraps, or the address itself."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        teredo = address.teredo[1] if address.teredo else None
        return address.ipv4_mapped or address.sixtofour or teredo or address
    return address


def _among(address: Address, networks: Iterable[object]) -> bool:
    return any(address in ip_network(str(one), strict=False) for one in networks)
