"""What rules ask of a text: its script, whether it is a placeholder, whether it holds personal data."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PLACEHOLDERS = frozenset(
    {
        "-",
        "--",
        "---",
        ".",
        "..",
        "...",
        "?",
        "n/a",
        "na",
        "n.a.",
        "null",
        "none",
        "nil",
        "xxx",
        "xxxx",
        "test",
        "lorem",
        "unknown",
        "tba",
        "*",
    }
)
_SCRIPTS = {
    "th": re.compile("[\u0e01-\u0e5b]"),
    "lo": re.compile("[\u0e81-\u0edf]"),
    "my": re.compile("[\u1000-\u109f]"),
    "km": re.compile("[\u1780-\u17ff]"),
    "ar": re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]"),
    "zh": re.compile("[\u3400-\u9fff]"),
    "ja": re.compile("[\u3040-\u30ff]"),
    "ko": re.compile("[\uac00-\ud7af]"),
    "ta": re.compile("[\u0b80-\u0bff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
}
_NON_LATIN = re.compile(
    "[\u0370-\u1dff\u2c00-\ua4cf\ua500-\uabff\uac00-\ud7af\uf900-\ufaff\ufb1d-\ufdff\ufe70-\ufefe]"
)
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_PHONE = re.compile(r"\+\d[\d ()-]{7,}\d")
_IDENTITY = {
    "TH": re.compile(r"\d(?<!\d\d)-?\d{4}-?\d{5}-?\d{2}-?\d(?!\d)"),
    "ID": re.compile(r"\d(?<!\d\d)\d{15}(?!\d)"),
    "MY": re.compile(r"\d(?<!\d\d)\d{5}-?\d{2}-?\d{4}(?!\d)"),
    "SG": re.compile(r"[STFGM](?<![A-Z0-9].)\d{7}[A-Z](?![A-Z0-9])"),
    "VN": re.compile(r"0(?<!\d0)\d{11}(?!\d)"),
}
"""Each looks behind its first character only once it has found one: a pattern that begins with a look-behind
is tried at every character of a record and took more time than any rule."""
_LONGEST_PLACEHOLDER = max(map(len, _PLACEHOLDERS))
_LONGEST_NUMBER = 18
"""Digits; what has more counts nothing, and Python refuses to read very many."""
_DATE_IN_ID = re.compile(r"\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")


def whole(text: str) -> int | None:
    """The whole number that a text is, or None; ``²`` is a digit to Unicode, but no number."""
    plain = text.strip()
    return int(plain) if plain.isdecimal() and len(plain) <= _LONGEST_NUMBER else None


def placeholder(text: str) -> bool:
    """Whether a text stands for nothing: a dash, N/A, NULL, test."""
    plain = text.strip()
    return len(plain) <= _LONGEST_PLACEHOLDER and plain.casefold() in _PLACEHOLDERS


def any_placeholder(texts: Sequence[str]) -> bool:
    """Whether one of many texts is a placeholder."""
    short = [text for text in texts if len(text) <= _LONGEST_PLACEHOLDER]
    return not _PLACEHOLDERS.isdisjoint(map(str.casefold, map(str.strip, short)))


def non_latin(text: str) -> bool:
    """Whether a text has letters of another script than Latin."""
    return not text.isascii() and _NON_LATIN.search(text) is not None


def latin(text: str) -> bool:
    """Whether a text has Latin letters."""
    return _LATIN.search(text) is not None


def script_language(text: str) -> str:
    """The language that a script of the region tells, or nothing."""
    if text.isascii():
        return ""
    return next((language for language, letters in _SCRIPTS.items() if letters.search(text)), "")


def personal(office: str, text: str) -> str:
    """The kind of personal identifier in a text, or nothing; never the identifier itself."""
    if "@" in text and _EMAIL.search(text):
        return "e-mail address"
    if "+" in text and _PHONE.search(text):
        return "telephone number"
    return "identity number" if identity_number(office, text) else ""


def identity_number(office: str, text: str) -> bool:
    """Whether a text holds a number of the national identity card of the office's country."""
    pattern = _IDENTITY.get(office)
    return pattern is not None and any(
        _plausible(office, found.group()) for found in pattern.finditer(text)
    )


def _plausible(office: str, written: str) -> bool:
    """Whether check digit or date of birth, where the card has them, agree."""
    digits = re.sub(r"\D", "", written)
    if office == "TH":
        total = sum(int(digit) * (13 - place) for place, digit in enumerate(digits[:12]))
        return (11 - total % 11) % 10 == int(digits[12])
    if office == "MY":
        return _DATE_IN_ID.match(digits) is not None
    return True


def masked(text: str) -> str:
    """A text with all but its first character hidden, for a finding that must not repeat it."""
    return f"{text[:1]}{'•' * min(len(text) - 1, 12)}" if text else ""
