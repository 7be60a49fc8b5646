"""The bare form of a TIFF: a new directory of the tags that draw each page, and the pages' own bytes (TIFF 6.0)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from mmap import mmap

ORIENTATION = 274
_COMPRESSION, _JPEG_TABLES = 259, 347
_STRIPS, _TILES = (273, 279), (324, 325)  # where they lie, and how long they are
_DRAWING = frozenset({
    254, 255, 256, 257, 258, _COMPRESSION, 262, 263, 266, ORIENTATION, 277, 278, 282, 283, 284, 292, 293, 296,
    317, 318, 319, 320, 321, 322, 323, 332, 334, 338, 339, _JPEG_TABLES, 529, 530, 531, 532,
})  # fmt: skip
_COMPRESSIONS = frozenset({1, 2, 3, 4, 5, 7, 8, 32773, 32946})
_JPEG = 7
_SIZES = {
    1: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
}  # no texts (2), nothing undefined (7)
_UNDEFINED = 7
_BITS, _COLOUR, _SUBSAMPLED, _PLANES = 258, 262, 6, 2
_PAGES, _MOST = 1_000, 100_000  # pages, and strips or tiles of all of them
_COUNTS = {318: (2,), 319: (6,), 321: (2,), 529: (3,), 530: (2,), 532: (6,)}
_BY_SAMPLE, _SAMPLES = frozenset({258, 338, 339}), range(1, 33)
_COLOURS, _TABLES = 320, tuple(3 << bits for bits in range(1, 17))
_LONG = 4

Part = bytes | slice


class UnknownError(ValueError):
    """Not a TIFF, or more than is known of it."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One tag of a directory: its values are ``count`` of a kind, in the file's order of bytes."""

    kind: int
    count: int
    values: bytes


def parts(content: bytes | mmap, *, jpeg: Callable[[bytes], list[Part]]) -> Iterator[Part]:
    """The parts of the bare file; ``jpeg`` makes the strips bare that are a JPEG each."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(content[:4]))
    if order is None:
        raise UnknownError
    pages = list(_pages(content, order))
    written, body, taken = 8, list[Part](), 0
    for entries in pages:
        where, lengths = _TILES if _TILES[0] in entries else _STRIPS
        places, sizes = [], []
        found = _strips(content, order, entries, where, lengths)
        taken += sum(size for _, size in found)
        if taken > len(content):  # some lie over one another
            raise UnknownError
        for part in _pieces(content, order, entries, jpeg, found):
            body.append(part)
            places.append(written)
            sizes.append(_length(part))
            written += sizes[-1]
            if len(body) > _MOST:
                raise UnknownError
        entries[where], entries[lengths] = _longs(order, places), _longs(order, sizes)
    if written % 2:
        body.append(b"\0")
        written += 1
    yield bytes(content[:4]) + struct.pack(f"{order}L", written)
    yield from body
    for entries in pages:
        directory = _directory(order, entries, written, last=entries is pages[-1])
        yield directory
        written += len(directory)


def _pages(content: bytes | mmap, order: str) -> Iterator[dict[int, _Entry]]:
    """The directories of the file, each with the tags that draw its page."""
    seen: set[int] = set()
    lines = values = 0
    (at,) = struct.unpack_from(f"{order}L", content, 4)
    while at:
        if at in seen or len(seen) == _PAGES:
            raise UnknownError
        seen.add(at)
        (count,) = struct.unpack_from(f"{order}H", content, at)
        lines += 6 + 12 * count
        if lines > len(content):  # directories that lie over one another
            raise UnknownError
        entries = {}
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, number = struct.unpack_from(f"{order}2HL", content, entry)
            if tag in _DRAWING or tag in _STRIPS + _TILES:
                entries[tag] = _entry(content, order, entry, tag, kind, number)
                values += len(entries[tag].values) if number > 1 else 0
                if values > len(content):
                    raise UnknownError
        if _one(order, entries, _COMPRESSION, 1) not in _COMPRESSIONS or (
            _STRIPS[0] in entries
        ) == (_TILES[0] in entries):
            raise UnknownError
        yield entries
        (at,) = struct.unpack_from(f"{order}L", content, at + 2 + 12 * count)


def _entry(  # noqa: PLR0913, PLR0917 (one line of a directory)
    content: bytes | mmap, order: str, at: int, tag: int, kind: int, count: int
) -> _Entry:
    if not _is_counted(tag, count):
        raise UnknownError
    one = 1 if (tag, kind) == (_JPEG_TABLES, _UNDEFINED) else _SIZES.get(kind)
    if one is None or count * one > len(content):
        raise UnknownError
    place = at + 8
    if count * one > _LONG:
        (place,) = struct.unpack_from(f"{order}L", content, place)
    values = bytes(content[place : place + count * one])
    if len(values) < count * one:
        raise UnknownError
    return _Entry(kind, count, values)


def _is_counted(tag: int, count: int) -> bool:
    """Whether a tag may have so many values."""
    if tag in _STRIPS + _TILES:
        return 0 < count <= _MOST
    if tag == _JPEG_TABLES:
        return True
    if tag == _COLOURS:
        return count in _TABLES
    return count in (_SAMPLES if tag in _BY_SAMPLE else _COUNTS.get(tag, (1,)))


def _strips(
    content: bytes | mmap, order: str, entries: dict[int, _Entry], where: int, lengths: int
) -> list[tuple[int, int]]:
    """Where the strips or tiles of a page lie, and how long each is."""
    if lengths not in entries:
        raise UnknownError
    places, sizes = _numbers(order, entries[where]), _numbers(order, entries[lengths])
    if len(places) != len(sizes):
        raise UnknownError
    found = list(zip(places, sizes, strict=True))
    if any(place + size > len(content) for place, size in found):
        raise UnknownError
    return found


def _pieces(
    content: bytes | mmap,
    order: str,
    entries: dict[int, _Entry],
    jpeg: Callable[[bytes], list[Part]],
    found: list[tuple[int, int]],
) -> Iterator[Part]:
    """The strips or tiles of a page, as far as they draw."""
    if _JPEG_TABLES in entries:
        tables = entries[_JPEG_TABLES]
        drawing = _joined(tables.values, jpeg(tables.values))
        entries[_JPEG_TABLES] = _Entry(_UNDEFINED, len(drawing), drawing)
    compression = _one(order, entries, _COMPRESSION, 1)
    most = _plain(order, entries, len(found)) if compression == 1 else None
    for number, (place, size) in enumerate(found):
        if compression == _JPEG:
            strip = bytes(content[place : place + size])
            yield _joined(strip, jpeg(strip))
        else:
            yield slice(place, place + (size if most is None else min(size, most(number))))


def _plain(order: str, entries: dict[int, _Entry], count: int) -> Callable[[int], int] | None:
    """How many bytes of pixels the strips or tiles of a page have that are not compressed, where that is known."""
    if _one(order, entries, _COLOUR, 0) == _SUBSAMPLED:
        return None
    width, height = _one(order, entries, 256, 0), _one(order, entries, 257, 0)
    samples = max(_one(order, entries, 277, 1), 1)
    bits = _numbers(order, entries[_BITS]) if _BITS in entries else (1,)
    rows = min(_one(order, entries, 278, height), height)
    if _TILES[0] in entries:
        width, rows = _one(order, entries, 322, 0), _one(order, entries, 323, 0)
    planes = samples if _one(order, entries, 284, 1) == _PLANES else 1
    each = samples // planes * max(bits)
    row = (width * each + 7) // 8
    by_plane = count // planes

    def most(number: int) -> int:
        last = _STRIPS[0] in entries and number % by_plane == by_plane - 1
        return row * (height - (by_plane - 1) * rows if last else rows)

    is_known = width and rows and by_plane and by_plane * planes == count
    if not is_known or (_STRIPS[0] in entries and by_plane != -(-height // rows)):
        return None
    return most


def _joined(content: bytes, found: list[Part]) -> bytes:
    return b"".join(content[part] if isinstance(part, slice) else part for part in found)


def _length(part: Part) -> int:
    return part.stop - part.start if isinstance(part, slice) else len(part)


def _numbers(order: str, entry: _Entry) -> tuple[int, ...]:
    form = {1: "B", 3: "H", 4: "L"}.get(entry.kind)
    if form is None:
        raise UnknownError
    return struct.unpack(f"{order}{entry.count}{form}", entry.values)


def _one(order: str, entries: dict[int, _Entry], tag: int, default: int) -> int:
    """The one value of a tag."""
    if tag not in entries:
        return default
    found = _numbers(order, entries[tag])
    if len(found) != 1:
        raise UnknownError
    return found[0]


def _longs(order: str, numbers: list[int]) -> _Entry:
    return _Entry(4, len(numbers), struct.pack(f"{order}{len(numbers)}L", *numbers))


def _directory(order: str, entries: dict[int, _Entry], at: int, *, last: bool) -> bytes:
    """A directory with the values that its lines have no room for; the next one follows it."""
    lines, values = [struct.pack(f"{order}H", len(entries))], b""
    beside = at + 2 + 12 * len(entries) + 4
    for tag, entry in sorted(entries.items()):
        if len(entry.values) > _LONG:
            told = struct.pack(f"{order}L", beside + len(values))
            values += entry.values + bytes(len(entry.values) % 2)
        else:
            told = entry.values.ljust(_LONG, b"\0")
        lines.append(struct.pack(f"{order}2HL", tag, entry.kind, entry.count) + told)
    following = 0 if last else beside + len(values)
    return b"".join([*lines, struct.pack(f"{order}L", following), values])
