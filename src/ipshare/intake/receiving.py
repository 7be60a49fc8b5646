"""Takes the body of a request into the file of an upload, piece by piece, and sees to it that others get a turn.

A body holds a thread of the web process for as long as its client takes. So only some may come in at a time, few of
one sender; who comes then is told to come again in a moment. While a body is read, nothing is held of the database.
"""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.db import connection

from ipshare.intake import partial
from ipshare.intake.tus import Checksum

MOST = 5
"""Bodies that may come in at a time in one process; it has threads for more than these (ops.web)."""
OF_ONE = 2
"""Of one sender. Two, since a connection that was lost may not be known as lost yet when the next one comes."""
PIECE = 64 * 1024
"""Read and written at a time: this much of a slow line may be lost at a kill, and is sent again."""

_lock = threading.Lock()
_here: Counter[Hashable] = Counter()


class BusyError(Exception):
    """Too many bodies come in at present."""


class ChecksumError(Exception):
    """The body is not what its checksum says; nothing of it was kept."""


@contextmanager
def turn(sender: Hashable) -> Iterator[None]:
    """A place among those whose body is read; BusyError where none is free."""
    with _lock:
        if _here.total() >= MOST or _here[sender] >= OF_ONE:
            raise BusyError
        _here[sender] += 1
    try:
        yield
    finally:
        with _lock:
            _here[sender] -= 1
            if not _here[sender]:
                del _here[sender]


class NoFiles(FileUploadHandler):
    """Stops reading a form at its first file: only one view takes any, and says so itself.

    Forms are read before it is known who sends them; without this, anybody could fill the disk.
    """

    def new_file(self, *_args: Any, **_more: Any) -> None:
        """A file begins."""
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:  # noqa: ARG002
        """Nothing is taken."""
        return None

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        """Nothing was taken."""
        return


def receive(
    path: Path, offset: int, size: int, read: Callable[[int], bytes], checksum: Checksum | None
) -> None:
    """Append a body of ``size`` bytes at ``offset``: what came of it is on disk when this returns, even if it was cut.

    With a checksum the body is taken whole, or not at all. MovedError where another request has written meanwhile.
    """
    if not connection.in_atomic_block:
        connection.close()
    with partial.Tail(path, offset) as tail:
        if checksum is None:
            for piece in _pieces(read, size):
                tail.write(piece)
            return
        with tempfile.TemporaryFile(dir=path.parent) as aside:
            digest = checksum.start()
            for piece in _pieces(read, size):
                digest.update(piece)
                aside.write(piece)
            aside.flush()
            if digest.digest() != checksum.digest:
                raise ChecksumError
            tail.take(aside.fileno(), size)


def _pieces(read: Callable[[int], bytes], size: int) -> Iterator[bytes]:
    """The body up to its announced end, or to where the connection was lost."""
    left = size
    while left > 0:
        try:
            piece = read(min(PIECE, left))
        except OSError:  # some servers say so in this way; what came before stays
            return
        if not piece:
            return
        left -= len(piece)
        yield piece
