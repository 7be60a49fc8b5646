"""A picture without what is written beside its pixels: authors, places, comments, thumbnails, profiles, trailers.

What is known to draw the picture is kept, everything else left out; so nothing has to be known of what may be
hidden in it. A file that is not understood to its end has no bare form.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from mmap import mmap

from ipshare.archive import bare_tiff

Part = bytes | slice
"""Bytes of the bare picture: as they stand, or where they stand in the picture as received."""

_JPEG, _PNG, _GIF = b"\xff\xd8", b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")
_DRAWING = frozenset({
    *range(0xC0, 0xD0),  # frames, Huffman tables, arithmetic coding
    0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF,  # scan, quantization, lines, restarts, hierarchical
}) - {0xC8}  # fmt: skip
_MARK, _ADOBE = 0xFF, 12
_SCAN, _END, _APP0, _APP1, _APP14 = 0xDA, 0xD9, 0xE0, 0xE1, 0xEE
_OUT_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_JFIF = struct.Struct(">5s2sB2H2B")
_UPRIGHT, _TURNS = 1, range(2, 9)
_CHUNKS = frozenset({
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs",
    b"acTL", b"fcTL", b"fdAT",
})  # fmt: skip
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


class _UnknownError(ValueError):
    """The file is none of its format, or more than is known of it."""


def parts(content: bytes | mmap) -> list[Part] | None:
    """The parts of the bare picture, in order; None of what is no JPEG, PNG, GIF or TIFF that is understood."""
    try:
        return _merged(_parts(content))
    except (_UnknownError, bare_tiff.UnknownError, struct.error, IndexError):
        return None


def _parts(content: bytes | mmap) -> Iterator[Part]:
    head = bytes(content[:8])
    if head.startswith(_JPEG):
        return _jpeg(content)
    if head == _PNG:
        return _png(content)
    if head.startswith(_GIF):
        return _gif(content)
    return bare_tiff.parts(content, jpeg=lambda found: _merged(_jpeg(found)))


def _merged(found: Iterator[Part]) -> list[Part]:
    """Pieces that lie side by side become one."""
    merged: list[Part] = []
    for part in found:
        last = merged[-1] if merged else None
        if isinstance(part, slice) and isinstance(last, slice) and last.stop == part.start:
            merged[-1] = slice(last.start, part.stop)
        else:
            merged.append(part)
    return merged


def _jpeg(content: bytes | mmap) -> Iterator[Part]:
    """The segments that draw (ITU-T T.81, B.1): of the others, pixel density, colours and which side is up."""
    yield _JPEG
    at = 2
    while True:
        if content[at] != _MARK:
            raise _UnknownError
        marker = content[at + 1]
        if marker == _MARK:  # fill bytes
            at += 1
            continue
        if marker == _END:
            yield slice(at, at + 2)
            return
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if end > len(content):
            raise _UnknownError
        if marker in _DRAWING:
            yield slice(at, end)
        else:
            yield _told(marker, bytes(content[at + 4 : end]))
        at = end
        if marker == _SCAN:
            found = _OUT_OF_SCAN.search(content, end)
            if found is None:
                raise _UnknownError
            at = found.start()
            yield slice(end, at)


def _told(marker: int, body: bytes) -> bytes:
    """What is kept of a segment that does not draw: nothing of most."""
    kept = b""
    if marker == _APP0 and body.startswith(b"JFIF\0") and len(body) >= _JFIF.size:
        kept = _JFIF.pack(*_JFIF.unpack_from(body)[:-2], 0, 0)  # without a thumbnail
    elif marker == _APP14 and body.startswith(b"Adobe") and len(body) == _ADOBE:
        kept = body
    elif marker == _APP1 and body.startswith(b"Exif\0\0"):
        kept = _exif(_turn(body[6:]))
    return struct.pack(">BBH", _MARK, marker, len(kept) + 2) + kept if kept else b""


def _turn(tiff: bytes) -> int:
    """How the picture lies, of an Exif segment: 1 as it should."""
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (at,) = struct.unpack_from(f"{order}L", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, number, value = struct.unpack_from(f"{order}2HLH", tiff, entry)
            if (tag, kind, number) == (bare_tiff.ORIENTATION, 3, 1):
                return int(value)
    except (KeyError, struct.error):
        pass
    return _UPRIGHT


def _exif(turn: int) -> bytes:
    """The content of a segment that says how the picture lies, and nothing else."""
    if turn not in _TURNS:
        return b""
    entry = struct.pack(">2HLHH", bare_tiff.ORIENTATION, 3, 1, turn, 0)
    return b"Exif\0\0MM\0*" + struct.pack(">LH", 8, 1) + entry + bytes(4)


def _png(content: bytes | mmap) -> Iterator[Part]:
    """The chunks that draw (PNG, third edition, 11.2 and 11.3), up to the end."""
    yield slice(0, 8)
    at, kind = 8, b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">L4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise _UnknownError
        if kind in _CHUNKS:
            yield slice(at, end)
        elif not kind[0] & 0x20:  # a critical one of another kind
            raise _UnknownError
        at = end


def _gif(content: bytes | mmap) -> Iterator[Part]:
    """The images, how long each is shown and how often all are; no comments, texts and other applications' data."""
    at = 13 + _colours(content[10])
    yield slice(0, at)
    while True:
        introducer = content[at]
        if introducer == 0x3B:  # noqa: PLR2004 (the trailer)
            yield slice(at, at + 1)
            return
        if introducer == 0x2C:  # noqa: PLR2004 (an image)
            data = at + 10 + _colours(content[at + 9]) + 1
            end = _blocks_end(content, data)
            yield slice(at, end)
        elif introducer == 0x21:  # noqa: PLR2004 (an extension)
            end = _blocks_end(content, at + 2)
            loops = content[at + 3 : at + 14] in _LOOPS and end - at == 19  # noqa: PLR2004 (one block of 3)
            if content[at + 1] == 0xF9 or (content[at + 1] == 0xFF and loops):  # noqa: PLR2004
                yield slice(at, end)
        else:
            raise _UnknownError
        at = end


def _colours(packed: int) -> int:
    """Bytes of the table of colours that these flags tell of."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _blocks_end(content: bytes | mmap, at: int) -> int:
    while content[at]:
        at += 1 + content[at]
    return at + 1
