"""What findings say: counts with their nouns, in the words of one and of several."""

from __future__ import annotations

import re

import pytest

from ipshare.check.rule import CATALOGUE
from ipshare.check.run import fill

_NAMES = re.compile(r"\{(\w+)")
_MANY = re.compile(r"(?<![\d.,/-])1 (?:[a-z]+ ){0,2}?[a-z]*[^su]s\b")
PLAIN = {"has", "was"}


@pytest.mark.parametrize("rule", CATALOGUE)
def test_one_of_something_is_told_as_one(rule: str) -> None:
    message = CATALOGUE[rule].message
    told = fill(message, dict.fromkeys(_NAMES.findall(message), 1))
    found = [one.group() for one in _MANY.finditer(told) if one.group().split()[1][-1] == "s"]
    assert [one for one in found if one.split()[-1] not in PLAIN] == [], told


def test_several_are_told_as_several() -> None:
    assert fill("{n|text contains|texts contain} it.", {"n": 1}) == "1 text contains it."
    assert fill("{n|text contains|texts contain} it.", {"n": 1204}) == "1,204 texts contain it."
    assert (
        fill("{b|byte|bytes}, {x}", {"b": "windows-874", "x": "{n|a|b}"})
        == "windows-874 bytes, {n|a|b}"
    )
