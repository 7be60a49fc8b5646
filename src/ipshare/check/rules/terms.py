"""DAT rules about how long a right lasts, and whether its status agrees."""
# ruff: noqa: PLR2004 - the numbers of a rule are its meaning

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from ipshare.check import days
from ipshare.check.context import Context
from ipshare.check.facts import Facts, Unit
from ipshare.check.rule import Hit, rule
from ipshare.check.status import State
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right

_TERM_TOLERANCE = timedelta(days=31)

_RENEWAL_GRACE_MONTHS = 6


@rule("DAT-014")
def expiry_does_not_fit(f: Facts, c: Context) -> Iterator[Hit]:
    """The expiry date is not the base date plus a whole number of terms.

    Marks are counted from filing or from registration, as the office's law says; a date that fits the
    other base is named in the finding. Designs and patents are counted in single years.
    """
    if f.international:
        return
    profile = c.profile
    mark = f.right is Right.TRADEMARK
    for unit in f.units:
        expiry = unit.expiry_date
        bases = {"filing": f.filing_date, "registration": unit.grant_date}
        wanted = profile.mark_term_base if mark else "filing"
        base = bases[wanted]
        if not (expiry and base and unit.expiry) or expiry <= base:
            continue
        term = profile.mark_term if mark else 1
        if mark and not _fits(expiry, base, term):
            other = next(
                (
                    name
                    for name, day in bases.items()
                    if day and name != wanted and _fits(expiry, day, term)
                ),
                "",
            )
            fits = f"{wanted} {base.isoformat()}" + (f" (it fits {other})" if other else "")
            proposed = days.add_years(
                base, term * max(1, round((expiry - base).days / 365.25 / term))
            )
            yield Hit(
                unit.expiry.path,
                unit.expiry.text,
                proposed.isoformat(),
                {"a": expiry, "b": fits, "t": term},
            )


def _fits(expiry: date, base: date, term: int) -> bool:
    """Whether expiry is within a month of base plus some number of terms."""
    count = round((expiry - base).days / 365.25 / term)
    return count >= 1 and abs(expiry - days.add_years(base, term * count)) <= _TERM_TOLERANCE


@rule("DAT-015")
def expired_before_it_began(f: Facts, _: Context) -> Iterator[Hit]:
    """The expiry date is not after the registration date and the filing date."""
    for unit in f.units:
        expiry = unit.expiry_date
        began = max((day for day in (unit.grant_date, f.filing_date) if day), default=None)
        if expiry and began and unit.expiry and expiry <= began:
            words = {"a": expiry.isoformat(), "b": began.isoformat()}
            yield Hit(unit.expiry.path, unit.expiry.text, "", words)


def _status_date_turns(f: Facts, _: Context) -> Iterator[date | None]:
    for unit in f.units:
        if unit.status_date and unit.status_date.day:
            yield unit.status_date.day


@rule("DAT-016", groups={ElementGroup.STATUS, ElementGroup.EVENTS}, turns=_status_date_turns)
def status_date_wrong(f: Facts, c: Context) -> Iterator[Hit]:
    """The date of the current status is missing, before filing, or still to come."""
    filed = f.filing_date
    for unit in f.units:
        if unit.status is None:
            continue
        one = unit.status_date
        if one is None:
            path = unit.status_path.replace("StatusCode", "StatusDate").replace(
                "StatusCategory", "StatusDate"
            )
            yield Hit(path, "", "", {"x": "missing"})
        elif one.day and ((filed and one.day < filed) or one.day > c.today):
            yield Hit(one.path, one.text)


def _after_grace(unit: Unit) -> date | None:
    expiry = unit.expiry_date
    return days.add_months(expiry, _RENEWAL_GRACE_MONTHS) if expiry else None


def _grace_turns(f: Facts, _: Context) -> Iterator[date | None]:
    for unit in f.units:
        ends = _after_grace(unit)
        if ends and ends < date.max:
            yield ends + timedelta(days=1)


@rule("DAT-019", groups={ElementGroup.STATUS}, turns=_grace_turns)
def active_but_expired(f: Facts, c: Context) -> Iterator[Hit]:
    """The right is registered although it expired more than six months ago."""
    for unit in f.units:
        ends = _after_grace(unit)
        if unit.meaning.state is State.REGISTERED and ends and unit.expiry and ends < c.today:
            yield Hit(unit.expiry.path, unit.expiry.text, "", {"a": unit.expiry.text})


def _expiry_turns(f: Facts, _: Context) -> Iterator[date | None]:
    for unit in f.units:
        yield unit.expiry_date


@rule("DAT-020", groups={ElementGroup.STATUS}, turns=_expiry_turns)
def expired_but_valid(f: Facts, c: Context) -> Iterator[Hit]:
    """The right is said to be expired although its expiry date lies in the future."""
    for unit in f.units:
        expiry = unit.expiry_date
        if unit.meaning.state is State.EXPIRED and expiry and unit.expiry and expiry > c.today:
            yield Hit(unit.expiry.path, unit.expiry.text, "", {"a": unit.expiry.text})


@rule("DAT-024", groups={ElementGroup.EXAMINATION})
def opposition_period_impossible(f: Facts, _: Context) -> Iterator[Hit]:
    """The opposition period ends before it begins, or lasts less than 30 or more than 180 days."""
    start, end = f.mark.opposition_start, f.mark.opposition_end
    if start and end and start.day and end.day and not 30 <= (end.day - start.day).days <= 180:
        yield Hit(end.path, end.text, "", {"a": start.text, "b": end.text})


@rule("DAT-025", groups={ElementGroup.STATUS, ElementGroup.EVENTS})
def ended_without_date(f: Facts, _: Context) -> Iterator[Hit]:
    """The right has ended, but neither a termination date nor a dated event says when."""
    for unit in f.units:
        dated = (
            unit.terminated
            or unit.status_date
            or any(event.date and event.meaning.state is State.ENDED for event in unit.events)
        )
        if unit.meaning.state is State.ENDED and not dated and unit.status:
            yield Hit(f"{unit.prefix}TerminationDate", "")
