"""The code lists that rules compare with, and the codes meant by wrong ones."""

from __future__ import annotations

from functools import cache

from ipshare.standards import codes, iso, st3

ORGANIZATIONS = frozenset(
    {"AP", "BX", "EA", "EM", "EP", "EU", "GC", "IB", "OA", "QZ", "WO", "XN", "XU", "XV", "XX"}
)
"""ST.3 codes of offices and organizations that are no country."""
FORMER = {
    "AN": 2010,
    "BU": 1989,
    "CS": 2006,
    "DD": 1990,
    "NT": 1993,
    "RH": 1980,
    "SU": 1991,
    "TP": 2002,
    "YD": 1990,
    "YU": 2003,
    "ZR": 1997,
}
"""Codes of states that are no more, with the year in which the code ceased."""
SUCCESSORS = {"BU": "MM", "DD": "DE", "RH": "ZW", "SU": "RU", "TP": "TL", "YD": "YE", "ZR": "CD"}
COUNTRY_REPAIRS = {
    "UK": "GB",
    "EN": "GB",
    "ENG": "GB",
    "GBR": "GB",
    "USA": "US",
    "KHM": "KH",
    "IDN": "ID",
    "LAO": "LA",
    "MYS": "MY",
    "MMR": "MM",
    "PHL": "PH",
    "SGP": "SG",
    "THA": "TH",
    "VNM": "VN",
    "BRN": "BN",
    "TLS": "TL",
    "CHN": "CN",
    "JPN": "JP",
    "KOR": "KR",
    "DEU": "DE",
    "GER": "DE",
    "FRA": "FR",
    "HKG": "HK",
    "TWN": "TW",
    "AUS": "AU",
    "IND": "IN",
}
LANGUAGE_REPAIRS = {
    "kh": "km",
    "mm": "my",
    "vn": "vi",
    "ph": "tl",
    "jp": "ja",
    "cn": "zh",
    "kr": "ko",
    "sg": "en",
    "us": "en",
    "gb": "en",
    "uk": "en",
    "id-id": "id",
    "en-us": "en",
    "en-gb": "en",
    "eng": "en",
    "khm": "km",
    "tha": "th",
    "lao": "lo",
    "vie": "vi",
    "ind": "id",
    "msa": "ms",
    "mya": "my",
}


@cache
def countries() -> frozenset[str]:
    """ISO 3166 codes of countries, former ones included, as parties may have them."""
    return frozenset(iso.countries()) | frozenset(iso.former_countries())


@cache
def offices() -> frozenset[str]:
    """ST.3 codes of states and organizations, former ones included, as priorities may have them."""
    return frozenset(st3.offices()) | frozenset(st3.former())


@cache
def languages() -> frozenset[str]:
    """ISO 639-1 codes, with the extensions that the hub accepts."""
    return frozenset(iso.languages())


@cache
def mark_features() -> frozenset[str]:
    """The kinds of mark of ST.96."""
    return codes.codes("mark feature")


@cache
def event_indicators() -> frozenset[str]:
    """The event indicators of ST.27."""
    return codes.codes("patent event indicator")
