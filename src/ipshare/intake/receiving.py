"""Takes the body of a request into the file of an upload, piece by piece, and sees to it that others get a turn.

A body holds a thread of the web process for as long as its client takes. So only some may come in at a time, few of
one sender and of one office; who comes then is told to come again in a moment. While a body is read, nothing is held
of the database, and once a second it is asked whether its sender may still send.
"""

from __future__ import annotations

import tempfile
import threading
import time
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
OF_OFFICE = 3
"""Of one office, its people and machines together: the others always find a place."""
ASK_EVERY = 1.0
"""Seconds after which it is asked again whether the sender may still send."""
PIECE = 64 * 1024
"""Read and written at a time: this much of a slow line may be lost at a kill, and is sent again."""

_lock = threading.Lock()
_here: Counter[tuple[str, Hashable]] = Counter()


class BusyError(Exception):
    """Too many bodies come in at present."""


class ChecksumError(Exception):
    """The body is not what its checksum says; nothing of it was kept."""


@contextmanager
def turn(office: str, sender: Hashable) -> Iterator[None]:
    """A place among those whose body is read, for a sender of an office; BusyError where none is free."""
    one = office, sender
    with _lock:
        of_office = sum(bodies for (whose, _), bodies in _here.items() if whose == office)
        if _here.total() >= MOST or of_office >= OF_OFFICE or _here[one] >= OF_ONE:
            raise BusyError
        _here[one] += 1
    try:
        yield
    finally:
        with _lock:
            _here[one] -= 1
            if not _here[one]:
                del _here[one]


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


def receive(  # noqa: PLR0913, PLR0917 (what a body is, and who may send it)
    path: Path,
    offset: int,
    size: int,
    read: Callable[[int], bytes],
    checksum: Checksum | None,
    again: Callable[[], object],
) -> None:
    """Append a body of ``size`` bytes at ``offset``: what came of it is on disk when this returns, even if it was cut.

    With a checksum the body is taken whole, or not at all. MovedError where another request has written meanwhile.
    ``again`` raises where the sender may not send any more: what comes from then on is not written, nor is the end.
    """
    _let_go()
    with partial.Tail(path, offset) as tail:
        if checksum is None:
            for piece in _pieces(read, size, again):
                tail.write(piece)
            return
        with tempfile.TemporaryFile(dir=path.parent) as aside:
            digest = checksum.start()
            for piece in _pieces(read, size, again):
                digest.update(piece)
                aside.write(piece)
            aside.flush()
            if digest.digest() != checksum.digest:
                raise ChecksumError
            tail.take(aside.fileno(), size)


def _pieces(
    read: Callable[[int], bytes], size: int, again: Callable[[], object]
) -> Iterator[bytes]:
    """The body up to its announced end, or to where the connection was lost."""
    left, asked = size, time.monotonic()
    while left > 0:
        try:
            piece = read(min(PIECE, left))
        except OSError:  # some servers say so in this way; what came before stays
            return
        if not piece:
            return
        left -= len(piece)
        if not left or time.monotonic() - asked >= ASK_EVERY:
            again()
            _let_go()
            asked = time.monotonic()
        yield piece


def _let_go() -> None:
    """Give the connection to the database back while a body comes."""
    if not connection.in_atomic_block:
        connection.close()
