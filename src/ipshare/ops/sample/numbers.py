"""Application and registration numbers in the forms of each office, right and period."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ipshare.domain.office import Right
from ipshare.standards import numbers as forms

SG_NEW = 2014
"""First year of Singapore's numbers with a check letter."""
ID_NEW = 2019
ID_DESIGN_NEW = 2018
MY_LONG_YEAR = 2010
MY_NEW = 2019
TH_NEW = 2016


class Slot(NamedTuple):
    """Where a record stands in its register: filing year, serial in the year, serial of all."""

    year: int
    serial: int
    running: int


def _singapore(prefix: str, slot: Slot) -> str:
    digits = f"{slot.year}{slot.serial:05d}"
    return f"{prefix}{digits}{forms.sg_check_letter(digits)}"


def _sg_mark(slot: Slot) -> str:
    if slot.year < SG_NEW:
        return f"T{slot.year % 100:02d}{slot.serial:05d}{'ABCDEFGH'[slot.running % 8]}"
    return _singapore("40", slot)


def _my_mark(slot: Slot) -> str:
    if slot.year < MY_LONG_YEAR:
        return f"{slot.year % 100:02d}{slot.serial:06d}"
    return f"{'TM' if slot.year >= MY_NEW else ''}{slot.year}{slot.serial:06d}"


def _th_mark(slot: Slot) -> str:
    if slot.year < TH_NEW:
        return str(400_000 + slot.running)
    return f"{slot.year % 100:02d}1{slot.serial:06d}"


def _id_design(slot: Slot) -> str:
    if slot.year < ID_DESIGN_NEW:
        return f"A00{slot.year}{slot.serial:05d}"
    return f"AID{slot.year}{slot.serial:06d}"


def indonesian_mark(slot: Slot, *, services: bool) -> str:
    """Indonesia's number: D for goods, J for services."""
    return f"{'J' if services else 'D'}{'ID' if slot.year >= ID_NEW else '00'}{slot.year}{slot.serial:06d}"


_MARKS: dict[str, Callable[[Slot], str]] = {
    "BN": lambda s: f"TM/{30_000 + s.running}",
    "KH": lambda s: f"KH/{(8_000 + s.running) % 1_000_000}/{s.year % 100:02d}",
    "LA": lambda s: str(1_000 + s.running),
    "MY": _my_mark,
    "MM": lambda s: f"MM/T/{s.year}/{s.serial:06d}",
    "PH": lambda s: f"PH/4/{s.year}/{s.serial:08d}",
    "SG": _sg_mark,
    "TH": _th_mark,
    "VN": lambda s: f"4-{s.year}-{s.serial:05d}",
    "TL": lambda s: f"TL/M/{s.year}/{s.serial:06d}",  # no form is known; this one is made up
}
_DESIGNS: dict[str, Callable[[Slot], str]] = {
    "BN": lambda s: f"BN/{s.year}/{s.serial:05d}",
    "KH": lambda s: f"KH/D/{s.year}/{s.serial:05d}",
    "ID": _id_design,
    "LA": lambda s: f"D/{100 + s.running:04d}",
    "MY": lambda s: f"{s.year % 100:02d}-E{s.serial:04d}-0101",
    "MM": lambda s: f"MM/D/{s.year}/{s.serial:05d}",
    "PH": lambda s: f"PH/3/{s.year}/{s.serial:06d}",
    "SG": lambda s: _singapore("30", s),
    "TH": lambda s: f"{s.year % 100:02d}02{s.serial:06d}",
    "VN": lambda s: f"3-{s.year}-{s.serial:05d}",
    "TL": lambda s: f"TL/D/{s.year}/{s.serial:06d}",
}
_MADRID: dict[str, str] = {
    "KH": "KH/{ir}/M",
    "ID": "M00{year}{ir}",
    "LA": "M/{ir}",
    "PH": "PH/M/0001/{ir:08d}",
}


class Limit(NamedTuple):
    """How many records a number form can name: in one year, or in all."""

    per_year: int
    in_all: int


_MOST = 1_000_000
"""More records would repeat the international numbers of Madrid designations."""
_ROOMY = Limit(999_999, _MOST)
_LIMITS: dict[tuple[str, Right], Limit] = {
    ("BN", Right.TRADEMARK): Limit(969_999, 969_999),
    ("LA", Right.TRADEMARK): Limit(998_999, 998_999),
    ("SG", Right.TRADEMARK): Limit(99_999, _MOST),
    ("KH", Right.DESIGN): Limit(99_999, _MOST),
    ("LA", Right.DESIGN): Limit(99_899, 99_899),
    ("MY", Right.DESIGN): Limit(99_999, _MOST),
    ("SG", Right.DESIGN): Limit(99_999, _MOST),
    ("VN", Right.DESIGN): Limit(99_999, _MOST),
    ("KH", Right.PATENT): Limit(99_999, _MOST),
    ("LA", Right.PATENT): Limit(99_899, 99_899),
    ("MY", Right.PATENT): Limit(99_999, _MOST),
    ("PH", Right.PATENT): Limit(99_999, _MOST),
    ("SG", Right.PATENT): Limit(99_999, _MOST),
    ("VN", Right.PATENT): Limit(99_999, _MOST),
    ("TL", Right.PATENT): Limit(99_999, _MOST),
    ("ID", Right.PATENT): Limit(99_999, _MOST),
    ("ID", Right.DESIGN): Limit(99_999, _MOST),
}


def limit(office: str, right: Right) -> Limit:
    """How many records the office's number form can name."""
    return _LIMITS.get((office, right), _ROOMY)


def mark(office: str, slot: Slot, *, services: bool) -> str:
    """The application number of a national mark."""
    if office == "ID":
        return indonesian_mark(slot, services=services)
    return _MARKS[office](slot)


def madrid(office: str, slot: Slot, ir: int) -> str:
    """The office's number of a mark designated under the Madrid Protocol; some number it as their own."""
    if office not in _MADRID:
        return mark(office, slot, services=False)
    return _MADRID[office].format(year=slot.year, ir=ir)


def design(office: str, slot: Slot) -> str:
    """The application number of a design."""
    return _DESIGNS[office](slot)


def patent(office: str, slot: Slot, *, utility: bool, pct: bool) -> str:  # noqa: PLR0911 - one line per office
    """The application number of a patent or utility model."""
    year, serial = slot.year, slot.serial
    letter = "U" if utility else "P"
    match office:
        case "BN":
            return f"BN/{'PCT' if pct else 'N'}/{year}/{serial:04d}"
        case "KH" | "MM" | "TL":
            return f"{office}/{letter}/{year}/{serial:05d}"
        case "LA":
            return f"{letter}/{100 + slot.running:04d}"
        case "ID":
            return f"{'S' if utility else 'P'}00{year}{serial:05d}"
        case "MY":
            return f"{'UI' if utility else 'PI'}{year}{7 if pct else 0}{serial:05d}"
        case "PH":
            return f"{2 if utility else 1}/{year}/{5 if pct else 0}{serial:05d}"
        case "SG" if year < SG_NEW:
            return f"{year}{serial:05d}-{slot.running % 10}"
        case "SG":
            return _singapore("11" if pct else "10", slot)
        case "TH":
            return f"{year % 100:02d}{'03' if utility else '01'}{serial:06d}"
        case _:
            return f"{2 if utility else 1}-{year}-{serial:05d}"


_CONSONANTS = "กขคงจชญดตถทธนบปผพมยรลวศสหอ"

_REGISTERED: dict[str, str] = {
    "BN": "{running}",
    "KH": "KH/{year}/{running}",
    "ID": "IDM{running:09d}",
    "LA": "{running}",
    "MY": "{year}{running:06d}",
    "MM": "MM/R/{year}/{running:06d}",
    "PH": "4-{year}-{running:08d}",
    "TH": "{yy:02d}{running:07d}",
    "VN": "4-{running:07d}-000",
    "TL": "{running}",
}
_RUN = {
    "BN": 50_000,
    "KH": 10_000,
    "ID": 300_000,
    "LA": 10_000,
    "MY": 0,
    "MM": 0,
    "PH": 0,
    "TH": 0,
    "VN": 100_000,
    "TL": 0,
}


def registration(office: str, number: str, slot: Slot, year: int) -> str:
    """The registration number of a mark; Singapore repeats the application number."""
    if office == "SG":
        return number
    if office == "TH" and year < TH_NEW:
        return f"{_CONSONANTS[slot.running // 900_000 % len(_CONSONANTS)]}{100_000 + slot.running % 900_000}"
    running = (_RUN[office] + slot.running + 1) % 10_000_000
    if office == "KH":
        running %= 1_000_000
    return _REGISTERED[office].format(running=running, year=year, yy=year % 100)


def grant(office: str, number: str, slot: Slot, *, utility: bool) -> str:
    """The number of a granted patent or utility model."""
    running = 1_000 + slot.running
    match office:
        case "SG":
            return number
        case "ID":
            return f"ID{'S' if utility else 'P'}{running:09d}"
        case "MY":
            return f"MY-{100_000 + running}-A"
        case _:
            return str(running)
