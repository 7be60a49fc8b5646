"""Number forms of the offices, check letters, ST.13 keys."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ipshare.domain.office import Right
from ipshare.standards import numbers, st3

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "../shared/design/number_forms.json"
T, P, D = Right.TRADEMARK, Right.PATENT, Right.DESIGN
FORMS = [
    form
    for office in (*st3.region(), "WO")
    for right in Right
    for form in numbers.forms(office, right)
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.office} {form.form}")
def test_examples_have_their_own_form(form):
    for example in form.examples:
        right = form.right or T
        assert form.pattern.fullmatch(example)
        assert numbers.match(form.office, right, example) is not None


@pytest.mark.parametrize(
    ("office", "right", "number", "form"),
    [
        ("KH", T, "KH/49703/13", "national"),
        ("KH", T, "KH/1071853A/M", "Madrid designation"),
        ("KH", T, " KH/49703/13\n", "national"),
        ("KH", T, "49703/13", None),
        ("KH", D, "KH/49703/13", None),
        ("ID", T, "IDM000406156", "registration no."),
        ("VN", T, "4-2019-43954", "national"),
        ("VN", T, "VN4201943954", "WIPO Publish id"),
        ("SG", P, "11201803052Q", "since 2014-02-14: 10 national, 11 PCT"),
        ("TH", T, "ค123456", "registration no."),
        ("XA", T, "1", None),
        ("SG", T, "40201711800X\x00", None),
        ("LA", T, "", None),
    ],
)
def test_a_number_is_recognised(office, right, number, form):
    found = numbers.match(office, right, number)
    assert (found.form if found else None) == form


def test_application_forms_come_before_registration_forms():
    kinds = [form.registration for form in numbers.forms("ID", T)]
    assert kinds == sorted(kinds)
    assert any(kinds)


def test_what_is_from_memory_stays_marked():
    assert numbers.match("BN", T, "TM/45678").unconfirmed
    assert not numbers.match("KH", T, "KH/49703/13").unconfirmed


def test_the_check_letter_of_singapore():
    assert numbers.sg_check_letter("201803052") == "Q"
    assert numbers.sg_expected("11201803052A") == "Q"
    assert numbers.sg_expected("T0001800A") is None


def test_the_check_letter_finds_every_wrong_digit_and_swap():
    digits = "201803052"
    right = numbers.sg_check_letter(digits)
    for place, digit in enumerate(digits):
        for other in "0123456789".replace(digit, ""):
            assert numbers.sg_check_letter(digits[:place] + other + digits[place + 1 :]) != right
    for place in range(len(digits) - 1):
        one, two = digits[place : place + 2]
        if one != two:
            assert (
                numbers.sg_check_letter(digits[:place] + two + one + digits[place + 2 :]) != right
            )


@pytest.mark.parametrize(
    ("office", "right", "number", "year", "key"),
    [
        ("EM", T, "018228224", "", "EM500000018228224"),
        ("US", T, "75354221", "", "US500000075354221"),
        ("RO", T, "M202608118", "2026", "RO502026000M08118"),
        ("KH", T, "KH/49703/13", "2013", "KH502013KH4970313"),
        ("TH", T, "ค123456", "2010", None),
        ("KH", D, "KH/D/2019/0034", "2019", None),
        ("PH", T, "PH/M/0001/01573483", "2020", None),
        ("LA", T, "", "2020", None),
    ],
)
def test_st13_keys(office, right, number, year, key):
    assert numbers.st13(office, right, number, year) == key


def test_st13_keys_are_17_characters_and_tell_numbers_apart():
    seen = {}
    for form in FORMS:
        for example in form.examples:
            key = numbers.st13(form.office, form.right or T, example)
            if key is None or form.registration:
                continue
            assert len(key) == 17
            same = seen.setdefault(key, example)
            strip = str.maketrans("", "", "/- ()")
            assert same.translate(strip).removeprefix(form.office) == example.translate(
                strip
            ).removeprefix(form.office)


@pytest.mark.skipif(
    not SOURCE.is_file(), reason="the table of number forms is not beside the repository"
)
def test_the_script_makes_the_shipped_file():
    target = ROOT / "src/ipshare/standards/data/number_forms.json"
    before = target.read_bytes()
    subprocess.run([sys.executable, str(ROOT / "scripts/make_numbers.py"), str(SOURCE)], check=True)
    assert target.read_bytes() == before
