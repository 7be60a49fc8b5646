"""Who an access token is of, what that client may use at present, and what is counted and disclosed to it.

Read and written at every request of the API, so these are prepared statements, and few.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, cast

import msgspec

from ipshare.store import groupings, queries, raw


class Allowed(NamedTuple):
    """One authorization that a client uses, as the tables have it: its newest version, if any was ``saved``.

    The members from ``rights`` to ``terms`` are the columns of a version (None where none was saved); ``base``
    and ``withheld`` are the newest base restriction of the office, if there is one. ``closed`` are the rights of which
    nothing may leave at present (store.groupings).
    """

    authorization: int
    office: str
    version: int
    organisation_used_at: datetime | None
    saved: bool
    rights: Sequence[str]
    excluded: Sequence[str]
    filter: Mapping[str, Any]
    images: bool
    documents: bool
    channels: Sequence[str]
    starts_at: datetime | None
    ends_at: datetime | None
    requests_per_minute: int | None
    bytes_per_day: int | None
    networks: Sequence[str]
    purpose: str
    terms: str
    base: int | None
    withheld: Sequence[str] | None
    closed: Sequence[str]


class Version(NamedTuple):
    """What a version of an authorization says about which records may leave, and since when (a row of its table)."""

    number: int
    rights: Sequence[str]
    filter: Mapping[str, Any]
    position: int
    starts_at: datetime | None
    ends_at: datetime | None
    saved_at: datetime


class Holder(NamedTuple):
    """The client that a live access token was given to; ``resource`` are the addresses that the token is meant for.

    ``office`` and ``rights`` are of a client that sends for an office.
    """

    token: int
    resource: Sequence[str]
    client: int
    client_id: str
    name: str
    authorization: int | None
    third_party: int | None
    office: str | None
    rights: Sequence[str]
    last_used_at: datetime | None
    allowed: Sequence[Allowed]

    @property
    def of_client(self) -> tuple[Any, ...]:
        """The columns of the client alone, in the order of its fields."""
        return tuple(self)[2:-1]


def by_checksum(checksum: str, *, at: datetime) -> Holder | None:
    """Who presents a token, by its SHA-256; None where it opens nothing. The first statement of a request."""
    query = _query("by_token", its="token_checksum = %(checksum)s")
    return _holder(raw.fetch_first(query, {"checksum": checksum, "at": at} | groupings.current()))


def by_token(token: int, *, at: datetime) -> Holder | None:
    """The same of a token that is known, by its key: whether it still opens anything, and what."""
    query = _query("by_token", its="id = %(token)s")
    given = {"token": token, "at": at} | groupings.current()
    return _holder(raw.fetch(query, given, prepared=True))


def of_client(client: int) -> list[Allowed]:
    """What a client (its key) may use at present, by office."""
    given = {"client": client} | groupings.current()
    rows = raw.fetch(_query("of_client"), given, prepared=True)
    return [_allowed(row) for row in rows]


def versions(
    authorization: int, *, named: Sequence[int], after: int, upto: int
) -> dict[int, Version]:
    """By number the versions of an authorization that are named, and those after one up to another."""
    given = {"authorization": authorization, "named": list(named), "after": after, "upto": upto}
    rows = raw.fetch(queries.read("access", "versions"), given, prepared=True)
    found = (Version(*row) for row in rows)
    return {
        one.number: one._replace(filter=msgspec.json.decode(cast("str", one.filter)))
        for one in found
    }


def blocked(office: str, authorization: int) -> frozenset[tuple[str, str]]:
    """Right and number of the records blocked for an authorization that the register does not know of yet."""
    given = {"office": office, "authorization": authorization}
    rows = raw.fetch(queries.read("access", "blocked"), given, prepared=True)
    return frozenset((right, number) for right, number in rows)


def count(  # noqa: PLR0913 (whose count, when, and of what)
    client: int, office: str, *, minute: datetime, requests: int, day: date, size: int
) -> tuple[datetime, int, date, int]:
    """Add to what a client has asked for and received: the minute, its requests, the day, its bytes."""
    given = {
        "client": client,
        "office": office,
        "minute": minute,
        "requests": requests,
        "day": day,
        "size": size,
    }
    [(minute, requests, day, size)] = raw.fetch(
        queries.read("access", "count"), given, prepared=True
    )
    return minute, requests, day, size


def disclose(line: Mapping[str, object]) -> None:
    """Write a row of the ledger, by the columns of ``store_disclosure``.

    The numbers go as one text: an array of thousands takes the client several times as long.
    """
    numbers = msgspec.json.encode(line["numbers"]).decode()
    raw.execute(queries.read("access", "disclose"), {**line, "numbers": numbers})


_FILTER = Allowed._fields.index("filter")
_ALLOWED = Holder._fields.index("allowed")  # where the columns of Allowed begin


@cache
def _query(name: str, **more: str) -> str:
    parts = {
        part: queries.read("access", part).partition("\n")[2].strip()
        for part in ("allowed", "used", "conditions")
    }
    return queries.read("access", name).format(**parts, **more)


def _holder(rows: Sequence[tuple[Any, ...]]) -> Holder | None:
    if not rows:
        return None
    token, resource = rows[0][:2]
    allowed = [_allowed(row[_ALLOWED:]) for row in rows if row[_ALLOWED] is not None]
    return Holder._make(
        [token, msgspec.json.decode(resource, type=list[str]), *rows[0][2:_ALLOWED], allowed]
    )


def _allowed(row: tuple[Any, ...]) -> Allowed:
    found = Allowed(*row)
    return found._replace(filter=msgspec.json.decode(row[_FILTER])) if found.saved else found
