"""Days as proleptic Gregorian ordinals, and as the ISO text a register prints."""

from __future__ import annotations

from datetime import date
from functools import cache

FEBRUARY = 2
LEAP_DAY = 29


@cache
def iso(day: int) -> str:
    """The day as YYYY-MM-DD."""
    return date.fromordinal(day).isoformat()


@cache
def year(day: int) -> int:
    """The Gregorian year of the day."""
    return date.fromordinal(day).year


@cache
def years_after(day: int, years: int) -> int:
    """The same day of a later year; 29 February becomes 28 February."""
    start = date.fromordinal(day)
    if start.month == FEBRUARY and start.day == LEAP_DAY:
        start = start.replace(day=28)
    return start.replace(year=start.year + years).toordinal()


def ordinal(text: str) -> int:
    """The day of a YYYY-MM-DD text."""
    return date.fromisoformat(text).toordinal()
