"""What the oldest Python of ours, Debian's 3.11.2, does wrongly is not used."""

from __future__ import annotations

from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src" / "ipshare"


def test_no_possessive_quantifier_or_atomic_group():
    """Before 3.11.5 some match what they should not, and not what they should (whole files were taken for cut ones)."""
    asked = ("*+", "++", "?+", "(?>")
    found = [
        f"{file.relative_to(SOURCES)}:{number}"
        for file in SOURCES.rglob("*.py")
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if any(sign in line for sign in asked)
    ]
    assert found == []
