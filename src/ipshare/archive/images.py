"""Format and pixel size of an image, read from its header bytes while it streams past."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ipshare.archive import zipdir
from ipshare.archive.members import Member, Package
from ipshare.domain.finding import Finding

_HEAD = 256 << 10
_DIRECTORY = 64 << 10
_SVG = re.compile(rb"<(?:\w+:)?svg\b[^>]*>", re.DOTALL)
_SIZE = re.compile(rb"""\b(width|height)\s*=\s*["']\s*([0-9.]+)\s*(?:px)?\s*["']""")
_VIEW_BOX = re.compile(
    rb"""\bviewBox\s*=\s*["']\s*([-0-9.eE]+)[\s,]+([-0-9.eE]+)[\s,]+([0-9.eE]+)[\s,]+([0-9.eE]+)"""
)
_FRAMES = frozenset(range(0xC0, 0xD0)) - {
    0xC4,
    0xC8,
    0xCC,
}  # SOF markers; the others are DHT, JPG, DAC
_MARK = 0xFF
_PIXELS = (1 << 31) - 1  # no image of a register comes near; more is not believed
_BARE = frozenset({0x01, *range(0xD0, 0xDA)})  # markers without a length
_TIFF_WIDTH, _TIFF_HEIGHT, _SHORT = 256, 257, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What an image's header says: an ST.96 ImageFormatCategory (empty: none of them), pixels where it tells them."""

    format: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image of a package: ``compressed`` bytes at ``offset``, to be inflated (raw Deflate) unless ``stored``.

    ``format`` is by the content, whatever the name says; ``digest`` is the SHA-256 of the image's own bytes.
    """

    name: str
    offset: int
    compressed: int
    size: int
    stored: bool
    digest: bytes
    format: str
    width: int | None
    height: int | None


def read(package: Package, member: Member) -> Image | Finding:
    """Read an image to its proven end: its shape, its digest, and where its bytes lie in the package."""
    stream, probe = package.read(member), Probe()
    for chunk in stream:
        if isinstance(chunk, Finding):
            return chunk
        probe.feed(chunk)
    offset = package.data_offset(member)
    if isinstance(offset, Finding):
        return offset
    shape = probe.shape()
    width, height = _believed(shape.width), _believed(shape.height)
    return Image(
        name=member.name,
        offset=offset,
        compressed=member.compressed,
        size=stream.size,
        stored=member.method == zipdir.STORED,
        digest=bytes.fromhex(stream.sha256),
        format=shape.format,
        width=width,
        height=height,
    )


def _believed(pixels: int | None) -> int | None:
    return pixels if pixels is None or pixels <= _PIXELS else None


class Probe:
    """Keeps the few bytes of a stream that tell the image's shape: its head, and a TIFF's directory."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._directory = bytearray()
        self._directory_at = 0
        self._done = 0

    def feed(self, chunk: bytes) -> None:
        """Look at the next bytes of the image."""
        if len(self._head) < _HEAD:
            self._head += chunk[: _HEAD - len(self._head)]
            self._directory_at = self._directory_at or _tiff_directory(bytes(self._head[:8]))
        if self._directory_at >= _HEAD and len(self._directory) < _DIRECTORY:
            start = max(0, self._directory_at + len(self._directory) - self._done)
            self._directory += chunk[start : start + _DIRECTORY - len(self._directory)]
        self._done += len(chunk)

    def shape(self) -> Shape:
        """The shape of what was fed so far."""
        head = bytes(self._head)
        if head[:2] in {b"II", b"MM"} and self._directory_at:
            directory = (
                bytes(self._directory)
                if self._directory_at >= _HEAD
                else head[self._directory_at :]
            )
            return _tiff(directory, big=head[:2] == b"MM")
        return shape_of(head)


def shape_of(head: bytes) -> Shape:
    """The shape of an image by its first bytes (not TIFF)."""
    if head.startswith(b"\xff\xd8"):
        return next(_jpeg(head), Shape(format="JPEG"))
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR" and len(head) >= 24:  # noqa: PLR2004
        width, height = struct.unpack_from(">2L", head, 16)
        return Shape(format="PNG", width=width, height=height)
    if head[:6] in {b"GIF87a", b"GIF89a"} and len(head) >= 10:  # noqa: PLR2004
        width, height = struct.unpack_from("<2H", head, 6)
        return Shape(format="GIF", width=width, height=height)
    tag = _SVG.search(head[:65536])
    return _svg(tag.group()) if tag else Shape()


def _jpeg(head: bytes) -> Iterator[Shape]:
    """Walk the segments to the first frame header (ITU-T T.81, B.1.1.4)."""
    at = 2
    while at + 9 <= len(head) and head[at] == _MARK:
        marker = head[at + 1]
        if marker == _MARK or marker in _BARE:  # fill bytes; markers that stand alone
            at += 1 if marker == _MARK else 2
            continue
        if marker in _FRAMES:
            height, width = struct.unpack_from(">2H", head, at + 5)
            yield Shape(format="JPEG", width=width, height=height)
            return
        at += 2 + int(struct.unpack_from(">H", head, at + 2)[0])


def _svg(tag: bytes) -> Shape:
    sizes = {
        name: float(value)
        for name, value in _SIZE.findall(tag)
        if value.count(b".") <= 1 and value != b"."
    }
    box = _VIEW_BOX.search(tag)
    try:
        width = sizes.get(b"width") or (float(box.group(3)) if box else 0.0)
        height = sizes.get(b"height") or (float(box.group(4)) if box else 0.0)
        return Shape(format="SVG", width=round(width) or None, height=round(height) or None)
    except (ValueError, OverflowError):
        return Shape(format="SVG")


def _tiff_directory(head: bytes) -> int:
    """The offset of the first directory of a TIFF, or 0."""
    if head[:4] == b"II*\0":
        return int(struct.unpack_from("<L", head, 4)[0]) if len(head) >= 8 else 0  # noqa: PLR2004
    if head[:4] == b"MM\0*":
        return int(struct.unpack_from(">L", head, 4)[0]) if len(head) >= 8 else 0  # noqa: PLR2004
    return 0


def _tiff(directory: bytes, *, big: bool) -> Shape:
    """Width and height of the first image in a directory (TIFF 6.0, section 2)."""
    order = ">" if big else "<"
    sizes = {_TIFF_WIDTH: 0, _TIFF_HEIGHT: 0}
    count = struct.unpack_from(f"{order}H", directory)[0] if len(directory) > 1 else 0
    for at in range(2, min(2 + 12 * count, len(directory) - 11), 12):
        tag, kind, _ = struct.unpack_from(f"{order}2HL", directory, at)
        if tag in sizes:
            form = "H" if kind == _SHORT else "L"
            sizes[tag] = int(struct.unpack_from(f"{order}{form}", directory, at + 8)[0])
    return Shape(
        format="TIFF", width=sizes[_TIFF_WIDTH] or None, height=sizes[_TIFF_HEIGHT] or None
    )
