"""The API clients that an office makes for its own machines: each sends for some rights, until it is ended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from ipshare.accounts import clients
from ipshare.accounts.clients import CredentialRefusedError, live_at
from ipshare.domain import marks
from ipshare.domain.office import Right
from ipshare.store.models.accounts import Office
from ipshare.store.models.credentials import ClientSecret
from ipshare.store.models.sharing import Client

LONGEST = 100
MOST = 50
"""Clients of one office that are not ended."""


def add(  # noqa: PLR0913 (what a client is made with)
    office: Office,
    name: str,
    rights: Collection[Right],
    *,
    by: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> tuple[Client, ClientSecret, str]:
    """A client that sends for these rights, its first secret, and the secret's text, which is returned this once."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST:
        raise CredentialRefusedError(f"give the client a name of 1 to {LONGEST} characters")
    if control := marks.control(name):
        raise CredentialRefusedError(
            f"the name has the control character {control}: give the client a name without it"
        )
    if not rights:
        raise CredentialRefusedError("choose at least one right that the client sends")
    try:
        with transaction.atomic():
            Office.objects.select_for_update().get(pk=office.pk)
            if of(office.pk).filter(ended_at=None).count() >= MOST:
                raise CredentialRefusedError(
                    f"the office has {MOST} clients, and that is the most: end one that is not used"
                )
            made = clients.issue(
                office, name=name, rights=rights, by=by, at=at, expires_at=expires_at
            )
            clients.tell("sender.added", made[0], by=by, at=at, rights=made[0].rights)
    except IntegrityError as trouble:
        raise CredentialRefusedError(
            f"there is a client {name} already: give this one another name, or end the other first"
        ) from trouble
    return made


def of(office: str) -> QuerySet[Client]:
    """The clients of an office, ended ones too."""
    return Client.objects.filter(office=office)


def end(client: Client, *, by: str, at: datetime) -> int:
    """End a client with its secrets and keys, at once; how many access tokens ended. Twice changes nothing."""
    with transaction.atomic():
        if not Client.objects.filter(pk=client.pk, ended_at=None).update(ended_at=at):
            return 0
        live_at(client.secrets.all(), at).update(revoked_at=at, revoked_by=by)
        live_at(client.keys.all(), at).update(revoked_at=at, revoked_by=by)
        ended = clients.revoke_tokens(client)
        clients.tell("sender.ended", client, by=by, at=at, tokens=ended)
    client.ended_at = at
    return ended
