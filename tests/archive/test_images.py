"""Format and size of images are read from their headers."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

from ipshare.archive import images, members
from ipshare.archive.source import BytesSource


def png(width: int, height: int) -> bytes:
    header = struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">L", 13)
        + b"IHDR"
        + header
        + struct.pack(">L", zlib.crc32(b"IHDR" + header))
    )


def jpeg(width: int, height: int, application: int = 0) -> bytes:
    blocks = b"".join(
        b"\xff\xe1" + struct.pack(">H", 60002) + b"E" * 60000 for _ in range(application)
    )
    frame = b"\xff\xc2" + struct.pack(">HB2HB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8" + blocks + b"\xff\xff\xdb\0\x04\0\0" + frame + b"\xff\xd9"


def tiff(width: int, height: int, *, order: str = "<", before: int = 0) -> bytes:
    entries = struct.pack(f"{order}2HLL", 256, 4, 1, width) + struct.pack(
        f"{order}2HLHH", 257, 3, 1, height, 0
    )
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}L", 8 + before)
    return head + b"\0" * before + struct.pack(f"{order}H", 2) + entries + b"\0\0\0\0"


CASES = [
    (png(640, 480), "PNG", 640, 480),
    (jpeg(800, 600), "JPEG", 800, 600),
    (jpeg(31, 17, application=3), "JPEG", 31, 17),
    (b"GIF89a" + struct.pack("<2H", 32, 16) + b"\0" * 20, "GIF", 32, 16),
    (tiff(1000, 700), "TIFF", 1000, 700),
    (tiff(1000, 700, order=">"), "TIFF", 1000, 700),
    (tiff(1000, 700, before=3_000_000), "TIFF", 1000, 700),
    (
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 80"/>',
        "SVG",
        120,
        80,
    ),
    (b'<svg width="10.4px" height="20" viewBox="0 0 1 1">', "SVG", 10, 20),
    (b'<svg width="50%" height="1.2.3">', "SVG", None, None),
    (b"\xff\xd8\xff\xe1\x00\x10cut", "JPEG", None, None),
    (b"not an image", "", None, None),
    (b"", "", None, None),
    (b"II*\0\xff\xff\xff\xff", "TIFF", None, None),
]


@pytest.mark.parametrize(("content", "form", "width", "height"), CASES)
@pytest.mark.parametrize("step", [7, 1 << 20])
def test_the_shape_is_read_from_the_header(content, form, width, height, step):
    if len(content) > 1_000_000 and step == 7:
        step = 65_000
    probe = images.Probe()
    for at in range(0, len(content), step):
        probe.feed(content[at : at + step])
    assert probe.shape() == images.Shape(format=form, width=width, height=height)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_image_lies_in_the_package_where_it_is_said_to_lie(method):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as package:
        package.writestr("a.xml", b"<a/>")
        package.writestr("mark.png", png(3, 2) + b"data" * 200)
    raw = target.getvalue()
    opened = members.open_package(BytesSource(raw), "x.zip")
    image = images.read(opened, next(one for one in opened.members if one.name == "mark.png"))
    assert (image.format, image.width, image.height) == ("PNG", 3, 2)
    part = raw[image.offset : image.offset + image.compressed]
    assert (part if image.stored else zlib.decompress(part, -15)) == png(3, 2) + b"data" * 200
