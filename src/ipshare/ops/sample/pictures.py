"""Small valid pictures drawn by our own code: PNG in eight colours, baseline JPEG in grey."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from functools import cache
from math import isqrt

from ipshare.ops.sample.dice import Dice

SIDE = 160
_ROW = SIDE + 1
BLOCK = 8
LEVEL = 3
"""Of compression: at level 6 a picture takes three times as long and is a quarter smaller."""
_INK = 3


def png(purpose: str, seed: int, index: int) -> bytes:
    """A PNG of circles, bars and a striped ground; every key gives another picture."""
    dice = Dice(f"picture/{purpose}", seed, index)
    palette = bytes(
        255 if slot == 0 else 20 + dice.below(220) for slot in range(8) for _ in range(3)
    )
    stripe = 2 + dice.below(9)
    tilt = 1 + dice.below(5)
    ground = bytes((column // stripe + _INK) % 2 for column in range(SIDE + 24))
    circles = [
        (20 + dice.below(120), 20 + dice.below(120), 10 + dice.below(34), 2 + dice.below(6))
        for _ in range(3 + dice.below(4))
    ]
    bars = [
        (
            dice.below(120),
            8 + dice.below(30),
            dice.below(110),
            20 + dice.below(40),
            2 + dice.below(6),
        )
        for _ in range(3)
    ]
    speckles = [(dice.below(SIDE), dice.below(SIDE)) for _ in range(60)]
    rows = _rows(ground, 2 * stripe, tilt)
    for top, height, left, width, colour in bars:
        _fill(rows, range(top, min(top + height, SIDE)), left, min(left + width, SIDE), colour)
    for cx, cy, radius, colour in circles:
        for y in range(max(cy - radius + 1, 0), min(cy + radius, SIDE)):
            reach = isqrt(radius * radius - (y - cy) * (y - cy))
            _fill(rows, (y,), max(cx - reach, 0), min(cx + reach, SIDE), colour)
    for x, y in speckles:
        rows[y * _ROW + 1 + x] = 7
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", header),
            (b"PLTE", palette),
            (b"IDAT", zlib.compress(rows, LEVEL)),
            (b"IEND", b""),
        )
    )


def _rows(ground: bytes, period: int, tilt: int) -> bytearray:
    """The ground, each row shifted against the one above; a row begins with its filter, which is none."""
    rows = bytearray()
    for y in range(SIDE):
        shift = y * tilt % period
        rows += b"\x00" + ground[shift : shift + SIDE]
    return rows


def _fill(rows: bytearray, which: Iterable[int], left: int, right: int, colour: int) -> None:
    line = bytes((colour,)) * (right - left)
    for y in which:
        start = y * _ROW + 1
        rows[start + left : start + right] = line


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


# Huffman table of DC differences in Annex K.3 of ITU-T T.81: category -> (code, bits).
_DC_COUNTS = bytes((0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0))
_END_OF_BLOCK = (0, 1)


@cache
def _dc_codes() -> tuple[tuple[int, int], ...]:
    codes: list[tuple[int, int]] = []
    code = 0
    for bits, count in enumerate(_DC_COUNTS, 1):
        for _ in range(count):
            codes.append((code, bits))
            code += 1
        code <<= 1
    return tuple(codes)


def jpeg(purpose: str, seed: int, index: int) -> bytes:
    """A grey baseline JPEG made of flat 8 x 8 blocks: only DC coefficients are coded."""
    dice = Dice(f"picture/{purpose}", seed, index)
    side = SIDE // BLOCK
    levels = [[96 for _ in range(side)] for _ in range(side)]
    for _ in range(9):
        left, top, width, height = (
            dice.below(16),
            dice.below(16),
            1 + dice.below(9),
            1 + dice.below(9),
        )
        grey = -100 + dice.below(190)
        for y in range(top, min(top + height, side)):
            levels[y][left : min(left + width, side)] = [grey] * (min(left + width, side) - left)
    for _ in range(90):
        levels[dice.below(side)][dice.below(side)] = -120 + dice.below(240)
    scan = _scan([level for row in levels for level in row])
    quantization = b"\xff\xdb" + struct.pack(">H", 67) + b"\x00" + bytes([8] * 64)
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, SIDE, SIDE, 1) + bytes((1, 0x11, 0))
    dc = b"\xff\xc4" + struct.pack(">H", 31) + b"\x00" + _DC_COUNTS + bytes(range(12))
    ac = b"\xff\xc4" + struct.pack(">H", 20) + b"\x10" + bytes((1,)) + bytes(15) + b"\x00"
    start = b"\xff\xda" + struct.pack(">HB", 8, 1) + bytes((1, 0, 0, 63, 0))
    jfif = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00\x01\x01\x01\x00\x48\x00\x48\x00\x00"
    return b"\xff\xd8" + jfif + quantization + frame + dc + ac + start + scan + b"\xff\xd9"


def _scan(levels: list[int]) -> bytes:
    codes = _dc_codes()
    bits, length, previous = 0, 0, 0
    for level in levels:
        difference, previous = level - previous, level
        category = abs(difference).bit_length()
        code, width = codes[category]
        bits, length = bits << width | code, length + width
        if category:
            bits = bits << category | (
                difference if difference > 0 else difference + (1 << category) - 1
            )
            length += category
        end, width = _END_OF_BLOCK
        bits, length = bits << width | end, length + width
    padding = -length % 8
    return (
        (bits << padding | (1 << padding) - 1)
        .to_bytes((length + padding) // 8, "big")
        .replace(b"\xff", b"\xff\x00")
    )


def draw(kind: str, purpose: str, seed: int, index: int) -> bytes:
    """A picture in this format (PNG or JPEG)."""
    return jpeg(purpose, seed, index) if kind == "JPEG" else png(purpose, seed, index)
