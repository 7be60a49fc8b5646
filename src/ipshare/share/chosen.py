"""What an office chooses for a third party, checked: the same on the portal's page and on the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_interface, ip_network

from ipshare.domain.authorization import Conditions

MOST_NETWORKS = 100
MOST_REQUESTS = 1_000_000
MOST_BYTES = 10**15
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
"""An instant of sharing lies between these: one at the end of time is of no year in another zone."""

TERMS = {
    "unrestricted": (
        "Redistributable without restriction: the data may be used, copied, combined with other data and passed on, "
        "as it is or changed, for any lawful purpose. The originating office is named as the source. "
        "The office does not warrant that the data is complete; its own register is authentic."
    ),
    "conditional": (
        "Conditional use: the data may be used within the third party's own services, and made available to others "
        "only as part of a product or service that adds value to it. It must not be passed on as received, in whole "
        "or in part. The originating office is named as the source, with the day on which the data was received. "
        "What the office withdraws or withholds is removed without delay."
    ),
}
"""Ready-made terms of re-use, after the two classes that WIPO's own terms know."""


def network(written: str) -> str:
    """A network in CIDR, or one address, as it is kept; ValueError says what to write instead."""
    text = written.strip()
    try:
        found = ip_network(text, strict=False)
        exact = ip_interface(text)
    except ValueError:
        raise ValueError(
            f"{text} is no network; write for example 203.0.113.0/24 or 2001:db8:41::/48"
        ) from None
    if getattr(found.network_address, "ipv4_mapped", None) is not None:
        raise ValueError(f"{text} is IPv4 written as IPv6; write it as IPv4, as 203.0.113.0/24")
    if found.prefixlen == 0:
        raise ValueError(f"{text} is every address; leave the networks empty to allow any")
    if exact.ip != found.network_address:
        raise ValueError(
            f"{text} names one address and a wider network; write {found} for the network "
            f"or {exact.ip} for the address"
        )
    return str(found) if found.num_addresses > 1 else str(exact.ip)


def troubles(chosen: Conditions, *, at: datetime) -> list[tuple[str, str]]:
    """What cannot be saved at this instant: the name of what was chosen, and what to do about it."""
    wanted = chosen.filter
    found = [
        (
            wanted.filed_from and wanted.filed_to and wanted.filed_from > wanted.filed_to,
            "filed_to",
            "lies before the first day of filing: no record could go out; choose a later day",
        ),
        (
            wanted.registered_from
            and wanted.registered_to
            and wanted.registered_from > wanted.registered_to,
            "registered_to",
            "lies before the first day of registration: no record could go out; choose a later day",
        ),
        (
            chosen.starts_at is not None and not FIRST <= chosen.starts_at < LAST,
            "starts_at",
            "is of no year that can be: choose an instant of 2000 or later",
        ),
        (
            chosen.ends_at and chosen.ends_at >= LAST,
            "ends_at",
            "is of no year that can be: choose an earlier one, or none",
        ),
        (
            chosen.ends_at and chosen.ends_at <= at,
            "ends_at",
            "has passed: choose a later instant, leave it empty, or end the authorization",
        ),
        (
            chosen.ends_at and chosen.starts_at and chosen.ends_at <= chosen.starts_at,
            "ends_at",
            "does not lie after the start: nothing could go out; choose a later instant",
        ),
        (
            not chosen.channels,
            "channels",
            "are all closed: choose at least one, or end the authorization",
        ),
        (
            len(chosen.networks) > MOST_NETWORKS,
            "networks",
            f"are more than {MOST_NETWORKS}: join neighbouring ones into wider ones",
        ),
    ]
    return [(name, message) for wrong, name, message in found if wrong]
