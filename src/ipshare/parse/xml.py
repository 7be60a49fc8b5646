"""lxml set up once: no network, no entities, no DTD, no huge trees; trouble is a finding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol, TypedDict

from lxml import etree

from ipshare.domain.finding import Finding
from ipshare.parse import findings

_AROUND = 40
_HINT = re.compile(
    r",? (?:use|try) XML_PARSE_HUGE(?: option)?"
)  # advice for programmers, not for offices


class Entry(Protocol):
    """An entry of a parser's log."""

    message: str
    domain: int
    type: int
    level: int
    line: int
    column: int


class _Options(TypedDict):
    resolve_entities: bool
    no_network: bool
    load_dtd: bool
    dtd_validation: bool
    attribute_defaults: bool
    huge_tree: bool
    remove_comments: bool
    remove_pis: bool


_SAFE: _Options = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def parse(data: bytes, *, file: str, line: int = 1) -> etree._Element | Finding:
    """The root element of a document; ``line`` is the line of the member on which ``data`` begins."""
    parser = etree.XMLParser(**_SAFE)
    try:
        root = etree.fromstring(data, parser)
        look_at_namespaces(parser.error_log)
    except etree.XMLSyntaxError as error:
        return trouble(error, data, line, file=file, line=line)
    return root


def look_at_namespaces(log: Iterable[Entry]) -> None:
    """Raise where a namespace is none or a prefix is not declared: its element has no name that can be written.

    A parser that is fed only notes it, and so does any other where its last note is a mere warning.
    """
    for entry in log:
        if entry.domain == etree.ErrorDomains.NAMESPACE and entry.level >= etree.ErrorLevels.ERROR:
            where = entry.type, entry.line, entry.column
            raise etree.XMLSyntaxError(entry.message, *where)  # type: ignore[call-arg, arg-type]


def pull_parser(tags: Sequence[str]) -> etree.XMLPullParser:
    """A parser that is fed with chunks and reports these elements as they begin and end."""
    return etree.XMLPullParser(("start", "end"), tag=tags, **_SAFE)


def trouble(
    error: etree.XMLSyntaxError, window: bytes, begins: int, *, file: str, line: int = 1
) -> Finding:
    """PKG-005 with line, column and the text around.

    The parser began on ``line`` of the member; ``window`` holds the bytes of the member from line ``begins`` on.
    """
    at, column = error.position
    at += line - 1
    rows = window.split(b"\n", max(0, at - begins) + 1)
    row = rows[at - begins] if 0 <= at - begins < len(rows) else b""
    start = max(0, column - 1 - _AROUND)
    around = row[start : start + 2 * _AROUND].decode("utf-8", "replace").strip()
    reason = _HINT.sub("", (error.msg or "no XML").partition(", line ")[0]).strip()
    reason = f"{reason}, column {column}" + (f", at: {around}" if around else "")
    return findings.malformed(file, max(1, at), reason, around=around)
