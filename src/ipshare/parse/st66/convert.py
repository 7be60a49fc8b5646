"""ST.66 records as ST.96 elements, by the mapping; what it does not know is kept as residue."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from lxml import etree

from ipshare.parse import detect
from ipshare.parse.detect import Found
from ipshare.parse.st66 import mapping as maps
from ipshare.parse.st66.mapping import Node
from ipshare.standards import st96

_LAST_LINE = 0xFFFF
_BAG = "tmk:TrademarkBag"
_READ = frozenset({detect.ST66, detect.WO, ""})
_SAID = ("-",)
Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml's name of the type
Frames = tuple[tuple[tuple[str, ...], Element], ...]
"""Where an element may be placed: (steps below the block's root, the ST.96 element made there), outermost first."""


@dataclass(slots=True)
class Converted:
    """Records in ST.96, valid where the source allows; ``add_residue`` then puts in what has no place there."""

    records: list[Found] = field(default_factory=list)
    elements: list[tuple[Element, Element]] = field(default_factory=list)
    attributes: list[tuple[Element, str, str]] = field(default_factory=list)

    def add_residue(self) -> None:
        """Put what the mapping does not know where it stood, under its own name."""
        for place, element in self.elements:
            element.tail = None
            place.append(element)
        for place, name, value in self.attributes:
            place.set(name, value)


def convert(found: list[Found]) -> Converted:
    """The ST.96 elements of ST.66 records; each stands in a TrademarkApplication, shared where it says nothing."""
    converted = Converted()
    writer = _Writer(converted)
    shared = _application()
    of_source: dict[Element, Element] = {}
    alone = {record.element for record in found if detect.is_alone(record.element)}
    for record in found:
        source = record.element
        bag = source.getparent()
        holder = None if bag is None else bag.getparent()
        application = shared
        if (
            holder is not None
            and detect.local(holder) == "TradeMarkApplication"
            and len(holder) > 1
        ):
            if holder not in of_source:
                of_source[holder] = _application()
                writer.write(holder, "TradeMarkApplication", of_source[holder], without=bag)
            application = of_source[holder]
        element = _sub(next(application.iterchildren(_clark(_BAG))), "tmk:Trademark", source)
        writer.write(source, "TradeMark", element)
        if holder is not None and source in alone:
            writer.write(holder, "TradeMark", element, without=bag)
        converted.records.append(replace(record, element=element, version=st96.VERSION))
        writer.finish(element)
    for application in of_source.values():
        _sort(application)
    return converted


class _Writer:
    """Places what one source element says into ST.96 elements."""

    def __init__(self, converted: Converted) -> None:
        self._out = converted
        self._map = maps.mapping()

    def write(
        self,
        source: Element,
        block: str,
        target: Element,
        *,
        without: Element | None = None,
    ) -> None:
        """Write the content of a block's element; ``without`` names a child that is written elsewhere."""
        self._inside(source, self._map.blocks[block], (((), target),), without)

    def finish(self, record: Element) -> None:
        """Fill in what ST.96 requires, drop empty containers, and put children into the schema's order."""
        for parent, fills in self._map.fills.items():
            for element in record.iter(_clark(parent)):
                for fill in fills:
                    _fill(element, fill, record)
        _prune(record)
        _sort(record)

    def _inside(
        self,
        source: Element,
        node: Node,
        frames: Frames,
        without: Element | None = None,
    ) -> None:
        for key, value in source.attrib.items():
            name = str(key)
            inner = node.children.get(f"@{name}")
            if inner is None or not self._attribute(inner, str(value), frames):
                self._out.attributes.append((frames[-1][1], name, str(value)))
        for child in source.iterchildren(etree.Element):
            if child is not without:
                self._child(child, node, frames)

    def _child(self, child: Element, node: Node, frames: Frames) -> None:
        inner = _node_of(child, node)
        if inner is None:
            self._out.elements.append((frames[-1][1], child))
            return
        text = child.text or ""
        made: Frames = ()
        failed = False
        for target in inner.targets:
            if target == _SAID:  # the place of its siblings says it
                continue
            if target[-1].startswith("@"):
                failed = not self._attribute(Node([target]), text, frames) or failed
                continue
            element = _place(frames, target, child)
            if element is None:
                failed = True
                continue
            if st96.model().element(target[-1]).kind != "elements":
                element.text = self._map.code(target[-1], text)
            made += ((target, element),)
        if failed and not made:
            self._out.elements.append((frames[-1][1], child))
        elif inner.block:
            self._inside(child, self._map.blocks[inner.block], (((), made[-1][1]),))
        else:
            self._inside(child, inner, frames + made)

    def _attribute(self, node: Node, value: str, frames: Frames) -> bool:
        """Set an attribute of the element that its target names; False where it has no place."""
        done = False
        for target in node.targets:
            place = next(
                (element for steps, element in reversed(frames) if steps == target[:-1]), None
            )
            name = target[-1]
            if place is None and len(target) > 1:
                place = _existing(frames, target[:-1])
            if place is not None and place.get(_clark(name[1:])) is None:
                place.set(_clark(name[1:]), self._map.code(name, value))
                done = True
        return done


def _node_of(child: Element, node: Node) -> Node | None:
    """The node of a child; one whose condition holds goes first."""
    namespace, _, name = str(child.tag).removeprefix("{").rpartition("}")
    if namespace not in _READ:
        return None
    for path, value, inner in node.conditional.get(name, ()):
        text = (child.findtext(path) or "").strip()
        if text and value in {"", text}:
            return inner
    return node.children.get(name)


def _place(frames: Frames, target: tuple[str, ...], source: Element) -> Element | None:
    """Make the element of a target path below the innermost frame that leads there; None where it does not fit."""
    steps, parent = _frame(frames, target)
    rest = target[len(steps) :]
    if not rest:
        return parent
    for place, step in enumerate(rest):
        last = place == len(rest) - 1
        present = _last(parent, step)
        container = st96.model().element(step).kind == "elements"
        repeats = _repeats(parent, step)
        if (
            present is not None
            and (not last or (container and not repeats))
            and _fits(present, rest[place + 1 :])
        ):
            parent = present
        elif present is None or repeats:
            parent = _sub(parent, step, source)
        else:
            return None
    return parent


def _frame(frames: Frames, target: tuple[str, ...]) -> tuple[tuple[str, ...], Element]:
    return next(frame for frame in reversed(frames) if target[: len(frame[0])] == frame[0])


def _existing(frames: Frames, target: tuple[str, ...]) -> Element | None:
    steps, element = _frame(frames, target)
    for step in target[len(steps) :]:
        child = _last(element, step)
        if child is None:
            return None
        element = child
    return element


def _fits(parent: Element, rest: tuple[str, ...]) -> bool:
    """Whether a path can still be added below an element that is there already."""
    if not rest:
        return True
    present = _last(parent, rest[0])
    if present is None or _repeats(parent, rest[0]):
        return True
    return len(rest) > 1 and _fits(present, rest[1:])


def _last(parent: Element, name: str) -> Element | None:
    tag = _clark(name)
    return next((child for child in reversed(parent) if child.tag == tag), None)


@cache
def _children(tag: str) -> dict[str, st96.Child]:
    return {_clark(child.name): child for child in st96.model().element(_prefixed(tag)).children}


def _repeats(parent: Element, name: str) -> bool:
    child = _children(str(parent.tag)).get(_clark(name))
    return child is not None and child.repeats


def _fill(element: Element, fill: maps.Fill, record: Element) -> None:
    """Add what ST.96 requires and ST.66 does not have, where the record itself tells it."""
    if fill.kind == "number":
        number = 1 + sum(1 for _ in element.itersiblings(element.tag, preceding=True))
        if element.get(_clark(fill.child[1:])) is None:
            element.set(_clark(fill.child[1:]), str(number))
        return
    if _last(element, fill.child) is not None:
        return
    sample = (
        _last(record if fill.kind == "office" else element, fill.value)
        if fill.kind != "text"
        else None
    )
    text = fill.value if fill.kind == "text" else "" if sample is None else sample.text or ""
    if text:
        child = _sub(element, fill.child, element)
        child.text = text
        if sample is not None:
            child.attrib.update(sample.attrib)


def _prune(element: Element) -> None:
    for child in list(element):
        _prune(child)
        empty = len(child) == 0 and not child.attrib and not child.text
        if empty and st96.model().element(_prefixed(str(child.tag))).kind == "elements":
            element.remove(child)


def _sort(element: Element) -> None:
    """Children into the order of the schema; those of one name keep theirs."""
    if len(element) == 0:
        return
    known = _children(str(element.tag))
    order = [known[str(child.tag)].position for child in element]
    if any(one > other for one, other in pairwise(order)):
        element[:] = [
            child for _, child in sorted(zip(order, element, strict=True), key=lambda pair: pair[0])
        ]
    for child in element:
        if child.tag != _clark(_BAG):
            _sort(child)


def _application() -> Element:
    model = st96.model()
    names = {prefix: model.namespaces[prefix] for prefix in ("tmk", "com")}
    application = etree.Element(_clark("tmk:TrademarkApplication"), nsmap=names)
    application.set(_clark("com:st96Version"), st96.VERSION)
    etree.SubElement(application, _clark(_BAG))
    return application


def _sub(parent: Element, name: str, source: Element) -> Element:
    element = etree.SubElement(parent, _clark(name))
    element.sourceline = min(detect.line_of(source), _LAST_LINE)  # type: ignore[assignment]  # the stub forgot int
    return element


@cache
def _clark(name: str) -> str:
    return st96.model().clark(name)


def _prefixed(tag: str) -> str:
    namespace, _, local = tag[1:].partition("}")
    return f"{st96.model().prefixes[namespace]}:{local}"
