"""One XML member cut into self-contained shards at record boundaries, by scanning bytes, in flat memory.

A shard is a document of its own: the elements that are open at the cut are opened again before it and closed
behind it. Scanning knows no comments and no CDATA inside records. Where they hold what looks like a record's tag,
the tags between records do not match or a shard does not parse: then ``OnePass`` says that the whole member must
be read again by ``one_pass.shards``, and what was read of it so far counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ipshare.domain.digest import digest
from ipshare.domain.finding import Finding
from ipshare.parse import beside, encoding, findings, tags
from ipshare.parse.limits import DEFAULT, Limits

_TAG_NAME = 1 << 10  # no name of a record, with its prefix, is longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A piece of an XML member that is a document of its own.

    ``line`` is the line of the member on which the first line of ``data`` stands. ``whole``: it is all of it.
    """

    file: str
    number: int
    line: int
    data: bytes
    whole: bool = False
    proven: bool = False
    """A parser has read it already (``one_pass``)."""
    spans: list[list[Span]] = field(default_factory=list, init=False, repr=False, compare=False)
    """What ``records_of`` found, kept for the next who asks: all bytes are hashed for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePass:
    """The member cannot be read in shards: read it again with ``one_pass.shards``."""

    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a record lies in the data of a shard, and the digest of its bytes and of what is read with it.

    The digest is empty where that is in doubt.
    """

    start: int
    end: int
    digest: bytes


Cut = Shard | Finding | OnePass


def cut(chunks: Iterable[bytes | Finding], *, file: str, limits: Limits = DEFAULT) -> Iterator[Cut]:
    """The shards of one XML member, in order. A Finding among the chunks passes through and ends it."""
    cutter = _Cutter(file, limits)
    try:
        for chunk in encoding.gate(chunks, file):
            if isinstance(chunk, Finding):
                yield chunk
                return
            yield from cutter.feed(chunk)
            if cutter.ended:
                return
        yield from cutter.end()
    except tags.Anomaly:
        yield OnePass(file=file)
    except tags.Doctype as found:
        line = cutter.line_at(cutter.gap + found.at)
        yield findings.doctype(file, line, cutter.shown(cutter.gap + found.at))


def records_of(shard: Shard) -> list[Span]:
    """The spans of the records in a shard; none where comments or CDATA leave it in doubt."""
    if not shard.spans:
        shard.spans.append(_spans(shard.data))
    return shard.spans[0]


def _spans(data: bytes) -> list[Span]:
    found = list(tags.spans(data))
    if b"<!" in data and not all(_balanced(data, start, end) for start, end in found):
        return []
    around = beside.of_records(data, found)
    if around is None:
        return [Span(start=start, end=end, digest=b"") for start, end in found]
    return [
        Span(start=start, end=end, digest=digest(data[start:end] + more))
        for (start, end), more in zip(found, around, strict=True)
    ]


def _balanced(data: bytes, start: int, end: int) -> bool:
    pairs = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"))
    return all(data.count(one, start, end) == data.count(other, start, end) for one, other in pairs)


class _Cutter:
    """The bytes from the last cut on, and how far they are understood."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.ended = False
        self.gap = 0  # where the present gap begins: behind the last record
        self._file = file
        self._limits = limits
        self._buffer = bytearray()
        self._line = 1  # of the first byte of the buffer
        self._lines = 0  # newlines in the buffer before the present gap
        self._scan = 0
        self._name = b""  # of the record that is open
        self._start = 0  # where it starts
        self._oversized = False
        self._prefix = b""
        self._open: tuple[tags.Open, ...] = ()
        self._number = 0

    def feed(self, chunk: bytes) -> Iterator[Cut]:
        """Take a chunk; give what it completes."""
        self._buffer += chunk
        while not self.ended:
            if self._oversized:
                if not self._skip():
                    return
            elif self._name:
                if not self._end_record():
                    yield from self._bound_record()
                    return
            else:
                found = self._next_record()
                if found is None:
                    yield from self._bound_gap()
                    return
                yield from self._begin_record(*found)

    def _next_record(self) -> tuple[bytes, int, int, bool] | None:
        """Name and place of the next record's start tag, its end, and whether it is the whole record."""
        while start := tags.START.search(self._buffer, self._scan):
            at = start.start()
            comment = tags.comment_end(self._buffer, self.gap, at)
            if comment != at:
                self._scan = max(comment, at)
                if comment < 0:
                    return None
                continue
            tag = tags.START_TAG.match(self._buffer, at)
            if tag:
                return start.group(1), at, tag.end(), bool(tag.group(1))
            self._scan = at
            if len(self._buffer) - at > self._limits.tag:
                raise tags.Anomaly
            return None
        self._scan = max(self.gap, len(self._buffer) - _TAG_NAME)
        return None

    def end(self) -> Iterator[Cut]:
        """Give what is left when no chunk follows."""
        if self._oversized:
            line = self.line_at(len(self._buffer))
            yield findings.malformed(self._file, line, "the file ends inside a record")
            return
        if not self._name:
            tags.walk(bytes(self._buffer[self.gap :]), self._open, 0)
        yield Shard(
            file=self._file,
            number=self._number,
            line=self._line - self._prefix.count(b"\n"),
            data=self._prefix + bytes(self._buffer),
            whole=self._number == 0 and not self._prefix,
        )

    def line_at(self, at: int) -> int:
        """The line of the member on which a place of the buffer stands."""
        return self._line + self._buffer.count(b"\n", 0, at)

    def shown(self, at: int) -> str:
        """The bytes at a place, for a finding."""
        return bytes(self._buffer[at : at + 80]).decode("utf-8", "replace")

    def _begin_record(self, name: bytes, at: int, tag_end: int, closed: bool) -> Iterator[Cut]:  # noqa: FBT001
        shift = 0
        if self._buffer[self.gap : at].isspace():
            before, opened = self.gap, self._open
        else:
            gap = tags.walk(
                bytes(self._buffer[self.gap : at]), self._open, self._limits.application
            )
            if len(gap.open_after) > self._limits.depth:
                reason = f"elements nest deeper than {self._limits.depth}"
                yield findings.malformed(self._file, self.line_at(at), reason)
                self.ended = True
                return
            before, opened = self.gap + gap.cut, gap.open_at_cut
            self._open = gap.open_after
        full = before >= self._limits.shard or self._lines >= self._limits.shard_lines
        if full and self.gap:
            yield self._shard(before, opened)
            shift = before
        self._lines += self._buffer.count(
            b"\n", self.gap - shift if self.gap >= shift else 0, at - shift
        )
        self._start = at - shift
        self._scan = tag_end - shift
        if closed:
            self.gap = self._scan
        else:
            self._name = name

    def _end_record(self) -> bool:
        end, self._scan = tags.find_end(self._buffer, self._name, self._scan)
        if end < 0:
            return False
        self._lines += self._buffer.count(b"\n", self._start, end)
        self.gap, self._name = end, b""
        return True

    def _shard(self, end: int, opened: tuple[tags.Open, ...]) -> Shard:
        """Everything before ``end`` as a shard; the buffer then begins there."""
        with memoryview(self._buffer) as view:
            data = b"".join((self._prefix, view[:end], tags.close(opened)))
        shard = Shard(
            file=self._file,
            number=self._number,
            line=self._line - self._prefix.count(b"\n"),
            data=data,
        )
        self._drop(end)
        self._number += 1
        self._prefix = tags.reopen(opened)
        return shard

    def _drop(self, end: int) -> None:
        known = self._lines if end >= self.gap else 0
        self._line += known + self._buffer.count(b"\n", self.gap if known else 0, end)
        del self._buffer[:end]
        self._lines = 0
        self.gap = max(0, self.gap - end)

    def _bound_record(self) -> Iterator[Cut]:
        """Stop keeping a record that is too large; what stood before it is a shard."""
        if len(self._buffer) - self._start <= self._limits.record:
            return
        line = self.line_at(self._start)
        yield self._shard(self._start, self._open)
        yield findings.oversized(
            self._file, line, "the record that begins there", self._limits.record
        )
        self._oversized, self._start, self._scan = True, 0, 0
        self._skip()

    def _skip(self) -> bool:
        """Pass over a record that is too large; True at its end."""
        end, again = tags.find_end(self._buffer, self._name, 0)
        self._drop(again if end < 0 else end)
        self._scan = self.gap = 0
        if end >= 0:
            self._oversized, self._name = False, b""
        return end >= 0

    def _bound_gap(self) -> Iterator[Cut]:
        """Stop where no record comes for too long."""
        first = not self._number and not self.gap
        limit = self._limits.head if first else self._limits.between
        if len(self._buffer) - self.gap <= limit:
            return
        self.ended = True
        line = self.line_at(self.gap)
        if not first:
            yield findings.oversized(
                self._file, line, "what stands there between two records", limit
            )
            return
        root = tags.START_TAG.search(self._buffer)
        if root is None or not self._buffer[:64].lstrip().startswith(b"<"):
            yield findings.malformed(
                self._file, 1, "it does not begin with an element", around=self.shown(0)
            )
            return
        if b"<!DOCTYPE" in self._buffer[: root.start()]:
            raise tags.Doctype(self._buffer.find(b"<!DOCTYPE"))
        name = root.group().split(None, 1)[0].strip(b"</>").decode("utf-8", "replace")
        yield findings.unknown_root(self._file, name, self.line_at(root.start()))
