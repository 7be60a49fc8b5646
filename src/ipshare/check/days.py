"""Dates as offices send them: what a plain one means, and what is odd about the others."""
# ruff: noqa: PLR2004 - the numbers of a rule are its meaning

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct

BUDDHIST = 543
_BE_FIRST, _BE_LAST = 2400, 2700
_SENTINELS = frozenset(
    {"0001-01-01", "1753-01-01", "1899-12-30", "1900-01-01", "1970-01-01", "9999-12-31"}
)
_FULL = re.compile(r"(\d{4})-(\d{2})-(\d{2})(Z|[+-]\d{2}:\d{2})?(T.*)?", re.ASCII)
_PARTIAL = re.compile(r"(\d{4})(-\d{2})?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_SHIFT = re.compile(r"T1[67]:00(:00(\.0+)?)?(Z|\+00:00)?$")
_OTHER_ORDER = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", re.ASCII)
_SLASHED = re.compile(r"(\d{4})[./](\d{1,2})[./](\d{1,2})", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_EXCEL = re.compile(r"[1-5]\d{4}", re.ASCII)
_EXCEL_EPOCH = date(1899, 12, 30)


class Oddity(StrEnum):
    """Why a date is not simply a day of the Gregorian calendar."""

    NONE = ""
    NOT_A_DATE = "not a date"
    NO_SUCH_DAY = "no such day"
    BUDDHIST_ERA = "buddhist era"
    IMPOSSIBLE_YEAR = "impossible year"
    PARTIAL = "partial"
    ZONE = "zone"
    SENTINEL = "sentinel"


class Reading(NamedTuple):
    """What a text says as a date: the plausible day if any, the oddity, and the day to propose."""

    day: date | None
    oddity: Oddity
    proposed: str = ""
    year: int = 0


class Day(Struct, frozen=True):
    """A date of a record: where it stands, as written, and the plausible day that it names."""

    path: str
    text: str
    day: date | None


@lru_cache(maxsize=16384)
def read(text: str) -> Reading:
    """Read a date; years below 1900 are left to the rules, which know the office."""
    full = _FULL.fullmatch(text)
    if full:
        return _full(text, full)
    partial = _PARTIAL.fullmatch(text)
    if partial:
        year = int(partial[1])
        if _BE_FIRST <= year <= _BE_LAST:
            proposed = f"{year - BUDDHIST}{partial[2] or ''}"
            return Reading(None, Oddity.BUDDHIST_ERA, proposed, year)
        return Reading(None, Oddity.PARTIAL, "", year)
    return Reading(None, Oddity.NOT_A_DATE, _guess(text.strip()), 0)


def _full(text: str, parts: re.Match[str]) -> Reading:  # noqa: PLR0911 - one oddity after the other
    year, plain = int(parts[1]), text[:10]
    if plain in _SENTINELS or (_image(year) and f"{year - BUDDHIST:04}{plain[4:]}" in _SENTINELS):
        return Reading(None, Oddity.SENTINEL, "", year)
    if _BE_FIRST <= year <= _BE_LAST:
        day = _day(year - BUDDHIST, int(parts[2]), int(parts[3]))
        if day is None:
            return Reading(None, Oddity.NO_SUCH_DAY, "", year)
        return Reading(None, Oddity.BUDDHIST_ERA, day.isoformat(), year)
    day = _day(year, int(parts[2]), int(parts[3]))
    if day is None:
        return Reading(None, Oddity.NO_SUCH_DAY, "", year)
    if year > _BE_LAST or year < 1000 or 1400 <= year <= 1500:
        return Reading(None, Oddity.IMPOSSIBLE_YEAR, _twice(day), year)
    if parts[5] and _SHIFT.match(parts[5]):
        return Reading(day, Oddity.ZONE, (day + timedelta(days=1)).isoformat(), year)
    if parts[4]:
        return Reading(day, Oddity.ZONE, plain, year)
    return Reading(day, Oddity.NONE, "", year)


def _image(year: int) -> bool:
    return year in {1900 + BUDDHIST, 1970 + BUDDHIST, 1753 + BUDDHIST}


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _twice(day: date) -> str:
    """The day before the era was converted once too often, or twice."""
    for years in (BUDDHIST, -BUDDHIST, -2 * BUDDHIST):
        if 1850 <= day.year + years <= 2100:
            moved = _day(day.year + years, day.month, day.day)
            return moved.isoformat() if moved else ""
    return ""


def _guess(text: str) -> str:
    """The ISO date that a known other notation means; nothing where day and month could be swapped."""
    if _EXCEL.fullmatch(text):
        return (_EXCEL_EPOCH + timedelta(days=int(text))).isoformat()
    compact = _COMPACT.fullmatch(text) or _SLASHED.fullmatch(text)
    if compact:
        year, month, day = int(compact[1]), int(compact[2]), int(compact[3])
    else:
        other = _OTHER_ORDER.fullmatch(text)
        if not other:
            return ""
        first, second, year = int(other[1]), int(other[2]), int(other[3])
        if first <= 12 and second <= 12 and first != second and "." not in text:
            return ""
        day, month = (first, second) if second <= 12 else (second, first)
    if _BE_FIRST <= year <= _BE_LAST:
        year -= BUDDHIST
    found = _day(year, month, day)
    return found.isoformat() if found else ""


@lru_cache(maxsize=16384)
def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > 9999:
        return date.max
    for last in (day.day, 30, 29, 28):
        found = _day(year, month + 1, min(day.day, last))
        if found:
            return found
    return day


def add_years(day: date, years: int) -> date:
    """The same day some years later."""
    return add_months(day, years * 12)


def swapped(day: date, latest: date, earliest: date = date.min) -> str:
    """The date with day and month swapped, where that is a date between the bounds; else nothing."""
    if day.day > 12 or day.day == day.month:
        return ""
    other = date(day.year, day.day, day.month)
    return other.isoformat() if earliest <= other <= latest else ""
