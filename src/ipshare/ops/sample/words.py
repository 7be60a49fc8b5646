"""Our own seed word lists, read once from ``data``: names, places, goods, products, inventions."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NamedTuple


class Word(NamedTuple):
    """A word in its own script, in Latin letters, and what it means."""

    local: str
    latin: str
    english: str


class Place(NamedTuple):
    """A city with its region and a postal code."""

    city: str
    city_latin: str
    region: str
    postcode: str


class Pair(NamedTuple):
    """A name or a pattern in the local script and in Latin letters."""

    local: str
    latin: str


class Product(NamedTuple):
    """What a design is applied to: Locarno sub-class, whether it is flat, its name per language."""

    locarno: str
    flat: bool
    names: dict[str, str]


class Invention(NamedTuple):
    """What a patent is about: the first IPC symbol and the title per language."""

    ipc: str
    titles: dict[str, str]


@cache
def _rows(name: str) -> tuple[tuple[str, ...], ...]:
    text = (resources.files("ipshare.ops.sample") / "data" / name).read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines())


@cache
def vocabulary(language: str) -> tuple[Word, ...]:
    """Words for marks and company names of a language (``jawi`` is Malay in Arabic letters)."""
    return tuple(Word(*row[1:]) for row in _rows("words.tsv") if row[0] == language)


@cache
def names(country: str, part: str) -> tuple[Pair, ...]:
    """Personal names of a country: ``family``, ``given``, or whole (``single``)."""
    return tuple(Pair(*row[2:]) for row in _rows("people.tsv") if row[:2] == (country, part))


@cache
def places(country: str) -> tuple[Place, ...]:
    """Cities of a country."""
    return tuple(Place(*row[1:]) for row in _rows("places.tsv") if row[0] == country)


@cache
def company_forms(country: str) -> tuple[Pair, ...]:
    """Patterns of company names of a country."""
    return tuple(Pair(*row[1:]) for row in _rows("companies.tsv") if row[0] == country)


@cache
def street(country: str) -> Pair:
    """The pattern of a street address of a country."""
    return next(Pair(*row[1:]) for row in _rows("streets.tsv") if row[0] == country)


@cache
def goods(language: str) -> dict[int, tuple[str, ...]]:
    """Goods and services per Nice class in a language."""
    return {int(row[0]): tuple(row[1].split("|")) for row in _rows(f"goods_{language}.tsv")}


_LANGUAGES = ("en", "km", "th", "lo", "my", "vi", "id")


@cache
def products() -> tuple[Product, ...]:
    """Products that designs are applied to."""
    return tuple(
        Product(row[0], row[1] == "1", dict(zip(_LANGUAGES, row[2:], strict=True)))
        for row in _rows("designs.tsv")
    )


@cache
def inventions() -> tuple[Invention, ...]:
    """Inventions that patents are about."""
    return tuple(
        Invention(row[0], dict(zip(_LANGUAGES, row[1:], strict=True)))
        for row in _rows("patents.tsv")
    )


@cache
def _syllables(part: str) -> tuple[str, ...]:
    return tuple(row[1] for row in _rows("coined.tsv") if row[0] == part)


def coined(first: int, second: int) -> str:
    """A coined word that means nothing, from two numbers."""
    heads, tails = _syllables("first"), _syllables("second")
    return heads[first % len(heads)] + tails[second % len(tails)]
