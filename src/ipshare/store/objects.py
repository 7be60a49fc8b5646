"""The object store: bytes as received, under their SHA-256, and the working files of the line.

Local folder or S3 (``IPSHARE_OBJECTS_URL``), through obstore. Objects are written once and never changed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Protocol

import obstore
from django.conf import settings
from obstore.store import LocalStore, ObjectStore, from_url

CHUNK = 1024 * 1024


class Readable(Protocol):
    """Bytes that can be read from any place."""

    size: int

    def read(self, offset: int, size: int) -> bytes:
        """At most ``size`` bytes from ``offset``."""
        ...


@cache
def _store(url: str) -> ObjectStore:
    if "://" in url:
        return from_url(url)
    return LocalStore(url, mkdir=True)


def _here() -> ObjectStore:
    return _store(settings.OBJECTS_URL)


def received_key(sha256: str) -> str:
    """Where the bytes of a received file lie."""
    return f"received/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keep_file(path: Path, key: str) -> None:
    """Put a whole local file under a key, on disk for good when this returns; ``path`` may go after it.

    On the same file system this is a link, so a file of many GB costs nothing; repeating it is harmless.
    """
    if "://" in settings.OBJECTS_URL:
        obstore.put(_here(), key, path)
        return
    target = Path(settings.OBJECTS_URL) / key
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        _fsync(path)
        try:
            os.link(path, target)
        except FileExistsError:
            return
        except OSError:  # another file system
            obstore.put(LocalStore(settings.OBJECTS_URL), key, path)
            _fsync(target)
    folder = target.parent
    for _ in range(3):
        _fsync(folder)
        folder = folder.parent


def put(key: str, content: bytes) -> None:
    """Write a small object."""
    obstore.put(_here(), key, content)


def get(key: str) -> bytes:
    """The whole of a small object."""
    return bytes(obstore.get(_here(), key).bytes())


def delete(keys: list[str]) -> None:
    """Remove working files; keys that do not exist are passed over."""
    for key in keys:
        try:
            obstore.delete(_here(), key)
        except FileNotFoundError:
            continue


def delete_folder(folder: str) -> None:
    """Remove the working files of a folder, with what a killed process left half written there."""
    if "://" not in settings.OBJECTS_URL:
        shutil.rmtree(Path(settings.OBJECTS_URL) / folder, ignore_errors=True)
        return
    for some in obstore.list(_here(), prefix=folder):
        obstore.delete(_here(), [one["path"] for one in some])


def read(key: str, offset: int, size: int) -> bytes:
    """A range of an object."""
    return bytes(obstore.get_range(_here(), key, start=offset, length=size)) if size > 0 else b""


def stream(key: str, offset: int = 0, size: int | None = None) -> Iterator[bytes]:
    """An object, or a range of it, in chunks of at most 1 MiB."""
    end = StoredFile(key).size if size is None else offset + size
    while offset < end:
        piece = read(key, offset, min(CHUNK, end - offset))
        if not piece:
            return
        yield piece
        offset += len(piece)


class StoredFile:
    """An object that can be read from any place (for archive.members)."""

    def __init__(self, key: str) -> None:
        """Look the object up; FileNotFoundError where it is not kept."""
        self.key = key
        self.size = int(obstore.head(_here(), key)["size"])

    def read(self, offset: int, size: int) -> bytes:
        """At most ``size`` bytes from ``offset``."""
        return read(self.key, offset, min(size, self.size - offset))
