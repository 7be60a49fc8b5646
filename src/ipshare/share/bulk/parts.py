"""The parts of an export: where one ends depends on the bytes that its reader sees, on nothing else."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import Protocol, Self

import msgspec
import zstandard

from ipshare.domain.office import Right

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


class Writer(Protocol):
    """Writes one part in one form."""

    def add(self, items: list[bytes]) -> None:
        """Put items of the feed, in their order."""
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

    def add(self, items: list[bytes]) -> None:
        """One line each."""
        self._out.write(b"\n".join(items) + b"\n")

    def close(self) -> None:
        """End the frame and the file."""
        self._out.close()  # type: ignore[no-untyped-call]
        self._file.close()


@dataclass(slots=True)
class _Open:
    """A part that is being written, and what waits to be."""

    right: Right
    path: Path
    writer: Writer
    size: int = 0
    batch: list[bytes] = field(default_factory=list)
    batched: int = 0
    numbers: list[str] = field(default_factory=list)

    def write(self, items: list[bytes]) -> None:
        for item in items:
            named = msgspec.json.decode(item[: item.index(_RECORD)] + b"}", type=_Named)
            self.numbers.append(named.number)
        self.writer.add(items)

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

    ``begin`` opens the n-th part (from 1) of a right; a part ends after ``most`` bytes of items.
    """

    def __init__(
        self, office: str, begin: Callable[[Right, int], tuple[Path, Writer]], *, most: int
    ) -> None:
        """Nothing is written yet; a part without records is never begun."""
        self.records = 0
        self._begin = begin
        self._most = most
        self._heads = {
            right: b'{"type":"put","office":"%b","right":"%b",' % (office.encode(), right.encode())
            for right in Right
        }
        self._begun = dict.fromkeys(Right, 0)
        self._open: dict[Right, _Open] = {}
        self._waiting: deque[Future[None]] = deque()
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)
        for part in self._open.values():  # of an export that has failed or ended
            with suppress(Exception):
                part.writer.close()

    def add(self, item: bytes) -> Part | None:
        """Take an item of the feed, passing over all but records; a part where this ends one."""
        right = next((one for one, head in self._heads.items() if item.startswith(head)), None)
        if right is None:
            return None
        part = self._open.get(right)
        if part is None:
            self._begun[right] += 1
            part = self._open[right] = _Open(right, *self._begin(right, self._begun[right]))
        self.records += 1
        part.batch.append(item)
        part.batched += len(item)
        part.size += len(item)
        if part.size >= self._most:
            return self._close(right)
        if part.batched >= BATCH:
            self._hand_on(part)
        return None

    def end(self) -> Iterator[Part]:
        """The parts that are open still."""
        for right in [one for one in Right if one in self._open]:
            yield self._close(right)

    def _hand_on(self, part: _Open) -> None:
        self._waiting.append(self._thread.submit(part.write, part.batch))
        part.batch, part.batched = [], 0
        while len(self._waiting) > WAITING:
            self._waiting.popleft().result()

    def _close(self, right: Right) -> Part:
        part = self._open[right]
        self._hand_on(part)
        while self._waiting:
            self._waiting.popleft().result()
        closed = part.close()
        del self._open[right]
        return closed
