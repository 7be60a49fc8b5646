"""A package is opened strictly and its members are streamed."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import zipfile
import zlib

import pytest

from archive.zips import XML, Pipe, content_of, opened, refusal, zipped
from ipshare.archive import members, names
from ipshare.archive.limits import CHUNK, Limits
from ipshare.archive.names import MemberKind
from ipshare.archive.source import FileSource


def test_a_zip_with_folders_images_and_a_list_is_read_by_kind():
    raw = zipped(
        {
            "data/2026/a.XML": XML,
            "img/ຕົວຢ່າງ.png": b"p" * 3000,
            "withdrawn.txt": b"1\n",
            "manifest.csv": b"name\n",
            "__MACOSX/._a.xml": b"x",
            "notes.docx": b"x",
        }
    )
    package = opened(raw)
    assert {member.name: member.kind for member in package.members} == {
        "data/2026/a.XML": MemberKind.DATA,
        "img/ຕົວຢ່າງ.png": MemberKind.IMAGE,
        "withdrawn.txt": MemberKind.WITHDRAWN,
        "manifest.csv": MemberKind.MANIFEST,
        "__MACOSX/._a.xml": MemberKind.IGNORED,
        "notes.docx": MemberKind.UNREAD,
    }
    assert content_of(package, "data/2026/a.XML") == XML
    assert [finding.rule for finding in package.findings] == ["PKG-007"]


def test_what_is_read_is_counted_and_hashed():
    package = opened(zipped({"a.xml": XML}))
    reading = package.read(package.members[0])
    assert b"".join(reading) == XML
    assert (reading.size, reading.sha256) == (len(XML), hashlib.sha256(XML).hexdigest())
    assert reading.whole


def test_a_zip_that_was_streamed_out_with_descriptors_and_zip64_is_read():
    pipe = Pipe()
    with (
        zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as package,
        package.open("a.xml", "w", force_zip64=True) as out,
    ):
        out.write(XML)
    assert content_of(opened(bytes(pipe.content)), "a.xml") == XML


def test_a_stored_member_can_be_read_by_range_out_of_the_package():
    raw = zipped({"a.xml": XML, "b.png": b"image bytes"}, zipfile.ZIP_STORED)
    package = opened(raw)
    member = next(one for one in package.members if one.name == "b.png")
    offset = package.data_offset(member)
    assert isinstance(offset, int)
    assert raw[offset : offset + member.size] == b"image bytes"


def test_bare_and_gzipped_files_are_packages_of_one_member(tmp_path):
    path = tmp_path / "a.xml"
    path.write_bytes(XML)
    with FileSource(path) as source:
        package = members.open_package(source, "a.xml")
        assert content_of(package, "a.xml") == XML
    assert content_of(opened(gzip.compress(XML), "a.xml.gz"), "a.xml") == XML
    assert opened(b"123\n", "withdrawn_2026.csv").members[0].kind is MemberKind.WITHDRAWN


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("/etc/a.xml", "absolute"),
        ("C:/a.xml", "absolute"),
        ("../a.xml", "leads out"),
        ("a/../../b.xml", "leads out"),
        ("a\\b.xml", "backslash"),
        ("a//b.xml", "empty part"),
        ("./a.xml", "empty part"),
        ("CON.xml", "device"),
        ("a\x07.xml", "control"),
        ("x" * 300 + ".xml", "longer than 255"),
        ("d/" * 40 + "a.xml", "folders deep"),
        ("inner.zip", "itself an archive"),
    ],
)
def test_an_unsafe_name_refuses_the_package(name, words):
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr(info, b"<a/>")
    found = refusal(target.getvalue())
    assert found.rule == "PKG-014"
    assert words in found.message


@pytest.mark.parametrize(
    ("first", "second"), [("A.xml", "a.xml"), ("é.xml", "e\u0301.xml"), ("a", "a/b.xml")]
)
def test_two_names_that_some_system_takes_for_one_refuse_the_package(first, second):
    assert refusal(zipped({first: b"<a/>", second: b"<b/>"})).rule == "PKG-014"


@pytest.mark.parametrize("mode", [0o120777, 0o020666, 0o060666, 0o010644, 0o140755])
def test_links_devices_and_pipes_refuse_the_package(mode):
    info = zipfile.ZipInfo("a.xml")
    info.create_system = 3
    info.external_attr = mode << 16
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr(info, b"/etc/passwd")
    assert refusal(target.getvalue()).rule == "PKG-014"


def patched(raw: bytes, at: int, form: str, value: int) -> bytes:
    return raw[:at] + struct.pack(form, value) + raw[at + struct.calcsize(form) :]


def test_local_header_and_directory_must_agree():
    raw = zipped({"a.xml": XML})
    assert refusal(raw[:30] + b"b" + raw[31:]).rule == "PKG-014"  # another name in the local header
    assert refusal(patched(raw, 22, "<L", 7)).rule == "PKG-014"  # another size in the local header
    central = raw.index(b"PK\x01\x02")
    assert (
        refusal(patched(raw, central + 24, "<L", 7)).rule == "PKG-014"
    )  # expands to more than it claims


def test_a_wrong_checksum_is_unreadable():
    raw = zipped({"a.xml": XML})
    crc = zlib.crc32(XML) ^ 1
    both = patched(patched(raw, 14, "<L", crc), raw.index(b"PK\x01\x02") + 16, "<L", crc)
    found = refusal(both)
    assert (found.rule, "checksum" in found.message) == ("PKG-002", True)


@pytest.mark.parametrize("flag", [1, 1 << 6 | 1])
def test_encrypted_members_are_named(flag):
    raw = zipped({"a.xml": XML})
    central = raw.index(b"PK\x01\x02")
    found = refusal(patched(patched(raw, 6, "<H", flag), central + 8, "<H", flag))
    assert (found.rule, "password" in found.message) == ("PKG-002", True)


def test_an_unsupported_compression_is_named():
    raw = zipped({"a.xml": XML})
    central = raw.index(b"PK\x01\x02")
    found = refusal(patched(patched(raw, 8, "<H", 9), central + 10, "<H", 9))
    assert (found.rule, "Deflate64" in found.message) == ("PKG-002", True)


@pytest.mark.parametrize(
    "around", [(b"junk", b""), (b"", b"junk"), (b"", zipped({"b.xml": b"<b/>"}))]
)
def test_bytes_before_or_behind_the_zip_refuse_it(around):
    before, behind = around
    assert refusal(before + zipped({"a.xml": XML}) + behind).rule in {"PKG-014", "PKG-002"}


def test_bytes_hidden_between_entries_refuse_the_package():
    raw = zipped({"a.xml": XML, "b.xml": XML})
    second, central = raw.index(b"PK\x03\x04", 4), raw.index(b"PK\x01\x02")
    shifted = raw[:second] + b"hidden" + raw[second:]
    shifted = patched(shifted, shifted.index(b"PK\x01\x02", central + 50) + 42, "<L", second + 6)
    end = shifted.rindex(b"PK\x05\x06")
    assert refusal(patched(shifted, end + 16, "<L", central + 6)).rule == "PKG-014"


def test_too_many_entries_are_refused_by_the_count():
    raw = zipped({f"{number}.xml": b"<a/>" for number in range(30)})
    found = refusal(raw, limits=Limits(entries=20))
    assert (found.rule, "30 entries" in found.message) == ("PKG-014", True)


def test_a_name_that_is_not_utf8_is_refused_and_not_guessed():
    raw = zipped({"aaa.xml": XML}).replace(b"aaa.xml", b"\xa1\xa2\xa3.xml")
    assert refusal(raw).rule == "PKG-014"


def test_the_kind_of_a_list_of_withdrawn_numbers_is_in_its_name():
    taken = ["withdrawn.txt", "KH_WITHDRAWN_2026.CSV", "CA-TMK-DELETE-1.txt", "x/deleted.csv"]
    assert all(names.kind_of(name) is MemberKind.WITHDRAWN for name in taken)
    assert names.kind_of("list.txt") is MemberKind.UNREAD
    assert names.kind_of("CA-TMK_index.txt") is MemberKind.IGNORED


def test_a_member_is_read_to_its_end_wherever_its_pieces_end():
    """zlib may have taken the last packed byte and still hold what it unpacks to, or the mark of its end."""
    limits = Limits(ratio=2000)
    for unit in (b"\0", b"ab", b"<a>x</a>\n"):
        for size in (CHUNK - 1, CHUNK, CHUNK + 1, CHUNK + 100, CHUNK + 257, 2 * CHUNK + 1):
            content = (unit * size)[:size]
            package = opened(zipped({"tm.xml": content}), limits=limits)
            assert content_of(package, "tm.xml") == content
