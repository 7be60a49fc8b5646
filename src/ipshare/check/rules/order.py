"""DAT rules about two dates of one record: which comes first, and how far apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ipshare.check import days
from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.rule import Hit, rule
from ipshare.check.status import ORDER
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right

_PRIORITY_MONTHS = {Right.PATENT: 12, Right.TRADEMARK: 6, Right.DESIGN: 6}

_GRACE_MONTHS = 2

_FIFTEEN_YEARS = 5479

_EXTRA_PATENT_YEARS = 5

_NATIONAL_PHASE_MONTHS = 34


def _repaired(day: date, filed: date) -> str:
    """The day with month and day swapped where it then follows the filing date."""
    return days.swapped(day, date.max, filed)


@rule("DAT-010", groups={ElementGroup.PUBLICATION, ElementGroup.RELATIONS})
def day_and_month_swapped(f: Facts, _: Context) -> Iterator[Hit]:
    """A date breaks the order of filing, registration and publication, and swapping day and month mends it."""
    filed = f.filing_date
    if filed is None:
        return
    for unit in f.units:
        later = [unit.registered, *(one.date for one in unit.publications)]
        for one in later:
            if one and one.day and one.day < filed:
                proposed = _repaired(one.day, filed)
                if proposed:
                    yield Hit(one.path, one.text, proposed, {"y": proposed})
                elif f.filed and days.swapped(filed, one.day):
                    proposed = days.swapped(filed, one.day)
                    yield Hit(
                        f.filed.path, f.filed.text, proposed, {"y": proposed, "x": f.filed.text}
                    )


@rule("DAT-011")
def registered_before_filed(f: Facts, _: Context) -> Iterator[Hit]:
    """The registration or grant date is earlier than the filing date.

    A right cannot be registered before it is applied for: the two dates were most often swapped at
    export. Correct both and send the record again.
    """
    filed = f.filing_date
    for unit in f.units:
        registered = unit.grant_date
        if filed and registered and unit.registered and registered < filed:
            words = {"a": registered.isoformat(), "b": filed.isoformat()}
            yield Hit(
                unit.registered.path,
                unit.registered.text,
                _repaired(registered, filed),
                words,
            )


@rule("DAT-012", groups={ElementGroup.PUBLICATION}, needs="publications")
def published_before_filed(f: Facts, _: Context) -> Iterator[Hit]:
    """The publication date is earlier than the filing date; Madrid and Hague records are left out."""
    filed = f.filing_date
    if filed is None or f.international or f.hague_number:
        return
    for unit in f.units:
        for publication in unit.publications:
            one = publication.date
            if one and one.day and one.day < filed:
                words = {"a": one.day.isoformat(), "b": filed.isoformat()}
                yield Hit(one.path, one.text, _repaired(one.day, filed), words)


@rule("DAT-013", groups={ElementGroup.PUBLICATION}, needs="publications")
def registered_before_published(f: Facts, c: Context) -> Iterator[Hit]:
    """The mark was registered before its publication for opposition, where opposition comes first."""
    if (
        f.right is not Right.TRADEMARK
        or not c.profile.opposition_before_registration
        or f.international
    ):
        return
    for unit in f.units:
        published = [one.date for one in unit.publications if one.date and one.date.day]
        first = min((one.day for one in published if one.day), default=None)
        if first and unit.registered and unit.grant_date and unit.grant_date < first:
            words = {"a": unit.grant_date.isoformat(), "b": first.isoformat()}
            yield Hit(unit.registered.path, unit.registered.text, "", words)


@rule("DAT-017", groups={ElementGroup.RELATIONS}, needs="priorities")
def priority_after_filing(f: Facts, _: Context) -> Iterator[Hit]:
    """The priority date is later than the filing date."""
    filed = f.filing_date
    if filed is None:
        return
    for unit in f.units:
        for priority in unit.priorities:
            one = priority.date
            if one and one.day and one.day > filed:
                words = {"a": one.day.isoformat(), "b": filed.isoformat()}
                yield Hit(one.path, one.text, days.swapped(one.day, filed), words)


@rule("DAT-018", groups={ElementGroup.RELATIONS}, needs="priorities")
def priority_too_old(f: Facts, _: Context) -> Iterator[Hit]:
    """The application was filed after the priority period, with two months of grace, had ended.

    Divisionals are left out; for PCT entries the international filing date counts.
    """
    patent = f.patent
    filed = (patent.pct_filed.day if patent.pct_filed else None) or f.filing_date
    if filed is None or patent.divisional or f.mark.parents or f.international:
        return
    months = _PRIORITY_MONTHS[f.right]
    for unit in f.units:
        for priority in unit.priorities:
            one = priority.date
            if one and one.day and days.add_months(one.day, months + _GRACE_MONTHS) < filed:
                yield Hit(one.path, one.text, "", {"a": one.day, "b": filed, "n": months})


@rule("DAT-021", groups={ElementGroup.RELATIONS})
def national_phase_out_of_time(f: Facts, _: Context) -> Iterator[Hit]:
    """The national phase began before the international filing, or more than 34 months after priority."""
    entry, filed = f.patent.national_entry, f.patent.pct_filed
    if entry is None or entry.day is None:
        return
    claimed = [
        one.date.day for unit in f.units for one in unit.priorities if one.date and one.date.day
    ]
    if filed and filed.day:
        claimed.append(filed.day)
    latest = days.add_months(min(claimed), _NATIONAL_PHASE_MONTHS) if claimed else date.max
    if entry.day > latest or (filed and filed.day and entry.day < filed.day):
        words = {"a": entry.text, "b": filed.text if filed else min(claimed)}
        yield Hit(entry.path, entry.text, "", words)


@rule("DAT-022")
def unusual_interval(f: Facts, _: Context) -> Iterator[Hit]:
    """Less than a day or more than fifteen years lie between filing and registration."""
    filed = f.filing_date
    for unit in f.units:
        registered = unit.grant_date
        if filed and registered and unit.registered and registered >= filed:
            interval = (registered - filed).days
            if interval < 1 or interval > _FIFTEEN_YEARS:
                yield Hit(unit.registered.path, unit.registered.text, "", {"n": interval})


@rule("DAT-027", groups={ElementGroup.EVENTS})
def events_out_of_order(f: Facts, _: Context) -> Iterator[Hit]:
    """An event is dated before one that must come earlier in the procedure."""
    for unit in f.units:
        ranks = [
            ORDER[event.meaning.step] for _, event in unit.dated() if event.meaning.step in ORDER
        ]
        if ranks == sorted(ranks):
            continue
        placed = [
            (ORDER[event.meaning.step], event.date.day, event)
            for event in unit.events
            if event.meaning.step in ORDER and event.date and event.date.day
        ]
        for rank, day, event in placed:
            # the first occurrence of an earlier step must not be later than the last of this one
            before = [
                (other_day, other) for other_rank, other_day, other in placed if other_rank < rank
            ]
            last = max((d for r, d, _ in placed if r == rank), default=day)
            if day == last and before:
                first_day, first = min(before, key=lambda pair: pair[0])
                if day < first_day and event.date:
                    words = {"e": event.name, "a": event.date.text, "b": first.name}
                    yield Hit(event.date.path, event.date.text, "", words)
                    break


@rule("DAT-028", groups={ElementGroup.RELATIONS}, needs="exhibitions")
def exhibition_too_old(f: Facts, _: Context) -> Iterator[Hit]:
    """The exhibition priority date lies more than six months before filing."""
    filed = f.filing_date
    for unit in f.units:
        for one in unit.exhibitions:
            if filed and one.day and days.add_months(one.day, 6) < filed:
                yield Hit(one.path, one.text, "", {"a": one.text})
