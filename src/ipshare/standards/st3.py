"""WIPO ST.3: two-letter codes of offices and organisations, former codes, the offices of the region."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from ipshare.standards import tables

UNKNOWN = "XX"
"""Unknown states and other entities: a code that names no office."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionalOffice:
    """An office of the ASEAN region. ``unconfirmed`` tells that part of it is from memory ([M])."""

    code: str
    country: str
    office: str
    short: str
    former: str
    source: str

    @property
    def unconfirmed(self) -> bool:
        """Whether the office itself should confirm these words."""
        return "[M]" in self.source


@cache
def _names(kind: str) -> MappingProxyType[str, str]:
    named = {row["code"]: row["name"] for row in tables.rows("st3.tsv") if row["kind"] == kind}
    return MappingProxyType(named)


def offices() -> MappingProxyType[str, str]:
    """Every code in use, with the name of the office, country or organisation."""
    return _names("current")


def former() -> MappingProxyType[str, str]:
    """Codes no longer in use, valid for old documents only."""
    return _names("former")


def is_office(code: str) -> bool:
    """Whether this code is in use; codes are upper case."""
    return code in offices()


def is_former(code: str) -> bool:
    """Whether this code was in use once."""
    return code in former() and code not in offices()


def name(code: str) -> str:
    """The name behind a code, former ones included; empty where there is none."""
    return offices().get(code) or former().get(code, "")


@cache
def region() -> MappingProxyType[str, RegionalOffice]:
    """The offices of the region by their code."""
    return MappingProxyType(
        {row["code"]: RegionalOffice(**row) for row in tables.rows("offices.tsv")}
    )
