"""Characters that no name may have, since they make it look like another one, or speak to a terminal."""

from __future__ import annotations

import unicodedata

DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
"""Marks that turn the direction of writing."""


def control(name: str) -> str:
    """The first control character, direction mark or line separator of a name, as ``U+202E``; empty where none is."""
    for letter in name:
        if letter in DIRECTION or unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}:
            return f"U+{ord(letter):04X}"
    return ""
