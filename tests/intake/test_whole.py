"""Whole or cut: what the end of a zip, a gzip and an XML file says."""

from __future__ import annotations

import gzip
import io
import os
import struct
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.packages import package
from ipshare.intake import whole


def lacks(content: bytes, name: str = "file") -> str:
    fd = os.memfd_create("file")
    try:
        os.write(fd, content)
        return whole.missing(fd, name)
    finally:
        os.close(fd)


def commented() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", "a")
        archive.comment = b"PK\x05\x06" * 10
    return buffer.getvalue()


XML = b"<?xml version='1.0'?><!-- a --><tmk:T xmlns:tmk='x'><tmk:U/></tmk:T>"
WHOLE = {
    "zip": package(),
    "zip with a comment": commented(),
    "empty zip": b"PK\x05\x06" + bytes(18),
    "gzip": gzip.compress(XML * 1000),
    "gzip of two members": gzip.compress(XML) + gzip.compress(XML),
    "xml": XML,
    "xml with an end": XML + b"\n<!-- end --><?pi?>\n",
    "xml of one empty element": b"<?xml version='1.0'?>\n<a b='/>'/>\n",
    "xml with a document type": b"<!DOCTYPE a [<!ENTITY b '>'>]><a>b</a>",
    "xml with a mark": b"\xef\xbb\xbf" + XML,
    "xml in utf-16": "<a>ក</a>".encode("utf-16"),
    "xml in utf-16 without a mark": "<a>b</a>".encode("utf-16-be"),
    "xml with a local name": "<ទិន្នន័យ>a</ទិន្នន័យ>".encode(),
    "large xml": b"<a>" + b"<b/>" * 100_000 + b"</a>",
    "a list of numbers": b"KH/1\nKH/2\n",
    "anything": bytes(range(256)),
}
CUT = {
    "nothing": b"",
    "zip without its directory": package()[:-30],
    "zip without its last byte": package()[:-1],
    "zip cut early": package()[:10],
    "gzip": gzip.compress(os.urandom(3_000_000))[:-5],
    "xml": XML[:-1],
    "xml cut in a tag": b"<a><b>",
    "xml whose child is closed": b"<a><b/></b>",
    "xml of one open element": b"<a b='c'",
    "xml in utf-16": "<a>b</a>".encode("utf-16")[:-2],
    "xml after a prolog": b"<?xml version='1.0'?>",
    "large xml": b"<a>" + b"<b/>" * 100_000,
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_lacks_nothing(name):
    assert lacks(WHOLE[name]) == ""


@pytest.mark.parametrize("name", CUT)
def test_a_cut_file_says_what_it_lacks(name):
    assert lacks(CUT[name]) != ""


def test_a_zip_cut_within_its_first_bytes_is_known_by_its_name():
    assert lacks(b"PK\x03", "a.zip") != ""
    assert lacks(b"junk", "a.zip") == ""


def test_a_zip64_directory_is_found():
    end = b"PK\x06\x07" + bytes(16) + b"PK\x05\x06" + bytes(8)
    content = b"PK\x03\x04" + bytes(100) + end + struct.pack("<LLH", 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert lacks(content) == ""
    assert lacks(content.replace(b"PK\x06\x07", bytes(4))) != ""


@given(st.integers(min_value=0, max_value=len(package()) - 1))
def test_no_part_of_a_zip_is_whole(size):
    assert lacks(package()[:size], "a.zip") != ""


@given(st.integers(min_value=1, max_value=len(XML) - 1))
def test_no_part_of_an_xml_file_is_whole(size):
    assert lacks(XML[:size]) != ""


@pytest.mark.alone
@pytest.mark.parametrize(
    "content",
    [b"<a>" + b" " * 60_000 + b"x", b"<!DOCTYPE a " + b"[]" * 30_000, b"<a " + b"b='c' " * 10_000,
     b"<a></a>" + b"<!-- -->" * 8_000 + b"x", b"<?a?>" * 13_000, b"</a>" * 16_000, b"<" * 65_536],
)  # fmt: skip
def test_hostile_text_is_judged_quickly(content):
    start = time.monotonic()
    lacks(content)
    assert time.monotonic() - start < 2


@given(st.binary(max_size=300))
def test_any_bytes_are_judged(content):
    for head in (b"", b"PK\x03\x04", b"\x1f\x8b", b"<", b"\xff\xfe<\0"):
        assert isinstance(lacks(head + content), str)


def test_a_gzip_of_many_members_is_looked_at_quickly():
    members = gzip.compress(b"") * 50_000  # 1 MB, which held a thread for seconds
    begin = time.process_time()
    assert lacks(members) == ""
    assert time.process_time() - begin < 0.5
