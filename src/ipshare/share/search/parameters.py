"""The parameters of a search: which there are for a view, and the conditions that they make.

Every parameter belongs to element groups. For a client whose view holds none of them the parameter does not
exist: it is refused as one that never was (``share.door.known``), and no condition looks at a withheld group.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from ipshare.domain.authorization import View
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.http.problem import Problem
from ipshare.share.search import entries, words
from ipshare.store.search import Condition, Search

LONGEST = 200
"""Characters of one parameter."""
MOST_WORDS = 12
"""Lexemes of one parameter."""
SHORTEST_BEGINNING = 2
"""Characters before the ``*`` of a word."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST, _LAST = date(1, 1, 1), date(9999, 12, 31)
_EVERY = frozenset(Right)
_MARKS = frozenset({Right.TRADEMARK})
_PATENTS = frozenset({Right.PATENT})
_DESIGNS = frozenset({Right.DESIGN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: the groups that it is found in, the rights that have it, and its condition (a tsquery)."""

    name: str
    groups: tuple[ElementGroup, ...]
    make: Callable[[str, str], str]
    rights: frozenset[Right] = _EVERY


def _number(name: str, value: str) -> str:
    plain = entries.plain_number(value)
    if not plain:
        raise _refused(name, "must hold letters or digits")
    return words.found(words.entry(entries.REGISTRATION, plain))


def _words(kind: str) -> Callable[[str, str], str]:
    def make(name: str, value: str) -> str:
        asked = words.asked(value)
        if not asked:
            raise _refused(name, "must hold a word")
        if len(asked) > MOST_WORDS:
            raise _refused(
                name,
                f"may hold {MOST_WORDS} words, or pieces of text without spaces; leave some away",
            )
        if any(goes_on and len(lexeme) < SHORTEST_BEGINNING for lexeme, goes_on in asked):
            raise _refused(name, f"needs {SHORTEST_BEGINNING} characters before a *")
        return words.every(
            words.found(words.entry(kind, lexeme), goes_on=goes_on) for lexeme, goes_on in asked
        )

    return make


def _nice(name: str, value: str) -> str:
    number = entries.nice_class(value)
    if not number:
        raise _refused(name, "must be a class of the Nice classification, 1 to 45")
    return words.found(words.entry(entries.CLASS, number))


def _ipc(name: str, value: str) -> str:
    """A symbol with a slash is one symbol; a part of one finds everything below it."""
    symbol = entries.ipc_symbol(value)
    if not symbol:
        raise _refused(name, "must be a symbol of the IPC, such as A61K or A61K 31/05")
    whole = "/" in symbol
    has_group = len(symbol) > len("a61k")
    begins = symbol if whole or not has_group else f"{symbol}/"
    return words.found(words.entry(entries.IPC, begins), goes_on=not whole)


def _locarno(name: str, value: str) -> str:
    symbol = entries.locarno_class(value)
    if not symbol:
        raise _refused(name, "must be a class of Locarno, such as 09 or 09-03")
    whole = words.found(words.entry(entries.LOCARNO, symbol))
    if "-" in symbol:
        return whole
    below = words.found(words.entry(entries.LOCARNO, f"{symbol}-"), goes_on=True)
    return words.any_of([whole, below])


def _status(name: str, value: str) -> str:
    word = entries.status_word(value)
    if not word:
        raise _refused(name, "must hold a status, see /api/v1/vocabularies")
    return words.found(words.entry(entries.STATUS, word))


_G = ElementGroup
_TEXTS: tuple[Parameter, ...] = (
    Parameter(name="registrationNumber", groups=(_G.IDENTITY,), make=_number),
    Parameter(name="words", groups=(_G.TEXT,), make=_words(entries.WORD)),
    Parameter(name="niceClass", groups=(_G.CLASSIFICATION, _G.GOODS), make=_nice, rights=_MARKS),
    Parameter(name="ipc", groups=(_G.CLASSIFICATION,), make=_ipc, rights=_PATENTS),
    Parameter(name="locarno", groups=(_G.CLASSIFICATION,), make=_locarno, rights=_DESIGNS),
    Parameter(name="status", groups=(_G.STATUS,), make=_status, rights=_MARKS | _DESIGNS),
    Parameter(name="applicant", groups=(_G.STAKEHOLDERS,), make=_words(entries.APPLICANT)),
)
_DATES: Mapping[str, tuple[ElementGroup, str]] = {
    "filed": (_G.IDENTITY, entries.FILED),
    "registered": (_G.IDENTITY, entries.REGISTERED),
    "published": (_G.PUBLICATION, entries.PUBLISHED),
}
_NUMBERS = ("number", "numberPrefix")


def names(view: View, right: Right) -> list[str]:
    """The parameters that there are for a view; those of groups that it withholds are not among them."""
    found = list(_NUMBERS)
    for name, (group, _) in _DATES.items():
        if group in view.groups:
            found += [f"{name}From", f"{name}To"]
    found += [
        one.name for one in _TEXTS if right in one.rights and not view.groups.isdisjoint(one.groups)
    ]
    return found


def read(view: View, right: Right, given: Mapping[str, str]) -> Search:
    """What the parameters ask for; ``given`` holds none that ``names`` does not know.

    The problem ``parameter-not-valid`` for a value that cannot be read, with the remedy.
    """
    for name, value in given.items():
        if not 1 <= len(value) <= LONGEST:
            raise _refused(name, f"must have 1 to {LONGEST} characters")
        if "\0" in value:
            raise _refused(name, "may hold no control characters")
    conditions: list[Condition] = []
    for name, (group, kind) in _DATES.items():
        if f"{name}From" in given or f"{name}To" in given:
            conditions.append(Condition(groups=(group,), query=_days(name, kind, given)))
    for one in _TEXTS:
        if one.name in given and right in one.rights:
            seen = tuple(group for group in one.groups if group in view.groups)
            conditions.append(Condition(groups=seen, query=one.make(one.name, given[one.name])))
    return Search(
        number=given.get("number"), prefix=given.get("numberPrefix"), conditions=tuple(conditions)
    )


def _days(name: str, kind: str, given: Mapping[str, str]) -> str:
    first = _day(f"{name}From", given.get(f"{name}From")) or _FIRST
    last = _day(f"{name}To", given.get(f"{name}To")) or _LAST
    if first > last:
        raise _refused(f"{name}From", f"must not be after {name}To")
    return words.any_of(_each(kind, first, last))


def _each(kind: str, first: date, last: date) -> Iterable[str]:
    for days in entries.days(first, last):
        yield words.found(words.entry(kind, days), goes_on=True)


def _day(name: str, value: str | None) -> date | None:
    if value is None:
        return None
    with suppress(ValueError):
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
    raise _refused(name, "must be a day such as 2026-10-15")


def _refused(name: str, remedy: str) -> Problem:
    return Problem("parameter-not-valid", f"{name} {remedy}")
