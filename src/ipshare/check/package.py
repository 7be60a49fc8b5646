"""Rules over all records of a package: repeated numbers, shared dates, too many unknown forms.

Memory does not grow with the number of records: what is compared waits in temporary files (check.repeats),
and days are few. The hub and ``ipshare check`` find the same, for both ask here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from ipshare.check import numbers
from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.repeats import Repeats
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
_GROUPS = tuple(ElementGroup)
DATES = ("filing", "registration", "status")
EXPECTED_UPDATES = 20
"""Median records of earlier updates above which an empty one is remarkable (PKG-016)."""


def too_many_unknown(unknown: int, records: int) -> bool:
    """Whether so many numbers have an unknown form that the package as a whole is wrong."""
    return records >= FEWEST_FOR_SHARES and unknown > records * UNKNOWN_FORMS_LIMIT


def default_date(count: int, records: int) -> bool:
    """Whether so many records share a date that it was written by a migration."""
    return records >= FEWEST_FOR_SHARES and count > records * SAME_DATE_LIMIT


def empty_update(records: int, earlier_median: float) -> bool:
    """Whether an update without records is remarkable, given the median of the last eight."""
    return records == 0 and earlier_median > EXPECTED_UPDATES


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

    def __init__(self, context: Context, folder: Path | None = None) -> None:
        """``folder`` is where temporary files lie, None the system's own; none of them has a name."""
        self.records = 0
        self._context = context
        self._repeats = Repeats(context, folder)
        self._dates: dict[str, Counter[str]] = {name: Counter() for name in DATES}
        self._unknown_forms = 0

    def add(self, row: Row) -> None:
        """Take one record."""
        self.records += 1
        filed, registered, status = self._dates.values()
        filed[row.filed] += 1
        registered[row.registered] += 1
        status[row.status] += 1
        self._unknown_forms += not row.known_form
        if row.number:
            self._repeats.add(row.number, row.groups, row.key, row.registrations)
        if row.international:
            self._repeats.add_international(row.number, row.international)

    def findings(self) -> Iterator[Finding]:
        """What the whole package shows; the same records in another order show the same."""
        yield from self._of_the_name()
        yield from self._repeats.findings()
        yield from self._of_dates()

    def _of_the_name(self) -> Iterator[Finding]:
        context = self._context
        for hit in package_name(context):
            yield package_finding(CATALOGUE["PKG-001"], hit, context)
        extracted = extraction_day(context) if context.package else None
        why = self._impossible(extracted) if extracted else ""
        if why and extracted:
            words = {"t": extracted.isoformat(), "why": why}
            yield package_finding(
                CATALOGUE["PKG-017"], Hit("", extracted.isoformat(), "", words), context
            )
        if too_many_unknown(self._unknown_forms, self.records):
            share = f"{self._unknown_forms} of {self.records} numbers"
            hit = Hit("", share, "", {"no": share}, Severity.ERROR)
            yield package_finding(CATALOGUE["NUM-002"], hit, context)

    def _impossible(self, extracted: date) -> str:
        """Why a package cannot have been made on its day; a date that lies ahead of us is a defect of its record."""
        today = self._context.today
        if extracted > today + timedelta(days=1):
            return f"it came in on {today.isoformat()}"
        known = (day for counts in self._dates.values() for day in counts)
        newest = max((day for day in known if day <= today.isoformat()), default="")
        return f"the package holds dates up to {newest}" if extracted.isoformat() < newest else ""

    def _of_dates(self) -> Iterator[Finding]:
        law = self._context.profile.law_in_force
        exempt = law.isoformat() if law else ""
        for name, counts in self._dates.items():
            shared = [
                (-n, day) for day, n in counts.items() if day and default_date(n, self.records)
            ]
            for count, day in sorted(shared)[:3]:
                if day != exempt:
                    words = {"p": round(100 * -count / self.records)}
                    hit = Hit(f"{name} date", day, "", words)
                    yield package_finding(CATALOGUE["DAT-023"], hit, self._context)
