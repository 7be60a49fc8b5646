"""The API clients that read an office's data: what each signs in with, until when, and when it was last here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q

from ipshare.accounts.clients import live_at
from ipshare.domain import plural
from ipshare.portal.sheets import Cell
from ipshare.portal.words import Verdict
from ipshare.store.models.credentials import ClientKey, ClientSecret
from ipshare.store.models.sharing import Authorization, Client

PAGE = 50
SOON = timedelta(days=14)
"""From when on a credential that expires is marked."""
COLUMNS = (
    "Third party", "App-client-id", "Client", "Secrets", "Keys", "First to expire", "Last use", "State",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One client. Of a client over offices the office sees its own use of it, and not what it signs in with."""

    authorization: Authorization
    client_id: str
    over_offices: bool
    secrets: int
    keys: int
    expires_at: datetime | None
    last_used_at: datetime | None
    at: datetime

    @property
    def days_left(self) -> int | None:
        """Whole days until the first credential expires; None where none does within SOON."""
        if self.expires_at is None or self.expires_at - self.at > SOON:
            return None
        return (self.expires_at - self.at).days

    @property
    def state(self) -> Verdict:
        """Whether this client can sign in and be let in."""
        if self.authorization.ended_at is not None:
            return Verdict(tone="is-off", icon="off", word="Ended")
        if not self.over_offices and not self.secrets and not self.keys:
            return Verdict(tone="is-error", icon="error", word="No way in")
        if self.days_left is not None:
            days = self.days_left
            word = "Expires today" if days == 0 else f"Expires in {plural.counted(days, 'day')}"
            return Verdict(tone="is-warn", icon="warn", word=word)
        return Verdict(tone="is-ok", icon="ok", word="Valid")


def of(office: str, at: datetime, *, words: str = "") -> list[Row]:
    """The clients of an office's authorizations and the clients over offices that it lets in; ended ones last."""
    found = Authorization.objects.filter(office=office)
    if words:
        asked = Q(third_party__name__icontains=words) | Q(full_name__icontains=words)
        allowed = Q(allows_organisation=True, third_party__client__client_id__icontains=words)
        found = found.filter(asked | allowed | Q(client__client_id__icontains=words))
    # A client over offices is read without its credentials: they are the third party's own affair.
    held = found.select_related("third_party__client", "client").prefetch_related(
        Prefetch("client__secrets", live_at(ClientSecret.objects.all(), at)),
        Prefetch("client__keys", live_at(ClientKey.objects.all(), at)),
    )
    rows = [row for one in held.order_by("third_party__name") for row in _rows(one, at)]
    return sorted(rows, key=lambda row: row.authorization.ended_at is not None)


def _rows(authorization: Authorization, at: datetime) -> Iterator[Row]:
    own: Client = authorization.client
    secrets, keys = list(own.secrets.all()), list(own.keys.all())
    yield Row(
        authorization=authorization,
        client_id=own.client_id,
        over_offices=False,
        secrets=len(secrets),
        keys=len(keys),
        expires_at=_first_to_go([*secrets, *keys]),
        last_used_at=own.last_used_at,
        at=at,
    )
    if authorization.allows_organisation:
        yield Row(
            authorization=authorization,
            client_id=authorization.third_party.client.client_id,
            over_offices=True,
            secrets=0,
            keys=0,
            expires_at=None,
            last_used_at=authorization.organisation_used_at,
            at=at,
        )


def _first_to_go(held: Sequence[ClientSecret | ClientKey]) -> datetime | None:
    return min((one.expires_at for one in held if one.expires_at is not None), default=None)


def cells(rows: Sequence[Row]) -> Iterator[Sequence[Cell]]:
    """The rows as a table for a file."""
    for row in rows:
        yield (
            row.authorization.third_party.name,
            row.client_id,
            "over offices" if row.over_offices else "of the authorization",
            None if row.over_offices else row.secrets,
            None if row.over_offices else row.keys,
            row.expires_at,
            row.last_used_at,
            row.state.word.replace("\u00a0", " "),
        )
