"""The encoding gate: a stream is UTF-8 and says so, before any parser sees it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from ipshare.domain.finding import Finding
from ipshare.parse import findings

_DECLARATION = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']""")
_ACCEPTED = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
    (b"<\0", "UTF-16 without BOM"),
    (b"\0<", "UTF-16 without BOM"),
)
_THAI = frozenset((*range(0xA1, 0xDB), *range(0xDF, 0xFC), 0x80, 0x85, *range(0x91, 0x98), 0xA0))
_CONTEXT = 40
_PROLOG = 1024


def gate(chunks: Iterable[bytes | Finding], file: str) -> Iterator[bytes | Finding]:
    """The same chunks without a byte order mark; a finding ends them where they are not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, declared = 1, "UTF-8"
    for number, chunk in enumerate(_opened(chunks)):
        if isinstance(chunk, Finding):
            yield chunk
            return
        if number == 0:
            trouble, declared = _declared(chunk, file)
            if trouble:
                yield trouble
                return
        if (at := chunk.find(b"\0")) >= 0:
            yield findings.misencoded(
                file, line + chunk.count(b"\n", 0, at), declared, "NUL", around="NUL"
            )
            return
        pending = len(decoder.getstate()[0])
        try:
            if pending or not chunk.isascii():
                decoder.decode(chunk)
        except UnicodeDecodeError as error:
            at = max(0, error.start - pending)
            yield _not_utf8(chunk, at, file, line + chunk.count(b"\n", 0, at), declared)
            return
        line += chunk.count(b"\n")
        yield chunk
    if decoder.getstate()[0]:
        yield findings.misencoded(
            file, line, declared, "an incomplete character at its end, not UTF-8"
        )


def _opened(chunks: Iterable[bytes | Finding]) -> Iterator[bytes | Finding]:
    """The chunks, the first one long enough to hold an XML declaration and without its byte order mark."""
    head = b""
    rest = iter(chunks)
    for chunk in rest:
        if isinstance(chunk, Finding):
            yield chunk
            return
        head += chunk
        if len(head) >= _PROLOG:
            break
    yield head.removeprefix(codecs.BOM_UTF8)
    yield from rest


def _declared(head: bytes, file: str) -> tuple[Finding | None, str]:
    """What the XML declaration says, and the finding when that is not UTF-8."""
    mark = next((name for bom, name in _MARKS if head.startswith(bom)), "")
    if mark:
        return findings.misencoded(file, 1, "UTF-8", mark), ""
    match = _DECLARATION.match(head)
    declared = match.group(1).decode("ascii") if match else "UTF-8"
    if declared.lower() in _ACCEPTED:
        return None, declared
    try:
        head[: -_CONTEXT or None].decode("utf-8")
        actual = "ASCII" if head.isascii() else "UTF-8"
    except UnicodeDecodeError as error:
        actual = _guess(head[error.start : error.start + 2 * _CONTEXT])
    return findings.misencoded(file, 1, declared, actual, around=declared), declared


def _not_utf8(chunk: bytes, at: int, file: str, line: int, declared: str) -> Finding:
    around = chunk[max(0, at - _CONTEXT) : at + _CONTEXT].decode("utf-8", "backslashreplace")
    return findings.misencoded(
        file, line, declared, _guess(chunk[at : at + 2 * _CONTEXT]), around=around
    )


def _guess(content: bytes) -> str:
    """The legacy encoding that bytes above 0x7F look like."""
    high = bytes(byte for byte in content if byte >= 0x80)  # noqa: PLR2004 - the first byte beyond ASCII
    if re.search(rb"[\xa1-\xda\xdf-\xfb]{3}", content) and set(high) <= _THAI:
        return "windows-874 (TIS-620)"
    if re.search(rb"[\xcc\xd2\xde\xec\xf2]", high) and re.search(
        rb"[\xd0\xf0\xd5\xf5\xdd\xfd\xc3\xe3]", high
    ):
        return "windows-1258"
    return "windows-1252 or other non-UTF-8"
