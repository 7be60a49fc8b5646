"""A record as people read it: its elements in the order of the canonical form, under their element groups.

The same walk makes the page of an office's own record and that of a record as a third party sees it; what is
given is all that it shows.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.standards import groups, labels, st96
from ipshare.standards.groups import Place
from ipshare.standards.labels import Label

_TAG = re.compile(r"<[^>]*>")
_UNSHOWN = frozenset({"@languageCode", "@sequenceNumber", "@st96Version", "@id"})
"""Attributes that only say what the page shows otherwise: in which script, as which of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One text: where it stands in ST.96 names, its group, and what it belongs to (``Applicant 2 of 3``)."""

    path: str
    group: ElementGroup
    block: str
    text: str


@dataclass(slots=True, kw_only=True)
class Value:
    """A value on the page: in parts where one is marked, with what was found in it and the file that it names."""

    path: str
    text: str
    marked: Any = None
    findings: list[Any] = field(default_factory=list)
    file: Any = None


@dataclass(slots=True, kw_only=True)
class Element:
    """An element with its values, one after another."""

    label: str
    inid: str
    values: list[Value]


@dataclass(slots=True, kw_only=True)
class Block:
    """Elements that belong together: an applicant, an event; without a title: those of the record itself."""

    title: str
    elements: list[Element]


def label(right: Right, path: str) -> Label:
    """The element at a path as a sentence names it, with what it belongs to: *Applicant, name*; empty if no path."""
    steps = path.split("/")
    things = [
        labels.of(right, "/".join(steps[: place + 1])).name
        for place, step in enumerate(steps[:-1])
        if place
        and steps[place - 1].partition("[")[0].endswith("Bag")
        and not step.partition("[")[0].endswith("Bag")
    ]
    own = labels.of(right, path)
    name = ", ".join(dict.fromkeys([*things, own.name]))
    return Label(name[:1] + name[1:].lower() if things else name, own.inid)


def _plain(xml: Any) -> str:
    """Mixed content without its tags: line breaks and subscripts are for the XML."""
    return html.unescape(_TAG.sub("", str(xml)))


def blocks(right: Right, tree: dict[str, Any]) -> dict[ElementGroup, list[Block]]:
    """The elements of a record by group; a group that has none is not among them."""
    found: dict[ElementGroup, list[Leaf]] = {}
    for leaf in leaves(right, tree):
        found.setdefault(leaf.group, []).append(leaf)
    return {group: _blocks(right, found[group]) for group in ElementGroup if group in found}


def _blocks(right: Right, found: list[Leaf]) -> list[Block]:
    return [
        Block(title=title, elements=_elements(right, list(inside)))
        for title, inside in groupby(found, key=lambda leaf: leaf.block)
    ]


def _elements(right: Right, found: list[Leaf]) -> list[Element]:
    made: list[Element] = []
    for leaf in found:
        label = labels.of(right, leaf.path)
        value = Value(path=leaf.path, text=leaf.text)
        if made and made[-1].label == label.name:
            made[-1].values.append(value)
        else:
            made.append(Element(label=label.name, inid=label.inid, values=[value]))
    return made


def leaves(right: Right, tree: dict[str, Any]) -> Iterator[Leaf]:
    """Every text of a record with its group, in the order of the schema or as it was sent."""
    root = tree.get("#root", "")
    place = groups.record(right, f"pat:{root}" if root else "")
    beside = tree.get("trademarkApplication")
    rest = {key: value for key, value in tree.items() if key != "trademarkApplication"}
    yield from _Walk(right).inside(place, rest, "", ())
    if isinstance(beside, dict):
        yield from _Walk(right).inside(groups.application(), beside, groups.APPLICATION, ())
    for entry in tree.get("#residue", ()):
        path, xml = str(entry[0]), str(entry[1])
        yield Leaf(path=path, group=ElementGroup.UNCLASSIFIED, block="Not understood", text=xml)


class _Walk:
    """One walk of a record's tree beside the content model."""

    def __init__(self, right: Right) -> None:
        self._right = right

    def inside(
        self, place: Place, value: dict[str, Any], path: str, chain: tuple[str, ...]
    ) -> Iterator[Leaf]:
        """What stands in one element."""
        if "$" in value:
            mixed = place.element.kind == "mixed"
            yield self._leaf(place.group, path, chain, _plain(value["$"]) if mixed else value["$"])
        for key, text in value.items():
            if key[:1] == "@" and key not in _UNSHOWN and not key.startswith("@xsi:"):
                yield self._leaf(place.group, f"{path}/{key}" if path else key, chain, text)
        places = {child.key: (child, found) for child, found in place.children}
        for key in self._ordered(place.element, value):
            child, found = places[key]
            local = child.name.partition(":")[2]
            below = f"{path}/{local}" if path else local
            items = value[key] if isinstance(value[key], list) else [value[key]]
            for number, item in enumerate(items, 1):
                yield from self._item(found, item, below, chain, (number, len(items)))

    def _item(
        self, place: Place, item: Any, path: str, chain: tuple[str, ...], which: tuple[int, int]
    ) -> Iterator[Leaf]:
        """One of the items of a list, or an element that stands alone."""
        number, total = which
        numbered = f"{path}[{number}]" if total > 1 else path
        if not isinstance(item, dict):
            text = _plain(item) if place.element.kind == "mixed" else item
            yield self._leaf(place.group, numbered, chain, text)
            return
        above, _, local = path.rpartition("/")
        in_bag = above.rpartition("/")[2].partition("[")[0].endswith("Bag")
        is_thing = total > 1 or (in_bag and not local.endswith("Bag"))
        if is_thing and any(key[0] not in "@$#" for key in item):
            name = labels.of(self._right, path).name
            chain = (*chain, f"{name} {number} of {total}" if total > 1 else name)
        yield from self.inside(place, item, numbered, chain)

    @staticmethod
    def _ordered(element: st96.ElementType, value: dict[str, Any]) -> list[str]:
        known = [key for key in value if key in element.by_key]
        known.sort(key=lambda key: element.by_key[key].position)
        sent = [key for key in value.get("#order", ()) if key in value and key in element.by_key]
        return list(dict.fromkeys([*sent, *known]))

    @staticmethod
    def _leaf(group: ElementGroup, path: str, chain: tuple[str, ...], text: Any) -> Leaf:
        return Leaf(path=path, group=group, block=" · ".join(dict.fromkeys(chain)), text=str(text))
