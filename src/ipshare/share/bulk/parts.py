"""The parts of an export: where one ends depends on the bytes that its reader sees, on nothing else."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
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

    def take(self, item: bytes) -> None:
        named = msgspec.json.decode(item[: item.index(_RECORD)] + b"}", type=_Named)
        self.numbers.append(named.number)
        self.batch.append(item)
        self.batched += len(item)
        self.size += len(item)
        if self.batched >= BATCH:
            self._write()

    def _write(self) -> None:
        if self.batch:
            self.writer.add(self.batch)
            self.batch, self.batched = [], 0

    def close(self) -> Part:
        self._write()
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
        self._waiting.append(self._thread.submit(self._sort, self._batch))
        self._batch, self._batched = [], 0
        while len(self._waiting) > WAITING:
            self._waiting.popleft().result()

    def _sort(self, items: list[bytes]) -> None:
        """Each record into the part of its right."""
        for item in items:
            right = next((one for one, head in self._heads.items() if item.startswith(head)), None)
            if right is None:
                continue
            self.records += 1
            part = self._open.get(right)
            if part is None:
                self._begun[right] += 1
                part = self._open[right] = _Open(right, *self._begin(right, self._begun[right]))
            part.take(item)
            if part.size >= self._most:
                self._close(right)

    def _close(self, right: Right) -> None:
        self._keep(self._open[right].close())
        del self._open[right]
