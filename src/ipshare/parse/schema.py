"""Schema validation of a whole shard at libxml2's speed; each error is mapped to its record and element."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, cast

from lxml import etree

from ipshare.parse import detect

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
    """One schema error: the element it is about, the record around it (if any), and the broken rule.

    ``holder``: the element holds records, so that what is wrong with it may come of where a file was cut.
    """

    record: etree._Element | None
    holder: bool
    path: str
    value: str
    message: str
    line: int


def defects(
    root: etree._Element, schema: etree.XMLSchema, records: set[etree._Element]
) -> Iterator[Defect]:
    """The errors of a document, the first one of each element or attribute."""
    if schema.validate(root):
        return
    seen: set[tuple[str, str]] = set()
    for entry in cast("Iterable[_Entry]", schema.error_log):
        subject = _SUBJECT.match(entry.message)
        attribute = _NAMESPACE.sub("", subject.group(2) or "") if subject else ""
        key = (entry.path or "", attribute)
        if key in seen:
            continue
        seen.add(key)
        element = _locate(root, entry.path or "")
        record = _record_of(element, records)
        path = _path(element, record) if element is not None else ""
        message = entry.message[subject.end() :] if subject else entry.message
        name = detect.local(element) if element is not None else ""
        yield Defect(
            record=record,
            holder=record is None and _holds(element, records),
            path=f"{path}/@{attribute}" if attribute else path,
            value=_value(element, attribute),
            message=_shortened(
                f"{name}/@{attribute}: {message}" if attribute else f"{name}: {message}"
            ),
            line=entry.line,
        )


def _locate(root: etree._Element, path: str) -> etree._Element | None:
    """The element of a libxml2 node path: steps are ``name``, ``name[n]`` or, in a default namespace, ``*[n]``."""
    element = root
    for step in path.split("/")[2:]:
        name, _, index = step.partition("[")
        place = int(index.removesuffix("]")) - 1 if index else 0
        tag = name.rpartition(":")[2]
        child = next(
            islice(element.iterchildren("*" if tag == "*" else f"{{*}}{tag}"), place, None), None
        )
        if child is None:
            return element
        element = child
    return element


def _holds(element: etree._Element | None, records: set[etree._Element]) -> bool:
    return element is None or any(one in records for one in element.iter())


def _record_of(
    element: etree._Element | None, records: set[etree._Element]
) -> etree._Element | None:
    while element is not None and element not in records:
        element = element.getparent()
    return element


def _path(element: etree._Element, record: etree._Element | None) -> str:
    """The path below the record, with an index where an element repeats; the record itself has none."""
    steps: list[str] = []
    step: etree._Element | None = element
    while step is not None and step is not record:
        before = sum(1 for _ in step.itersiblings(str(step.tag), preceding=True))
        repeats = before or next(step.itersiblings(str(step.tag)), None) is not None
        steps.append(f"{detect.local(step)}[{before + 1}]" if repeats else detect.local(step))
        step = step.getparent()
    return "/".join(reversed(steps))


def _value(element: etree._Element | None, attribute: str) -> str:
    if element is None:
        return ""
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
