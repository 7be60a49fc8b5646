"""One walk over a record's tree for the leaves, and a slow one for the paths of the few that a rule names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from ipshare.domain.record import Tree
from ipshare.standards import st96

_OWN_KEYS = frozenset({"#order", "#root", "#residue"})


class Leaf(NamedTuple):
    """One text of a record with the path and the name of its element, and its language where tagged."""

    path: str
    name: str
    text: str
    language: str = ""


@cache
def _names() -> dict[str, str]:
    locals_ = [name.partition(":")[2] for name in st96.model().names()]
    return {st96.json_name(local): local for local in locals_}


@cache
def element_name(key: str) -> str:
    """The ST.96 element name of a ST.97 member name: ``ipOfficeCode`` is ``IPOfficeCode``."""
    return _names().get(key) or key[:1].upper() + key[1:]


_TEXT, _MARKED, _DATE, _LANGUAGE, _OWN = "text", "marked", "date", "language", "own"


@cache
def marked_up() -> frozenset[str]:
    """The names of the elements of ST.96 whose text is XML of its own (mixed content)."""
    model = st96.model()
    return frozenset(
        name.partition(":")[2] for name in model.names() if model.element(name).kind == "mixed"
    )


class _Meanings(dict[str, str]):
    """What the text of a member is, by its name; decided once per name."""

    def __missing__(self, key: str) -> str:
        dated = key.endswith(("Date", "DateTime"))
        if key[:1] == "#" or (dated and key[:1] == "@"):
            found = _OWN
        elif dated:
            found = _DATE
        else:
            marked = _MARKED if element_name(key) in marked_up() else _TEXT
            found = _LANGUAGE if key == "@languageCode" else marked
        self[key] = found
        return found


_MEANINGS = _Meanings()


class Collected(NamedTuple):
    """The texts of a record, those apart that are XML of their own; its dates, each with its element; its languages."""

    texts: list[str]
    marked: list[str]
    days: list[tuple[str, str]]
    languages: list[str]


def collect(node: Tree, into: Collected, name: str = "") -> None:  # noqa: C901, PLR0912 - the hottest loop of the room
    """Take every text, every date with the name of its element, and every language code, without paths."""
    texts, marked, days, languages = into
    for key, value in node.items():
        kind = type(value)
        if kind is dict:
            collect(value, into, key)
            continue
        meaning = _MEANINGS[name if key == "$" else key]
        if kind is not str:
            if meaning is not _OWN:
                for item in value:
                    if type(item) is not str:
                        collect(item, into, key)
                    elif meaning is _DATE:
                        days.append((key, item))
                    elif meaning is _MARKED:
                        marked.append(item)
                    else:
                        texts.append(item)
        elif meaning is _TEXT:
            texts.append(value)
        elif meaning is _MARKED:
            marked.append(value)
        elif meaning is _DATE:
            days.append((name if key == "$" else key, value))
        elif meaning is _LANGUAGE:
            languages.append(value)


def leaves(node: Tree, base: str = "") -> Iterator[Leaf]:
    """Every text of a tree with its path; slow, for records in which a rule found something."""
    language = node.get("@languageCode", "")
    for key, value in node.items():
        if key in _OWN_KEYS:
            continue
        if key == "$":
            yield Leaf(base, base.rpartition("/")[2].partition("[")[0], value, language)
        elif key[0] == "@":
            yield Leaf(f"{base}/{key}" if base else f"/{key}", key, value)
        else:
            yield from _below(element_name(key), value, f"{base}/" if base else "")


def _below(name: str, value: Any, base: str) -> Iterator[Leaf]:
    items = value if type(value) is list else [value]
    for place, item in enumerate(items, 1):
        path = f"{base}{name}[{place}]" if len(items) > 1 else f"{base}{name}"
        if type(item) is str:
            yield Leaf(path, name, item)
        else:
            yield from leaves(item, path)
