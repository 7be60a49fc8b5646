"""The bare form of a picture: what draws it, and nothing of what is written beside."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipshare.archive import bare, images
from ipshare.ops.sample import pictures

SECRET = b"Kosal Pich, 11.5564N 104.9282E"


def made(content):
    """The bytes of the bare form."""
    found = bare.parts(content)
    assert found is not None
    return b"".join(content[part] if isinstance(part, slice) else part for part in found)


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(turn, order=">"):
    mark = b"MM\0*" if order == ">" else b"II*\0"
    entries = struct.pack(f"{order}2HLHH", 274, 3, 1, turn, 0) + struct.pack(
        f"{order}2HLL", 315, 2, len(SECRET), 38
    )
    return b"Exif\0\0" + mark + struct.pack(f"{order}LH", 8, 2) + entries + bytes(4) + SECRET


JPEG = pictures.jpeg("test", 1, 1)
WRITTEN = [
    segment(0xE1, exif(1)),
    segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
    segment(0xED, b"Photoshop 3.0\0" + SECRET),
    segment(0xE2, b"ICC_PROFILE\0\1\1" + SECRET),
    segment(0xFE, SECRET),
    b"\xff" + segment(0xEE, b"Adobe" + SECRET),
    segment(0xE0, b"JFXX\0" + SECRET),
]


@pytest.mark.parametrize("written", WRITTEN)
def test_of_a_jpeg_what_draws_it(written):
    told = JPEG[:2] + written + JPEG[2:] + SECRET
    assert made(told) == made(JPEG) == JPEG
    assert images.shape_of(made(told)) == images.shape_of(JPEG)


def test_a_thumbnail_goes_and_the_density_stays():
    thumbnail = b"JFIF\0\1\1\1\0\x48\0\x48\2\1" + b"kosalp"
    told = JPEG[:2] + segment(0xE0, thumbnail) + JPEG[20:]
    assert made(told) == JPEG


@pytest.mark.parametrize("order", "<>")
def test_which_side_is_up_stays(order):
    told = made(JPEG[:2] + segment(0xE1, exif(6, order)) + JPEG[2:])
    assert SECRET not in told
    assert told == made(told)
    [body] = [told[at + 4 : at + 4 + 32] for at in [told.index(b"\xff\xe1")]]
    assert body == b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"


def test_what_stands_between_two_scans_goes():
    scan = JPEG.index(b"\xff\xda")
    twice = JPEG[:-2] + segment(0xFE, SECRET) + JPEG[scan:]
    assert made(twice) == JPEG[:-2] + JPEG[scan:]


def chunk(kind, body):
    return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))


def test_of_a_png_what_draws_it():
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2L5B", 1, 1, 8, 2, 0, 0, 0))
    data = (
        chunk(b"pHYs", bytes(9)) + chunk(b"IDAT", zlib.compress(b"\0\1\2\3")) + chunk(b"IEND", b"")
    )
    texts = [
        chunk(kind, b"Author\0" + SECRET)
        for kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"iCCP", b"tIME", b"prVt")
    ]
    assert made(head + b"".join(texts) + data + SECRET) == head + data
    assert bare.parts(head + chunk(b"ABCD", SECRET) + data) is None


def test_of_a_gif_what_draws_it():
    head = b"GIF89a" + struct.pack("<2H3B", 1, 1, 0x80, 0, 0) + bytes(6)
    image = b"\x2c" + struct.pack("<4HB", 0, 0, 1, 1, 0x80) + bytes(6) + b"\2\2\x44\1\0"
    shown, loops = b"\x21\xf9\4\0\5\0\0\0", b"\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"
    note = b"\x21\xfe" + bytes([len(SECRET)]) + SECRET + b"\0"
    xmp = b"\x21\xff\x0bXMP DataXMP" + bytes([len(SECRET)]) + SECRET + b"\0"
    text = b"\x21\x01\x0c" + bytes(12) + bytes([len(SECRET)]) + SECRET + b"\0"
    told = head + note + loops + xmp + shown + image + text + b"\x3b" + SECRET
    assert made(told) == head + loops + shown + image + b"\x3b"


def tiff(pages, *, order="<", extra=(), compression=1):
    """Pages of one strip each, with texts in the directory and between."""
    content, link = bytearray((b"II*\0" if order == "<" else b"MM\0*") + bytes(4)), 4
    for strip in pages:
        content += SECRET
        place = len(content)
        content += strip + bytes(len(strip) % 2)
        text = len(content)
        content += SECRET + b"\0" * (len(SECRET) % 2)
        lines = [(256, 3, 1, 8), (257, 3, 1, 1), (258, 3, 1, 8), (259, 3, 1, compression), (262, 3, 1, 1),
                 (273, 4, 1, place), (278, 3, 1, 1), (279, 4, 1, len(strip)),
                 (270, 2, len(SECRET), text), (315, 2, len(SECRET), text), (700, 7, len(SECRET), text),
                 (34665, 4, 1, text), *extra]  # fmt: skip
        at = len(content)
        content[link : link + 4] = struct.pack(f"{order}L", at)
        content += struct.pack(f"{order}H", len(lines))
        for tag, kind, count, value in sorted(lines):
            form = "HH" if kind == 3 else "L"
            content += struct.pack(
                f"{order}2HL{form}", tag, kind, count, *((value, 0) if kind == 3 else (value,))
            )
        link = len(content)
        content += bytes(4)
    return bytes(content) + SECRET


def strips(content):
    """The first strip of each page."""
    order = "<" if content[:2] == b"II" else ">"
    (at,) = struct.unpack_from(f"{order}L", content, 4)
    while at:
        (count,) = struct.unpack_from(f"{order}H", content, at)
        lines = {}
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, _ = struct.unpack_from(f"{order}2HL", content, entry)
            lines[tag] = struct.unpack_from(
                f"{order}{'H' if kind == 3 else 'L'}", content, entry + 8
            )[0]
        yield content[lines[273] : lines[273] + lines[279]]
        (at,) = struct.unpack_from(f"{order}L", content, at + 2 + 12 * count)


@pytest.mark.parametrize("order", "<>")
def test_of_a_tiff_what_draws_its_pages(order):
    pages = [b"one page", b"another"]
    told = made(tiff(pages, order=order))
    assert SECRET not in told
    assert list(strips(told)) == pages
    probe = images.Probe()
    probe.feed(told)
    assert probe.shape() == images.Shape(format="TIFF", width=8, height=1)
    assert made(told) == told


def test_a_jpeg_in_a_tiff_is_made_bare_too():
    told = made(tiff([JPEG[:2] + segment(0xFE, SECRET) + JPEG[2:]], compression=7))
    assert SECRET not in told
    assert list(strips(told)) == [JPEG]


def directory(lines, extra=b"", order="<"):
    """A TIFF of one page, whose lines are as given."""
    told = struct.pack(f"{order}H", len(lines)) + b"".join(
        struct.pack(f"{order}2H2L", *line) for line in lines
    )
    return b"II*\0" + struct.pack(f"{order}L", 8) + told + bytes(4) + extra


def test_a_tiff_whose_strips_are_the_same_bytes_has_none():
    count = 200
    at = 8 + 2 + 12 * 6 + 4
    lines = [
        (256, 4, 1, 1), (257, 4, 1, 1), (259, 4, 1, 7), (273, 4, count, at), (278, 4, 1, 1),
        (279, 4, count, at + 4 * count),
    ]  # fmt: skip
    extra = struct.pack(f"<{count}L", *[at + 8 * count] * count)
    extra += struct.pack(f"<{count}L", *[len(JPEG)] * count) + JPEG
    assert bare.parts(directory(lines, extra)) is None


def test_a_tiff_whose_pages_share_a_table_has_none():
    table = bytes(6 << 8)
    first, length = 8 + len(table), 2 + 12 * 6 + 4
    content = b"II*\0" + struct.pack("<L", first) + table
    for page in range(40):
        lines = [
            (256, 4, 1, 1),
            (257, 4, 1, 1),
            (259, 4, 1, 1),
            (273, 4, 1, 8),
            (279, 4, 1, 1),
            (320, 3, 3 << 8, 8),
        ]
        content += struct.pack("<H", 6) + b"".join(struct.pack("<2H2L", *line) for line in lines)
        content += struct.pack("<L", first + (page + 1) * length if page < 39 else 0)
    assert bare.parts(content) is None


@pytest.mark.parametrize("count", [0, 2])
def test_a_tiff_of_no_one_compression_has_none(count):
    lines = [(256, 4, 1, 1), (257, 4, 1, 1), (259, 3, count, 1), (273, 4, 1, 8), (279, 4, 1, 1)]
    assert bare.parts(directory(lines)) is None


def test_a_strip_goes_as_far_as_its_rows():
    assert list(strips(made(tiff([b"one page" + SECRET])))) == [b"one page"]


def test_empty_segments_are_no_parts_and_too_many_are_refused():
    assert len(bare.parts(JPEG[:2] + segment(0xE5, b"") * 9_000 + JPEG[2:])) == 3
    assert bare.parts(JPEG[:2] + segment(0xE5, b"") * 10_001 + JPEG[2:]) is None


@pytest.mark.parametrize("marker", [0xC0, 0xC3, 0xC9, 0xCC, 0xCF, 0xDB, 0xC4, 0xDD, 0xDE, 0xDF])
def test_a_segment_of_a_jpeg_that_is_not_of_its_form_is_refused(marker):
    scan = JPEG.index(b"\xff\xda")
    assert bare.parts(JPEG[:scan] + segment(marker, SECRET) + JPEG[scan:]) is None


def test_of_a_jpeg_the_number_of_lines_and_adobes_version_go():
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")
    told = (
        JPEG[:2] + segment(0xEE, b"AdobeSECRET\1") + JPEG[2:-2] + segment(0xDC, SECRET) + JPEG[-2:]
    )
    assert made(told) == JPEG[:2] + adobe + JPEG[2:]


PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2L5B", 1, 1, 8, 2, 0, 0, 0))
IDAT, IEND = chunk(b"IDAT", zlib.compress(b"\0\1\2\3")), chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "kind", ["gAMA", "cHRM", "sRGB", "sBIT", "bKGD", "pHYs", "tRNS", "acTL", "fcTL", "fdAT"]
)
def test_a_chunk_that_is_not_of_its_length_goes(kind):
    for body in (SECRET, SECRET + b"\0\0", b"", SECRET[:4]):
        assert made(PNG + chunk(kind.encode(), body) + IDAT + IEND) == PNG + IDAT + IEND


def test_chunks_of_their_length_stay():
    beside = (
        chunk(b"gAMA", struct.pack(">L", 45455))
        + chunk(b"cHRM", struct.pack(">8L", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
        + chunk(b"sBIT", bytes([8, 8, 8]))
        + chunk(b"bKGD", bytes(6))
        + chunk(b"pHYs", struct.pack(">2LB", 2835, 2835, 1))
        + chunk(b"tRNS", bytes(6))
    )
    assert made(PNG + beside + IDAT + IEND) == PNG + beside + IDAT + IEND


def test_of_an_animation_the_frames_stay():
    def frame(number):
        return chunk(b"fcTL", struct.pack(">5L2H2B", number, 1, 1, 0, 0, 1, 10, 0, 0))

    pixels = zlib.compress(b"\0\3\2\1")
    data = chunk(b"fdAT", struct.pack(">L", 2) + pixels)
    start = PNG + chunk(b"acTL", struct.pack(">2L", 2, 0)) + frame(0) + IDAT + frame(1)
    assert made(start + data + IEND) == start + data + IEND
    longer = chunk(b"fdAT", struct.pack(">L", 2) + pixels + SECRET)
    assert bare.parts(start + longer + IEND) is None


@pytest.mark.parametrize(
    "rest",
    [
        chunk(b"IDAT", zlib.compress(b"\0\1\2\3") + SECRET) + IEND,
        chunk(b"IDAT", zlib.compress(b"\0\1\2\3" + SECRET)) + IEND,
        IDAT + chunk(b"IDAT", SECRET) + IEND,
        IDAT + chunk(b"tEXt", SECRET) + chunk(b"IDAT", b"") + IEND,
        chunk(b"IDAT", zlib.compress(b"\0\1\2\3")[:-4]) + IEND,
        chunk(b"PLTE", SECRET[:29]) + IDAT + IEND,
        IDAT[:-4] + SECRET[:4] + IEND,
        IEND,
    ],
)
def test_a_png_with_more_than_its_pixels_has_none(rest):
    assert bare.parts(PNG + rest) is None


def test_the_end_of_a_png_is_empty():
    assert made(PNG + IDAT + chunk(b"IEND", SECRET)) == PNG + IDAT + IEND


@pytest.mark.parametrize("seed", range(3))
def test_pictures_of_the_samples_go_out_as_they_are(seed):
    for picture in (pictures.png("test", seed, 1), pictures.jpeg("test", seed, 1)):
        assert made(picture) == picture


def test_of_a_gif_only_extensions_of_their_form_stay():
    head = b"GIF89a" + struct.pack("<2H3B", 1, 1, 0x80, 0, 0) + bytes(6)
    image = b"\x2c" + struct.pack("<4HB", 0, 0, 1, 1, 0) + b"\2\2\x44\1\0"
    shown, loops = b"\x21\xf9\4\0\5\0\0\0", b"\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"
    text = b"\x21\xf9\4KOSA\0"
    assert made(head + loops * 3 + text * 3 + shown + image + text + b"\x3b") == (
        head + loops + shown + image + b"\x3b"
    )
    assert bare.parts(head + b"\x21\xf9\4\0\5\0\0\6KOSAL.\0" + image + b"\x3b") is None


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"ID3\4", JPEG[:-2], JPEG[:50],
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a", b"RIFF\0\0\0\0WEBP", b"II*\0\x08\0\0\0\0\0\0\0\0\0", tiff([b"page"])[:40], b"BM" + bytes(60),
        tiff([b"page"], compression=6), tiff([b"page"], extra=[(322, 4, 1, 1), (324, 4, 1, 1 << 30), (325, 4, 1, 9)]),
    ],
)  # fmt: skip
def test_what_is_not_understood_has_no_bare_form(content):
    assert bare.parts(content) is None


def test_a_tiff_whose_directories_go_in_a_circle_has_none():
    one = bytearray(tiff([b"page"]))
    at = struct.unpack_from("<L", one, 4)[0]
    count = struct.unpack_from("<H", one, at)[0]
    one[at + 2 + 12 * count :][:4] = struct.pack("<L", at)
    struct.pack_into("<L", one, at + 2 + 12 * count, at)
    assert bare.parts(bytes(one)) is None


@given(st.data())
def test_whatever_is_sent_it_ends_well_and_within_the_file(data):
    whole = data.draw(
        st.sampled_from(
            [JPEG, tiff([b"one", b"two"]), tiff([JPEG], compression=7), b"GIF89a" + bytes(40)]
        )
    )
    content = bytearray(whole)
    for place, byte in data.draw(
        st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=6)
    ):
        content[place] = byte
    found = bare.parts(bytes(content[: data.draw(st.integers(0, len(content)))]))
    for part in found or []:
        assert not isinstance(part, slice) or 0 <= part.start <= part.stop <= len(content)
