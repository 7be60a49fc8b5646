"""PKG rules that one record, or the name of its package, can break."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.rule import Hit, rule
from ipshare.domain.office import Right

_LETTERS = {Right.TRADEMARK: "TM", Right.PATENT: "PT", Right.DESIGN: "ID"}
_NAME = re.compile(
    r"(?P<office>[A-Z]{2})_(?P<right>TM|PT|ID)_(?P<kind>Full_Extraction|Updates|Test)_"
    r"(?P<day>\d{8})(_\d+of\d+)?\.(zip|xml|xml\.gz|gz)"
)
_REFERENCE_OFFICES = frozenset({"WO", "IB"})


def package_name(c: Context) -> Iterator[Hit]:
    """Whether the name of the package follows the advised grammar; one finding for a package."""
    if not c.package:
        return
    parts = _NAME.fullmatch(c.package)
    if parts is None or _day(parts["day"]) is None:
        advised = f"{c.office}_{_LETTERS[c.right]}_{c.kind}_{c.today:%Y%m%d}.zip"
        yield Hit("", c.package, advised, {"name": c.package})


def extraction_day(c: Context) -> date | None:
    """The extraction date in the name of the package, where it is a date."""
    parts = _NAME.fullmatch(c.package)
    return _day(parts["day"]) if parts else None


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


@rule("PKG-007")
def version_not_agreed(f: Facts, c: Context) -> Iterator[Hit]:
    """The record declares a version of ST.96 that was not agreed with the office."""
    if c.versions and f.version and f.version not in c.versions:
        yield Hit("/@st96Version", f.version, "", {"v": f.version})


@rule("PKG-009")
def another_office(f: Facts, c: Context) -> Iterator[Hit]:
    """The record carries the code of another office than the one that sent it."""
    for item in f.own_offices:
        if item.text != c.office and item.text not in _REFERENCE_OFFICES:
            yield Hit(item.path, item.text, c.office)


@rule("PKG-010")
def another_right(f: Facts, c: Context) -> Iterator[Hit]:
    """The record is of another IP right than its folder."""
    if f.right is not c.right:
        yield Hit("", f.right.value, "", {"x": f.right.value, "y": f"{c.right.value}s"})
