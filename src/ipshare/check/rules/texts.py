"""TXT rules: language codes and the characters of any text."""
# ruff: noqa: PLR2004 - the numbers of a rule are its meaning

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from html import unescape

from ipshare.check import codes, mojibake, text
from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.rule import Hit, rule
from ipshare.check.walk import Leaf, marked_up

_LOST = re.compile(r"\ufffd|\?{3,}")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028\u2029\u2060\ufeff]")
_WORD_BREAK = "\u200b"
_JOINERS = "\u200c\u200d"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_ESCAPED = re.compile(r"&(?:amp;)?(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
_MARKUP = re.compile(
    r"</?(?:p|br|b|i|u|div|span|font|table|tr|td|li|ul|ol|sup|sub|html|body|o:p)\b[^<>]{0,200}/?>|\{\\rtf",
    re.IGNORECASE,
)
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_NO_BREAKS = re.compile("[\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u109f\u1780-\u17ff]")
_WRONG_LANGUAGE = {"la": ("LA", "lo"), "in": ("ID", "id"), "my": ("MY", "ms")}
_BURMESE = re.compile("[\u1000-\u109f]")


def _sample(text_: str, place: int) -> str:
    """The text around a place, short enough for a finding."""
    return text_[max(0, place - 20) : place + 20]


def _searched(f: Facts, pattern: re.Pattern[str]) -> Iterator[tuple[Leaf, re.Match[str]]]:
    """The texts in which a pattern is found; the tree is walked only where the record has it at all."""
    if pattern.search(f.joined):
        for leaf in f.leaves():
            found = pattern.search(leaf.text)
            if found:
                yield leaf, found


def _searched_plain(f: Facts, pattern: re.Pattern[str]) -> Iterator[tuple[Leaf, re.Match[str]]]:
    """The same of the texts that are no XML of their own: there an escape or a tag is as it should be."""
    if len(pattern.findall(f.joined)) > sum(len(pattern.findall(text)) for text in f.marked):
        for leaf, found in _searched(f, pattern):
            if leaf.name not in marked_up():
                yield leaf, found


@rule("TXT-002", local=True)
def wrong_language_code(f: Facts, c: Context) -> Iterator[Hit]:
    """A language code is none of ISO 639-1, or one of a country, or Latin where Lao is meant."""
    if _right_languages().issuperset(f.languages):
        return
    known = codes.languages()
    for leaf in f.leaves():
        if leaf.name != "@languageCode":
            continue
        language = leaf.text
        proposed = _better(f, leaf, c.office)
        if language not in known or proposed:
            yield Hit(leaf.path, language, proposed, {"y": proposed or "another"})


@cache
def _right_languages() -> frozenset[str]:
    """The codes that can mean nothing else."""
    return codes.languages() - _WRONG_LANGUAGE.keys()


def _better(f: Facts, leaf: Leaf, office: str) -> str:
    """The language code that was meant, or nothing where the one sent may be right."""
    language = leaf.text
    plain = language.strip().casefold()
    if language in _WRONG_LANGUAGE:
        home, meant = _WRONG_LANGUAGE[language]
        if home != office:
            return ""
        tagged = leaf.path.rpartition("/@")[0]
        written = next((one.text for one in f.leaves() if one.path == tagged), "")
        if language == "my":
            return "" if _BURMESE.search(written) else meant
        return text.script_language(written) or ("en" if language == "la" and written else meant)
    if language in codes.languages():
        return ""
    return codes.LANGUAGE_REPAIRS.get(plain) or (plain if plain in codes.languages() else "")


@rule("TXT-004", local=True)
def lost_characters(f: Facts, _: Context) -> Iterator[Hit]:
    """Characters were lost: the replacement character, or question marks where another script is expected."""
    if "\ufffd" not in f.joined and "???" not in f.joined:
        return
    for leaf, found in _searched(f, _LOST):
        count = leaf.text.count("\ufffd") + leaf.text.count("?")
        yield Hit(
            leaf.path, _sample(leaf.text, found.start()), "", {"n": count, "sample": found.group()}
        )


@rule("TXT-005", local=True, needs="letters beyond ASCII")
def read_in_another_encoding(f: Facts, _: Context) -> Iterator[Hit]:
    """A text is UTF-8 that was read as windows-1252, Latin-1 or windows-874, and written as UTF-8 again.

    It shows as runs such as "Ã©", "á»" or "เธ". The proposal is the text as it was before.
    """
    if f.ascii or not mojibake.seen(f.joined):
        return
    for leaf in f.leaves():
        repaired, encoding = mojibake.repaired(leaf.text)
        if encoding:
            yield Hit(leaf.path, leaf.text, repaired, {"encoding": encoding})


@rule("TXT-011", local=True, needs="letters beyond ASCII")
def invisible_characters(f: Facts, _: Context) -> Iterator[Hit]:
    """A text is not in Unicode normal form C, or contains invisible characters.

    The zero-width space is a word break in Thai, Lao, Khmer and Burmese, and is right there.
    """
    if f.ascii or (f.printable and unicodedata.is_normalized("NFC", f.joined)):
        return
    for leaf in f.leaves():
        if leaf.text.isascii() or mojibake.seen(leaf.text):
            continue
        plain = _visible(unicodedata.normalize("NFC", leaf.text))
        if plain != leaf.text:
            yield Hit(leaf.path, leaf.text, plain)


def _visible(plain: str) -> str:
    """The text without invisible characters, save the word breaks of the scripts that have them."""
    allowed = _WORD_BREAK + _JOINERS if _NO_BREAKS.search(plain) else ""
    return _INVISIBLE.sub(lambda found: found.group() if found.group() in allowed else "", plain)


@rule("TXT-012", local=True, needs="odd characters")
def control_characters(f: Facts, _: Context) -> Iterator[Hit]:
    """A text contains control characters, which no export needs."""
    if f.printable:
        return
    for leaf, found in _searched(f, _CONTROL):
        if mojibake.seen(leaf.text):
            continue  # halves of letters, which TXT-005 puts together again
        code = ord(found.group())
        yield Hit(leaf.path, leaf.text, _CONTROL.sub(_windows, leaf.text), {"x": f"U+{code:04X}"})


def _windows(found: re.Match[str]) -> str:
    """What the control character is in windows-1252, from which it most often comes; else nothing."""
    code = ord(found.group())
    return bytes([code]).decode("cp1252", "ignore") if 0x80 <= code <= 0x9F else ""


@rule("TXT-013", local=True, needs="ampersands")
def escaped_twice(f: Facts, _: Context) -> Iterator[Hit]:
    """A text shows the escape of a character: it was escaped twice."""
    if "&" not in f.joined:
        return
    for leaf, found in _searched_plain(f, _ESCAPED):
        yield Hit(leaf.path, leaf.text, unescape(unescape(leaf.text)), {"x": found.group()})


@rule("TXT-014", local=True)
def markup(f: Facts, _: Context) -> Iterator[Hit]:
    """A plain text contains the markup of a web page or a word processor."""
    if "<" not in f.joined and "{\\" not in f.joined:
        return
    for leaf, found in _searched_plain(f, _MARKUP):
        yield Hit(leaf.path, found.group(), _MARKUP.sub(" ", leaf.text).strip())


@rule("TXT-015", local=True, needs="odd characters")
def private_characters(f: Facts, _: Context) -> Iterator[Hit]:
    """A text uses characters of a private font, which nobody else can read."""
    if not f.printable:
        for leaf, found in _searched(f, _PRIVATE):
            yield Hit(
                leaf.path,
                _sample(leaf.text, found.start()),
                "",
                {"n": len(_PRIVATE.findall(leaf.text))},
            )


@rule("TXT-017", local=True)
def placeholder_text(f: Facts, _: Context) -> Iterator[Hit]:
    """A text is a placeholder: a dash, N/A, NULL, test."""
    if text.any_placeholder(f.texts):
        for leaf in f.leaves():
            if "/@" not in leaf.path and text.placeholder(leaf.text) and leaf.name != "CountryCode":
                yield Hit(leaf.path, leaf.text)
