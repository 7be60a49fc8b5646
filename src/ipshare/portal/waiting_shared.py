"""What waits of what an office shares: proposals, destinations that fail, what ends or expires soon."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.urls import reverse

from ipshare.domain import plural
from ipshare.domain.office import Right
from ipshare.portal import telling
from ipshare.portal.parties import Party
from ipshare.portal.thing import MOST, Thing
from ipshare.share import destinations, proposals
from ipshare.store.models.accounts import Office
from ipshare.store.models.credentials import ClientKey, ClientSecret
from ipshare.store.models.deliveries import Destination

SOON = timedelta(days=30)
"""So long before its end an authorization or credential is told to end."""
_SECRET, _KEY = "App-client-secret", "key"


class Troubled(NamedTuple):
    """A destination that fails, a credential that expires soon, or a proposal.

    Of a proposal: its number as ``authorization``, what it would do as ``party``, who made it as ``name``. Of a client
    of the office's own: its key as ``authorization``, its name as ``party``.
    """

    what: str
    at: datetime
    authorization: int
    party: str
    name: str
    words: str
    attempts: int


def troubled(
    office: Office, known: Collection[Right], keeps: Collection[Right], at: datetime
) -> list[Troubled]:
    """Failing destinations, proposals, and secrets and keys that expire soon: one query.

    What names a record of a right that is not among the ``known`` is left out, and so are clients of the office's own
    that send another right than those whose clients this person ``keeps``.
    """
    nothing = {"name_": Value(""), "words_": Value(""), "count_": Value(0)}
    soon = Q(revoked_at=None, expires_at__gt=at, expires_at__lte=at + SOON)
    theirs = soon & Q(client__authorization__office=office, client__authorization__ended_at=None)
    own = soon & Q(
        client__office=office,
        client__ended_at=None,
        client__rights__contained_by=[right.value for right in keeps],
    )
    credentials = (
        "expires_at", "client__authorization", "client__authorization__third_party__name", *nothing,
    )  # fmt: skip
    of_senders = ("expires_at", "client", "client__name", *nothing)
    secrets = ClientSecret.objects.filter(theirs).annotate(what=Value(_SECRET), **nothing)
    keys = ClientKey.objects.filter(theirs).annotate(what=Value(_KEY), **nothing)
    sending = ClientSecret.objects.filter(own).annotate(what=Value(f"own {_SECRET}"), **nothing)
    signing = ClientKey.objects.filter(own).annotate(what=Value(f"own {_KEY}"), **nothing)
    failing = Destination.objects.filter(
        authorization__office=office, removed_at=None, failures__gte=destinations.FAILING
    ).annotate(what=Value("destination"), since=Coalesce("failing_since", "created_at"))
    proposed = (
        proposals.waiting(office.code)
        .exclude(proposals.hidden(known))
        .annotate(
            what=Value("proposal"),
            headline=KeyTextTransform("headline", "preview"),
            count_=Value(0),
        )
        .order_by()
    )
    found = secrets.values_list("what", *credentials).union(
        keys.values_list("what", *credentials),
        sending.values_list("what", *of_senders),
        signing.values_list("what", *of_senders),
        failing.values_list(
            "what", "since", "authorization", "authorization__third_party__name", "name", "trouble_words",
            "failures",
        ),
        proposed.values_list(
            "what", "proposed_at", "pk", "headline", "proposed_by", "reason", "count_",
        ),
        all=True,
    )  # fmt: skip
    return [Troubled(*row) for row in found.order_by("expires_at")]


def proposed(office: Office, found: Iterable[Troubled]) -> Iterator[Thing]:
    """Changes that wait for a second person."""
    for one in [one for one in found if one.what == "proposal"][:MOST]:
        yield Thing(
            tone="is-held",
            icon="held",
            title=f"Waits for a second person: {one.party}",
            why=f"Proposed by {one.name}: “{one.words}” Nothing of it holds before another authorization officer"
            " approves it.",
            since=f"proposed {telling.instant(one.at)}",
            address=reverse("portal:proposal", args=[office.code.lower(), one.authorization]),
            act="Open proposal",
        )


def failing(office: Office, found: Iterable[Troubled]) -> Iterator[Thing]:
    """Destinations that do not take what is brought to them."""
    for one in [one for one in found if one.what == "destination"][:MOST]:
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


def ending(office: Office, parties: Iterable[Party], at: datetime) -> Iterator[Thing]:
    """Authorizations that end by themselves soon."""
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


def expiring(office: Office, found: Iterable[Troubled], at: datetime) -> Iterator[Thing]:
    """Secrets and keys that expire soon, of third parties and of machines of the office."""
    told = {_SECRET, _KEY, f"own {_SECRET}", f"own {_KEY}"}
    for one in [one for one in found if one.what in told][:MOST]:
        own, what = one.what.startswith("own "), one.what.removeprefix("own ")
        whose = f"your client “{one.party}”" if own else one.party
        does = "send" if own else "sign in"
        yield Thing(
            tone="is-info",
            icon="info",
            title=f"{'An' if what == _SECRET else 'A'} {what} of {whose} expires {telling.instant(one.at)}",
            why=f"If it is the only one, {'it' if own else one.party} can {does} no more after that. Make a second one"
            " before.",
            since=_left(one.at - at),
            address=reverse(
                "portal:sender" if own else "portal:credentials",
                args=[office.code.lower(), one.authorization],
            ),
            act="Secrets and keys" if own else "Credentials",
        )


def _left(rest: timedelta) -> str:
    days = rest.days
    return f"{plural.counted(days, 'day')} left" if days else "less than a day left"
