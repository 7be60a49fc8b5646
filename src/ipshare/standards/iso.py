"""ISO 3166-1 countries with former ones, and ISO 639-1 languages with the two of the region it lacks."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from ipshare.standards import tables

MISTAKEN_LANGUAGES = MappingProxyType({"kh": "km", "la": "lo", "mm": "my", "vn": "vi"})
"""Country codes sent as languages, and the language meant. ``la`` is Latin in ISO 639-1."""


@cache
def _codes(table: str, *kinds: str) -> MappingProxyType[str, str]:
    named = {row["code"]: row["name"] for row in tables.rows(table) if row["kind"] in kinds}
    return MappingProxyType(named)


def countries() -> MappingProxyType[str, str]:
    """The codes of present countries, with their names."""
    return _codes("countries.tsv", "current")


def former_countries() -> MappingProxyType[str, str]:
    """The codes of countries that are no more, for example BU and TP."""
    return _codes("countries.tsv", "former")


def is_country(code: str, *, former: bool = False) -> bool:
    """Whether this is a country, or, where asked, was one."""
    return code in countries() or (former and code in former_countries())


def languages() -> MappingProxyType[str, str]:
    """ISO 639-1, and Filipino (fil) and Tetum (tet) of ISO 639-2 (docs/deviations.md)."""
    return _codes("languages.tsv", "current", "ours")


def is_language(code: str) -> bool:
    """Whether this is the code of a language; codes are lower case."""
    return code in languages()


def is_st96_language(code: str) -> bool:
    """Whether the official schemas accept this code: fil and tet they do not."""
    return code in _codes("languages.tsv", "current", "former")
