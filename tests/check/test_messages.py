"""What findings say: counts with their nouns, in the words of one and of several."""

from __future__ import annotations

import re

import pytest

from ipshare.check.rule import CATALOGUE
from ipshare.check.run import fill

_NAMES = re.compile(r"\{(\w+)")
_COUNTED = re.compile(r"\{(\w+)\|([^{}|]+)\|([^{}|]+)\}")
_BARE = re.compile(r"\{(?:n|len)\} [a-z-]+")
RIGHT = {"{n} with", "{n} and"}


@pytest.mark.parametrize("rule", CATALOGUE)
def test_what_is_counted_has_words_for_one_and_for_several(rule: str) -> None:
    message = CATALOGUE[rule].message
    assert set(_BARE.findall(message)) <= RIGHT
    words = dict.fromkeys(_NAMES.findall(message), "x")
    for name, one, many in _COUNTED.findall(message):
        assert f"1 {one}" in fill(message, words | {name: 1})
        assert f"1,204 {many}" in fill(message, words | {name: 1204})


def test_several_are_told_as_several() -> None:
    assert fill("{n|text contains|texts contain} it.", {"n": 1}) == "1 text contains it."
    assert fill("{n|text contains|texts contain} it.", {"n": 1204}) == "1,204 texts contain it."
    assert (
        fill("{b|byte|bytes}, {x}", {"b": "windows-874", "x": "{n|a|b}"})
        == "windows-874 bytes, {n|a|b}"
    )
