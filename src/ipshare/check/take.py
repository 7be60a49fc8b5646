"""Taking values out of a record's tree, whatever its shape: a text, a list of elements, a dated element."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ipshare.check import days
from ipshare.check.days import Day
from ipshare.check.values import Item
from ipshare.domain.record import Tree

NOTHING: Tree = {}


def text(value: Any) -> str:
    """The text of an element: plain, or beside its attributes, or of the first of several."""
    if type(value) is str:
        return value
    if type(value) is dict:
        found = value.get("$", "")
        return found if type(found) is str else ""
    if type(value) is list and value:
        return text(value[0])
    return ""


def tree(value: Any) -> Tree:
    """The element's members; of several elements those of the first."""
    if type(value) is dict:
        return value
    if type(value) is list and value:
        return tree(value[0])
    return NOTHING


def each(value: Any, path: str) -> Sequence[tuple[str, Any]]:
    """Every element of that name with its path, indexed where it repeats."""
    if value is None:
        return ()
    if type(value) is not list:
        return ((path, value),)
    if len(value) == 1:
        return ((path, value[0]),)
    return [(f"{path}[{place}]", item) for place, item in enumerate(value, 1)]


def items(value: Any, path: str) -> list[Item]:
    """Every element of that name as text with its language."""
    if value is None:
        return []
    if type(value) is str:
        return [Item(path, value)]
    return [
        Item(where, text(one), one.get("@languageCode", "") if type(one) is dict else "")
        for where, one in each(value, path)
    ]


def item(value: Any, path: str) -> Item | None:
    """The element as text, or None where it is absent."""
    if value is None:
        return None
    if type(value) is str:
        return Item(path, value)
    found = items(value, path)
    return found[0] if found else None


def day(value: Any, path: str) -> Day | None:
    """The element as a date, or None where it is absent or empty."""
    written = value if type(value) is str else text(value)
    return Day(path, written, days.read(written).day) if written else None


def number(value: Any, path: str) -> Item | None:
    """The national number in an application number, or its ST.13 number where it has only that."""
    inside = tree(value)
    for key, name in (
        ("applicationNumberText", "ApplicationNumberText"),
        ("st13ApplicationNumber", "ST13ApplicationNumber"),
    ):
        if key in inside:
            return item(inside[key], f"{path}/{name}")
    return None
