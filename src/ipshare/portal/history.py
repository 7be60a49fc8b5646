"""What the exchange history is narrowed to, and the submissions, deliveries and entries of the ledger that fit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db.models import Q, QuerySet

from ipshare.accounts import permissions
from ipshare.domain.authorization import Channel
from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.portal import guard, words
from ipshare.store import disclosed, exchanges
from ipshare.store.disclosed import Days
from ipshare.store.exchanges import Parts
from ipshare.store.models.accounts import User
from ipshare.store.models.submissions import Submission

PAGE = 50
PERIOD = timedelta(days=90)
DIRECTIONS = {"": "Both", "in": "In", "out": "Out"}
STATES = {
    "running": ("Running", words.RUNNING),
    "held": ("Held", frozenset({State.HELD})),
    "published": ("Published", frozenset({State.PUBLISHED})),
    "tested": ("Tested", frozenset({State.TESTED})),
    "refused": ("Refused", frozenset({State.REFUSED})),
    "rejected": ("Rejected", frozenset({State.REJECTED})),
    "repeated": ("Sent before", frozenset({State.REPEATED})),
}
STATES_OUT = {
    "delivered": ("Delivered", frozenset({"delivered"})),
    "sending": ("On its way", frozenset({"ready", "sending"})),
    "failing": ("Not taken yet", frozenset({"failing"})),
    "abandoned": ("Given up", frozenset({"abandoned"})),
}
CHANNELS = {
    Channel.API: "API and feed",
    Channel.BULK: "Bulk export",
    Channel.PUSH: "Push",
    Channel.SFTP: "SFTP",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the list is narrowed to; empty means everything."""

    direction: str = ""
    right: str = ""
    kind: str = ""
    state: str = ""
    office: str = ""
    party: int | None = None
    words: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return self != Filter()

    @property
    def wants_in(self) -> bool:
        """Whether a submission could fit."""
        out = self.kind in {*Channel} or self.state in STATES_OUT or self.party is not None
        return self.direction != "out" and not out

    @property
    def wants_out(self) -> bool:
        """Whether something that went out could fit."""
        return self.direction != "in" and self.kind not in {*Kind} and self.state not in STATES


def visible(who: User) -> QuerySet[Submission]:
    """All submissions that a person may see: of the own office and the rights served, or for operators all."""
    everything = Submission.objects.select_related("repeats")
    if who.office_id is None:
        return everything
    known = permissions.known(who, at=who.office_id)
    own = everything.filter(office=who.office_id)
    return own if known == frozenset(Right) else own.filter(right__in=known)


def fitting(who: User, wanted: Filter, zone: tzinfo) -> QuerySet[Submission]:
    """The submissions that fit, newest first; days begin in the person's zone."""
    found = visible(who)
    if wanted.right:
        found = found.filter(right=wanted.right)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.office:
        found = found.filter(office=wanted.office)
    if wanted.state:
        found = found.filter(state__in=STATES[wanted.state][1])
    found = found.filter(**_period("received_at", wanted, zone))
    if wanted.words:
        found = found.filter(_named(wanted.words))
    return found.order_by("-received_at", "-pk")


def everything(who: User, wanted: Filter, zone: tzinfo) -> Parts:
    """What came in and went out, as far as it fits: of the own office and the rights served, or for operators all."""
    came = fitting(who, wanted, zone) if wanted.wants_in else None
    if not wanted.wants_out or (who.office_id and wanted.office not in {"", who.office_id}):
        return Parts(came=came, pushed=None, left=None)
    office = who.office_id or wanted.office
    rights = permissions.known(who, at=office)
    if wanted.right:
        rights &= {Right(wanted.right)}
    pushed = left = None
    if wanted.kind in {"", Channel.PUSH}:
        pushed = _pushed(office, rights, wanted, zone)
    if wanted.kind != Channel.PUSH and wanted.state in {"", "delivered"}:
        left = _left(office, rights, wanted)
    return Parts(came=came, pushed=pushed, left=left)


def _pushed(office: str, rights: frozenset[Right], wanted: Filter, zone: tzinfo) -> QuerySet[Any]:
    found = exchanges.deliveries()
    if office:
        found = found.filter(destination__authorization__office=office)
    found = found.filter(disclosed.of_rights(rights))
    if wanted.party:
        found = found.filter(destination__authorization=wanted.party)
    if wanted.state:
        found = found.filter(stands__in=STATES_OUT[wanted.state][1])
    if wanted.words:
        text = wanted.words
        party = Q(destination__authorization__third_party__name__icontains=text)
        found = found.filter(party | Q(name__icontains=text) | Q(destination__name__icontains=text))
    return found.filter(**_period("happened_at", wanted, zone))


def _left(office: str, rights: frozenset[Right], wanted: Filter) -> Days:
    """Entries of the ledger by days of their offices; a push has its deliveries, which say more."""
    fits = ~Q(channel=Channel.PUSH) & disclosed.of_rights(rights)
    if wanted.party:
        fits &= Q(authorization=wanted.party)
    if wanted.kind:
        fits &= Q(channel=wanted.kind)
    if wanted.words:
        fits &= Q(authorization__third_party__name__icontains=wanted.words)
    if wanted.first:
        fits &= Q(day__gte=wanted.first)
    if wanted.last:
        fits &= Q(day__lte=wanted.last)
    return (disclosed.of_office(office) if office else disclosed.everything()).narrowed(fits)


def _period(field: str, wanted: Filter, zone: tzinfo) -> dict[str, datetime]:
    """The conditions of the first and the last day of the period."""
    found = {}
    if wanted.first:
        found[f"{field}__gte"] = _midnight(max(wanted.first, date(2000, 1, 1)), zone)
    if wanted.last and wanted.last < date.max:
        after = max(wanted.last, date(2000, 1, 1)) + timedelta(days=1)
        found[f"{field}__lt"] = _midnight(after, zone)
    return found


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _named(text: str) -> Q:
    """A part of the file's name, a reference, or the beginning of a SHA-256."""
    names = Q(name__icontains=text)
    if parts := guard.REFERENCE.fullmatch(text.upper()):
        names |= Q(office=parts[1], number=int(parts[2]))
    if len(text) >= 8:  # noqa: PLR2004 (shorter prefixes are words)
        names |= Q(sha256__startswith=text.lower())
    return names
