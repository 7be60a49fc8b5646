"""Cursors: sealed for one owner, all of one length, and nothing but what was sealed."""

from __future__ import annotations

import pytest

from ipshare.http import cursor
from ipshare.http.problem import Problem


def test_what_is_sealed_is_read_by_its_owner_only():
    sealed = cursor.seal(b"place", owner="1")
    assert cursor.unseal(sealed, owner="1") == b"place"
    with pytest.raises(Problem):
        cursor.unseal(sealed, owner="2")


def test_the_same_place_gives_the_same_cursor_and_its_length_tells_nothing():
    assert cursor.seal(b"place", owner="1") == cursor.seal(b"place", owner="1")
    assert len(cursor.seal(b"", owner="1")) == len(cursor.seal(b"x" * 150, owner="1"))


def test_every_altered_character_is_noticed():
    sealed = cursor.seal(b"place", owner="1")
    for place, character in enumerate(sealed):
        other = sealed[:place] + ("A" if character != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(Problem):
            cursor.unseal(other, owner="1")


@pytest.mark.parametrize("damage", ["", "A", "ä", " ", "=", "\0", "x" * 20000])
def test_what_is_no_cursor_is_refused(damage):
    with pytest.raises(Problem) as refused:
        cursor.unseal(damage, owner="1")
    assert refused.value.code == "cursor-not-valid"
    for part in (cursor.seal(b"place", owner="1")[:-1], cursor.seal(b"place", owner="1") + "A"):
        with pytest.raises(Problem):
            cursor.unseal(part, owner="1")


def test_a_cursor_outlives_the_secret_key(settings):
    settings.SECRET_KEY_FALLBACKS = []
    sealed = cursor.seal(b"place", owner="1")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert cursor.unseal(sealed, owner="1") == b"place"
    assert cursor.seal(b"place", owner="1") != sealed
