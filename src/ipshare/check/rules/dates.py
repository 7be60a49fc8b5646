"""DAT rules about one date alone: its form, its calendar, its place in time."""
# ruff: noqa: PLR2004 - the numbers of a rule are its meaning

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ipshare.check import days
from ipshare.check.context import Context
from ipshare.check.days import Oddity, Reading
from ipshare.check.facts import Facts
from ipshare.check.rule import Hit, rule
from ipshare.check.walk import Leaf
from ipshare.domain.finding import Severity
from ipshare.domain.group import ElementGroup

_NEEDED_WHOLE = frozenset(
    {
        "ApplicationDate",
        "FilingDate",
        "RegistrationDate",
        "GrantDate",
        "ExpiryDate",
        "PriorityApplicationFilingDate",
    }
)
PAST_ONLY = frozenset(
    {
        "applicationDate",
        "applicationDateTime",
        "filingDate",
        "registrationDate",
        "grantDate",
        "publicationDate",
        "markCurrentStatusDate",
        "designCurrentStatusDate",
        "designApplicationCurrentStatusDate",
        "markEventDate",
        "markEventDateTime",
        "designEventDate",
        "designApplicationEventDate",
        "eventDate",
        "priorityApplicationFilingDate",
        "terminationDate",
        "exhibitionDate",
        "oppositionDate",
        "receivingOfficeDate",
    }
)


def _odd(f: Facts, oddity: Oddity) -> Iterator[tuple[Leaf, Reading]]:
    """The dates that are odd in this way, with their paths."""
    if oddity in f.oddities:
        for leaf, reading in _dates(f):
            if reading.oddity is oddity:
                yield leaf, reading


def _dates(f: Facts) -> Iterator[tuple[Leaf, Reading]]:
    for leaf in f.leaves():
        if leaf.text and leaf.name.endswith(("Date", "DateTime")) and leaf.name[0] != "@":
            yield leaf, days.read(leaf.text)


@rule("DAT-001")
def no_filing_date(f: Facts, _: Context) -> Iterator[Hit]:
    """The record has no filing date.

    A record registered before 1990 may come from a paper register: there it is a warning.
    """
    if f.filed is None and (f.units or f.designs):
        old = any(unit.grant_date and unit.grant_date.year < 1990 for unit in f.units)
        yield Hit(f.filed_path, "", "", {}, Severity.WARNING if old else None)


@rule("DAT-002", local=True, needs="odd dates")
def not_a_date(f: Facts, _: Context) -> Iterator[Hit]:
    """A date is not written as YYYY-MM-DD: day first, month names, a serial number of a spreadsheet."""
    for leaf, reading in _odd(f, Oddity.NOT_A_DATE):
        yield Hit(leaf.path, leaf.text, reading.proposed)


@rule("DAT-003", local=True, needs="odd dates")
def no_such_day(f: Facts, _: Context) -> Iterator[Hit]:
    """A date names a day that no calendar has, such as 29 February of a common year."""
    for leaf, _reading in _odd(f, Oddity.NO_SUCH_DAY):
        yield Hit(leaf.path, leaf.text)


@rule("DAT-004", local=True, needs="odd dates")
def buddhist_era(f: Facts, _: Context) -> Iterator[Hit]:
    """A year between 2400 and 2700 is counted in the Buddhist era."""
    for leaf, reading in _odd(f, Oddity.BUDDHIST_ERA):
        words = {"y": reading.year, "y-543": reading.year - days.BUDDHIST}
        yield Hit(leaf.path, leaf.text, reading.proposed, words)


@rule("DAT-005", local=True)
def impossible_year(f: Facts, c: Context) -> Iterator[Hit]:
    """A year lies before the office's register began, or shows an era converted twice."""
    first = c.profile.first_year
    if Oddity.IMPOSSIBLE_YEAR in f.oddities or f.earliest_year < first:
        for leaf, reading in _dates(f):
            early = reading.day is not None and reading.year < first
            if early or reading.oddity is Oddity.IMPOSSIBLE_YEAR:
                yield Hit(leaf.path, leaf.text, reading.proposed, {"y": reading.year})


def _future(f: Facts, today: date) -> bool:
    limit = (today + timedelta(days=1)).isoformat()
    return f.latest > limit and any(text > limit and name in PAST_ONLY for name, text in f.days)


def _days_to_come(f: Facts, c: Context) -> Iterator[date | None]:
    if _future(f, c.today):
        for name, text in f.days:
            if name in PAST_ONLY:
                day = days.read(text).day
                if day:
                    yield day - timedelta(days=1)
                    other = days.swapped(day, date.max)  # proposed once it is past
                    yield date.fromisoformat(other) - timedelta(days=1) if other else None


@rule("DAT-006", local=True, turns=_days_to_come)
def in_the_future(f: Facts, c: Context) -> Iterator[Hit]:
    """A date of something that has happened lies in the future."""
    if not _future(f, c.today):
        return
    limit = c.today + timedelta(days=1)
    for leaf in f.leaves():
        if f"{leaf.name[:1].lower()}{leaf.name[1:]}" in PAST_ONLY:
            day = days.read(leaf.text).day
            if day and day > limit:
                yield Hit(leaf.path, leaf.text, days.swapped(day, limit))


@rule("DAT-007", local=True, needs="odd dates")
def partial_date(f: Facts, _: Context) -> Iterator[Hit]:
    """A date that needs a day has only a year, or a year and a month."""
    for leaf, _reading in _odd(f, Oddity.PARTIAL):
        if leaf.name in _NEEDED_WHOLE:
            yield Hit(leaf.path, leaf.text)


@rule("DAT-008", local=True, needs="odd dates")
def time_zone(f: Facts, _: Context) -> Iterator[Hit]:
    """A date carries a time zone or the hour of a midnight elsewhere: its day may be off by one."""
    for leaf, reading in _odd(f, Oddity.ZONE):
        yield Hit(leaf.path, leaf.text, reading.proposed)


@rule("DAT-009", local=True, needs="odd dates")
def sentinel_date(f: Facts, _: Context) -> Iterator[Hit]:
    """A date is the value that a system writes where it has none, such as 1900-01-01."""
    for leaf, _reading in _odd(f, Oddity.SENTINEL):
        yield Hit(leaf.path, leaf.text)


@rule("DAT-026", groups=set(ElementGroup), needs="odd dates")
def two_eras(f: Facts, _: Context) -> Iterator[Hit]:
    """One record has dates in the Buddhist era and dates in the Gregorian calendar."""
    if Oddity.BUDDHIST_ERA in f.oddities and any(days.read(text).day for _, text in f.days if text):
        leaf, reading = next(_odd(f, Oddity.BUDDHIST_ERA))
        yield Hit(leaf.path, leaf.text, reading.proposed)
