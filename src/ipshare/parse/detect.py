"""Which format a document is in: the table of readers, by namespace and record element."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from ipshare.domain.office import Right

_WIPO = "http://www.wipo.int/standards/XMLSchema"
COM, TMK, DGN, PAT = (
    f"{_WIPO}/ST96/{name}" for name in ("Common", "Trademark", "Design", "Patent")
)
ST66 = f"{_WIPO}/trademarks"
WO = f"{_WIPO}/wo-trademarks"
VERSION = f"{{{COM}}}st96Version"
DRAFT = re.compile(rf"{re.escape(_WIPO)}/(Common|Trademark|Design|Patent)/[^/]+")
"""Namespaces of ST.96 drafts (1_D3 and before), which carry their version; released ones do not."""
_DECLARED = re.compile(r"st96Version\s*=\s*[\"']([^\"']{1,20})[\"']")


class Format(StrEnum):
    """A format that the hub reads."""

    ST96 = "ST.96"
    ST66 = "ST.66"


READERS: dict[str, tuple[Format, Right]] = {
    f"{{{TMK}}}Trademark": (Format.ST96, Right.TRADEMARK),
    f"{{{ST66}}}TradeMark": (Format.ST66, Right.TRADEMARK),
    f"{{{DGN}}}DesignApplication": (Format.ST96, Right.DESIGN),
    f"{{{PAT}}}PatentPublication": (Format.ST96, Right.PATENT),
    f"{{{PAT}}}BibliographicData": (Format.ST96, Right.PATENT),
    f"{{{PAT}}}PatentLegalStatusData": (Format.ST96, Right.PATENT),
    f"{{{PAT}}}ApplicationBody": (Format.ST96, Right.PATENT),
    f"{{{PAT}}}SearchReport": (Format.ST96, Right.PATENT),
    f"{{{PAT}}}ExaminationReport": (Format.ST96, Right.PATENT),
    f"{{{PAT}}}SPCBibliographicData": (Format.ST96, Right.PATENT),
}
"""The element that is one record -> its format and right."""

_NAMES = frozenset(tag.rpartition("}")[2] for tag in READERS)

_WRAPPERS = frozenset({
    "TrademarkTransaction", "DesignTransaction", "TrademarkApplication", "TrademarkApplicationBag", "TrademarkBag",
    "DesignApplicationBag", "PatentPublicationBag", "BibliographicDataBag", "PatentLegalStatusDataBag", "Transaction",
})  # fmt: skip
_HEADERS = frozenset({
    "TransactionHeader", "TransactionErrorBag", "TransactionIdentifier", "TransactionCategory", "TransactionSubCode",
    "TransactionErrorDetails", "TransactionCode",
})  # fmt: skip
_WITH_RECORD = frozenset({"TrademarkApplication", "TradeMarkApplication"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A record element and how to read it. ``version`` is what the sender declares, empty where nothing is."""

    element: etree._Element
    format: Format
    right: Right
    version: str


def local(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def shown(element: etree._Element) -> str:
    """The name of an element with its namespace, for a message."""
    namespace = etree.QName(element).namespace
    return (
        f"{local(element)} (namespace {namespace})"
        if namespace
        else f"{local(element)} (no namespace)"
    )


def line_of(element: etree._Element) -> int:
    """The line of an element in its document."""
    line = element.sourceline
    return line if isinstance(line, int) else 1


def reader_of(tag: str) -> tuple[Format, Right] | None:
    """The reader of a record element, whose namespace may be that of a draft of ST.96."""
    if reader := READERS.get(tag):
        return reader
    namespace, _, name = tag.removeprefix("{").rpartition("}")
    draft = DRAFT.fullmatch(namespace)
    return READERS.get(f"{{{_WIPO}/ST96/{draft.group(1)}}}{name}") if draft else None


def records(root: etree._Element) -> list[Found]:
    """The outermost record elements of a document, in its order."""
    found = []
    versions: dict[etree._Element | None, str] = {}
    for element in _outermost(root):
        if reader := reader_of(str(element.tag)):
            parent = element.getparent()
            if parent not in versions:
                versions[parent] = _version(parent)
            version = element.get(VERSION) or versions[parent]
            found.append(
                Found(element=element, format=reader[0], right=reader[1], version=str(version))
            )
    return found


def _outermost(root: etree._Element) -> Iterator[etree._Element]:
    """The outermost elements that have the name of a record; what is within one is not looked at."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if local(element) in _NAMES:
            yield element
        else:
            waiting += reversed(element.findall("*"))


def _version(element: etree._Element | None) -> str:
    while element is not None:
        if version := element.get(VERSION):
            return str(version)
        element = element.getparent()
    return ""


def format_of(start_tag: bytes) -> str:
    """The format of a document and the version that its sender declares, from the start tag of its root."""
    text = start_tag.decode("utf-8", "replace")
    if f'"{ST66}"' in text or f"'{ST66}'" in text:
        return Format.ST66.value
    if f"{_WIPO}/ST96/" not in text and not DRAFT.search(text):
        return ""
    version = _DECLARED.search(text)
    return f"{Format.ST96.value} {version.group(1)}" if version else Format.ST96.value


def is_known(root: etree._Element) -> bool:
    """Whether a document without records may be one: an empty transaction or bag of a format that is read."""
    namespace = etree.QName(root).namespace or ""
    return local(root) in _WRAPPERS and namespace.startswith(_WIPO)


def is_alone(record: etree._Element) -> bool:
    """Whether an ST.66 record is the only one of its TransactionData, so that what stands beside it is its own."""
    holder = _holder(record)
    if holder is None or holder.tag != f"{{{ST66}}}TransactionData":
        return False
    return (
        next(holder.iter(record.tag)) is record
        and next(record.itersiblings(record.tag), None) is None
    )


def _holder(record: etree._Element) -> etree._Element | None:
    bag = record.getparent()
    return None if bag is None else bag.getparent()


def around(found: Iterable[Found]) -> set[etree._Element]:
    """The elements that hold records."""
    holders = set()
    for record in found:
        parent = record.element.getparent()
        while parent is not None and parent not in holders:
            holders.add(parent)
            parent = parent.getparent()
    return holders


def unread(root: etree._Element, found: list[Found]) -> Iterator[etree._Element]:
    """The elements that hold something, stand outside all records, and are no header of a transaction."""
    taken = {record.element for record in found}
    of_one = {_holder(record) for record in taken if is_alone(record)}
    holders = around(found)
    waiting = [] if root in taken else [root]
    while waiting:
        holder = waiting.pop()
        passed_over = found and (local(holder) in _WITH_RECORD or holder in of_one)
        inside = []
        for child in holder.iterchildren(etree.Element):
            empty = len(child) == 0 and not (child.text or "").strip()
            if child in holders:
                inside.append(child)
            elif not (passed_over or child in taken or local(child) in _HEADERS or empty):
                yield child
        waiting += reversed(inside)
