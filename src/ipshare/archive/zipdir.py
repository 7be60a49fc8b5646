"""The directory of a zip file read strictly: whatever two programs could read differently is refused.

References are to PKWARE's APPNOTE.TXT 6.3.10.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ipshare.archive import findings
from ipshare.archive.limits import Limits
from ipshare.archive.source import Source
from ipshare.domain.finding import Finding

STORED, DEFLATED = 0, 8
METHODS = {
    9: "Deflate64",
    12: "bzip2",
    14: "LZMA",
    93: "Zstandard",
    95: "xz",
    98: "PPMd",
    99: "AES encryption",
}

_END = struct.Struct("<4s4H2LH")  # 4.3.16 end of central directory
_LOCATOR = struct.Struct("<4sLQL")  # 4.3.15
_END64 = struct.Struct("<4sQ2H2L4Q")  # 4.3.14
_ENTRY = struct.Struct("<4s4B4H3L5H2L")  # 4.3.12
_FIELD = struct.Struct("<2H")  # 4.5.1 extensible data field
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_WINDOW = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as the central directory describes it; a claim, proved when it is read."""

    raw_name: bytes
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    header: int
    unix_mode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Where the central directory lies, and how many entries it has."""

    offset: int
    size: int
    entries: int


def find(source: Source, file: str, limits: Limits) -> Directory | Finding:
    """The place of the central directory, after the end records agree with each other and with the file."""
    tail_at = max(0, source.size - _END.size - _FULL16)
    tail = source.read(tail_at, source.size - tail_at)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        return findings.unreadable(
            file, "the zip directory at its end is missing: the file is cut off"
        )
    _, disk, first_disk, here, total, size, offset, comment = _END.unpack_from(tail, at)
    if at + _END.size + comment != len(tail):
        return findings.unsafe(
            file,
            file,
            "bytes follow the end of the zip directory, or its comment holds another one",
        )
    if disk or first_disk or here != total:
        return findings.unreadable(file, "it is one part of a split zip file")
    wide = _read_end64(source, tail_at + at, file)
    if isinstance(wide, Finding):
        return wide
    narrow = Directory(offset=offset, size=size, entries=total)
    return _agreed(narrow, *(wide or (tail_at + at, narrow)), file, limits)


def _agreed(
    narrow: Directory, end: int, directory: Directory, file: str, limits: Limits
) -> Directory | Finding:
    """The directory that the zip and the zip64 end records both name, when it fits the file and the limits."""
    pairs = (
        (narrow.entries, _FULL16, directory.entries),
        (narrow.size, _FULL32, directory.size),
        (narrow.offset, _FULL32, directory.offset),
    )
    reason = ""
    if any(small not in (full, large) for small, full, large in pairs):
        reason = "the zip and the zip64 directory disagree"
    elif directory.offset + directory.size != end:
        reason = "bytes stand before the zip, or between its directory and its end"
    elif directory.entries > limits.entries:
        reason = f"it has {directory.entries} entries, more than {limits.entries}; send it in several packages"
    elif directory.size > limits.directory:
        reason = f"its directory takes {directory.size} bytes, more than {limits.directory}"
    return findings.unsafe(file, file, reason) if reason else directory


def _read_end64(source: Source, end: int, file: str) -> tuple[int, Directory] | Finding | None:
    """The offset of the zip64 end record and the directory that it names, or None without zip64."""
    at = end - _LOCATOR.size
    if at < 0:
        return None
    locator = source.read(at, _LOCATOR.size)
    if locator[:4] != b"PK\x06\x07":
        return None
    _, disk, end64, disks = _LOCATOR.unpack(locator)
    record = source.read(end64, _END64.size)
    if disk or disks > 1 or len(record) < _END64.size or record[:4] != b"PK\x06\x06":
        return findings.unreadable(file, "its zip64 directory is damaged")
    _, length, _, _, disk, first_disk, here, total, size, offset = _END64.unpack(record)
    if end64 + 12 + length != at or disk or first_disk or here != total:
        return findings.unreadable(file, "its zip64 directory is damaged")
    return end64, Directory(offset=offset, size=size, entries=total)


def entries(source: Source, directory: Directory, file: str) -> Iterator[Entry | Finding]:
    """The entries in the order of the directory, read in windows; a Finding ends them."""
    end = directory.offset + directory.size
    at = start = directory.offset
    window = b""
    for _ in range(directory.entries):
        if at + _ENTRY.size + 3 * _FULL16 > start + len(window) and start + len(window) < end:
            start, window = at, source.read(at, min(_WINDOW, end - at))
        entry = _entry(window, at - start)
        if entry is None:
            yield findings.unreadable(file, "its directory is damaged")
            return
        yield entry[0]
        at += entry[1]
    if at != end:
        yield findings.unsafe(
            file, file, "its directory holds more than the entries that it counts"
        )


def _entry(window: bytes, at: int) -> tuple[Entry, int] | None:
    if len(window) - at < _ENTRY.size or window[at : at + 4] != b"PK\x01\x02":
        return None
    fields = _ENTRY.unpack_from(window, at)
    _, _, system, _, _, flags, method, _, _, crc, compressed, size = fields[:12]
    name_size, extra_size, comment_size, disk, _, attributes, header = fields[12:]
    total = _ENTRY.size + name_size + extra_size + comment_size
    if disk or len(window) - at < total:
        return None
    name_at = at + _ENTRY.size
    extra = window[name_at + name_size : name_at + name_size + extra_size]
    wide = widen(extra, size, compressed, header)
    if wide is None:
        return None
    size, compressed, header = wide
    entry = Entry(
        raw_name=window[name_at : name_at + name_size],
        flags=flags,
        method=method,
        crc=crc,
        compressed=compressed,
        size=size,
        header=header,
        unix_mode=attributes >> 16 if system in (3, 19) else 0,
    )
    return entry, total


def widen(extra: bytes, *narrow: int) -> tuple[int, ...] | None:
    """Sizes and offset, taken from the zip64 extra field where they are full (4.5.3)."""
    if _FULL32 not in narrow:
        return narrow
    at = 0
    while len(extra) - at >= _FIELD.size:
        kind, length = _FIELD.unpack_from(extra, at)
        if kind == 1:
            field = extra[at + _FIELD.size :][:length]
            count = narrow.count(_FULL32)
            if len(field) < 8 * count:
                return None
            values = iter(struct.unpack_from(f"<{count}Q", field))
            return tuple(next(values) if value == _FULL32 else value for value in narrow)
        at += _FIELD.size + length
    return None
