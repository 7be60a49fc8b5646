"""Patches that fit every right: numbers, dates, parties, priorities."""

from __future__ import annotations

from ipshare.domain.office import Right
from ipshare.ops.sample import days
from ipshare.ops.sample.defects.kind import F
from ipshare.ops.sample.facts import DesignFile, Facts, Mark, Party, Priority
from ipshare.standards import numbers

NATIVE_DIGITS = {"KH": 0x17E0, "TH": 0x0E50, "LA": 0x0ED0, "MM": 0x1040}
_BUDDHIST = 543
_LONG_AGO = 40
_TWELVE = 12


def moved(day: str, by: int) -> str:
    """The day, this many days later or earlier."""
    return days.iso(days.ordinal(day) + by)


def in_era(day: str, shift: int) -> str:
    """The same day with another year."""
    return f"{int(day[:4]) + shift:04d}{day[4:]}"


def international(record: Facts) -> bool:
    """Whether the record came by Madrid, The Hague or the PCT, whose dates follow other rules."""
    match record:
        case Mark():
            return bool(record.ir_number)
        case DesignFile():
            return bool(record.hague)
        case _:
            return bool(record.pct_number)


def no_number(record: F, _: F) -> F | None:
    return record._replace(number="")


def _without_forms(office: str) -> bool:
    """Whether no form of the office's numbers is known; then none is unknown, and no year is read from one."""
    return not any(numbers.forms(office, right) for right in Right)


def unknown_number(record: F, _: F) -> F | None:
    return (
        None
        if _without_forms(record.office)
        else record._replace(number=f"FILE-{record.number.replace('/', '.')}-OLD")
    )


def year_long_ago(record: F, _: F) -> F | None:
    """A year in the number forty years before filing; Singapore's check letter would break first."""
    year = record.filed[:4]
    if (
        record.office == "SG"
        or _without_forms(record.office)
        or record.number[:2] == "20"
        or (record.office == "MM" and record.filed == "2023-04-01")
    ):
        return None
    if international(record):
        return None
    if year in record.number:
        return record._replace(number=record.number.replace(year, str(int(year) - _LONG_AGO), 1))
    if record.office == "KH" and record.number.endswith(f"/{year[2:]}"):
        return record._replace(number=f"{record.number[:-2]}{(int(year) - _LONG_AGO) % 100:02d}")
    return None


def wrong_check_letter(record: F, _: F) -> F | None:
    if (
        record.office != "SG"
        or record.number[-1] not in "PQRSTUVWXY"
        or len(record.number) != _TWELVE
    ):
        return None
    return record._replace(number=record.number[:-1] + ("P" if record.number[-1] != "P" else "Q"))


def native_digits(record: F, _: F) -> F | None:
    """Digits of the country's own script; elsewhere a space that no one sees."""
    zero = NATIVE_DIGITS.get(record.office)
    if zero is None:
        return record._replace(number=f"{record.number[:4]}\u00a0{record.number[4:]}")
    shown = {ord("0") + digit: zero + digit for digit in range(10)}
    return record._replace(number=record.number.translate(shown))


def other_office(record: F, _: F) -> F | None:
    return record._replace(office="KR" if record.office == "TL" else "TL")


def no_filing_date(record: F, _: F) -> F | None:
    return record._replace(filed="")


def day_first(record: F, _: F) -> F | None:
    year, month, day = record.filed.split("-")
    return record._replace(filed=f"{day}/{month}/{year}")


def no_such_day(record: F, _: F) -> F | None:
    return record._replace(filed=f"{record.filed[:4]}-02-30")


def buddhist_filing(record: F, _: F) -> F | None:
    return record._replace(filed=in_era(record.filed, _BUDDHIST))


def converted_twice(record: F, _: F) -> F | None:
    return record._replace(filed=in_era(record.filed, -_BUDDHIST))


def future_filing(record: F, _: F) -> F | None:
    return record._replace(filed=in_era(record.filed, 60))


def month_only(record: F, _: F) -> F | None:
    return record._replace(filed=record.filed[:7])


def time_zone(record: F, _: F) -> F | None:
    return record._replace(filed=f"{record.filed}+07:00")


def sentinel_registration(record: F, _: F) -> F | None:
    return record._replace(registered="1900-01-01") if record.registered else None


def registered_before_filed(record: F, _: F) -> F | None:
    return record._replace(registered=moved(record.filed, -45)) if record.registered else None


def published_before_filed(record: F, _: F) -> F | None:
    if not record.publications or international(record):
        return None
    return record._replace(
        publications=(record.publications[0]._replace(day=moved(record.filed, -200)),)
    )


def day_and_month_swapped(record: F, _: F) -> F | None:
    """The filing date with day and month swapped, where it then falls after publication or registration."""
    year, month, day = record.filed.split("-")
    swapped = f"{year}-{day}-{month}"
    later = [one.day for one in record.publications] + [record.registered]
    if (
        int(day) > _TWELVE
        or not any(one and one < swapped for one in later)
        or swapped <= record.filed
    ):
        return None
    return record._replace(filed=swapped)


def _claim(record: F) -> Priority:
    return (
        record.priorities[0] if record.priorities else Priority("JP", "2019-004711", record.filed)
    )


def priority_after_filing(record: F, _: F) -> F | None:
    return record._replace(priorities=(_claim(record)._replace(day=moved(record.filed, 25)),))


def priority_too_old(record: F, _: F) -> F | None:
    if international(record):
        return None
    return record._replace(priorities=(_claim(record)._replace(day=moved(record.filed, -600)),))


def priority_without_number(record: F, _: F) -> F | None:
    return record._replace(
        priorities=(_claim(record)._replace(day=moved(record.filed, -60), number=""),)
    )


def priority_of_uk(record: F, _: F) -> F | None:
    return record._replace(
        priorities=(_claim(record)._replace(day=moved(record.filed, -60), country="UK"),)
    )


def _first(record: F, party: Party) -> F:
    return record._replace(applicants=(party, *record.applicants[1:]))


def placeholder_name(record: F, _: F) -> F | None:
    return _first(record, record.applicants[0]._replace(name="-", latin=""))


def no_country(record: F, _: F) -> F | None:
    return _first(record, record.applicants[0]._replace(country=""))


def country_uk(record: F, _: F) -> F | None:
    return _first(record, record.applicants[0]._replace(country="UK"))


def country_of_an_office(record: F, _: F) -> F | None:
    return _first(record, record.applicants[0]._replace(country="EM"))


def several_names(record: F, _: F) -> F | None:
    party = record.applicants[0]
    return _first(record, party._replace(name=f"1. {party.name}; 2. {party.name}", latin=""))


def no_latin_name(record: F, _: F) -> F | None:
    party = record.applicants[0]
    if not party.latin or ord(party.name[0]) < 0x0E00:  # noqa: PLR2004 - where the scripts of the region begin
        return None
    return _first(record, party._replace(latin=""))


def party_twice(record: F, _: F) -> F | None:
    return record._replace(applicants=(record.applicants[0], record.applicants[0]))
