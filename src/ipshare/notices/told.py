"""What an audit event tells people: what happened, what it means, what to do, and the page it leads to.

Never a value of a record, and nothing of another office: counts, names of files and of third parties.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from ipshare.domain import plural
from ipshare.domain.notice import Topic
from ipshare.domain.office import Right
from ipshare.store import shared
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.outages import Outage
from ipshare.store.models.sharing import Authorization
from ipshare.store.models.submissions import Submission

PARTIES = "/data-exchange-authorizations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice before it has a reader; ``rights`` are those that it is about, none: no right in particular."""

    topic: Topic
    subject: str
    rights: frozenset[Right]
    title: str
    text: str
    path: str


def of_event(event: AuditEvent) -> Told | None:
    """What an event tells the people of its office, or the operators; None where it is nothing to write about."""
    if event.office_id is None:
        return _of_the_hub(event) if event.event in OF_THE_HUB else None
    teller = _TELLERS.get(event.event)
    return teller(event) if teller else None


def day(at: datetime) -> str:
    """A day in words."""
    there = at.astimezone(UTC)
    return f"{there.day} {there:%B} {there.year}"


def moment(at: datetime) -> str:
    """A time in words, with its zone."""
    return f"{day(at)}, {at.astimezone(UTC):%H:%M} UTC"


def names_of(rights: Iterable[str]) -> str:
    """Rights as people call them; what is shared is nothing where there is none."""
    chosen = set(rights)
    return ", ".join(right.folder for right in Right if right.value in chosen) or "no right"


# --- Submissions


def _submission(event: AuditEvent) -> Submission | None:
    office, _, number = event.subject.rpartition("-")
    return Submission.objects.filter(office=office, number=int(number)).first()


def _came_in(one: Submission) -> str:
    return (
        f"{one.name} ({Right(one.right).folder}, {one.kind}) came in on {moment(one.received_at)}."
    )


def _held(event: AuditEvent) -> Told | None:
    one = _submission(event)
    if one is None:
        return None
    counts = (
        f"It would withdraw {plural.counted(one.withdrawn, 'record')}, change {one.updated:,} and add"
        f" {one.inserted:,}, more than your office lets through without asking."
    )
    return _of_submission(
        one,
        Topic.HELD,
        f"{one.reference} is held and waits for a decision",
        f"{_came_in(one)} {counts}\n\nUntil somebody of your office decides, nothing of it is published and the"
        " register stays as it is. Look at the comparison, then release or reject it.",
    )


def _refused(event: AuditEvent) -> Told | None:
    one = _submission(event)
    if one is None:
        return None
    return _of_submission(
        one,
        Topic.REFUSED,
        f"{one.reference} was refused",
        f"{_came_in(one)} It could not be taken in: nothing of it was loaded, and the register stays as it is."
        "\n\nThe report says why and what to send instead.",
    )


def _with_errors(event: AuditEvent) -> Told | None:
    one = _submission(event)
    if one is None or not one.errors:
        return None
    ended = "published" if event.event == "submission.published" else "tested"
    kept = (
        f" {plural.counted(one.withheld, 'record is|records are')} kept back until corrected."
        if one.withheld
        else ""
    )
    return _of_submission(
        one,
        Topic.ERRORS,
        f"{one.reference} was {ended} with {plural.counted(one.errors, 'error')}",
        f"{_came_in(one)} It was {ended}; {plural.counted(one.errors, 'error was|errors were')}"
        f" found.{kept}\n\nThe report lists them by cause, with what to"
        " correct. Send the corrected records as Updates.",
    )


def _of_submission(one: Submission, topic: Topic, title: str, text: str) -> Told:
    return Told(
        topic=topic,
        subject=one.reference,
        rights=frozenset({Right(one.right)}),
        title=title,
        text=text,
        path=f"/submissions/{one.reference}",
    )


# --- Authorizations


def authorization_path(authorization: Authorization, more: str = "") -> str:
    """The page of an authorization, or one below it."""
    return f"{PARTIES}/{authorization.office_id.lower()}/{authorization.pk}{more}"


def _authorization(event: AuditEvent, party: str) -> Authorization | None:
    found = Authorization.objects.filter(office=event.office_id, third_party__name=party)
    return found.select_related("third_party").first()


def _saved(event: AuditEvent) -> Told | None:
    one, number = _authorization(event, event.subject), event.detail.get("version")
    if one is None:
        return None
    named = event.detail.get("rights", [])
    return Told(
        topic=Topic.AUTHORIZATION,
        subject=f"{event.subject}, version {number}",
        rights=frozenset(Right(right) for right in named) | shared.rights_of(one),
        title=f"What {event.subject} receives was changed",
        text=f"{event.actor} saved version {number} of the authorization of {event.subject} on {moment(event.at)}."
        f" It shares: {names_of(named)}. It has been in force from that moment on.\n\nIf this is not what your"
        " office wants, change it back or end it: either takes effect within a second.",
        path=authorization_path(one, "/versions"),
    )


def _ended(event: AuditEvent) -> Told | None:
    one, number = _authorization(event, event.subject), event.detail.get("version")
    if one is None:
        return None
    return Told(
        topic=Topic.AUTHORIZATION,
        subject=f"{event.subject}, version {number}",
        rights=shared.rights_of(one),
        title=f"The authorization of {event.subject} was ended",
        text=f"{event.actor} ended it on {moment(event.at)}. {event.subject} has received nothing of your office's"
        " data since.\n\nIf this is not what your office wants, save its conditions again.",
        path=authorization_path(one, "/versions"),
    )


def _base_saved(event: AuditEvent) -> Told:
    number = event.detail.get("version")
    return Told(
        topic=Topic.AUTHORIZATION,
        subject=f"base restriction, version {number}",
        rights=frozenset(),
        title="What is withheld from every third party was changed",
        text=f"{event.actor} saved version {number} of the base restriction on {moment(event.at)}. It has been in"
        " force for all third parties from that moment on.\n\nIf this is not what your office wants, change it back.",
        path=f"{PARTIES}/{str(event.office_id).lower()}/base",
    )


def _over_offices(event: AuditEvent) -> Told | None:
    one = _authorization(event, event.subject)
    if one is None:
        return None
    allowed = event.event == "organisation-client.allowed"
    title = "may read" if allowed else "may no longer read"
    return Told(
        topic=Topic.AUTHORIZATION,
        subject=f"event {event.pk}",
        rights=shared.rights_of(one),
        title=f"The client of {event.subject} over offices {title} your data",
        text=f"{event.actor} decided so on {moment(event.at)}. What {event.subject} may receive is the same as before:"
        " only the client that asks is another one.\n\nThe page of credentials shows it and takes it back.",
        path=authorization_path(one, "/credentials"),
    )


def _failing(event: AuditEvent) -> Told | None:
    one = _authorization(event, str(event.detail.get("third_party", "")))
    if one is None or event.actor != "hub":  # a person who pauses a destination knows of it
        return None
    party = one.third_party.name
    paused = event.event == "destination.paused"
    done = "It is paused: nothing leaves for it" if paused else "The hub goes on trying"
    return Told(
        topic=Topic.DESTINATION,
        subject=f"event {event.pk}",
        rights=shared.rights_of(one),
        title=f"Deliveries to {event.subject} of {party} {'are paused' if paused else 'fail'}",
        text=f"The system {event.subject} of {party} has taken no delivery several times in a row, the last time on"
        f" {moment(event.at)}. {done}; nothing is lost, and what waits is delivered when it answers again."
        f"\n\nTell {party}. The page of its destinations says what stands in the way.",
        path=authorization_path(one, "/destinations"),
    )


# --- The hub itself


OF_THE_HUB = frozenset({"hub.part-down", "hub.part-well"})
"""Events that operators are told of."""


def _of_the_hub(event: AuditEvent) -> Told | None:
    one = Outage.objects.filter(pk=event.detail.get("outage")).first()
    if one is None:
        return None
    part = one.part.lower()
    if event.event == "hub.part-down":
        title = f"The hub needs you: {part}"
        text = (
            f"{one.part}: {one.words} Seen so since {moment(one.began_at)}.\n\nThe page Health says how every part"
            " does now. Another letter comes when this is over, and none before."
        )
    else:
        title = f"It is over: {part}"
        ended = one.ended_at or event.at
        text = f"{one.part} does its work again. It did not from {moment(one.began_at)} to {moment(ended)}."
    return Told(
        topic=Topic.OUTAGE,
        subject=f"event {event.pk}",
        rights=frozenset(),
        title=title,
        text=text,
        path="/hub/health",
    )


_TELLERS: dict[str, Callable[[AuditEvent], Told | None]] = {
    "submission.held": _held,
    "submission.refused": _refused,
    "submission.published": _with_errors,
    "submission.tested": _with_errors,
    "authorization.saved": _saved,
    "authorization.ended": _ended,
    "base-restriction.saved": _base_saved,
    "organisation-client.allowed": _over_offices,
    "organisation-client.forbidden": _over_offices,
    "destination.failing": _failing,
    "destination.paused": _failing,
}
