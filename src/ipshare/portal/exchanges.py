"""The exchange history in words: each submission, delivery and day of reading as one row, on the page and in a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from ipshare.domain.authorization import Channel
from ipshare.domain.delivery import DestinationKind
from ipshare.domain.office import Right
from ipshare.domain.submission import State
from ipshare.portal import words
from ipshare.portal.history import CHANNELS
from ipshare.portal.sheets import Cell
from ipshare.store import exchanges
from ipshare.store.exchanges import Item, Source
from ipshare.store.models.deliveries import Delivery
from ipshare.store.models.sharing import Authorization
from ipshare.store.models.submissions import Submission

COLUMNS = (
    "direction", "at", "reference", "office", "right", "kind", "name", "state", "door", "sender", "size", "sha256",
    "received_at", "opened_at", "checked_at", "ended_at", "records", "inserted", "updated", "withdrawn",
    "unchanged", "withheld", "withheld_whole", "duplicates", "absent", "repainted", "errors", "warnings", "infos",
    "decided_by",
    "third_party", "version", "base_version", "since", "entries", "files", "trouble", "day", "first_position",
    "last_position",
)  # fmt: skip
_AT_ONCE = 500
DELIVERED = words.Verdict(tone="is-ok", icon="ok", word="Delivered")
DELIVERIES = {
    "ready": words.Verdict(tone="is-running", icon="running", word="Ready"),
    "sending": words.Verdict(tone="is-running", icon="running", word="On its way"),
    "failing": words.Verdict(tone="is-error", icon="error", word="Not taken yet"),
    "abandoned": words.Verdict(tone="is-off", icon="off", word="Given up"),
    "delivered": DELIVERED,
}
_PLACES = {
    DestinationKind.BUCKET: "its bucket",
    DestinationKind.SFTP: "its SFTP server",
    DestinationKind.HTTP: "its HTTP endpoint",
}
_WHAT = {
    Channel.API: "read records and changes",
    Channel.BULK: "fetched a bulk export",
    Channel.SFTP: "read files over SFTP",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A third party of an office, and the authorization under which it receives."""

    authorization: int
    office: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One exchange: either a submission, or a delivery, or what one third party read in one day under one version.

    ``withdrawn`` counts the records that it was told to delete.
    """

    item: Item
    verdict: words.Verdict
    rights: str
    kind: str
    submission: Submission | None = None
    delivery: Delivery | None = None
    party: Party | None = None
    what: str = ""
    records: int = 0
    withdrawn: int = 0
    size: int = 0
    positions: tuple[int | None, int | None] = (None, None)

    @property
    def steps(self) -> list[tuple[str, datetime]]:
        """The times of the steps that a submission has passed."""
        one = self.submission
        if one is None:
            return []
        steps = [
            ("received", one.received_at),
            ("opened", one.opened_at),
            ("checked", one.checked_at),
        ]
        steps.append((State(one.state).value, one.ended_at))
        return [(name, at) for name, at in steps if at is not None]

    @property
    def address(self) -> str:
        """The page of a delivery, in the portal."""
        if self.party is None:
            return ""
        code = self.party.office.lower()
        if self.delivery is not None:
            return reverse("portal:pushed", args=[code, self.delivery.pk])
        named = (
            self.party.authorization,
            self.item.day,
            self.item.channel,
            self.version,
            self.base,
        )
        return reverse("portal:delivery", args=[code, *named])

    @property
    def version(self) -> int:
        """The version of the authorization that it left under."""
        return versions_of(self.delivery)[0] if self.delivery else self.item.version

    @property
    def base(self) -> int:
        """The version of the base restriction that it left under; 0: there was none."""
        return versions_of(self.delivery)[1] if self.delivery else self.item.base


def rows(items: Sequence[Item]) -> Iterator[Row]:
    """The rows of some exchanges, in their order; an exchange that is gone since has none."""
    submissions = _submissions(items)
    deliveries = _deliveries(items)
    parties = _parties(items)
    for item in items:
        if item.source is Source.LEDGER:
            yield _of_ledger(item, parties[item.authorization or 0])
        elif item.source is Source.DELIVERY and item.key in deliveries:
            yield _of_delivery(item, deliveries[item.key])
        elif item.source is Source.SUBMISSION and item.key in submissions:
            yield _of_submission(item, submissions[item.key])


def _submissions(items: Sequence[Item]) -> dict[int, Submission]:
    keys = [one.key for one in items if one.source is Source.SUBMISSION]
    found = Submission.objects.defer("comparison", "report", "decision").select_related("repeats")
    return {one.pk: one for one in found.filter(pk__in=keys)} if keys else {}


def _deliveries(items: Sequence[Item]) -> dict[int, Delivery]:
    keys = [one.key for one in items if one.source is Source.DELIVERY]
    if not keys:
        return {}
    found = Delivery.objects.defer("puts", "withdrawn", "cursor").select_related(
        "destination__authorization__third_party"
    )
    counted = exchanges.with_counts(found)
    return {one.pk: one for one in counted.filter(pk__in=keys)}


def _parties(items: Sequence[Item]) -> dict[int, Party]:
    keys = {one.authorization for one in items if one.authorization is not None}
    if not keys:
        return {}
    found = Authorization.objects.filter(pk__in=keys).select_related("third_party")
    return {one.pk: _party(one) for one in found}


def _party(one: Authorization) -> Party:
    return Party(authorization=one.pk, office=one.office_id, name=one.third_party.name)


def _of_submission(item: Item, one: Submission) -> Row:
    return Row(
        item=item,
        verdict=words.verdict(one),
        rights=words.RIGHTS[Right(one.right)],
        kind=one.kind,
        submission=one,
        records=one.records,
        withdrawn=one.withdrawn,
        size=one.size,
        positions=(one.first_position, one.last_position),
    )


def _of_delivery(item: Item, one: Delivery) -> Row:
    return Row(
        item=item,
        verdict=DELIVERIES[item.state],
        rights=words.RIGHTS[Right(one.right)],
        kind=CHANNELS[Channel.PUSH],
        delivery=one,
        party=_party(one.destination.authorization),
        what=told_of(Channel.PUSH, one),
        records=one.put_count,  # type: ignore[attr-defined]
        withdrawn=one.withdrawn_count,  # type: ignore[attr-defined]
        size=one.size,
        positions=(one.first_position, one.last_position),
    )


def told_of(channel: Channel, delivery: Delivery | None = None) -> str:
    """What a third party did, or what was done for it."""
    if delivery is not None:
        return f"push to {_PLACES[DestinationKind(delivery.destination.kind)]}"
    return _WHAT[channel]


def _of_ledger(item: Item, party: Party) -> Row:
    channel = Channel(item.channel)
    return Row(
        item=item,
        verdict=DELIVERED,
        rights=", ".join(words.RIGHTS[right] for right in item.right_list),
        kind=CHANNELS[channel],
        party=party,
        what=told_of(channel),
        records=item.records,
        withdrawn=item.told,
        size=item.size,
        positions=(item.first_position, item.last_position),
    )


def sheet(items: Sequence[Item]) -> Iterator[list[Cell]]:
    """The rows of a file, as COLUMNS says."""
    for place in range(0, len(items), _AT_ONCE):
        for row in rows(items[place : place + _AT_ONCE]):
            yield _came(row) if row.submission else _went(row)


def _came(row: Row) -> list[Cell]:
    one = row.submission
    named: list[Cell] = ["in", row.item.at, one.reference if one else None]
    named.append(one.office_id if one else None)
    fields = COLUMNS[4:30]
    rest = [None] * (len(COLUMNS) - 32)
    return [*named, *(getattr(one, name) for name in fields), *rest, *row.positions]


def _went(row: Row) -> list[Cell]:
    item, one = row.item, row.delivery
    cells: dict[str, Cell] = dict.fromkeys(COLUMNS)
    cells |= {
        "direction": "out",
        "at": item.at,
        "office": row.party.office if row.party else None,
        "right": one.right if one else " ".join(right.value for right in item.right_list),
        "kind": Channel.PUSH.value if one else item.channel,
        "state": item.state,
        "records": row.records,
        "withdrawn": row.withdrawn,
        "size": row.size,
        "third_party": row.party.name if row.party else None,
        "first_position": row.positions[0],
        "last_position": row.positions[1],
    }
    if one is not None:
        version, base = versions_of(one)
        cells |= {
            "reference": one.name,
            "door": one.destination.name,
            "ended_at": one.ended_at,
            "version": version,
            "base_version": base,
            "files": len(one.files),
            "trouble": one.trouble_words,
        }
    else:
        cells |= {
            "version": item.version,
            "base_version": item.base,
            "since": item.since,
            "entries": item.entries,
            "files": item.files,
            "day": item.day.isoformat() if item.day else None,
        }
    return [cells[name] for name in COLUMNS]


def versions_of(delivery: Delivery) -> tuple[int, int]:
    """The versions of authorization and base restriction under which a delivery was made."""
    _, version, base, *_ = delivery.edition.split(".")
    return int(version), int(base)
