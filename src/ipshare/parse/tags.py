"""Tags seen as bytes: where records begin and end, and which elements are open between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

RECORDS = (
    b"Trademark",
    b"TradeMark",
    b"DesignApplication",
    b"PatentPublication",
    b"BibliographicData",
    b"PatentLegalStatusData",
    b"ApplicationBody",
    b"SearchReport",
    b"ExaminationReport",
    b"SPCBibliographicData",
)
"""Local names of the elements that are one record each, in ST.96 and ST.66; the outermost one counts."""

_ATTRIBUTES = rb"""(?:\s+[^\s=/>"'<]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*"""
START = re.compile(rb"<((?:[^\s<>/:&\"'!?]+:)?(?:" + b"|".join(RECORDS) + rb"))(?=[\s/>])")
START_TAG = re.compile(rb"<[^\s<>/!?]+" + _ATTRIBUTES + rb"(/?)>")
TOKEN = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|</([^\s>]+)\s*>"
    rb"|<([^\s<>/!?=\"'&]+)" + _ATTRIBUTES + rb"(/?)>|<!DOCTYPE|<",
    re.DOTALL,
)
_APPLICATION = b"TrademarkApplication"


class Anomaly(Exception):  # noqa: N818 - control flow inside this room
    """The bytes are not what a plain scan expects; a parser has to read the file in one pass."""


class Doctype(Exception):  # noqa: N818 - control flow inside this room
    """A DOCTYPE at an offset."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


@dataclass(frozen=True, slots=True)
class Open:
    """An element that is open: its name, its start tag, and siblings to repeat when it is opened again."""

    name: bytes
    tag: bytes
    before: bytes = b""


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands between two records: where it is best cut, what is open there, and what is open after it."""

    cut: int
    open_at_cut: tuple[Open, ...]
    open_after: tuple[Open, ...]
    root: bytes


def walk(gap: bytes, opened: tuple[Open, ...], keep: int) -> Gap:
    """Follow the tags of a gap. It is best cut where the fewest elements are open, after the last end tag there.

    Siblings before a TrademarkBag, up to ``keep`` bytes, are repeated when its application is opened again.
    """
    stack = list(opened)
    cut, at_cut, root = 0, opened, opened[0].name if opened else b""
    body = -1  # where the content of an application begins that was opened last
    for token in TOKEN.finditer(gap):
        ended, started, closed = token.groups()
        if ended is not None:
            if not stack or stack.pop().name != ended:
                raise Anomaly
            if len(stack) <= len(at_cut):
                cut, at_cut = token.end(), tuple(stack)
        elif started is not None:
            root = root or started
            if not closed:
                if body >= 0 and _is_application(stack[-1].name):
                    stack[-1] = _with_siblings(stack[-1], gap[body : token.start()], keep)
                stack.append(Open(started, token.group()))
                body = token.end() if _is_application(started) else body
        else:
            _refuse(token)
    return Gap(cut, at_cut, tuple(stack), root)


def _is_application(name: bytes) -> bool:
    return name.rpartition(b":")[2] == _APPLICATION


def _with_siblings(application: Open, siblings: bytes, keep: int) -> Open:
    return Open(
        application.name, application.tag, siblings.strip() if len(siblings) <= keep else b""
    )


def _refuse(token: re.Match[bytes]) -> None:
    """Comments, CDATA and instructions are passed over; anything else that begins with < is not."""
    if token.group() == b"<":
        raise Anomaly
    if token.group() == b"<!DOCTYPE":
        raise Doctype(token.start())


def reopen(opened: tuple[Open, ...]) -> bytes:
    """The start tags that open these elements again."""
    return b"".join(element.tag + element.before for element in opened)


def close(opened: tuple[Open, ...]) -> bytes:
    """The end tags that close these elements."""
    return b"".join(b"</" + element.name + b">" for element in reversed(opened))


def find_end(content: bytes | bytearray, name: bytes, at: int) -> tuple[int, int]:
    """The end of the end tag of ``name`` from ``at``, or -1; and where to search again with more bytes."""
    tag = b"</" + name
    while (found := content.find(tag, at)) >= 0:
        after = found + len(tag)
        end = content.find(b">", after, after + 64)
        if end < 0:
            return -1, found
        if end == after or content[after:end].isspace():
            return end + 1, end + 1
        at = after
    return -1, max(at, len(content) - len(tag))


def comment_end(content: bytes | bytearray, gap: int, at: int) -> int:
    """The end of the comment that a place of a gap is in, -1 where it has not ended; else the place itself."""
    opened = content.rfind(b"<!--", gap, at)
    if opened < 0 or content.find(b"-->", opened, at) >= 0:
        return at
    end = content.find(b"-->", at)
    return end + len(b"-->") if end >= 0 else -1


def spans(content: bytes) -> Iterator[tuple[int, int]]:
    """The bytes of each record in a shard, in order; it stops where a record does not end."""
    at = gap = 0
    while start := START.search(content, at):
        if (comment := comment_end(content, gap, start.start())) != start.start():
            if comment < 0:
                return
            at = comment
            continue
        tag = START_TAG.match(content, start.start())
        if tag is None:
            return
        end = tag.end()
        if not tag.group(1):
            end, _ = find_end(content, start.group(1), tag.end())
        if end < 0:
            return
        yield start.start(), end
        at = gap = end
