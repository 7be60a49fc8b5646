"""A statement of revocation in words: what its signed content says, for people who keep or print it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ipshare.domain.authorization import Channel
from ipshare.domain.group import ElementGroup
from ipshare.domain.narrowing import RevocationKind
from ipshare.domain.office import Right
from ipshare.portal import telling, words

KINDS = {
    RevocationKind.ENDED: "Authorization ended",
    RevocationKind.NARROWED: "Authorization narrowed",
    RevocationKind.BLOCKED: "Record blocked",
}
_ALONE = {
    "images": "images, sound and video",
    "documents": "documents",
    "end": "what lies after an earlier end",
    "networks": "networks that could ask before",
}
_FILTERS = {
    "filed_from": "records filed before a later first day",
    "filed_to": "records filed after an earlier last day",
    "registered_from": "records registered before a later first day",
    "registered_to": "records registered after an earlier last day",
    "published_only": "records that are not published",
    "registered_only": "records that are not registered",
    "without_errors": "records that have open errors",
    "route": "records of the other route",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A client that could read before; ``last`` is when it asked last, None: never."""

    name: str
    client_id: str
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a statement says."""

    instant: datetime
    issuer: str
    taken: list[str]
    shared: list[tuple[str, str, str]]
    readers: list[Reader]
    tokens: int


def of(content: dict[str, Any]) -> Said:
    """The content of a statement (share.statements) in words; ``shared`` are lines with what was and what is left."""
    before, after = content["before"], content["after"]
    return Said(
        instant=datetime.fromisoformat(content["instant"]),
        issuer=content["iss"],
        taken=[taken(one) for one in content["taken"]],
        shared=[
            ("Rights", _rights(before["rights"]), _rights(after["rights"])),
            ("Element groups", _groups(before["groups"]), _groups(after["groups"])),
        ],
        readers=[
            Reader(
                name="of this authorization"
                if one["client"] == "authorization"
                else "over offices, for all authorizations of the third party",
                client_id=one["clientId"],
                last=datetime.fromisoformat(one["lastUse"]) if one["lastUse"] else None,
            )
            for one in content["delivered"]
        ],
        tokens=content["tokensEnded"],
    )


def taken(line: str) -> str:
    """One line of what was taken (domain.narrowing) in words; one that this version does not know stays as it is."""
    what, _, name = line.partition(": ")
    try:
        return _NAMED[what](name) if name else _ALONE[what]
    except (KeyError, ValueError):
        return line


def _record(name: str) -> str:
    right, _, number = name.partition(" ")
    return f"record {number} ({words.RIGHTS[Right(right)].lower()})"


_NAMED: dict[str, Callable[[str], str]] = {
    "right": lambda name: words.RIGHTS[Right(name)].lower(),
    "element group": lambda name: f"element group {telling.group_name(ElementGroup(name)).lower()}",
    "filter": lambda name: _FILTERS[name],
    "channel": lambda name: f"channel {telling.CHANNELS[Channel(name)][0]}",
    "record": _record,
}


def _rights(names: list[str]) -> str:
    return ", ".join(words.RIGHTS[Right(name)] for name in names) or "none"


def _groups(names: list[str]) -> str:
    return ", ".join(telling.group_name(ElementGroup(name)) for name in names) or "none"
