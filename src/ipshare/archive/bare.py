"""A picture without what is written beside its pixels: authors, places, comments, thumbnails, profiles, trailers.

What is known to draw the picture is kept, everything else left out; so nothing has to be known of what may be
hidden in it. A file that is not understood to its end has no bare form.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from mmap import mmap

from ipshare.archive import bare_png, bare_tiff

Part = bytes | slice
"""Bytes of the bare picture: as they stand, or where they stand in the picture as received."""

_JPEG, _GIF = b"\xff\xd8", (b"GIF87a", b"GIF89a")
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # sequential and progressive, of Huffman's code
_REFUSED = frozenset({
    0x00, 0x01, *range(0xC3, 0xD9), 0xDE, 0xDF,  # other frames, arithmetic coding, no segments, hierarchical
}) - {0xC4}  # fmt: skip
_MARK, _ADOBE = 0xFF, struct.Struct(">5sHHHB")
_HUFFMAN, _SCAN, _TABLES, _RESTARTS = 0xC4, 0xDA, 0xDB, 0xDD
_END, _APP0, _APP1, _APP14 = 0xD9, 0xE0, 0xE1, 0xEE
_SEGMENTS, _MOST = 10_000, 100_000  # of a JPEG, and parts of a bare picture
_OUT_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_JFIF = struct.Struct(">5s2sB2H2B")
_UPRIGHT, _TURNS = 1, range(2, 9)
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


class _UnknownError(ValueError):
    """The file is none of its format, or more than is known of it."""


def parts(content: bytes | mmap) -> list[Part] | None:
    """The parts of the bare picture, in order; None of what is no JPEG, PNG, GIF or TIFF that is understood."""
    try:
        return _merged(_parts(content))
    except (ValueError, struct.error, IndexError, zlib.error):
        return None


def _parts(content: bytes | mmap) -> Iterator[Part]:
    head = bytes(content[:8])
    if head.startswith(_JPEG):
        return _jpeg(content)
    if head == bare_png.SIGNATURE:
        return bare_png.parts(content)
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
            if len(merged) > _MOST:
                raise _UnknownError
    return merged


def _jpeg(content: bytes | mmap) -> Iterator[Part]:
    """The segments that draw (ITU-T T.81, B.1): of the others, pixel density, colours and which side is up."""
    yield _JPEG
    at, had = 2, set[int]()
    for _ in range(_SEGMENTS):
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
        if marker in _REFUSED or end > len(content):
            raise _UnknownError
        if _draws(marker, bytes(content[at + 4 : end]), had):
            yield slice(at, end)
        elif marker not in had and (told := _told(marker, bytes(content[at + 4 : end]))):
            had.add(marker)
            yield told
        at = end
        if marker == _SCAN:
            found = _OUT_OF_SCAN.search(content, end)
            if found is None:
                raise _UnknownError
            at = found.start()
            yield slice(end, at)
    raise _UnknownError


def _draws(marker: int, body: bytes, had: set[int]) -> bool:
    """Whether a segment draws; it then is as long as what it holds (B.2)."""
    if marker in _FRAMES:
        ok = not had & _FRAMES and len(body) == 6 + 3 * body[5] and any(body[1:3])
        had.add(marker)
    elif marker == _SCAN:
        ok = bool(had & _FRAMES) and len(body) == 4 + 2 * body[0]
    elif marker == _RESTARTS:
        ok = len(body) == 2  # noqa: PLR2004 (one number)
    elif marker == _TABLES:
        ok = _fits(body, lambda at: 65 + 64 * (body[at] >> 4) if body[at] & 0xEC == 0 else 0)
    elif marker == _HUFFMAN:
        ok = _fits(body, lambda at: 17 + sum(body[at + 1 : at + 17]) if body[at] & 0xEC == 0 else 0)
    else:
        return False
    if not ok:
        raise _UnknownError
    return True


def _fits(body: bytes, length: Callable[[int], int]) -> bool:
    """Whether a segment is tables of these lengths and nothing else."""
    at = 0
    while at < len(body):
        step = length(at)
        if not step:
            return False
        at += step
    return at == len(body)


def _told(marker: int, body: bytes) -> bytes:
    """What is kept of a segment that does not draw: nothing of most."""
    kept = b""
    if marker == _APP0 and body.startswith(b"JFIF\0") and len(body) >= _JFIF.size:
        kept = _JFIF.pack(*_JFIF.unpack_from(body)[:-2], 0, 0)  # without a thumbnail
    elif marker == _APP14 and body.startswith(b"Adobe") and len(body) == _ADOBE.size:
        if body[-1] <= 2:  # noqa: PLR2004 (how colours are coded: the rest of the segment draws nothing)
            kept = _ADOBE.pack(b"Adobe", 100, 0, 0, body[-1])
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


def _gif(content: bytes | mmap) -> Iterator[Part]:
    """The images, how long each is shown and how often all are; no comments, texts and other applications' data."""
    at = 13 + _colours(content[10])
    yield slice(0, at)
    shown, looped = slice(0, 0), False
    while True:
        introducer = content[at]
        if introducer == 0x3B:  # noqa: PLR2004 (the trailer)
            yield slice(at, at + 1)
            return
        if introducer == 0x2C:  # noqa: PLR2004 (an image)
            data = at + 10 + _colours(content[at + 9]) + 1
            end = _blocks_end(content, data)
            yield shown
            yield slice(at, end)
            shown = slice(end, end)
        elif introducer == 0x21:  # noqa: PLR2004 (an extension)
            end = _blocks_end(content, at + 2)
            label = content[at + 1]
            if label == 0xF9:  # noqa: PLR2004 (how the next image is shown: one block of 4)
                if end - at != 8 or content[at + 2] != 4:  # noqa: PLR2004
                    raise _UnknownError
                shown = slice(at, end)
            elif label == 0x01:  # a text, shown so
                shown = slice(end, end)
            elif label == 0xFF and not looped and _loops(content, at, end):  # noqa: PLR2004
                looped = True
                yield slice(at, end)
        else:
            raise _UnknownError
        at = end


def _loops(content: bytes | mmap, at: int, end: int) -> bool:
    """Whether an extension says how often the images are shown, in one block of 3."""
    name = bytes(content[at + 3 : at + 14])
    return name in _LOOPS and end - at == 19 and bytes(content[at + 14 : at + 16]) == b"\3\1"  # noqa: PLR2004


def _colours(packed: int) -> int:
    """Bytes of the table of colours that these flags tell of."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _blocks_end(content: bytes | mmap, at: int) -> int:
    while content[at]:
        at += 1 + content[at]
    return at + 1
