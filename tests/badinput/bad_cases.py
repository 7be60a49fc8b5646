"""Packages and files that are meant to break a reader; each function gives the findings that it ends in."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator

from ipshare.archive import members
from ipshare.archive.names import MemberKind
from ipshare.archive.source import BytesSource
from ipshare.domain.finding import Finding
from ipshare.parse import cut, one_pass, readers

MIB = 1 << 20
MARK = b"<tmk:Trademark><com:ApplicationNumber/></tmk:Trademark>\n"
OPEN = (
    b'<tmk:TrademarkBag xmlns:tmk="http://www.wipo.int/standards/XMLSchema/ST96/Trademark" '
    b'xmlns:com="http://www.wipo.int/standards/XMLSchema/ST96/Common">\n'
)
CLOSE = b"</tmk:TrademarkBag>"


def zipped(*files: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files:
            package.writestr(name, content)
    return target.getvalue()


def read_package(raw: bytes, name: str = "KH_TM.zip") -> Iterator[Finding]:
    """What opening and reading a whole package finds."""
    package = members.open_package(BytesSource(raw), name)
    if isinstance(package, members.Refusal):
        yield from package.findings
        return
    for member in package.members:
        if member.kind is MemberKind.DATA:
            yield from read_chunks(lambda member=member: package.read(member), member.name)
        else:
            yield from (part for part in package.read(member) if isinstance(part, Finding))


def read_chunks(again, name: str = "bad.xml") -> Iterator[Finding]:
    """What reading one XML file finds; ``again`` gives its chunks from the beginning."""
    fast = list(read_shards(cut.cut(again(), file=name)))
    if any(isinstance(one, cut.OnePass) for one in fast):
        fast = list(read_shards(one_pass.shards(again(), file=name)))
    yield from (one for one in fast if isinstance(one, Finding))


def read_shards(shards: Iterable[cut.Cut]) -> Iterator[object]:
    for shard in shards:
        if isinstance(shard, cut.Shard):
            yield from (
                item for item in readers.read(shard, office="KH") if not hasattr(item, "documents")
            )
        else:
            yield shard


def read_bytes(content: bytes) -> Iterator[Finding]:
    return read_chunks(lambda: iter([content]))


def truncated_zip():
    return read_package(zipped(("a.xml", OPEN + MARK * 9000 + CLOSE))[:-300])


def truncated_in_the_middle():
    raw = zipped(("a.xml", bytes(range(256)) * 9000), ("b.xml", b"<a/>"))
    return read_package(raw[: len(raw) // 2])


def nested_bomb():
    inner = zipped(("0.xml", b"\0" * MIB))
    for level in range(5):
        inner = zipped(*((f"{level}-{n}.zip", inner) for n in range(4)))
    return read_package(inner)


def nested_bomb_named_xml():
    return read_package(zipped(("a.xml", zipped(("0.xml", b"\0" * MIB)))))


def ratio_bomb():
    return read_package(zipped(("a.xml", b" " * (64 * MIB))))


def gzip_bomb():
    return read_package(gzip.compress(OPEN + MARK * 2_000_000 + CLOSE), "a.xml.gz")


def lying_bomb():
    """A header that claims 1000 bytes over data that expands to 64 MiB."""
    raw = zipped(("a.xml", b" " * (64 * MIB)))
    central = raw.index(b"PK\x01\x02")
    for at in (22, central + 24):
        raw = raw[:at] + struct.pack("<L", 1000) + raw[at + 4 :]
    return read_package(raw)


def overlapping_bomb():
    """Many entries of the directory that name one and the same compressed data."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"<a>" + b"x" * 90_000 + b"</a>") + packed.flush()
    crc = zlib.crc32(b"<a>" + b"x" * 90_000 + b"</a>")
    return read_package(_many_on_one(body, crc, 90_007, 5000))


def _central(method: int, crc: int, packed: int, size: int, at: int, name: bytes) -> bytes:
    fields = (20, 20, 0, method, 0, 0, crc, packed, size, len(name), 0, 0, 0, 0, 0, at)
    return struct.pack("<4s6H3L5H2L", b"PK\1\2", *fields) + name


def _local(method: int, crc: int, packed: int, size: int, name: bytes) -> bytes:
    return (
        struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, method, 0, 0, crc, packed, size, len(name), 0)
        + name
    )


def _end(count: int, size: int, at: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, size, at, 0)


def _many_on_one(body: bytes, crc: int, size: int, count: int) -> bytes:
    local = _local(8, crc, len(body), size, b"00000") + body
    entries = b"".join(
        _central(8, crc, len(body), size, 0, b"%05d" % number) for number in range(count)
    )
    return local + entries + _end(count, len(entries), len(local))


def quoted_bomb():
    """Entries that lie inside the stored blocks of an earlier entry's data."""
    crc = zlib.crc32(b"<a/>")
    inner = b"".join(_local(0, crc, 4, 4, b"%05d" % number) + b"<a/>" for number in range(1, 4))
    block = b"\x01" + struct.pack("<HH", len(inner), len(inner) ^ 0xFFFF) + inner
    first = _local(8, zlib.crc32(inner), len(block), len(inner), b"00000")
    entries = _central(8, zlib.crc32(inner), len(block), len(inner), 0, b"00000")
    for number in range(1, 4):
        entries += _central(0, crc, 4, 4, len(first) + 5 + (number - 1) * 39, b"%05d" % number)
    body = first + block
    return read_package(body + entries + _end(4, len(entries), len(body)))


def million_entries():
    """A directory of 10^6 entries, in zip64 form."""
    count = 1_000_000
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, 7, 0) + b"0000000"
    entry = (
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0)
        + b"0000000"
    )
    directory = entry * count
    end64 = struct.pack(
        "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), len(local)
    )
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(local) + len(directory), 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return read_package(local + directory + end64 + locator + end)


def traversal():
    return read_package(zipped(("../../etc/cron.d/x.xml", b"<a/>")))


def link():
    info = zipfile.ZipInfo("a.xml")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr(info, "/etc/passwd")
    return read_package(target.getvalue())


def encrypted():
    raw = bytearray(zipped(("a.xml", b"<a/>")))
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return read_package(bytes(raw))


def duplicate_members():
    raw = zipped(("a.xml", b"<a/>"), ("b.xml", b"<b/>")).replace(b"b.xml", b"a.xml")
    return read_package(raw)


def wrong_extension_xml_as_zip():
    return read_package(OPEN + CLOSE, "KH_TM.zip")


def wrong_extension_zip_as_xml():
    return read_package(zipped(("a.xml", b"<a/>")), "KH_TM.xml")


def wrong_extension_pdf():
    return read_package(b"%PDF-1.7 ...", "KH_TM.pdf")


def empty_file():
    return read_package(b"", "a.xml")


def empty_member():
    return read_package(zipped(("a.xml", b"")))


def empty_zip():
    return read_package(zipped())


def not_xml():
    return read_bytes(b"Application number;Mark\n1;X\n")


def not_xml_and_large():
    return read_chunks(lambda: (b"1;X\n" * (MIB // 4) for _ in range(64)))


def binary_named_xml():
    return read_bytes(b"\x89PNG\r\n\x1a\n" + b"\x80\x81\x82" * 1000)


def deep_nesting():
    return read_bytes(b"<a>" * 100_000 + b"</a>" * 100_000)


def deep_nesting_in_a_record():
    deep = b"<com:X>" * 100_000 + b"</com:X>" * 100_000
    return read_bytes(OPEN + b"<tmk:Trademark>" + deep + b"</tmk:Trademark>" + CLOSE)


def deep_nesting_around_records():
    wrap = (
        b'<x xmlns:tmk="http://www.wipo.int/standards/XMLSchema/ST96/Trademark">' + b"<a>" * 100_000
    )
    return read_bytes(wrap + b"<tmk:Trademark/>" + b"</a>" * 100_000 + b"</x>")


def billion_laughs():
    entities = b'<!ENTITY l0 "lol">' + b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)
    )
    return read_bytes(
        b"<!DOCTYPE b [" + entities + b"]>" + OPEN + b"<tmk:Trademark>&l9;</tmk:Trademark>" + CLOSE
    )


def external_entity():
    doctype = b'<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return read_bytes(doctype + OPEN + b"<tmk:Trademark>&x;</tmk:Trademark>" + CLOSE)


def doctype_behind_a_large_comment():
    comment = b"<!--" + b"x" * (2 * MIB) + b"-->"
    return read_bytes(
        comment + b'<!DOCTYPE b SYSTEM "http://example.org/b.dtd">' + OPEN + MARK + CLOSE
    )


def doctype_inside_a_record():
    return read_bytes(OPEN + b'<tmk:Trademark><!DOCTYPE b SYSTEM "x"></tmk:Trademark>' + CLOSE)


def undefined_entity():
    return read_bytes(OPEN + b"<tmk:Trademark>&nbsp;</tmk:Trademark>" + CLOSE)


def attribute_of_100_megabytes():
    def again():
        yield OPEN + b'<tmk:Trademark com:id="'
        for _ in range(100):
            yield b"x" * MIB
        yield b'"/>' + CLOSE

    return read_chunks(again)


def attribute_of_100_megabytes_inside():
    def again():
        yield OPEN + b'<tmk:Trademark><com:X y="'
        for _ in range(100):
            yield b"x" * MIB
        yield b'"/></tmk:Trademark>' + MARK + CLOSE

    return read_chunks(again)


def attribute_of_20_megabytes_inside():
    return read_bytes(
        OPEN + b'<tmk:Trademark><com:X y="' + b"x" * (20 * MIB) + b'"/></tmk:Trademark>' + CLOSE
    )


def record_of_2_gigabytes():
    def again():
        yield OPEN + MARK + b"<tmk:Trademark><com:X>"
        for _ in range(2048):
            yield b"word \n" * (MIB // 6)
        yield b"</com:X></tmk:Trademark>" + MARK + CLOSE

    return read_chunks(again)


def gap_of_100_megabytes():
    def again():
        yield OPEN + MARK
        for _ in range(100):
            yield b" " * MIB
        yield MARK + CLOSE

    return read_chunks(again)


def utf_16():
    return read_bytes('<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"))


def utf_16_without_mark():
    return read_bytes('<?xml version="1.0" encoding="UTF-8"?><a/>'.encode("utf-16-le"))


def windows_874_declared_utf_8():
    text = "เครื่องหมายการค้า".encode("cp874")
    head = b'<?xml version="1.0" encoding="UTF-8"?>\n'
    return read_bytes(
        head + OPEN + MARK * 50 + b"<tmk:Trademark>" + text + b"</tmk:Trademark>" + CLOSE
    )


def windows_874_declared_as_such():
    text = "เครื่องหมายการค้า".encode("cp874")
    head = b'<?xml version="1.0" encoding="windows-874"?>\n'
    return read_bytes(head + OPEN + b"<tmk:Trademark>" + text + b"</tmk:Trademark>" + CLOSE)


def character_cut_at_the_end():
    return read_bytes(OPEN + MARK + CLOSE + "<!--ก".encode()[:-1])


def nul_byte():
    return read_bytes(OPEN + b"<tmk:Trademark>a\0b</tmk:Trademark>" + CLOSE)


def control_character():
    return read_bytes(OPEN + MARK * 2 + b"<tmk:Trademark>a\x0bb</tmk:Trademark>" + CLOSE)


def unescaped_ampersand():
    return read_bytes(
        OPEN
        + MARK * 3
        + b"<tmk:Trademark>\n<com:X>Johnson & Johnson</com:X></tmk:Trademark>"
        + CLOSE
    )


def truncated_xml():
    return read_bytes((OPEN + MARK * 300 + CLOSE)[:-500])


def truncated_xml_between_records():
    return read_bytes(OPEN + MARK * 300)


def garbage_behind_the_root():
    return read_bytes(OPEN + MARK + CLOSE + b"<more/>")
