"""One delivery to a third party: what left, for which credentials, under which conditions, record by record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ipshare.domain.authorization import Channel
from ipshare.domain.group import ALL_GROUPS, SHAREABLE, ElementGroup, groups_in, mask, shown
from ipshare.domain.office import Right
from ipshare.portal import telling, words
from ipshare.portal.sheets import Cell
from ipshare.share import authorized
from ipshare.store import disclosed
from ipshare.store.disclosed import Line, Part, Sent
from ipshare.store.models.deliveries import Delivery
from ipshare.store.models.sharing import Authorization, AuthorizationVersion, Client

PAGE = 50
COLUMNS = (
    "at", "third_party", "channel", "client", "right", "number", "what", "groups", "version", "base_version",
    "request", "first_position", "last_position",
)  # fmt: skip
_AT_ONCE = 2_000
_AS_RECEIVED = mask(ALL_GROUPS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What left of one right for one credential, in words."""

    sent: Sent
    right: str
    credential: str
    groups: list[str]
    without: list[str]


def of_day(part: Part, known: frozenset[Right], office: str) -> list[Sent]:
    """The sums of a day by right and credential, of the rights that a person knows."""
    found = disclosed.of_office(office).narrowed(part.wanted)
    return disclosed.sent(found.narrowed(disclosed.of_rights(known)))


def pushed(delivery: Delivery, bits: int) -> Sent:
    """The same of one delivery that was pushed, with these groups."""
    at = delivery.sent_at or delivery.made_at
    return Sent(
        right=delivery.right,
        client=delivery.destination.name,
        groups=bits if delivery.puts else 0,
        since=at,
        at=delivery.ended_at or at,
        entries=1,
        records=len(delivery.puts),
        told=len(delivery.withdrawn),
        files=len(delivery.files),
        size=delivery.size,
        positions=(delivery.first_position, delivery.last_position),
    )


def lines_of(delivery: Delivery, bits: int) -> list[Line]:
    """The records of a pushed delivery, with these groups, then those that it tells to be withdrawn."""
    numbered = [(number, bits) for number in delivery.puts]
    numbered += [(number, 0) for number in delivery.withdrawn]
    return [
        Line(
            entry=delivery.pk, place=place, at=delivery.sent_at or delivery.made_at, right=delivery.right,
            client=delivery.destination.name, request=delivery.name, groups=groups, number=number, files=[],
            first_position=delivery.first_position, last_position=delivery.last_position,
        )
        for place, (number, groups) in enumerate(numbered, 1)
    ]  # fmt: skip


def totals(sent: list[Sent], channel: Channel) -> list[Total]:
    """Sums in words."""
    named = {one.client for one in sent}
    clients = {one.client_id: one for one in Client.objects.filter(client_id__in=named)}
    return [
        Total(
            sent=one,
            right=words.RIGHTS[Right(one.right)],
            credential=_credential(channel, clients.get(one.client)),
            groups=_let_out(one.groups),
            without=_without(one.groups),
        )
        for one in sent
    ]


def _credential(channel: Channel, client: Client | None) -> str:
    if client is not None:
        return "client over offices" if client.third_party_id else "App-client-id"
    return {Channel.SFTP: "SFTP account", Channel.PUSH: "destination"}.get(channel, "App-client-id")


def _let_out(bits: int) -> list[str]:
    if not bits:
        return ["none: only that records were withdrawn"]
    if bits == _AS_RECEIVED:
        return ["everything: files as your office sent them"]
    groups = groups_in(bits)
    return [telling.group_name(group) for group in ElementGroup if group in groups]


def _without(bits: int) -> list[str]:
    return words.withheld_in_words(SHAREABLE - groups_in(bits)) if bits else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Under:
    """The conditions that something left under, as they read then; ``shown`` are the bits of the groups let out."""

    version: AuthorizationVersion | None
    conditions: dict[str, str]
    base_version: int
    base: list[str]
    shown: int


def under(authorization: Authorization, version: int, base: int) -> Under:
    """One version of the conditions, with the base restriction of that time."""
    found = authorized.version_of(authorization, version)
    bases = authorized.bases_of(authorization.office_id) if base else []
    withheld = {one.number: groups for one, groups in bases}.get(base, frozenset())
    excluded = withheld | found[1].excluded if found else ALL_GROUPS
    return Under(
        version=found[0] if found else None,
        conditions=telling.lines(found[1]) if found else {},
        base_version=base,
        base=words.withheld_in_words(withheld),
        shown=mask(shown(excluded)),
    )


def what(line: Line) -> str:
    """What left, in a word or two."""
    if line.files:
        return "File " + ", ".join(line.files)
    return "Record" if line.groups else "That it was withdrawn"


def all_lines(part: Part, known: frozenset[Right], number: str) -> Iterator[Line]:
    """Every line of a day, read in pieces."""
    after = (0, 0)
    while found := disclosed.lines(part, known, number=number, after=after, limit=_AT_ONCE):
        yield from found
        after = (found[-1].entry, found[-1].place)


def rows(
    found: Iterable[Line], party: str, channel: Channel, version: int, base: int
) -> Iterator[list[Cell]]:
    """The rows of the file."""
    for line in found:
        groups = groups_in(line.groups)
        named = " ".join(group.value for group in ElementGroup if group in groups)
        yield [
            line.at, party, channel.value, line.client, line.right, line.number, what(line), named, version, base,
            line.request, line.first_position, line.last_position,
        ]  # fmt: skip


def day_of(text: str) -> date | None:
    """A day of an address, as it is written there; None where it is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None
