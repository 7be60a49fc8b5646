"""Where people sign in from: the networks and browsers that each has used, and a notice of a new one."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.db import connection

from ipshare.domain.notice import Topic
from ipshare.notices import topics
from ipshare.notices.told import moment
from ipshare.store.models.accounts import User
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.notices import KnownPlace, Notice

NETWORK, BROWSER = "network", "browser"
BITS = {4: 24, 6: 48}
"""How much of an address is its network: what changes when a provider gives a new address is not."""
_SEEN = """
    INSERT INTO store_knownplace (person_id, kind, name, seen_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (person_id, kind, name) DO UPDATE SET seen_at = excluded.seen_at
    RETURNING xmax = 0
"""


def notices_of(event: AuditEvent) -> list[Notice]:
    """A notice to the person who signed in, where network or browser are new; the very first tell nothing new."""
    person = User.objects.filter(email=event.actor).prefetch_related("notice_settings").first()
    if person is None:
        return []
    address, browser = str(event.detail.get("address", "")), str(event.detail.get("browser", ""))
    first = not KnownPlace.objects.filter(person=person).exists()
    new = [
        _is_new(person, kind, name, event)
        for kind, name in ((NETWORK, network_of(address)), (BROWSER, browser))
        if name
    ]
    if first or not any(new) or not topics.wanted(person, Topic.SIGN_IN, at=person.office_id):
        return []
    return [_notice(person, event, address, browser)]


def _is_new(person: User, kind: str, name: str, event: AuditEvent) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [person.pk, kind, name[:100], event.at])
        row = cursor.fetchone()
    return bool(row and row[0])


def network_of(address: str) -> str:
    """The network of an address, e.g. ``203.0.113.0/24``; empty where there is no address."""
    try:
        read = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network(f"{read}/{BITS[read.version]}", strict=False))


def _notice(person: User, event: AuditEvent, address: str, browser: str) -> Notice:
    by = f" with {browser}" if browser else ""
    return Notice(
        person=person,
        topic=Topic.SIGN_IN,
        subject=f"event {event.pk}",
        title="A new sign-in to your account",
        text=f"Somebody signed in as {person.email} on {moment(event.at)} from {address or 'an unknown address'}{by}."
        " The hub has not seen you there before.\n\nIf it was you, there is nothing to do. If not: sign in, end"
        " all other sessions, change your password, and tell an administrator of your office.",
        path="/security",
        at=event.at,
    )
