"""The bare form of a PNG: the chunks that draw it, each of the length it has to have (PNG, third edition, 11)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from mmap import mmap

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_END = b"\0\0\0\0IEND\xaeB`\x82"
_GREY, _RGB, _INDEXED, _GREY_ALPHA, _RGB_ALPHA = 0, 2, 3, 4, 6
_SAMPLES = {_GREY: 1, _RGB: 3, _INDEXED: 1, _GREY_ALPHA: 2, _RGB_ALPHA: 4}
_DEPTHS = {_GREY: (1, 2, 4, 8, 16), _INDEXED: (1, 2, 4, 8)}
_TRANSPARENT = {_GREY: 2, _RGB: 6}
_GROUND = {_GREY: 2, _GREY_ALPHA: 2, _RGB: 6, _RGB_ALPHA: 6, _INDEXED: 1}
_SIGNIFICANT = {_GREY: 1, _RGB: 3, _INDEXED: 3, _GREY_ALPHA: 2, _RGB_ALPHA: 4}
_PASSES = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
)  # fmt: skip
_ONE, _LARGEST = 100_000, 1_000_000  # a coordinate of colour; a gamma, a density
_CHUNKS, _PIXELS = (
    200_000,
    1 << 29,
)  # of one file: chunks, and bytes of pixels with those of its frames
_PIECE, _INFLATED = 1 << 16, 1 << 20

Part = bytes | slice


class UnknownError(ValueError):
    """Not a PNG, or more than is known of it."""


@dataclass(slots=True)
class _Pixels:
    """Compressed rows, which end where the picture does."""

    left: int
    inflater: zlib._Decompress = field(default_factory=zlib.decompressobj)

    def feed(self, content: bytes | mmap, at: int, end: int) -> None:
        for begin in range(at, end, _PIECE):
            rest = bytes(content[begin : min(end, begin + _PIECE)])
            while rest:
                if self.inflater.eof:
                    raise UnknownError
                self.left -= len(self.inflater.decompress(rest, _INFLATED))
                rest = self.inflater.unconsumed_tail or self.inflater.unused_data
                if self.left < 0:
                    raise UnknownError

    def end(self) -> None:
        while not self.inflater.eof:
            more = self.inflater.decompress(b"", _INFLATED)
            self.left -= len(more)
            if not more or self.left < 0:
                break
        if not self.inflater.eof or self.left < 0:
            raise UnknownError


@dataclass(slots=True)
class _Reading:
    """What was read of a file so far."""

    content: bytes | mmap
    width: int
    height: int
    depth: int
    colour: int
    interlaced: int
    colours: int = 0
    kept: set[bytes] = field(default_factory=set)
    frames: int = 0
    sequence: int = 0
    budget: int = _PIXELS
    pixels: _Pixels | None = None
    drawn: bool = False

    def begin(self, width: int, height: int) -> None:
        """Rows of so many pixels come next; those before have ended."""
        self.finish()
        size = self._size(width, height)
        self.budget -= size
        if self.budget < 0:
            raise UnknownError
        self.pixels = _Pixels(size)

    def finish(self) -> None:
        if self.pixels is not None:
            self.pixels.end()
        self.pixels = None

    def _size(self, width: int, height: int) -> int:
        bits = self.depth * _SAMPLES[self.colour]
        if not self.interlaced:
            return height * (1 + (width * bits + 7) // 8)
        size = 0
        for left, top, across, down in _PASSES:
            columns, rows = -(-(width - left) // across), -(-(height - top) // down)
            if columns > 0 and rows > 0:
                size += rows * (1 + (columns * bits + 7) // 8)
        return size

    def beside(self, kind: bytes, body: bytes) -> bool:
        """Whether a chunk that stands before the pixels is of the length and range that its kind has."""
        ok = _MEASURES.get(kind)
        if ok is None or kind in self.kept or not ok(self, body):
            return False
        self.kept.add(kind)
        return True

    def frame(self, body: bytes) -> None:
        """A frame of an animation begins."""
        number, width, height, left, top, _, _, dispose, blend = struct.unpack(">5L2H2B", body)
        self._next(number)
        within = left + width <= self.width and top + height <= self.height
        if not width or not height or not within or dispose > 2 or blend > 1:  # noqa: PLR2004 (as 11.3.6 has them)
            raise UnknownError
        self.frames -= 1
        if self.drawn:
            self.begin(width, height)

    def frame_data(self, at: int, end: int) -> None:
        self._next(*struct.unpack(">L", self.content[at : at + 4]))
        if self.pixels is None or not self.drawn or end - at < 4:  # noqa: PLR2004 (its number)
            raise UnknownError
        self.pixels.feed(self.content, at + 4, end)

    def _next(self, number: int) -> None:
        if number != self.sequence:
            raise UnknownError
        self.sequence += 1


def _palette(of: _Reading, body: bytes) -> bool:
    of.colours = len(body) // 3
    return of.colour == _INDEXED


def _transparent(of: _Reading, body: bytes) -> bool:
    if of.colour == _INDEXED:
        return len(body) <= of.colours
    return len(body) == _TRANSPARENT.get(of.colour)


def _ground(of: _Reading, body: bytes) -> bool:
    return len(body) == _GROUND[of.colour] and (of.colour != _INDEXED or body[0] < of.colours)


def _significant(of: _Reading, body: bytes) -> bool:
    depth = 8 if of.colour == _INDEXED else of.depth
    return len(body) == _SIGNIFICANT[of.colour] and all(0 < bits <= depth for bits in body)


def _numbers(body: bytes, count: int, most: int) -> bool:
    return len(body) == 4 * count and all(
        number <= most for number in struct.unpack(f">{count}L", body)
    )


def _animated(of: _Reading, body: bytes) -> bool:
    if len(body) != 8:  # noqa: PLR2004 (frames, and how often they are shown)
        return False
    (of.frames,) = struct.unpack_from(">L", body)
    return True


_MEASURES = {
    b"PLTE": _palette,
    b"tRNS": _transparent,
    b"bKGD": _ground,
    b"sBIT": _significant,
    b"gAMA": lambda _, body: _numbers(body, 1, _LARGEST),
    b"cHRM": lambda _, body: _numbers(body, 8, _ONE),
    b"sRGB": lambda _, body: len(body) == 1 and body[0] <= 3,  # noqa: PLR2004 (the intents)
    b"pHYs": lambda _, body: _numbers(body[:-1], 2, _LARGEST) and body[-1] <= 1,
    b"acTL": _animated,
}


def parts(content: bytes | mmap) -> Iterator[Part]:
    """The parts of the bare file."""
    of = _header(content)
    yield slice(0, 33)
    at, before = 33, b"IHDR"
    for _ in range(_CHUNKS):
        length, kind = struct.unpack_from(">L4s", content, at)
        begin, end = at + 8, at + 12 + length
        if end > len(content):
            raise UnknownError
        if kind == b"IEND":
            of.finish()
            if not of.drawn or of.frames:
                raise UnknownError
            yield _END
            return
        if _draws(of, kind, before, begin, end - 4):
            if not _is_whole(content, at + 4, end):
                raise UnknownError
            yield slice(at, end)
        elif not kind[0] & 0x20 and kind != b"PLTE":  # a critical one of another kind
            raise UnknownError
        at, before = end, kind
    raise UnknownError


def _header(content: bytes | mmap) -> _Reading:
    length, kind = struct.unpack_from(">L4s", content, 8)
    of = _Reading(content, *struct.unpack_from(">2L2B2xB", content, 16))
    if (
        (length, kind, bytes(content[26:28])) != (13, b"IHDR", b"\0\0")
        or not _is_whole(content, 12, 33)
        or not of.width
        or not of.height
        or of.colour not in _SAMPLES
        or of.depth not in _DEPTHS.get(of.colour, (8, 16))
        or of.interlaced > 1
    ):
        raise UnknownError
    return of


def _draws(of: _Reading, kind: bytes, before: bytes, begin: int, end: int) -> bool:
    """Whether a chunk is kept."""
    if kind == b"IDAT":
        if not of.drawn:
            of.begin(of.width, of.height)
            of.drawn = True
        elif before != b"IDAT":
            raise UnknownError
        if of.pixels is not None:
            of.pixels.feed(of.content, begin, end)
        return True
    if kind in {b"fcTL", b"fdAT"}:
        if b"acTL" not in of.kept:
            return False
        if kind == b"fcTL":
            of.frame(bytes(of.content[begin : min(end, begin + 64)]))
        else:
            of.frame_data(begin, end)
        return True
    if kind == b"PLTE" and ((end - begin) % 3 or not 3 <= end - begin <= 768):  # noqa: PLR2004 (1 to 256 colours)
        raise UnknownError
    if of.drawn or end - begin > 768:  # noqa: PLR2004 (no other is longer than a palette)
        return False
    return of.beside(kind, bytes(of.content[begin:end]))


def _is_whole(content: bytes | mmap, at: int, end: int) -> bool:
    """Whether the checksum at the end is that of the kind and the content before it."""
    found = 0
    for begin in range(at, end - 4, _PIECE):
        found = zlib.crc32(content[begin : min(end - 4, begin + _PIECE)], found)
    return struct.pack(">L", found) == bytes(content[end - 4 : end])
