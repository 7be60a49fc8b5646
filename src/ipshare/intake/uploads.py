"""Files being written over SFTP: they lie in the uploads folder, can be resumed, and land when they are whole."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ipshare.domain.office import Kind, Right
from ipshare.intake.digesting import RunningDigest
from ipshare.intake.tree import FilePlace, KindFolder

# Files whose landing has begun wait here, out of the reach of further writing.
LANDING = ".landing"
# Disk and hashing are set to work every so many bytes.
STRIDE = 8 * 1024 * 1024
# A client that writes in more pieces than this out of order is not sending a file.
PIECES = 4096


class UploadError(Exception):
    """Why a file cannot be written or moved; the message is for the client."""


class Allowance(Protocol):
    """What an account may still store."""

    def take(self, size: int) -> None:
        """Use some of it; UploadError where there is not enough."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A file that has not come in whole yet."""

    place: FilePlace
    size: int
    modified_at: float


def folder_of(root: Path, place: KindFolder) -> Path:
    """Where the files being written to a folder of the tree lie."""
    return root / place.office / place.right.folder / place.kind.value


def path_of(root: Path, place: FilePlace) -> Path:
    """Where a file being written lies."""
    return folder_of(root, place.folder) / place.name


def waiting_in(root: Path, place: KindFolder) -> Iterator[Waiting]:
    """The files of a folder that are incomplete, or just about to land."""
    folder = folder_of(root, place)
    for path in [*_files(folder), *(file for stage in stages(folder) for file in _files(stage))]:
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        file = FilePlace(place.office, place.right, place.kind, path.name)
        yield Waiting(place=file, size=found.st_size, modified_at=found.st_mtime)


def waiting(root: Path, office: str) -> list[Waiting]:
    """Every incomplete upload of an office (for the portal)."""
    return [
        one
        for right in Right
        for kind in Kind
        for one in waiting_in(root, KindFolder(office, right, kind))
    ]


def find(root: Path, place: FilePlace) -> Waiting | None:
    """The incomplete upload at a place."""
    try:
        found = path_of(root, place).stat()
    except FileNotFoundError:
        return next((one for one in waiting_in(root, place.folder) if one.place == place), None)
    return Waiting(place=place, size=found.st_size, modified_at=found.st_mtime)


def size_of(root: Path, office: str) -> int:
    """The bytes of all incomplete uploads of an office."""
    return sum(one.size for one in waiting(root, office))


def stages(folder: Path) -> Iterator[Path]:
    """The landings of a folder that have begun."""
    try:
        with os.scandir(folder / LANDING) as found:
            yield from [Path(one.path) for one in found if one.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return


def _files(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as found:
            yield from [
                Path(one.path)
                for one in found
                if one.is_file(follow_symlinks=False) and not one.name.startswith(".")
            ]
    except FileNotFoundError:
        return


@dataclass(kw_only=True, slots=True, eq=False)
class Upload:
    """One file open for writing by one client at a time (the system's lock sees to it), or to look at what came."""

    place: FilePlace
    path: Path
    fd: int
    size: int
    # What is there without a gap from the start, and what came ahead of it.
    contiguous: int
    ahead: list[tuple[int, int]] = field(default_factory=list)
    appending: bool = False
    readonly: bool = False
    allowance: Allowance | None = None
    # Runs after what is written without a gap; None where the file is only read.
    digest: RunningDigest | None = None
    flushing: int = 0
    # Why the file cannot land any more under this handle.
    failed: str = ""

    def write(self, offset: int, data: bytes) -> int:
        """Write a block where the client says."""
        start = self.size if self.appending else offset
        end = start + len(data)
        try:
            self._make_room(end)
            view = memoryview(data)
            place = start
            while place < end:
                place += os.pwrite(self.fd, view[place - start :], place)
        except (OSError, UploadError) as trouble:
            self.failed = str(trouble)
            raise
        self.size = max(self.size, end)
        if self.digest is not None:
            self.digest.rewritten(start)
        self._cover(start, end)
        if self.contiguous - self.flushing >= STRIDE:
            self._work_ahead()
        return len(data)

    def read(self, offset: int, size: int) -> bytes:
        """Read back what was written."""
        return os.pread(self.fd, size, offset)

    def resize(self, size: int) -> None:
        """Cut the file, or make it longer by bytes that are still to come."""
        self._make_room(size)
        os.ftruncate(self.fd, size)
        self.size = size
        self.contiguous = min(self.contiguous, size)
        self.flushing = min(self.flushing, size)
        self.ahead = [(start, min(end, size)) for start, end in self.ahead if start < size]
        if self.digest is not None:
            self.digest.rewritten(size)

    def release(self) -> None:
        """Let go of the file and keep it as it is, up to its first gap, so that it can be resumed."""
        if self.fd < 0:
            return
        fd, self.fd = self.fd, -1
        if self.readonly:
            os.close(fd)
            return
        try:
            if self.digest is not None:
                self.digest.stop()
            if self.contiguous < self.size:
                os.ftruncate(fd, self.contiguous)
            os.fsync(fd)
        finally:
            os.close(fd)

    def _work_ahead(self) -> None:
        """Hash and put on disk beside the receiving, so that the close has little left to wait for."""
        # This starts the writing and does not wait for it; dirty pages are not dropped by it.
        os.posix_fadvise(
            self.fd, self.flushing, self.contiguous - self.flushing, os.POSIX_FADV_DONTNEED
        )
        self.flushing = self.contiguous
        if self.digest is not None:
            self.digest.advance(self.contiguous)

    def _make_room(self, end: int) -> None:
        if self.allowance is not None and end > self.size:
            self.allowance.take(end - self.size)

    def _cover(self, start: int, end: int) -> None:
        if start > self.contiguous:
            self.ahead.append((start, end))
            if len(self.ahead) > PIECES:
                self.ahead = merged(self.ahead)
                if len(self.ahead) > PIECES // 2:
                    self.failed = "it was written in too many pieces out of order"
                    raise UploadError(self.failed)
            return
        self.contiguous = max(self.contiguous, end)
        if self.ahead:
            later = merged(self.ahead)
            while later and later[0][0] <= self.contiguous:
                self.contiguous = max(self.contiguous, later.pop(0)[1])
            self.ahead = later


def merged(pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pieces in order, with those that touch made one."""
    ordered: list[tuple[int, int]] = []
    for start, end in sorted(pieces):
        if ordered and start <= ordered[-1][1]:
            ordered[-1] = (ordered[-1][0], max(ordered[-1][1], end))
        else:
            ordered.append((start, end))
    return ordered


def begin(  # noqa: PLR0913 (what an SFTP open says)
    root: Path,
    place: FilePlace,
    *,
    create: bool,
    truncate: bool,
    exclusive: bool = False,
    appending: bool = False,
) -> Upload:
    """Open a file of the uploads folder for writing; FileNotFoundError and FileExistsError as usual."""
    path = path_of(root, place)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    flags |= (os.O_CREAT if create else 0) | (os.O_EXCL if exclusive else 0)
    fd = hold(path, flags)
    try:
        if os.fstat(fd).st_nlink > 1:
            fd = _unshare(path, fd, empty=truncate)
        if truncate:
            os.ftruncate(fd, 0)
        size = os.fstat(fd).st_size
        contiguous = _without_a_gap(fd)
        fsync_folder(path.parent)
    except BaseException:
        os.close(fd)
        raise
    return Upload(
        place=place,
        path=path,
        fd=fd,
        size=size,
        contiguous=contiguous,
        flushing=contiguous,
        appending=appending,
        digest=RunningDigest(fd),
    )


def _without_a_gap(fd: int) -> int:
    """The bytes from the start that have come for certain.

    A kill may have left a hole where blocks came out of order: what is behind it must be sent again. It begins at a
    whole block of the disk, so of the block before it the end may not have come either.
    """
    found = os.fstat(fd)
    hole = os.lseek(fd, 0, os.SEEK_HOLE) if found.st_size else 0
    return found.st_size if hole >= found.st_size else max(0, hole - found.st_blksize)


def open_to_read(root: Path, place: FilePlace) -> Upload:
    """Open an incomplete upload to read what came so far; FileNotFoundError where there is none."""
    path = path_of(root, place)
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    size = os.fstat(fd).st_size
    return Upload(place=place, path=path, fd=fd, size=size, contiguous=size, readonly=True)


def hold(path: Path, flags: int = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW) -> int:
    """Open a file and lock it against every other writer; UploadError while another one has it."""
    fd = os.open(path, flags, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _same(fd, path)
    except (BlockingIOError, FileNotFoundError) as trouble:
        os.close(fd)
        raise UploadError(
            f"{path.name} is being written by another connection; wait until that one has ended"
        ) from trouble
    except BaseException:
        os.close(fd)
        raise
    return fd


def _same(fd: int, path: Path) -> None:
    """FileNotFoundError when the file went away between the opening and the lock."""
    if os.fstat(fd).st_ino != path.stat().st_ino:
        raise FileNotFoundError(path)


def _unshare(path: Path, fd: int, *, empty: bool) -> int:
    """Give the upload bytes of its own: a landing was killed after the object store had taken the file."""
    copy = path.with_name(f".copy-{os.getpid()}-{os.fstat(fd).st_ino}")
    fresh = os.open(copy, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fresh, fcntl.LOCK_EX)
        if not empty:
            with path.open("rb") as source, os.fdopen(os.dup(fresh), "wb") as target:
                shutil.copyfileobj(source, target, 1024 * 1024)
        copy.replace(path)
    except BaseException:
        os.close(fresh)
        copy.unlink(missing_ok=True)
        raise
    os.close(fd)
    return fresh


def move(path: Path, target: Path) -> None:
    """Give a file a name that nothing has; FileExistsError where somebody has begun to send under it meanwhile."""
    os.link(path, target)
    path.unlink()
    fsync_folder(target.parent)
    if path.parent != target.parent:
        fsync_folder(path.parent)


def remove(root: Path, place: FilePlace) -> None:
    """Delete an incomplete upload; FileNotFoundError where there is none."""
    path = path_of(root, place)
    fd = hold(path)
    try:
        path.unlink()
        fsync_folder(path.parent)
    finally:
        os.close(fd)


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder stay."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
