"""The destinations and deliveries of an authorization in words: state, why, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ipshare.domain.delivery import DeliveryState, DestinationKind
from ipshare.portal import words
from ipshare.share import deliveries, destinations
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
    "next-day": ("is-held", "held", "Waits for the next day"),
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
    """One destination as a row; ``next_day`` is when it goes on, where the day's bytes have left."""

    held: Destination
    kind: str
    where: str
    state: words.Verdict
    public_key: str
    next_day: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One delivery as a row; ``records`` are those with elements."""

    held: Delivery
    records: int
    state: words.Verdict


def of(authorization: Authorization, at: datetime) -> list[Line]:
    """The destinations of an authorization, removed ones left out."""
    found = authorization.destinations.filter(removed_at=None).order_by("pk")
    waiting = deliveries.waiting_for_a_day(authorization, at=at)
    return [_line(one, waiting.get(one.pk)) for one in found]


def _line(held: Destination, next_day: datetime | None) -> Line:
    state = destinations.state_of(held)
    if state not in {"in-step", "waiting"}:  # what keeps it besides is told first
        next_day = None
    return Line(
        held=held,
        kind=KINDS[DestinationKind(held.kind)],
        where=destinations.where_of(held),
        state=_verdict(_STATES["next-day" if next_day else state]),
        public_key=held.address.get("public_key", ""),
        next_day=next_day,
    )


def sent(delivery: Delivery) -> Sent:
    """A delivery as a row."""
    tone, icon, word = _DELIVERIES[DeliveryState(delivery.state)]
    if delivery.state == DeliveryState.SENDING and delivery.trouble_words:
        tone, icon, word = "is-warn", "warn", "Not acknowledged yet"
    return Sent(held=delivery, records=len(delivery.puts), state=_verdict((tone, icon, word)))


def _verdict(shape: tuple[str, str, str]) -> words.Verdict:
    tone, icon, word = shape
    return words.Verdict(tone=tone, icon=icon, word=word)
