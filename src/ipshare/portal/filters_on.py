"""The filters of the exchange history that are on: what each says, and the address of the list without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from urllib.parse import urlencode

from ipshare.domain.authorization import Channel
from ipshare.domain.office import Right
from ipshare.portal import history, words
from ipshare.portal.history import Filter

_STATES = {key: word for key, (word, _) in (history.STATES | history.STATES_OUT).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One filter that is on; ``without`` is the query of the same list with this one taken away."""

    what: str
    value: str
    without: str


def of(wanted: Filter, *, offices: Mapping[str, str], parties: Mapping[int, str]) -> list[Chip]:
    """The chips, in the order of the form; names of offices and third parties that are known here."""
    said: dict[str, tuple[str, object]] = {
        "direction": ("Direction", history.DIRECTIONS[wanted.direction]),
        "office": ("Office", offices.get(wanted.office, wanted.office)),
        "state": ("State", _STATES.get(wanted.state)),
        "right": ("Right", wanted.right and words.RIGHTS[Right(wanted.right)]),
        "kind": ("Kind", _kind(wanted.kind)),
        "party": ("Third party", parties.get(wanted.party or 0, "unknown here")),
        "first": ("From", _day(wanted.first)),
        "last": ("To", _day(wanted.last)),
        "words": ("Text", wanted.words),
    }
    on = {name: value for name, value in asdict(wanted).items() if value}
    return [
        Chip(what=what, value=str(value), without=_without(name, on))
        for name, (what, value) in said.items()
        if name in on
    ]


def _without(name: str, on: Mapping[str, object]) -> str:
    """``first`` always stands there: an address without it asks for the newest days."""
    left = {"first": ""} | {one: str(value) for one, value in on.items() if one != name}
    return f"?{urlencode(left)}"


def _kind(kind: str) -> str:
    return history.CHANNELS[Channel(kind)] if kind in {*Channel} else kind


def _day(day: date | None) -> str:
    return f"{day:%-d %B %Y}" if day else ""
