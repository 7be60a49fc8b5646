"""Entries put aside by key, any number of them, in the memory of a few: all entries of one key come back together."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Generic, Self, TypeVar
from zlib import crc32

import msgspec

PARTITIONS = 256
"""Read one at a time: of the keys of a million records, about four thousand are in memory at once."""
BLOCK = 1 << 13
"""Bytes of a partition that wait in memory to be written; 2 MiB for all of them."""
_ENCODER = msgspec.msgpack.Encoder()
_LIST = b"\xdd"  # msgpack: a list, its length follows in four bytes

Entry = TypeVar("Entry")


class Partitions(Generic[Entry]):
    """Entries by the hash of their key, in one file without a name, which ends with its process.

    Partitions come back in the order of the hash, which is the same on every machine, and entries in the
    order in which they were added. There is no file before a block is full.
    """

    def __init__(self, kind: type[Entry], folder: Path | None) -> None:
        """``kind`` is what msgspec makes entries into; ``folder`` is where the file lies, None the system's own."""
        self._decoder = msgspec.msgpack.Decoder(list[kind])  # type: ignore[valid-type]  # known at run time
        self._waiting = [bytearray() for _ in range(PARTITIONS)]
        self._counts = array("Q", bytes(8 * PARTITIONS))  # entries that wait
        self._blocks = [array("Q") for _ in range(PARTITIONS)]  # place, size, entries of each block
        self._folder = folder
        self._file: IO[bytes] | None = None

    def add(self, key: str, entry: Entry) -> None:
        """Put an entry aside."""
        part = crc32(key.encode()) % PARTITIONS
        waiting = self._waiting[part]
        _ENCODER.encode_into(entry, waiting, -1)
        self._counts[part] += 1
        if len(waiting) >= BLOCK:
            self._write(part, waiting)

    def _write(self, part: int, waiting: bytearray) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by __exit__
        self._blocks[part].extend((self._file.tell(), len(waiting), self._counts[part]))
        self._file.write(waiting)
        self._counts[part] = 0
        waiting.clear()

    def each(self) -> Iterator[Iterator[Entry]]:
        """The entries of each partition; nothing may be added after that."""
        for part in range(PARTITIONS):
            yield self._entries(part)

    def _entries(self, part: int) -> Iterator[Entry]:
        if self._file is not None:
            blocks = iter(self._blocks[part])
            for place, size, count in zip(blocks, blocks, blocks, strict=True):
                self._file.seek(place)
                yield from self._decoded(count, self._file.read(size))
        yield from self._decoded(self._counts[part], self._waiting[part])

    def _decoded(self, count: int, content: bytes | bytearray) -> list[Entry]:
        return self._decoder.decode(_LIST + count.to_bytes(4) + content)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
