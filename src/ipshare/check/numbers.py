"""What a national number tells: its form, its route, its year, and its plain spelling."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from ipshare.domain.office import Right
from ipshare.standards import numbers
from ipshare.standards.numbers import NumberForm

_PARTS = re.compile(r"[A-Z]+|\d+")
_SPACES = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_INTERNATIONAL = ("Madrid", "Hague", "IR number")
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


@lru_cache(maxsize=4096)
def form_of(office: str, right: Right, number: str) -> NumberForm | None:
    """The form of application number that a number has, or None."""
    if not number:
        return None
    return next(
        (form for form in application_forms(office, right) if form.pattern.fullmatch(number)), None
    )


@cache
def application_forms(office: str, right: Right) -> tuple[NumberForm, ...]:
    """The forms of application numbers of an office for a right; none where nobody listed them."""
    return tuple(form for form in numbers.forms(office, right) if not form.registration)


def international(form: NumberForm | None) -> bool:
    """Whether numbers of this form name a designation of an international registration."""
    return form is not None and any(word in f"{form.form} {form.series}" for word in _INTERNATIONAL)


def marked(office: str, right: Right, number: str) -> bool:
    """Whether the number itself says that it is of this right, not only that it could be."""
    marker = _MARKER.get(office)
    return bool(marker and marker.match(number) and form_of(office, right, number))


_MODEL = {
    "PH": re.compile(r"(?:PH/)?(?P<model>2[-/])|(?:PH/)?1[-/]"),
    "VN": re.compile(r"(?:VN-)?(?P<model>2-)|(?:VN-)?1-"),
    "KH": re.compile(r"KH/(?P<model>U/)|KH/P/"),
    "MY": re.compile(r"(?P<model>UI)|PI"),
    "TH": re.compile(r"\d{2}(?P<model>03)\d{6}|\d{2}01\d{6}"),
    "ID": re.compile(r"(?P<model>S)|P"),
    "MM": re.compile(r"MM/(?P<model>U/)|MM/P/"),
}


def utility_model(office: str, number: str) -> bool | None:
    """Whether a number is one of a utility model (petty or simple patent), or None where it does not say."""
    found = _MODEL[office].match(number) if office in _MODEL else None
    return found["model"] is not None if found else None


def normalized(number: str) -> str:
    """The number in plain digits and letters: no spaces, nothing invisible, native digits as 0 to 9."""
    if number.isascii():
        return _SPACES.sub("", number)
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", number))
    return "".join(
        str(unicodedata.digit(one)) if one.isdigit() and not one.isascii() else one for one in plain
    )


def folded(number: str) -> str:
    """What two spellings of one number have in common: no case, no separators, no leading zeros."""
    parts = _PARTS.findall(normalized(number).upper())
    return ".".join([part.lstrip("0") or "0" if part.isdigit() else part for part in parts])


_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_YEAR_AT = {
    ("SG", Right.TRADEMARK, "since 2014-02-14"): 2,
    ("SG", Right.PATENT, "since 2014-02-14: 10 national, 11 PCT"): 2,
    ("SG", Right.DESIGN, "since 2014"): 2,
    ("ID", Right.TRADEMARK, "national to ~2018"): 3,
    ("ID", Right.TRADEMARK, "national since ~2019"): 3,
    ("MY", Right.TRADEMARK, "since ~2019"): 2,
    ("MY", Right.TRADEMARK, "2010s (YYYY)"): 0,
    ("VN", Right.TRADEMARK, "WIPO Publish id"): 3,
}
_SHORT_YEAR_AT = {
    ("KH", Right.TRADEMARK, "national"): re.compile(r"/(\d{2})(\d{2})?$"),
    ("MY", Right.TRADEMARK, "1990s-2000s (YY)"): re.compile(r"^(\d{2})"),
    ("TH", Right.TRADEMARK, "since ~2016"): re.compile(r"^(\d{2})"),
    ("TH", Right.PATENT, "01 invention, 03 petty"): re.compile(r"^(\d{2})"),
    ("TH", Right.DESIGN, "02 design patent"): re.compile(r"^(\d{2})"),
    ("SG", Right.TRADEMARK, "before 2014"): re.compile(r"^T(\d{2})"),
}
_PIVOT = 60


def year_in(form: NumberForm, number: str) -> int | None:
    """The year that a number of this form says it was filed in, or None where it says none."""
    if form.right is None:
        return None
    key = (form.office, form.right, form.form)
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
