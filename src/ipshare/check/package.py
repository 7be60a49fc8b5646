"""Rules over all records of a package: repeated numbers, shared dates, too many unknown forms.

Columns of digests and texts are kept, never records: two million records take about 300 MB. The hub
finds the same in SQL; what decides is said once, in the constants and small functions here.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import blake2b
from typing import NamedTuple

from ipshare.check import numbers
from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.rule import CATALOGUE, Hit
from ipshare.check.rules.numbers import placeholder
from ipshare.check.rules.package import extraction_day, package_name
from ipshare.check.run import package_finding
from ipshare.domain.digest import EMPTY, group_digest
from ipshare.domain.finding import Finding, Severity
from ipshare.domain.group import ElementGroup
from ipshare.domain.record import Record
from ipshare.standards import numbers as forms

UNKNOWN_FORMS_LIMIT = 0.01
"""Share of records with an unknown form of number above which NUM-002 is an error of the package."""
SAME_DATE_LIMIT = 0.05
"""Share of records with one date above which it looks like the default of a migration (DAT-023)."""
FEWEST_FOR_SHARES = 100
SAME_REGISTRATION_LIMIT = 20
"""Records with one registration number above which it is a placeholder (NUM-012)."""
_AT_ONCE = 200_000
_GROUPS = tuple(ElementGroup)
DATES = ("filing", "registration", "status")
EXPECTED_UPDATES = 20
"""Median records of earlier updates above which an empty one is remarkable (PKG-016)."""


def duplicate_rule(*, same_content: bool) -> str:
    """The rule of an application number that occurs again, with the same or with other content."""
    return "NUM-010" if same_content else "NUM-009"


def too_many_unknown(unknown: int, records: int) -> bool:
    """Whether so many numbers have an unknown form that the package as a whole is wrong."""
    return records >= FEWEST_FOR_SHARES and unknown > records * UNKNOWN_FORMS_LIMIT


def default_date(count: int, records: int) -> bool:
    """Whether so many records share a date that it was written by a migration."""
    return records >= FEWEST_FOR_SHARES and count > records * SAME_DATE_LIMIT


def empty_update(records: int, earlier_median: float) -> bool:
    """Whether an update without records is remarkable, given the median of the last eight."""
    return records == 0 and earlier_median > EXPECTED_UPDATES


@dataclass(slots=True)
class _Keys:
    """A column of digests, each with the row it came from."""

    rows: array[int] = field(default_factory=lambda: array("I"))
    digests: array[int] = field(default_factory=lambda: array("Q"))

    def add(self, row: int, key: str) -> None:
        """Keep the digest of a key."""
        self.rows.append(row)
        self.digests.append(_digest(key))

    def repeated(self) -> Iterator[list[int]]:
        """The places of each key that occurs more than once; in parts, so that memory stays flat."""
        digests = self.digests
        parts = 1 + len(digests) // _AT_ONCE
        for part in range(parts):
            seen = Counter(key for key in digests if key % parts == part)
            wanted = {key for key, count in seen.items() if count > 1}
            del seen
            if wanted:
                places: dict[int, list[int]] = {}
                for place, key in enumerate(digests):
                    if key in wanted:
                        places.setdefault(key, []).append(place)
                yield from places.values()


@dataclass(slots=True)
class _Texts:
    """A column of short texts."""

    content: bytearray = field(default_factory=bytearray)
    ends: array[int] = field(default_factory=lambda: array("Q"))

    def append(self, text: str) -> None:
        """Keep a text."""
        self.content += text.encode("utf-8", "replace")
        self.ends.append(len(self.content))

    def __getitem__(self, place: int) -> str:
        start = self.ends[place - 1] if place else 0
        return self.content[start : self.ends[place]].decode("utf-8", "replace")


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())


class Row(NamedTuple):
    """What the whole package is compared by, of one record; all plain values."""

    number: str
    groups: list[int]
    key: str
    known_form: bool
    filed: str
    registered: str
    status: str
    registrations: list[str]
    international: list[str]


def group_digests(record: Record) -> dict[ElementGroup, bytes]:
    """The digest of each element group that a record has."""
    return {group: group_digest(document) for group, document in record.documents.items()}


def row_of(facts: Facts, digests: Mapping[ElementGroup, bytes]) -> Row:
    """The row of a record, with the beginning of the digest of each element group."""
    office, right, number = facts.office, facts.right, facts.number.strip()
    filed = facts.filing_date.isoformat() if facts.filing_date else ""
    unit = facts.units[0] if facts.units else None
    registered = unit.grant_date if unit else None
    status = unit.status_date.day if unit and unit.status_date else None
    listed = numbers.application_forms(office, right)
    return Row(
        number=number,
        groups=[int.from_bytes(digests.get(group, EMPTY)[:4]) for group in _GROUPS],
        key=(forms.st13(office, right, number, filed[:4]) or "") if number else "",
        known_form=not (number and listed) or numbers.form_of(office, right, number) is not None,
        filed=filed,
        registered=registered.isoformat() if registered else "",
        status=status.isoformat() if status else "",
        registrations=[
            one.text
            for every in facts.units
            for one in every.registrations
            if not placeholder(one.text)
        ],
        international=[one.text for one in facts.mark.international],
    )


class PackageCheck:
    """Takes the row of each record and says at the end what only the whole package shows."""

    def __init__(self, context: Context) -> None:
        self.records = 0
        self._context = context
        self._texts = _Texts()
        self._numbers, self._folded, self._st13 = _Keys(), _Keys(), _Keys()
        self._registrations, self._registration_texts = _Keys(), _Texts()
        self._international, self._international_texts = _Keys(), _Texts()
        self._content = array("I")
        self._dates: dict[str, Counter[str]] = {name: Counter() for name in DATES}
        self._unknown_forms = 0
        self._newest = ""

    def add(self, row: Row) -> None:
        """Take one record."""
        place = self.records
        self.records += 1
        self._content.extend(row.groups)
        for name, day in zip(DATES, (row.filed, row.registered, row.status), strict=True):
            if day:
                self._dates[name][day] += 1
                self._newest = max(self._newest, day)
        for text in row.international:
            self._international.add(place, text)
            self._international_texts.append(text)
        self._texts.append(row.number)
        self._unknown_forms += not row.known_form
        if row.number:
            self._numbers.add(place, row.number)
            self._folded.add(place, numbers.folded(row.number))
            for text in row.registrations:
                self._registrations.add(place, text)
                self._registration_texts.append(text)
        if row.key:
            self._st13.add(place, row.key)

    def findings(self) -> Iterator[Finding]:
        """What the whole package shows."""
        yield from self._of_the_name()
        yield from self._of_numbers()
        yield from self._of_registrations()
        yield from self._of_dates()

    def _of_the_name(self) -> Iterator[Finding]:
        context = self._context
        for hit in package_name(context):
            yield package_finding(CATALOGUE["PKG-001"], hit, context)
        extracted = extraction_day(context) if context.package else None
        late = extracted and (
            extracted > context.today + timedelta(days=1) or extracted.isoformat() < self._newest
        )
        if late and extracted:
            words = {"t": extracted.isoformat()}
            yield package_finding(
                CATALOGUE["PKG-017"], Hit("", extracted.isoformat(), "", words), context
            )
        if too_many_unknown(self._unknown_forms, self.records):
            share = f"{self._unknown_forms} of {self.records} numbers"
            hit = Hit("", share, "", {"no": share}, Severity.ERROR)
            yield package_finding(CATALOGUE["NUM-002"], hit, context)

    def _of_numbers(self) -> Iterator[Finding]:
        for places in self._numbers.repeated():
            yield self._repeated([self._numbers.rows[place] for place in places])
        for rule_id, column in (("NUM-017", self._folded), ("NUM-008", self._st13)):
            for places in column.repeated():
                spellings = sorted({self._texts[column.rows[place]] for place in places})
                for other in spellings[1:]:
                    words = {"a": spellings[0], "b": other}
                    yield self._about(rule_id, other, Hit("ApplicationNumber", other, "", words))

    def _repeated(self, rows: list[int]) -> Finding:
        """One number that comes again; the groups that differ are withheld, each by itself, as in the hub."""
        number = self._texts[rows[0]]
        width = len(ElementGroup)
        differing = frozenset(
            group
            for place, group in enumerate(ElementGroup)
            if len({self._content[row * width + place] for row in rows}) > 1
        )
        entry = CATALOGUE[duplicate_rule(same_content=not differing)]
        words = {"no": number, "n": len(rows) if differing else len(rows) - 1}
        found = package_finding(entry, Hit("", number, "", words), self._context, record=number)
        return replace(found, effect=entry.effect, withholds=differing)

    def _of_registrations(self) -> Iterator[Finding]:
        for places in self._registrations.repeated():
            owners = {self._texts[self._registrations.rows[place]] for place in places}
            if len(owners) > 1:
                text = self._registration_texts[places[0]]
                rule_id = "NUM-012" if len(owners) > SAME_REGISTRATION_LIMIT else "NUM-011"
                words = {"r": text, "n": len(owners)}
                yield self._about(rule_id, min(owners), Hit("RegistrationNumber", text, "", words))
        for places in self._international.repeated():
            rows = {self._international.rows[place] for place in places}
            if len(rows) > 1:
                text = self._international_texts[places[0]]
                path = "InternationalMarkIdentifierBag/InternationalMarkIdentifier"
                hit = Hit(path, text, "", {"n": len(rows)})
                yield self._about("TMK-026", self._texts[min(rows)], hit)

    def _of_dates(self) -> Iterator[Finding]:
        law = self._context.profile.law_in_force
        exempt = law.isoformat() if law else ""
        for name, counts in self._dates.items():
            for day, count in counts.most_common(3):
                if default_date(count, self.records) and day != exempt:
                    hit = Hit(
                        f"{name} date",
                        day,
                        "",
                        {"p": round(100 * count / self.records)},
                    )
                    yield package_finding(CATALOGUE["DAT-023"], hit, self._context)

    def _about(self, rule_id: str, number: str, hit: Hit) -> Finding:
        return package_finding(CATALOGUE[rule_id], hit, self._context, record=number)
