"""UTF-8 that was read as an encoding of one byte a letter: what shows it, and the text as it was.

A run counts only if all its bytes are valid UTF-8 of letters that the region and its trade write: a mark such
as ``NESCAFÉ®`` holds a lead byte and a continuation as well, and is right as it is.
"""

from __future__ import annotations

import re

_LATIN = "windows-1252 or Latin-1"
_THAI = "windows-874"


def _letters(encoding: str) -> list[str]:
    """The letter that each byte is read as; where the encoding has none, the control character of that code."""
    return [bytes([code]).decode(encoding, "ignore") or chr(code) for code in range(256)]


_WINDOWS_1252 = _letters("cp1252")
_WINDOWS_874 = _letters("cp874")
_BYTES = {
    _LATIN: {chr(code): code for code in range(256)} | {one: code for code, one in enumerate(_WINDOWS_1252)},
    _THAI: {chr(code): code for code in range(0x80, 0xA1)} | {one: code for code, one in enumerate(_WINDOWS_874)},
}  # fmt: skip
_AFTER = re.escape("".join([*_WINDOWS_1252[0x80:0xC0], *map(chr, range(0x80, 0xC0))]))
_AFTER_THAI = re.escape("".join([*_WINDOWS_874[0x80:0xC0], *map(chr, range(0x80, 0xA1))]))
_SECOND = "ธนบป€\x81\x82\x9e\x9f"
"""The second letter: of Thai and Lao, of Burmese and punctuation, of Khmer."""
_RUNS = {
    _LATIN: re.compile(
        f"(?:[\u00c2-\u00df][{_AFTER}]|[\u00e0-\u00ef][{_AFTER}]{{2}}|[\u00f0-\u00f4][{_AFTER}]{{3}})+"
    ),
    _THAI: re.compile(f"(?:[เแโ][{_SECOND}][{_AFTER_THAI}]){{2,}}"),
}
"""Of windows-874 the letters with the bytes E0 to E2, which begin Thai, Lao, Khmer, Burmese and punctuation in
UTF-8; two in a row at least, for a Thai word may hold one by chance."""
_BEGINNINGS = {
    _LATIN: re.compile(f"[\u00c2-\u00f4][{_AFTER}]"),
    _THAI: re.compile(f"[เแโ][{_SECOND}][{_AFTER_THAI}][เแโ][{_SECOND}]"),
}
"""What every run holds: patterns that begin with a set of letters are looked for many times faster."""
_PLAUSIBLE = re.compile(
    "[\u00a0-\u017f\u01a0\u01a1\u01af\u01b0\u1e00-\u1eff\u2010-\u2027\u2030-\u203a\u20ac\u2122"
    "\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u109f\u1780-\u17ff\u200b-\u200d\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7af]+"
)
_FAR = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
"""One of these alone is more likely the end of a word with two signs behind it, as in été…”"""
_SIGNS = frozenset("®™\u201c\u201d\u2019…\u2013—")
"""With a capital letter before them they are two bytes of UTF-8, and at the end of a word right: MAÇÃ®, „Ä“."""
_CAPITALS = range(0xC3, 0xE0)


def seen(text: str) -> bool:
    """Whether a text holds such a run; quick where it does not."""
    return repaired(text)[1] != ""


def repaired(text: str) -> tuple[str, str]:
    """The text as it was, and the encoding that it was read as; the text itself and nothing where it is right."""
    for encoding, pattern in _RUNS.items():
        if _BEGINNINGS[encoding].search(text):
            better = pattern.sub(lambda run, e=encoding: _repaired(run, e), text)  # type: ignore[misc]
            if better != text:
                return better, encoding
    return text, ""


def _repaired(run: re.Match[str], encoding: str) -> str:
    written = run.group()
    if encoding == _LATIN and _ends_a_word(run):
        return written
    table = _BYTES[encoding]
    try:
        meant = bytes(table[one] for one in written).decode()
    except (UnicodeDecodeError, KeyError):
        return written
    if not _PLAUSIBLE.fullmatch(meant) or (len(meant) == 1 and _FAR.match(meant)):
        return written
    return meant


def _ends_a_word(run: re.Match[str]) -> bool:
    written, after = run.group(), run.string[run.end() : run.end() + 1]
    return (
        len(written) == 2  # noqa: PLR2004 (a letter and a sign)
        and ord(written[0]) in _CAPITALS
        and written[1] in _SIGNS
        and not after.isalnum()
    )
