"""STA rules: the current status and the events that led to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ipshare.check import days
from ipshare.check.context import Context
from ipshare.check.facts import Facts, Unit
from ipshare.check.rule import Hit, rule
from ipshare.check.status import NO_MEANING, TERMINAL, State
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right

_STATUS = {ElementGroup.STATUS}

_BOTH = {ElementGroup.STATUS, ElementGroup.EVENTS}

_BEFORE_REGISTRATION = frozenset({"filed", "examined", "accepted", "refused", "withdrawn"})

_SILENT_YEARS = {Right.TRADEMARK: 5, Right.DESIGN: 10, Right.PATENT: 10}

_HALF_YEAR = 6

_SETTLED = (State.REGISTERED, State.ENDED, State.EXPIRED)


@rule("STA-001", groups=_STATUS)
def no_status(f: Facts, _: Context) -> Iterator[Hit]:
    """The record has no current status.

    A patent document of ST.96 has no element for it: there only legal status data without any event
    is reported.
    """
    if f.right is not Right.PATENT:
        for unit in f.units:
            if unit.status is None:
                yield Hit(unit.status_path, "")
    elif f.tree.get("#root") == "PatentLegalStatusData" and not f.patent.status_codes:
        yield Hit("PatentLegalStatus/StatusEventDataBag", "")


@rule("STA-002", groups=_STATUS)
def status_without_meaning(f: Facts, _: Context) -> Iterator[Hit]:
    """The status is an internal code, or words in a national language, of which nobody agreed the meaning."""
    for unit in f.units:
        if unit.status and unit.meaning is NO_MEANING:
            yield Hit(unit.status.path, unit.status.text)


@rule("STA-003", groups=_STATUS)
def registered_without_number(f: Facts, _: Context) -> Iterator[Hit]:
    """The status says registered, but there is no registration number."""
    for unit in f.units:
        if unit.meaning.state is State.REGISTERED and not any(
            one.text.strip() for one in unit.registrations
        ):
            yield Hit(f"{unit.prefix}RegistrationNumber", "")


@rule("STA-004", groups=_STATUS)
def registered_without_date(f: Facts, _: Context) -> Iterator[Hit]:
    """The status says registered, but there is no registration date.

    The number is reported apart. Where an event tells the date it can be read there, but is not shared.
    """
    for unit in f.units:
        if unit.meaning.state is State.REGISTERED and unit.registered is None:
            events = [
                one.date for one in unit.events if one.meaning.step == "registered" and one.date
            ]
            proposed = events[0].text if events else ""
            yield Hit(f"{unit.prefix}RegistrationDate", "", proposed)


@rule("STA-005", groups=_STATUS, needs="registration numbers")
def registered_number_while_pending(f: Facts, _: Context) -> Iterator[Hit]:
    """There is a registration number, but the status is one of before registration."""
    for unit in f.units:
        numbers = [one for one in unit.registrations if one.text.strip(" -")]
        if numbers and unit.meaning.step in _BEFORE_REGISTRATION and unit.status:
            words = {"r": numbers[0].text, "s": unit.status.text}
            yield Hit(numbers[0].path, numbers[0].text, "", words)


@rule("STA-006", groups=_BOTH)
def status_contradicts_event(f: Facts, _: Context) -> Iterator[Hit]:
    """The newest event that changes a state left the right in another one than the status says."""
    for unit in f.units:
        state = unit.meaning.state
        if unit.status is None or state is State.UNKNOWN or state is State.INACTIVE:
            continue
        telling = [(day, event) for day, event in unit.dated() if event.meaning.state in _SETTLED]
        if not telling:
            continue
        newest = telling[-1][0]
        states = {event.meaning.state for day, event in telling if day == newest}
        if state not in states and not (state is State.EXPIRED and State.REGISTERED in states):
            words = {"a": unit.status.text, "b": telling[-1][1].name}
            yield Hit(unit.status.path, unit.status.text, "", words)


@rule("STA-007", groups=_BOTH)
def ambiguous_status(f: Facts, _: Context) -> Iterator[Hit]:
    """The status says that the right ended, but not why, and neither expiry date nor event tells."""
    for unit in f.units:
        told = unit.expiry or any(
            one.meaning.step in TERMINAL - {"inactive"} for one in unit.events
        )
        if unit.meaning.state is State.INACTIVE and unit.status and not told:
            yield Hit(unit.status.path, unit.status.text)


def _silent_since(f: Facts, unit: Unit) -> date | None:
    """The day after which a pending case has been silent for too long."""
    known = [day for day, _ in unit.dated()]
    if f.filing_date:
        known.append(f.filing_date)
    return days.add_years(max(known), _SILENT_YEARS[f.right]) if known else None


def _silent_turns(f: Facts, _: Context) -> Iterator[date | None]:
    for unit in f.units:
        ends = _silent_since(f, unit)
        yield date.fromordinal(ends.toordinal() + 1) if ends and ends < date.max else None


@rule("STA-012", groups=_BOTH, turns=_silent_turns)
def pending_for_years(f: Facts, c: Context) -> Iterator[Hit]:
    """The case has been pending without any event for five years (marks) or ten (designs)."""
    for unit in f.units:
        if unit.meaning.state is not State.PENDING or not unit.status:
            continue
        since = _silent_since(f, unit)
        if since and since < c.today:
            yield Hit(
                unit.status.path, unit.status.text, "", {"y": since.year - _SILENT_YEARS[f.right]}
            )


def _began(f: Facts, unit: Unit) -> date | None:
    """The later of filing and registration, from which the first term is counted at the latest."""
    filed, granted = f.filing_date, unit.grant_date
    return max(filed, granted) if filed and granted else filed or granted


def _first_term(f: Facts, c: Context) -> int:
    if f.right is Right.TRADEMARK:
        return c.profile.mark_term
    return c.profile.design_first_term if f.right is Right.DESIGN else 20


def _term_ends(f: Facts, unit: Unit, c: Context) -> date | None:
    """The day on which a right without renewal is half a year older than its first term."""
    began = _began(f, unit)
    return days.add_months(days.add_years(began, _first_term(f, c)), _HALF_YEAR) if began else None


def _term_turns(f: Facts, c: Context) -> Iterator[date | None]:
    for unit in f.units:
        ends = _term_ends(f, unit, c)
        yield date.fromordinal(ends.toordinal() + 1) if ends and ends < date.max else None


@rule("STA-014", groups=_BOTH, turns=_term_turns)
def active_without_renewal(f: Facts, c: Context) -> Iterator[Hit]:
    """The right is registered and older than its first term, but neither renewal nor later expiry is told."""
    for unit in f.units:
        if unit.meaning.state is not State.REGISTERED or not unit.status:
            continue
        ends = _term_ends(f, unit, c)
        if not ends or ends >= c.today:
            continue
        renewed = any(event.meaning.step == "renewed" for event in unit.events)
        later = unit.expiry_date is not None and unit.expiry_date > ends
        if not renewed and not later:
            yield Hit(unit.status.path, unit.status.text, "", {"n": _first_term(f, c)})
