"""What an SFTP client is told and given: errors in words, attributes, and the bytes of files it may read."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import NoReturn

import asyncssh
from asyncssh import SFTPAttrs, SFTPName

from ipshare.intake import listing, tree, uploads
from ipshare.intake.quota import QuotaError
from ipshare.store import objects

log = logging.getLogger(__name__)
AHEAD = 4 * 1024 * 1024
"""Bytes that are read at a time; those of an answer are at most so many, however many are asked for."""
# Folders of the tree have no date of their own.
STARTED = int(time.time())


class Reading:
    """A received file or a report, read from the object store some way ahead."""

    def __init__(self, entry: listing.Entry) -> None:
        """Nothing is read yet."""
        self.entry = entry
        self._start = 0
        self._piece = b""

    def have(self, offset: int, size: int) -> bytes | None:
        """What is asked for, when it is at hand."""
        end = min(offset + size, self.entry.size)
        if offset >= end:
            return b""
        if self._start <= offset and end <= self._start + len(self._piece):
            return self._piece[offset - self._start : end - self._start]
        return None

    def fetch(self, offset: int, size: int, among: int) -> bytes:
        """Read a stretch of the object and answer the first of it; ``among`` so many open files, who share the rest."""
        size = min(size, AHEAD)
        most = min(max(size, AHEAD // among), self.entry.size - offset)
        piece = objects.read(self.entry.object, offset, most)
        self._start, self._piece = offset, piece[: AHEAD // among]
        return piece[:size]


def refuse(trouble: Exception) -> NoReturn:
    """Turn what went wrong into an answer for the client; what nobody foresaw is logged, not told."""
    match trouble:
        case asyncssh.SFTPError():
            raise trouble
        case QuotaError():
            raise asyncssh.SFTPQuotaExceeded(str(trouble)) from trouble
        case uploads.UploadError():
            raise asyncssh.SFTPFailure(str(trouble)) from trouble
        case FileNotFoundError():
            raise asyncssh.SFTPNoSuchFile("there is no such file") from trouble
        case FileExistsError():
            raise asyncssh.SFTPFileAlreadyExists("it is there already") from trouble
        case PermissionError() if trouble.errno is None:
            raise asyncssh.SFTPPermissionDenied(str(trouble)) from trouble
    log.error("an SFTP request failed", exc_info=trouble)
    raise asyncssh.SFTPFailure(
        "the hub could not do this; it has been logged, try again later"
    ) from trouble


def attributes(entry: listing.Entry) -> SFTPAttrs:
    """The attributes of an entry of a listing."""
    when = entry.modified_at or STARTED
    return SFTPAttrs(
        permissions=entry.mode, size=entry.size, uid=0, gid=0, atime=when, mtime=when, nlink=1
    )


def names(folder: listing.Entry, inside: Iterable[listing.Entry]) -> list[SFTPName]:
    """A folder as a client lists it: itself, the one above, what is in it."""
    here = attributes(folder)
    return [
        SFTPName(b".", attrs=here),
        SFTPName(b"..", attrs=here),
        *(SFTPName(one.name.encode("utf-8"), attrs=attributes(one)) for one in inside),
    ]


def realpath(path: bytes) -> bytes:
    """The shortest absolute form of a path, whether anything is there or not."""
    try:
        return tree.normal(path)
    except tree.NameRefusedError as trouble:
        raise asyncssh.SFTPInvalidFilename(str(trouble)) from trouble
