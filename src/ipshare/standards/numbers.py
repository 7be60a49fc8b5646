"""The forms of application and registration numbers, the check letter of Singapore, ST.13 keys."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import msgspec

from ipshare.domain.office import Right

# WIPO ST.13 type codes as seen in use; those marked [M] are to be confirmed. For designs none is known.
ST13_TYPES = {Right.TRADEMARK: "50", Right.PATENT: "10"}  # 10: [M]
ST13_LENGTH = 17
ST13_SERIAL = 9

# The quasigroup of H. M. Damm (2004), of order 10, totally anti-symmetric.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_LETTERS = "PQRSTUVWXY"
_UNKNOWN = "none known"  # a row that only says so
_SG = re.compile(r"(?P<type>10|11|30|40)(?P<digits>\d{9})(?P<letter>[A-Z])(-\d{2})?")


class _Row(msgspec.Struct, frozen=True):
    """One form, as the data file has it."""

    office: str
    right: str | None
    form: str
    pattern: str
    examples: list[str]
    series: str
    source: str
    unconfirmed: bool
    registration: bool
    check_letter: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberForm:
    """One form that numbers of an office and right have.

    ``registration`` tells numbers of registrations and grants from those of applications. ``series``
    says in which series gaps can be counted. ``unconfirmed``: from memory or of low confidence.
    """

    office: str
    right: Right | None
    form: str
    pattern: re.Pattern[str]
    examples: tuple[str, ...]
    series: str
    source: str
    unconfirmed: bool
    registration: bool
    check_letter: bool


@cache
def _rows() -> tuple[_Row, ...]:
    file = resources.files("ipshare.standards") / "data" / "number_forms.json"
    return tuple(msgspec.json.decode(file.read_bytes(), type=list[_Row]))


@cache
def forms(office: str, right: Right) -> tuple[NumberForm, ...]:
    """The forms of an office and right, those of applications first; none for an unknown office."""
    found = [
        NumberForm(
            office=row.office,
            right=None if row.right is None else Right(row.right),
            form=row.form,
            pattern=re.compile(row.pattern),
            examples=tuple(row.examples),
            series=row.series,
            source=row.source,
            unconfirmed=row.unconfirmed,
            registration=row.registration,
            check_letter=row.check_letter,
        )
        for row in _rows()
        if row.office == office and row.right in (None, right.value) and row.form != _UNKNOWN
    ]
    return tuple(sorted(found, key=lambda form: form.registration))


def match(office: str, right: Right, number: str) -> NumberForm | None:
    """The form that a number has, or None; space around it does not count."""
    text = number.strip()
    return next((form for form in forms(office, right) if form.pattern.fullmatch(text)), None)


def sg_check_letter(digits: str) -> str:
    """The check letter over the nine digits YYYYNNNNN of a number of Singapore since 2014."""
    state = 0
    for digit in digits:
        state = int(_DAMM[state][int(digit)])
    return _LETTERS[state]


def sg_expected(number: str) -> str | None:
    """The check letter that a number of Singapore should have; None where it has no such letter."""
    found = _SG.fullmatch(number.strip())
    return sg_check_letter(found["digits"]) if found else None


def st13(office: str, right: Right, number: str, filing_year: str = "") -> str | None:
    """The 17-character key of ST.13 as TMview and WIPO use it: office, type, year, serial.

    Letters that tell series apart are kept; the office's own code in front and a year that the number
    repeats are left out where the nine places do not suffice. None where it still does not fit, or no
    type code is known: a key that drops characters could name two records.
    """
    kind = ST13_TYPES.get(right)
    year = filing_year if re.fullmatch(r"\d{4}", filing_year) else "0000"
    parts = re.findall(r"[A-Z0-9]+", number.upper())
    if kind is None or not parts:
        return None
    if "".join(parts) != re.sub(r"[\s/().\-_]", "", number.upper()):
        return None  # letters outside A to Z, for example Thai ones
    if len("".join(parts)) > ST13_SERIAL and parts[0] == office:
        parts = parts[1:]
    serial = "".join(parts)
    if len(serial) > ST13_SERIAL and serial.count(year) == 1:
        serial = serial.replace(year, "")
    if len(serial) > ST13_SERIAL:
        return None
    return f"{office}{kind}{year}{serial:0>{ST13_SERIAL}}"
