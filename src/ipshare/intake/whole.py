"""Whether a file is whole by its own structure: what zip, gzip and XML have at their end. No check of the content."""

from __future__ import annotations

import codecs
import os
import re
import struct
import zlib

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
ZIP_END = b"PK\x05\x06"
# APPNOTE 4.4.1.4: this value in the end record means that zip64 says it elsewhere.
ZIP64 = 0xFFFFFFFF
GZIP = b"\x1f\x8b"
# APPNOTE 4.3.16: the end record is 22 bytes and a comment of at most 65535.
ZIP_TAIL = 22 + 0xFFFF
XML_LOOK = 64 * 1024
PIECE = 1024 * 1024
# A gzip file is inflated up to here to see its end; a larger one is judged when it is opened.
GZIP_LOOK = 1024 * 1024 * 1024
# Byte order marks and the first character of an XML file in the encodings that are not ASCII's kin.
XML_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# No possessive quantifiers: Python before 3.11.5, Debian's for one, matches some of them wrongly.
REMARK = re.compile(r"[ \t\r\n]*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
# A document type names the root element too, and spares us its inside.
ROOT = re.compile(r"[ \t\r\n]*<(?:!DOCTYPE[ \t\r\n]+)?([^ \t\r\n<>/!?\[]+)")
ATTRIBUTES = r"(?:[^<>\"'/]|\"[^\"]*\"|'[^']*')*"

REPUT = "If your own file is whole: reput. If not, make it again and put it."
"""What to do about a file that is not whole over SFTP, whose client alone knows why."""


def missing(fd: int, name: str) -> str:
    """What the file lacks to be whole, in words; empty when it is whole or has no structure that tells."""
    size = os.fstat(fd).st_size
    if size == 0:
        return "it is empty"
    head = os.pread(fd, 512, 0)
    if head.startswith(ZIP) or (name.lower().endswith(".zip") and ZIP[0].startswith(head)):
        return _zip(fd, size)
    if head.startswith(GZIP):
        return _gzip(fd)
    encoding = next((code for mark, code in XML_ENCODINGS if head.startswith(mark)), "latin-1")
    if head.decode(encoding, "replace").lstrip("\ufeff \t\r\n").startswith("<"):
        return _xml(fd, size, encoding)
    return ""


def _zip(fd: int, size: int) -> str:
    """The directory at the end of a zip file, and that it lies inside the file."""
    lacks = "its directory at the end is missing"
    start = max(0, size - ZIP_TAIL)
    tail = os.pread(fd, ZIP_TAIL, start)
    place = len(tail)
    while (place := tail.rfind(ZIP_END, 0, place)) >= 0:
        if place + 22 > len(tail):
            continue
        length, offset, comment = struct.unpack_from("<LLH", tail, place + 12)
        if start + place + 22 + comment != size:
            continue
        if ZIP64 in {length, offset}:
            return "" if tail[max(0, place - 20) : place].startswith(b"PK\x06\x07") else lacks
        return "" if offset + length <= start + place else lacks
    return lacks


def _gzip(fd: int) -> str:
    """The end of the first member of a gzip file; opening refuses one with bytes behind it."""
    reader = zlib.decompressobj(wbits=31)
    place = inflated = 0
    rest = b""
    while inflated < GZIP_LOOK:
        piece = rest or os.pread(fd, PIECE, place)
        place += 0 if rest else len(piece)
        if not piece:
            return "its end (the gzip trailer) is missing"
        try:
            inflated += len(reader.decompress(piece, PIECE))
        except zlib.error:
            return ""  # damaged, not cut: opening it says so
        if reader.eof:
            return ""
        rest = reader.unconsumed_tail
    return ""


def _xml(fd: int, size: int, encoding: str) -> str:
    """The end tag of the root element, with nothing but comments behind it."""
    head = os.pread(fd, XML_LOOK, 0).decode(encoding, "replace").lstrip("\ufeff")
    look = min(size, XML_LOOK)
    # UTF-16 is cut between its units: files are of even length, and so is XML_LOOK.
    tail = os.pread(fd, look, size - look).decode(encoding, "replace")
    start = _past_remarks(head, 0)
    root = ROOT.match(head, start)
    if not root:
        far = size > XML_LOOK  # a prolog longer than what is looked at
        return "" if far and tail.rstrip().endswith(">") else "its root element is missing"
    name = re.escape(root[1])
    ends = [*re.finditer(rf"</{name}[ \t\r\n]*>", tail)]
    if ends and not tail[_past_remarks(tail, ends[-1].end()) :].strip(" \t\r\n"):
        return ""
    alone = re.compile(rf"[ \t\r\n]*<{name}{ATTRIBUTES}/>").match(head, start)
    if alone and not head[_past_remarks(head, alone.end()) :].strip(" \t\r\n"):
        return ""
    return f"its end tag </{root[1]}> is missing"


def _past_remarks(text: str, start: int) -> int:
    """Where the comments and processing instructions that begin here end."""
    while remark := REMARK.match(text, start):
        start = remark.end()
    return start
