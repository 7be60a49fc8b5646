"""ST.3, ISO 3166, ISO 639 and the code lists of ST.96."""

from __future__ import annotations

import pytest

from ipshare.standards import codes, iso, st3

REGION = ["BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"]


@pytest.mark.parametrize("code", REGION)
def test_every_office_of_the_region_is_in_st3_and_named(code):
    assert st3.is_office(code)
    office = st3.region()[code]
    assert office.country == st3.name(code)
    assert office.office


def test_the_region_is_exactly_these():
    assert sorted(st3.region()) == REGION


def test_what_is_from_memory_stays_marked():
    assert st3.region()["TL"].unconfirmed
    assert not st3.region()["SG"].unconfirmed


@pytest.mark.parametrize(
    "code", ["WO", "IB", "EM", "EP", "EA", "AP", "OA", "BX", "GC", "QZ", "XN", "XV"]
)
def test_organisations_are_offices_and_no_countries(code):
    assert st3.is_office(code)
    assert not iso.is_country(code)


@pytest.mark.parametrize("code", ["UK", "kh", "", "KHM", "ZZ"])
def test_these_are_never_offices(code):
    assert not st3.is_office(code)
    assert not st3.is_former(code)
    assert st3.name(code) == ""


def test_former_offices_and_countries():
    assert st3.is_former("SU")
    assert not st3.is_office("SU")
    assert st3.name("SU") == "Soviet Union"
    assert not st3.is_former("BU")
    for code in ("BU", "TP", "SU", "YU"):
        assert not iso.is_country(code)
        assert iso.is_country(code, former=True)


@pytest.mark.parametrize("code", ["KH", "TL", "PR", "GP", "HK"])
def test_countries(code):
    assert iso.is_country(code)


def test_languages():
    for code in ("ms", "km", "id", "lo", "my", "tl", "en", "th", "vi", "pt", "zh", "ta"):
        assert iso.is_language(code)
        assert iso.is_st96_language(code)
    for code in ("fil", "tet"):
        assert iso.is_language(code)
        assert not iso.is_st96_language(code)
    for code in ("kh", "mm", "KM", ""):
        assert not iso.is_language(code)
    assert iso.languages()["la"] == "Latin"
    assert iso.MISTAKEN_LANGUAGES["la"] == "lo"
    assert all(iso.is_language(meant) for meant in iso.MISTAKEN_LANGUAGES.values())


@pytest.mark.parametrize("name", codes.LISTS)
def test_each_list_has_codes(name):
    assert codes.codes(name)


def test_codes_are_found_without_regard_to_case():
    assert codes.find("mark status", "application filed") == "Application Filed"
    assert codes.find("mark event", "Application Filed") == "Application filed"
    assert codes.find("design status", " REGISTERED ") == "Registered"
    assert codes.find("mark status", "Registered") is None
    assert len(codes.codes("mark feature")) == 16
    assert len(codes.codes("mark category")) == 13
