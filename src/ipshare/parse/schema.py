"""Schema validation of a whole shard at libxml2's speed; each error is mapped to its record and element."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol, cast

from lxml import etree

from ipshare.parse import detect
from ipshare.parse.limits import Limits

SchemaFor = Callable[[str, str], etree.XMLSchema | None]
"""(ST.96 version as declared, name of the root element) -> the schema to validate against, or None."""

_NAMESPACE = re.compile(r"\{(?:https?:|urn:)[^{}]*\}")
_SUBJECT = re.compile(r"Element '([^']*)'(?:, attribute '([^']*)')?: ?")
_VALUE = re.compile(r"(?:The (?:attribute )?value )?'.*?' is not a valid value of ", re.DOTALL)
_FACET = re.compile(r"The value '.*?' (?=is |has |must |cannot )", re.DOTALL)
_CODES = re.compile(r"\{('[^']*'(?:, '[^']*'){4}), '.*\}", re.DOTALL)
_LONGEST = 200


class _Entry(Protocol):
    """An entry of lxml's error log, which its stubs leave out."""

    message: str
    path: str | None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One schema error: the element it is about, the record around it (if any), and the broken rule."""

    element: etree._Element
    record: etree._Element | None
    path: str
    value: str
    message: str
    line: int


def beyond(root: etree._Element, limits: Limits) -> str:
    """Why a document is too large to be validated, in words; empty where it is not."""
    count = 0
    for element in root.iter(etree.Element):
        if len(element) > limits.siblings:
            return f"{detect.local(element)} has more than {limits.siblings:,} children"
        count += 1 + len(element.attrib)
        if count > limits.validated:
            return f"there are more than {limits.validated:,} elements and attributes"
    return ""


@dataclass(slots=True, kw_only=True)
class Defects:
    """Schema errors, ``most`` of them told apart; of the others, that came after them, only how many they are."""

    most: int
    told: list[Defect] = field(default_factory=list)
    more: int = 0

    def find(
        self, root: etree._Element, schema: etree.XMLSchema, records: set[etree._Element]
    ) -> None:
        """Add the errors of a document, the first one of each element or attribute."""
        if schema.validate(root):
            return
        seen: set[tuple[str, str]] = set()
        last = None
        places = _Places(root, records)
        for entry in cast("Iterable[_Entry]", schema.error_log):
            subject = _SUBJECT.match(entry.message)
            attribute = _NAMESPACE.sub("", subject.group(2) or "") if subject else ""
            key = (entry.path or "", attribute)
            if key == last or key in seen:
                continue
            last = key
            if len(self.told) >= self.most:
                self.more += 1
                continue
            seen.add(key)
            message = entry.message[subject.end() :] if subject else entry.message
            self.told.append(_defect(places, entry, attribute, message))

    def add(self, others: Defects) -> None:
        """Add those of another part of the same document."""
        room = self.most - len(self.told)
        self.told += others.told[:room]
        self.more += others.more + len(others.told[room:])


def _defect(places: _Places, entry: _Entry, attribute: str, message: str) -> Defect:
    element = places.element(entry.path or "")
    record = places.record_of(element)
    path = places.below(element, record)
    name = detect.local(element)
    return Defect(
        element=element,
        record=record,
        path=f"{path}/@{attribute}" if attribute else path,
        value=_value(element, attribute),
        message=_shortened(
            f"{name}/@{attribute}: {message}" if attribute else f"{name}: {message}"
        ),
        line=entry.line,
    )


class _Places:
    """Finds the elements that errors are about.

    Errors come in the order of the document, and each search goes on from the last one: of a million siblings a million
    would be passed over a million times.
    """

    def __init__(self, root: etree._Element, records: set[etree._Element]) -> None:
        self._root = root
        self._records = records
        self._found: dict[tuple[etree._Element, str], tuple[etree._Element, int]] = {}
        self._counted: dict[tuple[etree._Element, str], tuple[etree._Element, int]] = {}

    def element(self, path: str) -> etree._Element:
        """The element of a libxml2 node path: steps are ``name``, ``name[n]`` or, in a default namespace, ``*[n]``."""
        element = self._root
        for step in path.split("/")[2:]:
            name, _, index = step.partition("[")
            tag = name.rpartition(":")[2]
            child = self._child(
                element,
                "*" if tag == "*" else f"{{*}}{tag}",
                int(index.removesuffix("]")) if index else 1,
            )
            if child is None:
                return element
            element = child
        return element

    def _child(self, parent: etree._Element, tag: str, nth: int) -> etree._Element | None:
        last = self._found.get((parent, tag))
        if last is None or nth < last[1]:
            first = next(parent.iterchildren(tag), None)
            if first is None:
                return None
            last = first, 1
        child: etree._Element | None = last[0]
        if nth > last[1]:
            child = next(islice(last[0].itersiblings(tag), nth - last[1] - 1, None), None)
        if child is not None:
            self._found[parent, tag] = child, nth
        return child

    def record_of(self, element: etree._Element | None) -> etree._Element | None:
        """The record that an element is in."""
        while element is not None and element not in self._records:
            element = element.getparent()
        return element

    def below(self, element: etree._Element, record: etree._Element | None) -> str:
        """The path below the record, with an index where an element repeats; the record itself has none."""
        steps: list[str] = []
        step: etree._Element | None = element
        while step is not None and step is not record:
            nth = self._nth(step)
            repeats = nth > 1 or next(step.itersiblings(str(step.tag)), None) is not None
            steps.append(f"{detect.local(step)}[{nth}]" if repeats else detect.local(step))
            step = step.getparent()
        return "/".join(reversed(steps))

    def _nth(self, step: etree._Element) -> int:
        """Which one an element is of the siblings that have its name."""
        tag, parent = str(step.tag), step.getparent()
        if parent is None:
            return 1
        last, nth = self._counted.get((parent, tag), (None, 0))
        if last is not None and last is not step:
            behind = enumerate(last.itersiblings(tag), nth + 1)
            nth = next((count for count, one in behind if one is step), 0)
        nth = nth or 1 + sum(1 for _ in step.itersiblings(tag, preceding=True))
        self._counted[parent, tag] = step, nth
        return nth


def _value(element: etree._Element, attribute: str) -> str:
    if attribute:
        names = (name for name in element.attrib if str(name).rpartition("}")[2] == attribute)
        return str(element.get(next(names, attribute), ""))
    return (element.text or "").strip() if len(element) == 0 else ""


def _shortened(message: str) -> str:
    """The rule without namespaces and without the value, so that the same defect has the same words."""
    text = _NAMESPACE.sub("", message).strip()
    text = _VALUE.sub("the value is not valid for ", text)
    text = _FACET.sub("the value ", text)
    text = re.sub(r"\[facet '\w+'\] ", "", text)
    text = _CODES.sub(r"{\1, …}", text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
