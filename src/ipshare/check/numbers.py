"""The forms of national numbers (number_forms.json): which one a number has, its year, its check letter."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from ipshare.domain.office import Right

_SPACES = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
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
"""The quasigroup of Damm's check digit (H. M. Damm, 2004)."""
_LETTERS = "PQRSTUVWXY"
_SINGAPORE = re.compile(r"(?:10|11|30|40)(\d{9})[A-Z](-\d{2})?")
_MARKER = {
    "PH": re.compile(r"(PH/?)?[1234][-/\d]"),
    "VN": re.compile(r"(VN-?)?[1234][-\d]"),
    "SG": re.compile(r"(10|11|30|40)\d{9}|[TD]"),
    "TH": re.compile(r"\d{2}0[123]\d{6}"),
    "ID": re.compile(r"[PSAJDRVM]"),
    "MY": re.compile(r"PI|UI|TM|\d{2}-"),
    "KH": re.compile(r"KH/[PUDG]/"),
    "MM": re.compile(r"MM/"),
    "BN": re.compile(r"TM|BN/"),
}
"""Numbers that say of which right they are; others are only of a form that several rights share."""


class Form(NamedTuple):
    """One form of number that an office uses."""

    name: str
    pattern: re.Pattern[str]
    kind: str

    @property
    def international(self) -> bool:
        """Whether it names a designation of an international registration."""
        return self.kind == "international"


@cache
def _all() -> dict[tuple[str, str], tuple[Form, ...]]:
    text = resources.files("ipshare.check").joinpath("number_forms.json").read_text(encoding="utf-8")
    found: dict[tuple[str, str], tuple[Form, ...]] = {}
    for line in json.loads(text):
        key = (line["office"], line["right"])
        form = Form(line["form"], re.compile(line["pattern"], re.ASCII), line["kind"])
        found[key] = (*found.get(key, ()), form)
    return found


@cache
def forms(office: str, right: Right) -> tuple[Form, ...]:
    """The forms of application numbers of an office for a right; none where nobody listed them."""
    return tuple(form for form in _all().get((office, right.value), ()) if form.kind != "registration")


@lru_cache(maxsize=65536)
def form_of(office: str, right: Right, number: str) -> Form | None:
    """The form that a number has, or None."""
    return next((form for form in forms(office, right) if form.pattern.search(number)), None) if number else None


def marked(office: str, right: Right, number: str) -> bool:
    """Whether the number itself says that it is of this right, not only that it could be."""
    marker = _MARKER.get(office)
    return bool(marker and marker.match(number) and form_of(office, right, number))


def normalized(number: str) -> str:
    """The number in plain digits and letters: no spaces, nothing invisible, native digits as 0 to 9."""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", number))
    return "".join(str(unicodedata.digit(one)) if one.isdigit() and not one.isascii() else one for one in plain)


def folded(number: str) -> str:
    """What two spellings of one number have in common: no case, no separators, no leading zeros."""
    parts = re.findall(r"[A-Z]+|\d+", normalized(number).upper())
    return ".".join(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)


_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_YEAR_AT = {
    ("SG", "since 2014-02-14"): 2,
    ("SG", "since 2014-02-14: 10 national, 11 PCT"): 2,
    ("SG", "since 2014"): 2,
    ("ID", "national to ~2018"): 3,
    ("ID", "national since ~2019"): 3,
    ("MY", "since ~2019"): 2,
    ("MY", "2010s (YYYY)"): 0,
    ("VN", "WIPO Publish id"): 3,
}
_SHORT_YEAR_AT = {
    ("KH", "national"): re.compile(r"/(\d{2})(\d{2})?$"),
    ("MY", "1990s-2000s (YY)"): re.compile(r"^(\d{2})"),
    ("TH", "since ~2016"): re.compile(r"^(\d{2})"),
    ("TH", "01 invention, 03 petty"): re.compile(r"^(\d{2})"),
    ("TH", "02 design patent"): re.compile(r"^(\d{2})"),
    ("SG", "before 2014"): re.compile(r"^T(\d{2})"),
}


def year_in(office: str, form: Form, number: str) -> int | None:
    """The year that a number of this form says it was filed in, or None where it says none."""
    key = (office, form.name)
    if key in _YEAR_AT:
        digits = number[_YEAR_AT[key] : _YEAR_AT[key] + 4]
        return int(digits) if _YEAR.fullmatch(digits) else None
    if key in _SHORT_YEAR_AT:
        short = _SHORT_YEAR_AT[key].search(number)
        if short is None:
            return None
        if short.lastindex == 2:  # noqa: PLR2004
            return int(short[1] + short[2])
        year = 2000 + int(short[1])
        return year if year <= 2000 + _PIVOT else year - 100
    written = _YEAR.findall(number)
    return int(written[0]) if len(written) == 1 else None


_PIVOT = 60


def singapore_check(number: str) -> str:
    """The check letter that a number of Singapore since 2014 should have, or nothing for others."""
    parts = _SINGAPORE.fullmatch(number)
    if parts is None:
        return ""
    state = 0
    for digit in parts[1]:
        state = int(_DAMM[state][int(digit)])
    return _LETTERS[state]


def international_in(office: str, number: str) -> str:
    """The international registration number inside a national number of a designation, or nothing."""
    if office == "PH":
        digits = re.search(r"(\d{8})$", number)
        return digits[1].lstrip("0") if digits else ""
    if office == "ID":
        joined = re.match(r"M00\d{4}(\d{6,7}[A-Z]?)", number)
        return joined[1] if joined else ""
    inside = re.search(r"(?<!\d)(\d{6,7}[A-Z]?)(?![0-9A-Z])", number)
    return inside[1] if inside else ""


