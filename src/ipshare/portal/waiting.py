"""What waits for the people of an office, the most urgent first, each with its reason and where to act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from ipshare.domain import plural
from ipshare.domain.office import Right
from ipshare.domain.submission import State
from ipshare.portal import telling, words
from ipshare.portal.overview import RightRow
from ipshare.portal.parties import Party
from ipshare.share import destinations
from ipshare.store.models.accounts import Office
from ipshare.store.models.credentials import ClientKey, ClientSecret
from ipshare.store.models.deliveries import Destination
from ipshare.store.models.proposals import Proposal
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload

SOON = timedelta(days=30)
"""So long before its end an authorization or credential is told to end."""
LATELY = timedelta(days=7)
MOST = 10
"""Things of one sort that are told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing: what it is, why, since when; ``address`` is where to act, ``act`` what the button says."""

    tone: str
    icon: str
    title: str
    why: str
    since: str
    address: str
    act: str
    name: str = ""
    folder: str = ""


def of(
    office: Office, rows: Iterable[RightRow], parties: Iterable[Party], *, at: datetime
) -> list[Thing]:
    """Everything that waits, for the rights of these rows."""
    by_right = {row.right: row for row in rows}
    troubled = _troubled(office, at)
    return [
        *_held(by_right.values()),
        *_uploads(office, by_right, at),
        *_late(office, by_right.values()),
        *_refused(by_right.values()),
        *_proposed(office, troubled),
        *_failing(office, troubled),
        *_errors(by_right.values()),
        *_ending(office, parties, at),
        *_expiring(office, troubled, at),
        *_never_sent(by_right.values()),
    ]


def _held(rows: Iterable[RightRow]) -> Iterator[Thing]:
    for row in rows:
        for one in row.waiting:
            yield Thing(
                tone="is-held",
                icon="held",
                title=f"Decide on the held {one.kind} of {row.name.lower()}",
                why=f"{one.reason} Until you decide, third parties see the state before it.",
                since=f"{one.reference} · received {telling.instant(one.received_at)}",
                address=_page(one),
                act="Compare and decide",
            )


def _uploads(office: Office, by_right: dict[Right, RightRow], at: datetime) -> Iterator[Thing]:
    found = HttpUpload.objects.filter(
        Q(ended_at=None, closed_at=None) | (Q(ended_at__gte=at - LATELY) & ~Q(trouble="")),
        office=office,
        right__in=[right.value for right in by_right],
        begun_at__lt=at - timedelta(minutes=15),
    )
    for one in found.order_by("-begun_at")[:MOST]:
        failed = one.ended_at is not None
        yield Thing(
            tone="is-error",
            icon="error",
            title="Not taken in:" if failed else "Not sent to its end:",
            name=one.name,
            why=one.trouble
            if failed
            else "What has come is safe on the hub. Choose the same file again and it goes on from there.",
            since=f"begun {telling.instant(one.begun_at)}"
            + ("" if failed else f" · kept until {telling.instant(one.expires_at)}"),
            address=reverse("portal:uploads", args=[office.code.lower()]),
            act="Send files",
        )


def _late(office: Office, rows: Iterable[RightRow]) -> Iterator[Thing]:
    for row in rows:
        if row.late and row.verdict.tone == words.LATE[0]:
            yield Thing(
                tone=words.LATE[0],
                icon=words.LATE[1],
                title=f"{row.name}: {row.verdict.word.lower()}",
                why=row.reason,
                since=f"last sent {telling.instant(row.sent_at)}",
                address=reverse("portal:uploads", args=[office.code.lower()]),
                act="Send files",
            )


def _refused(rows: Iterable[RightRow]) -> Iterator[Thing]:
    for row in rows:
        one = row.latest
        if one is not None and one.state == State.REFUSED:
            reason = one.reason or "It could not be opened; nothing was loaded."
            yield Thing(
                tone="is-error",
                icon="error",
                title=f"The last submission of {row.name.lower()} was refused:",
                name=one.name,
                why=f"{reason} Correct it and send it again.",
                since=f"{one.reference} · {telling.instant(one.ended_at)}",
                address=_page(one),
                act="Open report",
            )


class _Troubled(NamedTuple):
    """A destination that fails, a credential that expires soon, or a proposal (its number as ``authorization``)."""

    what: str
    at: datetime
    authorization: int
    party: str
    name: str
    words: str
    attempts: int


def _troubled(office: Office, at: datetime) -> list[_Troubled]:
    """Failing destinations, and secrets and keys of the office's third parties that expire soon: one query."""
    nothing = {"name_": Value(""), "words_": Value(""), "count_": Value(0)}
    soon = Q(revoked_at=None, expires_at__gt=at, expires_at__lte=at + SOON)
    soon &= Q(client__authorization__office=office, client__authorization__ended_at=None)
    credentials = (
        "expires_at", "client__authorization", "client__authorization__third_party__name", *nothing,
    )  # fmt: skip
    secrets = ClientSecret.objects.filter(soon).annotate(what=Value("App-client-secret"), **nothing)
    keys = ClientKey.objects.filter(soon).annotate(what=Value("key"), **nothing)
    failing = Destination.objects.filter(
        authorization__office=office, removed_at=None, failures__gte=destinations.FAILING
    ).annotate(what=Value("destination"), since=Coalesce("failing_since", "created_at"))
    proposed = Proposal.objects.filter(office=office, state="open").annotate(
        what=Value("proposal"),
        to_=Coalesce("authorization__third_party__name", Value("every third party")),
        count_=Value(0),
    )
    found = secrets.values_list("what", *credentials).union(
        keys.values_list("what", *credentials),
        failing.values_list(
            "what", "since", "authorization", "authorization__third_party__name", "name", "trouble_words",
            "failures",
        ),
        proposed.values_list(
            "what", "proposed_at", "pk", "to_", "proposed_by", "reason", "count_",
        ),
        all=True,
    )  # fmt: skip
    return [_Troubled(*row) for row in found.order_by("expires_at")]


def _failing(office: Office, troubled: Iterable[_Troubled]) -> Iterator[Thing]:
    for one in [one for one in troubled if one.what == "destination"][:MOST]:
        yield Thing(
            tone="is-error",
            icon="error",
            title=f"{one.party} does not take deliveries:",
            name=one.name,
            why=f"{one.words} Deliveries wait and are tried again; nothing is lost.",
            since=f"{plural.counted(one.attempts, 'attempt')} in a row since {telling.instant(one.at)}",
            address=reverse("portal:destinations", args=[office.code.lower(), one.authorization]),
            act="Open destination",
        )


def _errors(rows: Iterable[RightRow]) -> Iterator[Thing]:
    for row in rows:
        one = row.published
        if one is None or not (row.with_errors or one.errors):
            continue
        title = (
            f"{plural.counted(row.with_errors, 'record')} with open errors in"
            if row.with_errors
            else f"{plural.counted(one.errors, 'error')} in"
        )
        kept = "The report says what they are."
        if one.withheld:
            part = one.withheld - one.withheld_whole
            kept = (
                f"Of {plural.counted(one.records, 'record')} of the last publication"
                f" {plural.counted(one.withheld, 'is|are')} kept back until corrected:"
                f" {one.withheld_whole:,} whole, {part:,} in part."
            )
        yield Thing(
            tone="is-warn",
            icon="warn",
            title=f"{title} {row.name.lower()}",
            why=f"{kept} {plural.counted(one.errors, 'error was|errors were')} found in it.",
            since=f"{one.reference} · {one.kind}, published {telling.instant(one.ended_at)}",
            address=f"{_page(one)}#causes",
            act="Open report",
        )


def _ending(office: Office, parties: Iterable[Party], at: datetime) -> Iterator[Thing]:
    for party in parties:
        ends = party.conditions.ends_at
        gone = party.authorization.ended_at is not None or not party.conditions.rights
        if ends is None or gone or not at < ends <= at + SOON:
            continue
        name = party.authorization.third_party.name
        yield Thing(
            tone="is-info",
            icon="info",
            title=f"The authorization of {name} ends {telling.instant(ends)}",
            why=f"From then on nothing more goes out to {name}. To go on, save a later end.",
            since=_left(ends - at),
            address=reverse(
                "portal:authorization", args=[office.code.lower(), party.authorization.pk]
            ),
            act="Review",
        )


def _proposed(office: Office, troubled: Iterable[_Troubled]) -> Iterator[Thing]:
    for one in [one for one in troubled if one.what == "proposal"][:MOST]:
        yield Thing(
            tone="is-held",
            icon="held",
            title=f"A change of what goes out to {one.party} waits for a second person",
            why=f"{one.name} proposed it: {one.words} Until another person approves it, what held before holds.",
            since=f"since {telling.instant(one.at)}",
            address=reverse("portal:proposal", args=[office.code.lower(), one.authorization]),
            act="Look and decide",
        )


def _expiring(office: Office, troubled: Iterable[_Troubled], at: datetime) -> Iterator[Thing]:
    for one in [one for one in troubled if one.what in {"key", "App-client-secret"}][:MOST]:
        article = "An" if one.what.startswith("App") else "A"
        yield Thing(
            tone="is-info",
            icon="info",
            title=f"{article} {one.what} of {one.party} expires {telling.instant(one.at)}",
            why=f"If it is the only one, {one.party} can sign in no more after that. Make a second one before.",
            since=_left(one.at - at),
            address=reverse("portal:credentials", args=[office.code.lower(), one.authorization]),
            act="Credentials",
        )


def _never_sent(rows: Iterable[RightRow]) -> Iterator[Thing]:
    for row in rows:
        if row.latest is None:
            yield Thing(
                tone="is-info",
                icon="info",
                title=f"{row.name} have not been sent yet",
                why="",
                since="",
                address="",
                act="",
                folder=row.folder,
            )


def _left(rest: timedelta) -> str:
    days = rest.days
    return f"{plural.counted(days, 'day')} left" if days else "less than a day left"


def _page(one: Submission) -> str:
    return reverse("portal:submission", args=[one.reference])
