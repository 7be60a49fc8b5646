"""Which language a value is probably in, by the script of its letters: a screen reader and a font need to know."""

from __future__ import annotations

# The first and last code point of a script, and the language that uses it in this region.
_RANGES = (
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x1000, 0x109F, "my"),
    (0x1780, 0x17FF, "km"),
    (0x0600, 0x06FF, "ms-Arab"),
    (0x0750, 0x077F, "ms-Arab"),
    (0x4E00, 0x9FFF, "zh"),
    (0x3040, 0x30FF, "ja"),
    (0xAC00, 0xD7AF, "ko"),
    (0x0400, 0x04FF, "ru"),
    (0x0900, 0x097F, "hi"),
    (0x0B80, 0x0BFF, "ta"),
)
_VIETNAMESE = frozenset("ăđơưĂĐƠƯ")
RIGHT_TO_LEFT = frozenset({"ms-Arab"})


def language_of(text: str) -> str:
    """The BCP 47 tag of the first letter that tells; empty for plain Latin text."""
    for letter in text:
        point = ord(letter)
        if point < 0x100:  # noqa: PLR2004 (ASCII and Latin-1 tell nothing)
            continue
        if letter in _VIETNAMESE or 0x1EA0 <= point <= 0x1EF9:  # noqa: PLR2004
            return "vi"
        for first, last, language in _RANGES:
            if first <= point <= last:
                return language
    return ""
