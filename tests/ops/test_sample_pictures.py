"""Pictures are valid files, big enough to see, and no two are alike."""

from __future__ import annotations

import struct
import zlib

from ipshare.ops.sample import pictures

DC_CODES = {}
for category, (code, width) in enumerate(pictures._dc_codes()):
    DC_CODES[width, code] = category


def pixels_of_png(data):
    """Width, height and rows of a palette PNG, every checksum checked."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, place = {}, 8
    while place < len(data):
        (size,) = struct.unpack_from(">I", data, place)
        kind, content = data[place + 4 : place + 8], data[place + 8 : place + 8 + size]
        assert struct.unpack_from(">I", data, place + 8 + size)[0] == zlib.crc32(kind + content)
        chunks[kind] = content
        place += 12 + size
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, colour) == (8, 3)
    raw = zlib.decompress(chunks[b"IDAT"])
    assert len(raw) == height * (width + 1)
    rows = [raw[row * (width + 1) : (row + 1) * (width + 1)] for row in range(height)]
    assert all(row[0] == 0 for row in rows)
    assert max(max(row[1:]) for row in rows) < len(chunks[b"PLTE"]) // 3
    return width, height, rows


def blocks_of_jpeg(data):
    """Width, height and grey levels of a JPEG of flat blocks, decoded to the last block."""
    assert data.startswith(b"\xff\xd8")
    assert data.endswith(b"\xff\xd9")
    place, size = 2, (0, 0)
    while data[place + 1] != 0xDA:
        (length,) = struct.unpack_from(">H", data, place + 2)
        if data[place + 1] == 0xC0:
            height, width = struct.unpack_from(">HH", data, place + 5)
            size = (width, height)
        place += 2 + length
    (length,) = struct.unpack_from(">H", data, place + 2)
    scan = data[place + 2 + length : -2].replace(b"\xff\x00", b"\xff")
    bits = "".join(f"{byte:08b}" for byte in scan)
    levels, at, previous = [], 0, 0
    for _ in range(size[0] * size[1] // 64):
        width = next(n for n in range(1, 17) if (n, int(bits[at : at + n], 2)) in DC_CODES)
        category = DC_CODES[width, int(bits[at : at + width], 2)]
        at += width
        if category:
            value = int(bits[at : at + category], 2)
            previous += value if value >> (category - 1) else value - (1 << category) + 1
        at += category
        assert bits[at] == "0"  # end of block
        at += 1
        levels.append(previous)
    assert len(bits) - at < 8
    assert set(bits[at:]) <= {"1"}
    return *size, levels


def test_a_png_can_be_read_to_its_last_row():
    for index in range(40):
        width, height, rows = pixels_of_png(pictures.png("KH", 7, index))
        assert min(width, height) >= 120
        assert len(set(b"".join(rows))) > 3


def test_a_jpeg_can_be_read_to_its_last_block():
    for index in range(40):
        width, height, levels = blocks_of_jpeg(pictures.jpeg("KH", 7, index))
        assert min(width, height) >= 120
        assert all(-128 <= level < 128 for level in levels)
        assert len(set(levels)) > 5


def test_no_picture_is_like_another_or_too_small_to_be_one():
    drawn = [
        pictures.draw(kind, "KH", 7, index) for index in range(300) for kind in ("PNG", "JPEG")
    ]
    assert len(set(drawn)) == len(drawn)
    assert all(450 < len(one) < 20_000 for one in drawn)


def test_a_picture_depends_on_its_key_alone():
    assert pictures.png("KH", 7, 3) == pictures.png("KH", 7, 3)
    assert pictures.png("KH", 7, 3) != pictures.png("KH", 8, 3)
