"""A member read by the parser from its first byte to its last, where scanning bytes was not enough."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from lxml import etree

from ipshare.domain.finding import Finding
from ipshare.parse import detect, encoding, findings, tags, xml
from ipshare.parse.cut import Shard
from ipshare.parse.limits import DEFAULT, Limits

_APPLICATION = frozenset({"TrademarkApplication", "TradeMarkApplication"})
_APPLICATIONS = tuple(f"{{*}}{name}" for name in _APPLICATION)
_RECORDS = tuple(f"{{*}}{name.decode()}" for name in tags.RECORDS)
_WINDOW = 64 << 10


def shards(
    chunks: Iterable[bytes | Finding], *, file: str, limits: Limits = DEFAULT
) -> Iterator[Shard | Finding]:
    """The records of a member in shards, as ``cut`` would give them; a Finding is the last item where it breaks."""
    reader = _Reader(file, limits)
    try:
        for chunk in encoding.gate(chunks, file):
            if isinstance(chunk, Finding):
                yield chunk
                return
            yield from reader.feed(chunk)
            if reader.ended:
                return
        yield from reader.end()
    except etree.XMLSyntaxError as error:
        yield from reader.flush()
        yield reader.trouble(error)


class _Reader:
    """A pull parser, the records that are complete, and the tree kept empty behind them."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.ended = False
        self._file = file
        self._limits = limits
        self._parser = xml.pull_parser((*_RECORDS, *_APPLICATIONS))
        self._records: list[tuple[int, bytes]] = []  # line and bytes of the records of one parent
        self._parent: etree._Element | None = None
        self._prefix = self._suffix = b""
        self._after = b""  # what follows the TrademarkBag in an application
        self._depth = 0
        self._number = 0
        self._size = 0
        self._since = 0  # bytes fed since the last record ended
        self._window, self._window_line = b"", 1
        self._logged = 0  # entries of the parser's log that were looked at

    def feed(self, chunk: bytes) -> Iterator[Shard | Finding]:
        """Take a chunk; give the shards that are full."""
        kept = self._window[-_WINDOW:]
        self._window_line += self._window.count(b"\n", 0, len(self._window) - len(kept))
        self._window = kept + chunk
        self._since += len(chunk)
        self._parser.feed(chunk)
        self._look_at_namespaces()
        yield from self._take()
        if self._since > self._limits.record + len(chunk):
            self.ended = True
            yield from self.flush()
            yield findings.oversized(
                self._file, self._window_line, "the record around it", self._limits.record
            )

    def _look_at_namespaces(self) -> None:
        log = self._parser.feed_error_log
        xml.look_at_namespaces(log[self._logged :])
        self._logged = len(log)

    def end(self) -> Iterator[Shard | Finding]:
        """Finish the document: the parser proves that it is whole."""
        root = self._parser.close()
        self._look_at_namespaces()
        yield from self._take()
        yield from self.flush()
        if not self._number:
            data = etree.tostring(root, encoding="utf-8")
            yield Shard(file=self._file, number=0, line=1, data=data, whole=True, proven=True)

    def trouble(self, error: etree.XMLSyntaxError) -> Finding:
        """The parser's complaint, with the line of the member."""
        return xml.trouble(error, self._window, self._window_line, file=self._file)

    def flush(self) -> Iterator[Shard]:
        """Give the records read so far as a shard."""
        if not self._records:
            return
        first = self._records[0][0]
        body, line = bytearray(), first
        for at, record in self._records:
            body += b"\n" * (at - line)
            body += record
            line = max(line, at) + record.count(b"\n")
        data = self._prefix + bytes(body) + self._after + self._suffix
        yield Shard(
            file=self._file,
            number=self._number,
            line=first - self._prefix.count(b"\n"),
            data=data,
            proven=True,
        )
        self._records, self._size, self._after = [], 0, b""
        self._parent = None
        self._number += 1

    def _take(self) -> Iterator[Shard]:
        for event, item in self._parser.read_events():
            element: etree._Element = item  # type: ignore[assignment]
            if detect.local(element) in _APPLICATION:
                yield from self._application(event, element)
            elif event == "start":
                self._depth += 1
            else:
                self._depth -= 1
                if not self._depth:
                    yield from self._record(element)

    def _record(self, element: etree._Element) -> Iterator[Shard]:
        parent = element.getparent()
        lines = detect.line_of(element)
        full = self._size >= self._limits.shard or (
            self._records and lines - self._records[0][0] >= self._limits.shard_lines
        )
        if full or (self._records and parent is not self._parent):
            yield from self.flush()
        if not self._records:
            self._parent = parent
            self._prefix, self._suffix = _context(parent)
        data = _bytes(element)
        self._records.append((lines, data))
        self._size += len(data)
        self._since = 0
        _empty(element)

    def _application(self, event: str, element: etree._Element) -> Iterator[Shard]:
        """Add what follows the bag of records in an application that ends, then give it as a shard."""
        bag = self._parent
        if event == "end" and bag is not None and bag.getparent() is element:
            self._after = _end_tag(bag) + b"".join(
                _bytes(sibling) for sibling in bag.itersiblings()
            )
            self._suffix = _closing(element)
            yield from self.flush()


def _context(parent: etree._Element | None) -> tuple[bytes, bytes]:
    """The start tags that open these ancestors, with earlier siblings of a TrademarkBag, and their end tags."""
    prefix = b""
    for element in [] if parent is None else [*reversed(list(parent.iterancestors())), parent]:
        before = []
        if (above := element.getparent()) is not None and detect.local(above) in _APPLICATION:
            before = list(element.itersiblings(preceding=True))
        prefix += b"".join(_bytes(one) for one in reversed(before))
        shell = etree.Element(element.tag, nsmap=cast("dict[str, str]", element.nsmap))
        shell.attrib.update(element.attrib)
        prefix += _bytes(shell).removesuffix(b"/>") + b">"
    return prefix, _closing(parent)


def _bytes(element: etree._Element) -> bytes:
    return etree.tostring(element, encoding="utf-8", with_tail=False)


def _closing(element: etree._Element | None) -> bytes:
    ends: list[bytes] = []
    while element is not None:
        ends.append(_end_tag(element))
        element = element.getparent()
    return b"".join(ends)


def _end_tag(element: etree._Element) -> bytes:
    name = f"{element.prefix}:{detect.local(element)}" if element.prefix else detect.local(element)
    return f"</{name}>".encode()


def _empty(element: etree._Element) -> None:
    """Free a record and what lies before it, except siblings that its application still needs."""
    element.clear()
    step: etree._Element | None = element
    while step is not None and (above := step.getparent()) is not None:
        if detect.local(above) not in _APPLICATION:
            while step.getprevious() is not None:
                del above[0]
        step = above
