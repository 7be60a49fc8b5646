"""The API clients of an office's own machines, as rows of a page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from ipshare.accounts import senders
from ipshare.accounts.clients import live_at
from ipshare.domain.office import Right
from ipshare.portal.api_clients import SOON
from ipshare.portal.words import Verdict
from ipshare.store.models.credentials import ClientKey, ClientSecret
from ipshare.store.models.sharing import Client

MOST_ENDED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One client, with what it signs in with."""

    client: Client
    secrets: int
    keys: int
    expires_at: datetime | None
    at: datetime

    @property
    def state(self) -> Verdict:
        """Whether this client can sign in."""
        if self.client.ended_at is not None:
            return Verdict(tone="is-off", icon="off", word="Ended")
        if not self.secrets and not self.keys:
            return Verdict(tone="is-error", icon="error", word="No way in")
        if self.expires_at is not None and self.expires_at - self.at <= SOON:
            return Verdict(tone="is-warn", icon="warn", word="Expires soon")
        return Verdict(tone="is-ok", icon="ok", word="Valid")


def rows(office: str, rights: Collection[Right], at: datetime) -> tuple[list[Row], list[Row]]:
    """The clients that send nothing but these rights: those in use by name, and the last that were ended."""
    found = senders.of(office).filter(rights__contained_by=[right.value for right in rights])
    held = found.prefetch_related(
        Prefetch("secrets", live_at(ClientSecret.objects.all(), at)),
        Prefetch("keys", live_at(ClientKey.objects.all(), at)),
    )
    used = held.filter(ended_at=None).order_by("name")
    ended = held.exclude(ended_at=None).order_by("-ended_at")[:MOST_ENDED]
    return [_row(one, at) for one in used], [_row(one, at) for one in ended]


def _row(client: Client, at: datetime) -> Row:
    secrets, keys = list(client.secrets.all()), list(client.keys.all())
    held: list[ClientSecret | ClientKey] = [*secrets, *keys]
    ends = [one.expires_at for one in held if one.expires_at is not None]
    return Row(
        client=client,
        secrets=len(secrets),
        keys=len(keys),
        expires_at=min(ends, default=None),
        at=at,
    )
