"""What a record is found by, element group by element group: from the group's own document and no other.

The readers of ``check`` are given one group at a time, so an entry in a group's column can only say what the
group's document says.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

import msgspec

from ipshare.check import take
from ipshare.check.dossiers import read_designs
from ipshare.check.facts import Facts
from ipshare.check.marks import read_mark
from ipshare.check.patents import read_patent
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.domain.record import Operation, Record, Tree
from ipshare.render import st97
from ipshare.share.search import words

MOST = 2_000
"""Entries of one group of one record; what comes after them is not found."""

FILED, REGISTERED, REGISTRATION = "f", "r", "n"
SPELLING = "u"
WORD, CLASS, IPC, LOCARNO, PUBLISHED, APPLICANT, STATUS = "w", "c", "i", "l", "p", "a", "s"

_READ: Mapping[Right, Callable[[Facts], None]] = {
    Right.TRADEMARK: read_mark,
    Right.PATENT: read_patent,
    Right.DESIGN: read_designs,
}
_OWNERS = frozenset({"applicant", "holder"})
_OWNER_BAGS = frozenset({"applicantBag", "holderBag", "ownerBag", "assigneeBag"})
_PART = re.compile(r"\d+|[^\W\d_]+")
MOST_PARTS = 6
"""Parts of a number from which on it is found."""
_FIXED_IPC = re.compile(r"([a-h]\d\d[a-z])(\d{4})(\d{2})(\d{0,4})")
log = logging.getLogger(__name__)


def of_group(
    right: Right, office: str, group: ElementGroup, document: bytes, *, root: str = ""
) -> list[str]:
    """The entries of one group's document; ``root`` is the patent root that the identity names."""
    try:
        tree: Tree = msgspec.json.decode(st97.merge([document]))
        if root:
            tree["#root"] = root
        facts = facts_of(right, office, tree)
        found = _OF[group](facts)
        return list(dict.fromkeys(islice(found, MOST)))
    except (AttributeError, TypeError, ValueError, KeyError, IndexError):
        # a shape that the readers do not know is found by nothing; it is served all the same
        log.warning("%s: nothing of a document of %s %s is found", group, office, right)
        return []


class _Identity(msgspec.Struct):
    root: str = msgspec.field(name="#root", default="")


def root_of(identity: bytes) -> str:
    """The patent root that an identity document names; empty where it is the usual one."""
    try:
        return msgspec.json.decode(identity, type=_Identity).root
    except msgspec.DecodeError:
        return ""


def facts_of(right: Right, office: str, tree: Tree) -> Facts:
    """What the readers of ``check`` find in a record, or in a part of one."""
    record = Record(
        right=right, number="", operation=Operation.PUT, office=office, tree=tree, documents={}, file="", line=0
    )  # fmt: skip
    facts = Facts(record=record, right=right, office=office, tree=tree)
    _READ[right](facts)
    return facts


def _identity(facts: Facts) -> Iterator[str]:
    if facts.filed and facts.filed.day:
        yield words.entry(FILED, _day(facts.filed.day))
    for spelling in spellings(facts.national_number):
        yield words.entry(SPELLING, spelling)
    for unit in facts.units:
        if unit.grant_date:
            yield words.entry(REGISTERED, _day(unit.grant_date))
        for one in unit.registrations:
            if number := plain_number(one.text):
                yield words.entry(REGISTRATION, number)
            for spelling in spellings(one.text):
                yield words.entry(SPELLING, spelling)


def _text(facts: Facts) -> Iterator[str]:
    mark = facts.mark
    titles = [one for design in facts.designs for one in design.titles]
    for one in (
        *mark.words,
        *mark.significant,
        *mark.translations,
        *mark.transliterations,
        *facts.patent.titles,
        *titles,
    ):
        for lexeme in words.lexemes(one.text):
            yield words.entry(WORD, lexeme)


def _classes(facts: Facts) -> Iterator[str]:
    for nice in facts.mark.classes:
        if number := nice_class(nice.text):
            yield words.entry(CLASS, number)
    for one in facts.patent.ipc:
        if symbol := ipc_symbol(one.text):
            yield words.entry(IPC, symbol)
    for design in facts.designs:
        for one in design.locarno:
            if symbol := locarno_class(one.text):
                yield words.entry(LOCARNO, symbol)


def _publication(facts: Facts) -> Iterator[str]:
    for unit in facts.units:
        for one in unit.publications:
            if one.date and one.date.day:
                yield words.entry(PUBLISHED, _day(one.date.day))


def _stakeholders(facts: Facts) -> Iterator[str]:
    for party in facts.parties:
        if party.role in _OWNERS:
            for name in party.names:
                for lexeme in words.lexemes(name.text):
                    yield words.entry(APPLICANT, lexeme)
    for latin in _transliterations(facts.tree):
        for lexeme in words.lexemes(latin):
            yield words.entry(APPLICANT, lexeme)


def _transliterations(node: Any, *, owner: bool = False) -> Iterator[str]:
    """The names of owners in another script, wherever their contacts hold them."""
    if isinstance(node, list):
        for one in node:
            yield from _transliterations(one, owner=owner)
    elif isinstance(node, dict):
        for key, value in node.items():
            if owner and key == "transliterationName":
                yield from (take.text(one) for _, one in take.each(value, ""))
            else:
                yield from _transliterations(value, owner=owner or key in _OWNER_BAGS)


def _status(facts: Facts) -> Iterator[str]:
    for unit in facts.units:
        if unit.status is not None:
            if word := status_word(unit.status.text):
                yield words.entry(STATUS, word)
            yield words.entry(STATUS, unit.meaning.state.value)


_OF: Mapping[ElementGroup, Callable[[Facts], Iterator[str]]] = {
    ElementGroup.IDENTITY: _identity,
    ElementGroup.TEXT: _text,
    ElementGroup.GOODS: _classes,
    ElementGroup.CLASSIFICATION: _classes,
    ElementGroup.PUBLICATION: _publication,
    ElementGroup.STAKEHOLDERS: _stakeholders,
    ElementGroup.STATUS: _status,
}
GROUPS = tuple(_OF)
"""The groups that something is found by."""


def _day(day: date) -> str:
    return f"{day:%Y%m%d}" if day.year > 999 else f"0{day:%Y%m%d}"[-8:]  # noqa: PLR2004


def plain_number(written: str) -> str:
    """A registration number without what offices write between its digits and letters."""
    return "".join(char for char in words.fold(written) if char.isalnum())[: words.LONGEST]


def spellings(written: str) -> list[str]:
    """What a number is found by however people write it: whole, and from each of its parts on.

    ``KH/112950/23`` is kh11295023, 11295023 and 23; where a part begins with zeros, the same without them, as
    people leave them away: KH/D/2019/0034 is also khd201934.
    """
    parts = _PART.findall(words.fold(written))
    found = [one for at in range(min(len(parts), MOST_PARTS)) for one in _joined(parts[at:])]
    return list(dict.fromkeys(found))


def _joined(parts: list[str]) -> tuple[str, str]:
    plain = "".join(part.lstrip("0") or "0" for part in parts)
    return "".join(parts)[: words.LONGEST], plain[: words.LONGEST]


def looked_for(written: str) -> list[list[tuple[str, bool]]]:
    """What a record must be found by for somebody who writes a number, or the beginning of one, from any part on.

    Each of the answers is a way to find it: spellings that must all be there, and whether one may go on. What
    stands before a separator is a whole part; the last part may go on: 8047/0 is the beginning of 8047/07, and
    8047/00 is not. Zeros left away before a part are no difference, but what is left of them is a whole part.
    """
    parts = _PART.findall(words.fold(written))[:MOST_PARTS]
    plain = [part.lstrip("0") or "0" for part in parts]
    ways = [_ends_of(parts, goes_on=True)]
    if plain != parts:
        ways.append(_ends_of(plain, goes_on=plain[-1] == parts[-1]))
    return ways


def _ends_of(parts: list[str], *, goes_on: bool) -> list[tuple[str, bool]]:
    return [("".join(parts[at:])[: words.LONGEST], goes_on) for at in range(len(parts))]


_BETWEEN = "[^[:alnum:]]*"


def pattern(written: str) -> str:
    """The regular expression of PostgreSQL that finds a number as ``looked_for`` does; empty where none is written.

    Digits that are written without any separator may be several parts.
    """
    parts = _PART.findall(words.fold(written))[:MOST_PARTS]
    within = _BETWEEN if sum(part.isdecimal() for part in parts) == 1 else ""
    found = [
        _digits(part, within, last=place == len(parts))
        if part.isdecimal()
        else f"(?<![[:alpha:]]){part}"
        for place, part in enumerate(parts, 1)
    ]
    return _BETWEEN.join(found)


def _digits(part: str, within: str, *, last: bool) -> str:
    plain = part.lstrip("0") or "0"
    whole = f"0*{within.join(plain)}(?![0-9])"
    if not last:
        return f"(?<![0-9]){whole}"
    begun = f"0*{within.join(part)}"
    return f"(?<![0-9]){begun if plain == part else f'(?:{within.join(part)}|{whole})'}"


def nice_class(written: str) -> str:
    """A class of the Nice classification, 1 to 45; empty for anything else."""
    plain = written.strip()
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 3):  # noqa: PLR2004
        return ""
    return str(int(plain)) if 1 <= int(plain) <= 45 else ""  # noqa: PLR2004


def ipc_symbol(written: str) -> str:
    """A symbol of the IPC without spaces and edition: A61K 31/05 (2006.01), or of fixed length (ST.8)."""
    plain = "".join(words.fold(written).partition("(")[0].split())
    fixed = _FIXED_IPC.match(plain)
    if fixed:
        head, group, sub, more = fixed.groups()
        return f"{head}{int(group)}/{sub}{more.rstrip('0')}"
    return plain[: words.LONGEST] if all(char.isalnum() or char == "/" for char in plain) else ""


def locarno_class(written: str) -> str:
    """A class and subclass of Locarno with two digits each: 09-03, also from 0903, 9.3 and 09-03."""
    plain = words.fold(written).strip()
    parts = re.split(r"[^0-9]+", plain)
    if len(parts) == 1 and len(plain) == 4:  # noqa: PLR2004
        parts = [plain[:2], plain[2:]]
    if not 1 <= len(parts) <= 2 or not all(len(part) in {1, 2} for part in parts):  # noqa: PLR2004
        return ""
    return "-".join(part.zfill(2) for part in parts)


def status_word(written: str) -> str:
    """A status as it is compared: a whole phrase."""
    return " ".join(word for word in words.fold(written).split() if word.isprintable())[
        : words.LONGEST
    ]


def days(first: date, last: date) -> Iterator[str]:
    """The beginnings that exactly the days from ``first`` to ``last`` have, as written in entries."""
    at, end = int(_day(first)), int(_day(last))
    while at <= end:
        size = 1
        while at % (size * 10) == 0 and at + size * 10 - 1 <= end:
            size *= 10
        yield f"{at:08}"[: 9 - len(str(size))]
        at += size
