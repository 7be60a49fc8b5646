"""The parts of an export: where one ends depends on the bytes that its reader sees, on nothing else."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import NamedTuple, Protocol, Self

import msgspec
import zstandard

from ipshare.domain.office import Right

Row = tuple[int, str, str, bytes]
"""A ready item: its position, right and number before it."""
BATCH = 1024 * 1024
"""Bytes of items that are handed on together."""
WAITING = 4
"""Batches that may wait to be written."""
LEVEL = 1
"""The fastest compression: at level 3 a part takes half as long again, and is a tenth smaller."""
_RECORD = b',"record":'


class Item(msgspec.Struct):
    """A put item, its record as the bytes that it is."""

    right: str
    number: str
    record: msgspec.Raw


class _Named(msgspec.Struct):
    number: str


class Joined(NamedTuple):
    """Items of records of one right, one per line; the last line has no end. ``sizes`` are those of the items."""

    right: Right
    numbers: Sequence[str]
    sizes: Sequence[int]
    lines: bytes

    @classmethod
    def of(cls, right: Right, numbers: Sequence[str], items: Sequence[bytes]) -> Self:
        """The same in one piece."""
        return cls(right, numbers, [*map(len, items)], b"\n".join(items))

    @property
    def size(self) -> int:
        """The bytes of all items."""
        return len(self.lines) - len(self.numbers) + 1


class Writer(Protocol):
    """Writes one part in one form."""

    def add(self, lines: bytes) -> None:
        """Put items of the feed in their order, one per line; the last line has no end."""
        ...

    def close(self) -> None:
        """The file is whole when this returns."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part on disk: records of one right, whose ``numbers`` the ledger wants."""

    right: Right
    path: Path
    size: int
    sha256: str
    numbers: list[str]


class Lines:
    """Items of the feed, one per line, compressed by zstd."""

    def __init__(self, path: Path) -> None:
        """``path`` is made."""
        self._file = path.open("wb")
        self._out = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).stream_writer(
            self._file
        )

    def add(self, lines: bytes) -> None:
        """As they are."""
        self._out.write(lines)
        self._out.write(b"\n")

    def close(self) -> None:
        """End the frame and the file."""
        self._out.close()  # type: ignore[no-untyped-call]
        self._file.close()


@dataclass(slots=True)
class _Open:
    """A part that is being written; ``size`` is that of its items."""

    right: Right
    path: Path
    writer: Writer
    size: int = 0
    numbers: list[str] = field(default_factory=list)

    def take(self, several: Joined, room: int) -> Joined | None:
        """Write items until they are ``room`` bytes, the last one whole; what is left of them."""
        taken = size = 0
        if several.size < room:
            taken, size = len(several.numbers), several.size
        while size < room and taken < len(several.numbers):
            size += several.sizes[taken]
            taken += 1
        self.size += size
        self.numbers += several.numbers[:taken]
        end = size + taken - 1
        self.writer.add(several.lines[:end])
        if taken == len(several.numbers):
            return None
        left = several.sizes[taken:]
        return Joined(several.right, several.numbers[taken:], left, several.lines[end + 1 :])

    def close(self) -> Part:
        self.writer.close()
        with self.path.open("rb") as file:
            sha256 = file_digest(file, "sha256").hexdigest()
        return Part(
            right=self.right,
            path=self.path,
            size=self.path.stat().st_size,
            sha256=sha256,
            numbers=self.numbers,
        )


class Parts:
    """The parts of one export. Writing has a thread of its own beside the one that reads.

    ``begin`` opens the n-th part (from 1) of a right, and ``keep`` gets it when it is whole: after ``most`` bytes
    of items, or at the end. Both are called in that thread.
    """

    def __init__(
        self,
        office: str,
        begin: Callable[[Right, int], tuple[Path, Writer]],
        keep: Callable[[Part], None],
        *,
        most: int,
    ) -> None:
        """Nothing is written yet; a part without records is never begun."""
        self.records = 0
        self._begin, self._keep, self._most = begin, keep, most
        self._heads = {
            right: b'{"type":"put","office":"%b","right":"%b",' % (office.encode(), right.encode())
            for right in Right
        }
        self._begun = dict.fromkeys(Right, 0)
        self._open: dict[Right, _Open] = {}
        self._batch: list[bytes] = []
        self._batched = 0
        self._waiting: deque[Future[None]] = deque()
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)
        for part in self._open.values():  # of an export that has failed or ended
            with suppress(Exception):
                part.writer.close()

    def add_ready(self, rows: Sequence[Row]) -> None:
        """Take many items at once, each with its position, right and number."""
        if self._batch:
            self._hand_on()
        self._submit(partial(self._sort_ready, rows))

    def add(self, item: bytes) -> None:
        """Take an item of the feed; all but records are passed over."""
        self._batch.append(item)
        self._batched += len(item)
        if self._batched >= BATCH:
            self._hand_on()

    def end(self) -> None:
        """Write what waits, and end the parts that are open still."""
        self._hand_on()
        while self._waiting:
            self._waiting.popleft().result()
        for right in [one for one in Right if one in self._open]:
            self._close(right)

    def _hand_on(self) -> None:
        self._submit(partial(self._sort, self._batch))
        self._batch, self._batched = [], 0

    def _submit(self, work: Callable[[], None]) -> None:
        self._waiting.append(self._thread.submit(work))
        while len(self._waiting) > WAITING:
            self._waiting.popleft().result()

    def _sort_ready(self, rows: Sequence[Row]) -> None:
        """Each record to those of its right."""
        for right in dict.fromkeys(right for _, right, _, _ in rows):
            head = self._heads[Right(right)]
            found = [row for row in rows if row[1] == right and row[3].startswith(head)]
            if found:
                _, _, numbers, items = zip(*found, strict=True)
                self._write(Joined.of(Right(right), numbers, items))

    def _sort(self, items: Sequence[bytes]) -> None:
        """The same of items alone: they say themselves what they are of."""
        for right, head in self._heads.items():
            found = [item for item in items if item.startswith(head)]
            if found:
                named = b"[%b]" % b",".join(one[: one.index(_RECORD)] + b"}" for one in found)
                numbers = [one.number for one in msgspec.json.decode(named, type=list[_Named])]
                self._write(Joined.of(right, numbers, found))

    def _write(self, several: Joined | None) -> None:
        """Records into the part of their right, and into its next ones."""
        while several is not None:
            right = several.right
            part = self._open.get(right)
            if part is None:
                self._begun[right] += 1
                part = self._open[right] = _Open(right, *self._begin(right, self._begun[right]))
            before = len(part.numbers)
            several = part.take(several, self._most - part.size)
            self.records += len(part.numbers) - before
            if part.size >= self._most:
                self._close(right)

    def _close(self, right: Right) -> None:
        self._keep(self._open[right].close())
        del self._open[right]
