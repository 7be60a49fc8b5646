"""The destinations and deliveries of an authorization in words: state, why, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from ipshare.domain.delivery import DeliveryState, DestinationKind
from ipshare.portal import words
from ipshare.share import destinations
from ipshare.store.models.deliveries import Delivery, Destination
from ipshare.store.models.sharing import Authorization

PAGE = 50
KINDS = {
    DestinationKind.BUCKET: "S3-compatible bucket",
    DestinationKind.SFTP: "SFTP tree",
    DestinationKind.HTTP: "HTTP endpoint",
}
_STATES = {
    "in-step": ("is-ok", "ok", "In step"),
    "waiting": ("is-running", "running", "Nothing delivered yet"),
    "retrying": ("is-warn", "warn", "Tried again soon"),
    "failing": ("is-error", "error", "Failing"),
    "paused": ("is-off", "off", "Paused"),
    "removed": ("is-off", "off", "Removed"),
}
_DELIVERIES = {
    DeliveryState.READY: ("is-running", "running", "Ready"),
    DeliveryState.SENDING: ("is-running", "running", "Sending"),
    DeliveryState.DELIVERED: ("is-ok", "ok", "Delivered"),
    DeliveryState.ABANDONED: ("is-off", "off", "Given up"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One destination as a row."""

    held: Destination
    kind: str
    where: str
    state: words.Verdict
    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One delivery as a row; ``records`` are those with elements."""

    held: Delivery
    records: int
    state: words.Verdict


def of(authorization: Authorization) -> list[Line]:
    """The destinations of an authorization, removed ones left out."""
    found = authorization.destinations.filter(removed_at=None).order_by("pk")
    return [
        Line(
            held=one,
            kind=KINDS[DestinationKind(one.kind)],
            where=destinations.where_of(one),
            state=_verdict(_STATES[destinations.state_of(one)]),
            public_key=one.address.get("public_key", ""),
        )
        for one in found
    ]


def sent(delivery: Delivery) -> Sent:
    """A delivery as a row."""
    tone, icon, word = _DELIVERIES[DeliveryState(delivery.state)]
    if delivery.state == DeliveryState.SENDING and delivery.trouble_words:
        tone, icon, word = "is-warn", "warn", "Not acknowledged yet"
    return Sent(held=delivery, records=len(delivery.puts), state=_verdict((tone, icon, word)))


def _verdict(shape: tuple[str, str, str]) -> words.Verdict:
    tone, icon, word = shape
    return words.Verdict(tone=tone, icon=icon, word=word)
