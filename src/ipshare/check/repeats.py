"""What comes more than once in a package: application numbers, their spellings, what should name one record only.

Any number of records is compared in the memory of some thousands (check.partitions). Application numbers are
compared first; from then on each counts once, however often it came, so that owners are counted, not listed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

from msgspec import Struct

from ipshare.check import numbers
from ipshare.check.context import Context
from ipshare.check.partitions import Partitions
from ipshare.check.rule import CATALOGUE, Hit
from ipshare.check.run import package_finding
from ipshare.domain.finding import Finding
from ipshare.domain.group import ElementGroup

SAME_REGISTRATION_LIMIT = 20
"""Records with one registration number above which it is a placeholder (NUM-012)."""
_DIGESTS = struct.Struct(f">{len(ElementGroup)}I")
_GROUPS = tuple(ElementGroup)
_KEY, _REGISTRATION, _INTERNATIONAL = "NUM-008", "NUM-011", "TMK-026"


def duplicate_rule(*, same_content: bool) -> str:
    """The rule of an application number that occurs again, with the same or with other content."""
    return "NUM-010" if same_content else "NUM-009"


class _Numbered(Struct, array_like=True):
    """What a record has by its application number; then what all records of that number have."""

    folded: str
    number: str
    groups: bytes
    keys: set[str]
    registrations: set[str]
    times: int = 1
    differing: set[int] = set()

    def join(self, other: Self) -> None:
        """Take in another record of this number."""
        self.times += 1
        self.keys |= other.keys
        self.registrations |= other.registrations
        if other.groups != self.groups:
            pairs = zip(_DIGESTS.unpack(self.groups), _DIGESTS.unpack(other.groups), strict=True)
            self.differing.update(place for place, (one, two) in enumerate(pairs) if one != two)


def _in_words(names: Iterable[str]) -> str:
    """``status``; ``text, status and events``."""
    *most, last = [*names] or [""]
    return f"{', '.join(most)} and {last}" if most else last


class _Named(Struct, array_like=True):
    """A text that should name one record only, of the kind that a rule is about, and who has it."""

    rule: str
    text: str
    number: str


class _Shared(Struct):
    """How many have a text, the lowest of their numbers, and for NUM-008 the other ones."""

    lowest: str
    times: int = 1
    others: list[str] = []

    def join(self, other: _Named) -> None:
        """Take in another one that has the text."""
        self.times += 1
        if other.rule == _KEY:
            self.others.append(max(self.lowest, other.number))
        self.lowest = min(self.lowest, other.number)


class Repeats:
    """Takes the numbers of each record and says at the end, once, which of them come again."""

    def __init__(self, context: Context, folder: Path | None) -> None:
        """``folder`` is where temporary files lie, None the system's own."""
        self._context = context
        self._numbered = Partitions(_Numbered, folder)
        self._named = Partitions(_Named, folder)

    def add(self, number: str, groups: list[int], key: str, registrations: list[str]) -> None:
        """Take a record: its number, four bytes of each group's digest, its ST.13 key, its registrations."""
        folded = numbers.folded(number)
        digests = _DIGESTS.pack(*groups)
        one = _Numbered(folded, number, digests, {key} if key else set(), set(registrations))
        self._numbered.add(folded, one)

    def add_international(self, number: str, texts: Iterable[str]) -> None:
        """Take the international registration numbers that one record names."""
        for text in set(texts):
            self._named.add(text, _Named(_INTERNATIONAL, text, number))

    def findings(self) -> Iterator[Finding]:
        """What comes again; the order depends on the records alone, not on theirs."""
        with self._numbered, self._named:
            for numbered in self._numbered.each():
                yield from self._of_numbers(numbered)
            for named in self._named.each():
                yield from self._of_names(named)

    def _of_numbers(self, numbered: Iterator[_Numbered]) -> Iterator[Finding]:
        """NUM-009, NUM-010, NUM-017; and each number goes on once with what it should have alone."""
        known: dict[str, _Numbered] = {}
        for one in numbered:
            first = known.setdefault(one.number, one)
            if first is not one:
                first.join(one)
        spelt: dict[str, list[str]] = {}
        for one in known.values():
            spelt.setdefault(one.folded, []).append(one.number)
            for text in one.keys:
                self._named.add(text, _Named(_KEY, text, one.number))
            for text in one.registrations:
                self._named.add(text, _Named(_REGISTRATION, text, one.number))
        for number in sorted(one.number for one in known.values() if one.times > 1):
            yield self._repeated(known[number])
        for spellings in sorted(sorted(some) for some in spelt.values() if len(some) > 1):
            yield from self._spelt("NUM-017", spellings[0], spellings[1:])

    def _repeated(self, one: _Numbered) -> Finding:
        """One number that comes again; the groups that differ are withheld, each by itself, as in the hub."""
        differing = frozenset(_GROUPS[place] for place in one.differing)
        entry = CATALOGUE[duplicate_rule(same_content=not differing)]
        words: dict[str, object] = {
            "no": one.number,
            "n": one.times if differing else one.times - 1,
        }
        words["g"] = _in_words(group.value for group in _GROUPS if group in differing)
        hit = Hit("", one.number, "", words)
        found = package_finding(entry, hit, self._context, record=one.number)
        return replace(found, effect=entry.effect, withholds=differing)

    def _of_names(self, named: Iterator[_Named]) -> Iterator[Finding]:
        """NUM-008, NUM-011, NUM-012, TMK-026."""
        shared: dict[tuple[str, str], _Shared] = {}
        for one in named:
            place = (one.rule, one.text)
            if known := shared.get(place):
                known.join(one)
            else:
                shared[place] = _Shared(one.number)
        for rule, text in sorted(place for place, one in shared.items() if one.times > 1):
            found = shared[rule, text]
            if rule == _KEY:
                yield from self._spelt(rule, found.lowest, sorted(found.others))
            elif rule == _REGISTRATION:
                yield self._registration(text, found)
            else:
                path = "InternationalMarkIdentifierBag/InternationalMarkIdentifier"
                hit = Hit(path, text, "", {"n": found.times})
                yield self._about(rule, found.lowest, hit)

    def _registration(self, text: str, found: _Shared) -> Finding:
        rule = "NUM-012" if found.times > SAME_REGISTRATION_LIMIT else _REGISTRATION
        hit = Hit("RegistrationNumber", text, "", {"r": text, "n": found.times})
        return self._about(rule, found.lowest, hit)

    def _spelt(self, rule: str, lowest: str, others: list[str]) -> Iterator[Finding]:
        for other in others:
            hit = Hit("ApplicationNumber", other, "", {"a": lowest, "b": other})
            yield self._about(rule, other, hit)

    def _about(self, rule: str, number: str, hit: Hit) -> Finding:
        return package_finding(CATALOGUE[rule], hit, self._context, record=number)
