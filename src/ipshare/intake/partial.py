"""The file behind an upload in the browser: it grows at its end only, by whoever is there first.

Its size is the offset that clients are told. So a kill at any instant loses nothing that was told, and nothing has to
be brought in step afterwards. Each piece is appended under the system's lock, and only where its writer expects the
end to be: of two requests that write on one file, the second finds the end moved and stops.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID

from ipshare.intake import uploads

# Beside the folders of the rights, and no name that a listing of the SFTP tree shows.
FOLDER = ".browser"
COPY = 1024 * 1024


class MovedError(Exception):
    """The file does not end where the writer expects; ``size`` is where it ends."""

    def __init__(self, size: int) -> None:
        """Where the file ends, in bytes."""
        super().__init__(f"the file has {size} bytes")
        self.size = size


def path_of(root: Path, office: str, upload: UUID) -> Path:
    """Where the bytes of an upload lie."""
    return root / office / FOLDER / str(upload)


def create(path: Path) -> None:
    """Make the empty file; its name is on disk for good when this returns."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    uploads.fsync_folder(path.parent)


def size_of(path: Path) -> int:
    """How many bytes have come; FileNotFoundError where there is no such file."""
    return path.stat().st_size


def remove(path: Path) -> None:
    """Delete the file, if it is there; a writer that still has it open finds it gone."""
    with suppress(FileNotFoundError):
        path.unlink()
        uploads.fsync_folder(path.parent)


class Tail:
    """The end of a file, for one writer; every write says whether the end is still where it was."""

    def __init__(self, path: Path, end: int) -> None:
        """MovedError where the file does not end at ``end``; FileNotFoundError where there is none."""
        self.end = self._flushing = end
        self._fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            with self._turn():
                pass
        except BaseException:
            os.close(self._fd)
            raise

    def __enter__(self) -> Self:
        """Itself; leaving puts on disk what was written."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        trouble: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """What came is kept, whatever went wrong since."""
        try:
            os.fsync(self._fd)
        finally:
            os.close(self._fd)

    def write(self, piece: bytes) -> None:
        """Append a piece; what fits on a full disk stays, OSError tells of the rest."""
        with self._turn():
            self._append(piece)
        if self.end - self._flushing >= uploads.STRIDE:
            # This starts the writing and does not wait for it, so that little is left for the end.
            os.posix_fadvise(
                self._fd, self._flushing, self.end - self._flushing, os.POSIX_FADV_DONTNEED
            )
            self._flushing = self.end

    def take(self, source: int, size: int) -> None:
        """Append ``size`` bytes of another open file, in one turn."""
        with self._turn():
            place = 0
            while place < size and (piece := os.pread(source, min(COPY, size - place), place)):
                self._append(piece)
                place += len(piece)

    def _append(self, piece: bytes) -> None:
        view = memoryview(piece)
        while view:
            written = os.pwrite(self._fd, view, self.end)
            self.end += written
            view = view[written:]

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Nobody else writes; the end is where this writer left it."""
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        try:
            found = os.fstat(self._fd)
            if not found.st_nlink:
                raise FileNotFoundError
            if found.st_size != self.end:
                raise MovedError(found.st_size)
            yield
        finally:
            fcntl.flock(self._fd, fcntl.LOCK_UN)
