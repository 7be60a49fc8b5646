"""What becomes due without an event: credentials and authorizations that end soon, rights that are overdue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q

from ipshare.domain import plural
from ipshare.domain.notice import Topic
from ipshare.domain.office import Right
from ipshare.notices import readers
from ipshare.notices.told import Told, authorization_path, day
from ipshare.store import latest, shared
from ipshare.store.models.accounts import User
from ipshare.store.models.credentials import ClientKey, ClientSecret
from ipshare.store.models.notices import Notice
from ipshare.store.models.sharing import AuthorizationVersion, Client

SOON = timedelta(days=14)
KEPT = timedelta(days=180)
"""For so long a person finds what they were told."""


def watch(*, at: datetime) -> None:
    """Write the notices of what is due at an instant; what was told is not told again."""
    people: dict[str, list[User]] = defaultdict(list)
    written: list[Notice] = []
    for office, one in (*_expiring(at), *_overdue(at)):
        if office not in people:
            people[office] = readers.people_of(office)
        written += readers.notices(one, people[office], office=office, at=at)
    running = readers.operators()
    for office, one in _overdue_for_operators(at):
        written += readers.notices(one, running, office=office, at=at)
    Notice.objects.bulk_create(written, ignore_conflicts=True)
    Notice.objects.filter(at__lt=at - KEPT).exclude(lettered_at=None).delete()


def _expiring(at: datetime) -> Iterator[tuple[str, Told]]:
    window = {"expires_at__gt": at, "expires_at__lte": at + SOON, "revoked_at": None}
    of_clients = Q(client__authorization__isnull=False, client__authorization__ended_at=None) | Q(
        client__office__active=True, client__ended_at=None
    )
    party = "client__authorization__third_party"
    for secret in ClientSecret.objects.filter(of_clients, **window).select_related(party):
        yield _credential(secret, f"Secret {secret.number}")
    for key in ClientKey.objects.filter(of_clients, **window).select_related(party):
        yield _credential(key, f"The key {key.label or key.thumbprint[:12]}")
    newest = AuthorizationVersion.objects.filter(
        number=F("authorization__version"),
        authorization__ended_at=None,
        ends_at__gt=at,
        ends_at__lte=at + SOON,
    )
    for version in newest.select_related("authorization__third_party"):
        yield _period(version)


def _credential(held: ClientSecret | ClientKey, name: str) -> tuple[str, Told]:
    if held.client.office_id is not None:
        return held.client.office_id, _of_sender(held, held.client, name)
    authorization = held.client.authorization
    if authorization is None or held.expires_at is None:
        raise ValueError("only credentials of authorizations that expire are told of")
    party = authorization.third_party.name
    return authorization.office_id, Told(
        topic=Topic.EXPIRING,
        subject=f"{name} of {held.client.client_id}",
        rights=shared.rights_of(authorization),
        title=f"{name} of {party} expires on {day(held.expires_at)}",
        text=f"Afterwards {party} cannot sign in with it, and receives nothing unless it has another."
        "\n\nMake the new one in time and hand it over by a safe way; two secrets may be valid side by side.",
        path=authorization_path(authorization, "/credentials"),
    )


def _of_sender(held: ClientSecret | ClientKey, client: Client, name: str) -> Told:
    ends = held.expires_at or held.client.created
    return Told(
        topic=Topic.EXPIRING,
        subject=f"{name} of {client.client_id}",
        rights=frozenset(map(Right, client.rights)),
        title=f"{name} of {client.name} expires on {day(ends)}",
        text=f"Afterwards {client.name} cannot sign in with it, and sends nothing over the API unless it has another."
        "\n\nMake the new one in time and put it in place; two secrets may be valid side by side.",
        path=f"/keys-and-accounts/{str(client.office_id).lower()}/senders/{client.pk}",
    )


def _period(version: AuthorizationVersion) -> tuple[str, Told]:
    authorization = version.authorization
    party = authorization.third_party.name
    ends = version.ends_at or version.saved_at
    return authorization.office_id, Told(
        topic=Topic.EXPIRING,
        subject=f"{party} until {ends:%Y-%m-%dT%H:%M}",
        rights=frozenset(Right(right) for right in version.rights),
        title=f"The authorization of {party} ends on {day(ends)}",
        text=f"From then on {party} receives nothing of your office's data.\n\nIf it is to go on, save its conditions"
        " with a later end.",
        path=authorization_path(authorization),
    )


def _overdue(at: datetime) -> Iterator[tuple[str, Told]]:
    """The rights of offices for which nothing came within the rhythm that was agreed."""
    for one in latest.late(at):
        yield one.office, _late(one.right, one.came_at, one.days, at)


def _overdue_for_operators(at: datetime) -> Iterator[tuple[str, Told]]:
    """The same in words for those who run the hub."""
    for one in latest.late(at):
        yield (
            one.office,
            Told(
                topic=Topic.OVERDUE,
                subject=f"{one.right} since {one.came_at:%Y-%m-%d}",
                rights=frozenset({one.right}),
                title=f"{one.office}: {one.right.folder} are overdue",
                text=f"The last submission of {one.right.folder} of {one.office} came in on {day(one.came_at)};"
                f" one is agreed every {plural.counted(one.days, 'day')}.\n\nAsk the office what stands in the way; its"
                " page shows what came before, and in which state it ended.",
                path=f"/offices/{one.office.lower()}",
            ),
        )


def _late(right: Right, came_at: datetime, days: int, at: datetime) -> Told:
    since = (at - came_at).days
    return Told(
        topic=Topic.OVERDUE,
        subject=f"{right} since {came_at:%Y-%m-%d}",
        rights=frozenset({right}),
        title=f"{right.folder} are overdue: nothing came for {plural.counted(since, 'day')}",
        text=f"The last submission of {right.folder} came in on {day(came_at)}; one is agreed every"
        f" {plural.counted(days, 'day')}. Third parties go on reading what is there, which may be out of date."
        "\n\nSend Updates, or a Full_Extraction; an update without changes says that nothing changed.",
        path=f"/history?right={right}&direction=in",
    )
