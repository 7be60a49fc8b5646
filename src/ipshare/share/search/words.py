"""Words of any script as lexemes: folded, with and without diacritics; pieces where a script has no spaces.

A *lexeme* is one entry of the index, a *condition* the PostgreSQL tsquery that finds it. Both are written by
this module alone, with the same quoting, so that nothing of a query is ever read as syntax.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

LONGEST = 64
"""Characters of a lexeme; longer words are cut, in the index as in a query."""
PIECE = 3
"""Text without spaces is found by all pieces of this many characters; shorter text by itself."""

_WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar, and its extensions A and B
    (0xA9E0, 0xA9FF),
    (0xAA60, 0xAA7F),
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_LATIN = ((0x0000, 0x024F), (0x1E00, 0x1EFF))
_ARABIC = ((0x0600, 0x06FF),)  # Jawi
_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ŧ": "t", "þ": "th",
     "\u0640": ""}
)  # fmt: skip
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


def fold(text: str) -> str:
    """Text as it is compared: compatibility forms and case folded, digits of every script as 0 to 9."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(map(_plain, folded))


def _plain(char: str) -> str:
    if char in _INVISIBLE:
        return ""
    digit = unicodedata.decimal(char, None)
    return char if digit is None else str(digit)


def lexemes(text: str) -> Iterator[str]:
    """What a text is found by."""
    for word in _words(fold(text)):
        if _among(word[0], _WITHOUT_SPACES):
            for size in range(1, PIECE + 1):
                for at in range(len(word) - size + 1):
                    yield word[at : at + size]
            continue
        yield word[:LONGEST]
        bare = _bare(word)
        if bare != word:
            yield bare[:LONGEST]


def asked(text: str) -> list[tuple[str, bool]]:
    """The lexemes that a text found by a query must all have; True where it may go on (``app*``)."""
    found: list[tuple[str, bool]] = []
    for part in fold(text).split():
        words = list(_words(part))
        for place, word in enumerate(words, 1):
            if _among(word[0], _WITHOUT_SPACES):
                size = min(PIECE, len(word))
                found += [(word[at : at + size], False) for at in range(len(word) - size + 1)]
            else:
                found.append((word[:LONGEST], place == len(words) and part.endswith("*")))
    return list(dict.fromkeys(found))


def _words(folded: str) -> Iterator[str]:
    """Runs of letters, marks and digits; one that changes between script with and without spaces is cut there."""
    word = ""
    for char in folded:
        if not (char.isalnum() or unicodedata.category(char)[0] in "LMN"):
            if word:
                yield word
            word = ""
            continue
        if word and _among(char, _WITHOUT_SPACES) != _among(word[-1], _WITHOUT_SPACES):
            yield word
            word = ""
        word += char
    if word:
        yield word


def _bare(word: str) -> str:
    """A word without diacritics, where its script writes them above and below letters."""
    if word.isascii() or not all(
        _among(char, _LATIN + _ARABIC) or unicodedata.combining(char) for char in word
    ):
        return word
    apart = unicodedata.normalize("NFD", word.translate(_LETTERS))
    return "".join(char for char in apart if not unicodedata.combining(char)) or word


def _among(char: str, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(first <= ord(char) <= last for first, last in ranges)


def entry(kind: str, lexeme: str) -> str:
    """A lexeme of one kind, as it stands in the index."""
    return f"{kind}:{lexeme}"


def vector(entries: Iterable[str]) -> str:
    """The text of a tsvector."""
    return " ".join(map(_quoted, sorted(set(entries))))


def found(one: str, *, goes_on: bool = False) -> str:
    """The tsquery of one entry, or of every entry that begins so."""
    return _quoted(one) + (":*" if goes_on else "")


def every(conditions: Iterable[str]) -> str:
    """The tsquery that all of several hold."""
    return " & ".join(f"({one})" for one in conditions)


def any_of(conditions: Iterable[str]) -> str:
    """The tsquery that one of several holds."""
    return " | ".join(f"({one})" for one in conditions)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
