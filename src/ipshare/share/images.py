"""A picture out of the package it came in, whole or by range (RFC 9110 §14), never held in memory whole."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from ipshare.domain.authorization import View
from ipshare.http.problem import Problem
from ipshare.store import objects
from ipshare.store.records import Picture

STORED = 0
MEDIA_TYPES = {
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "tiff": "image/tiff",
    "tif": "image/tiff",
    "bmp": "image/bmp",
    "webp": "image/webp",
    "pdf": "application/pdf",
}
"""Formats that are served under their own media type; an SVG can hold scripts and is a download."""

_FOR_EYES_AND_EARS = frozenset({
    "jpeg", "jpg", "jpe", "jp2", "png", "gif", "tiff", "tif", "bmp", "webp", "svg",
    "mp3", "wav", "ogg", "oga", "flac", "aac", "m4a", "wma", "mid", "midi",
    "mp4", "m4v", "mpg", "mpeg", "avi", "mov", "webm", "ogv", "mkv", "wmv",
})  # fmt: skip
"""Formats of pictures, sound and video; every other file is a document."""

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def let_out(view: View, format: str, name: str) -> bool:  # noqa: A002 (what a picture calls it)
    """Whether a view holds a file of this format; where the content did not tell one, the ending of its name does."""
    kind = format or name.rpartition(".")[2]
    return view.images if kind.lower() in _FOR_EYES_AND_EARS else view.documents


def answer(request: HttpRequest, picture: Picture, etag: str) -> HttpResponseBase:
    """The picture, or the one range asked for; several ranges, or a range of another ETag, get it whole."""
    first, last = 0, picture.size - 1
    asked = request.headers.get("Range")
    if asked is not None and request.headers.get("If-Range", etag) != etag:
        asked = None
    found = _RANGE.fullmatch(asked.strip()) if asked is not None else None
    if found is not None and found.group(0) != "bytes=-":
        first, last = _ends(found.group(1), found.group(2), picture.size)
    else:
        found = None
    media = MEDIA_TYPES.get(picture.format.lower(), "application/octet-stream")
    headers = {
        "ETag": etag,
        "Accept-Ranges": "bytes",
        "Content-Length": str(last - first + 1),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    if found is not None:
        headers["Content-Range"] = f"bytes {first}-{last}/{picture.size}"
    status = 200 if found is None else 206
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=media)
    return StreamingHttpResponse(
        _content(picture, first, last - first + 1),
        status=status,
        headers=headers,
        content_type=media,
    )


def _ends(first: str, last: str, size: int) -> tuple[int, int]:
    if first:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
    else:
        start, end = max(0, size - int(last)), size - 1
    if start > end:
        raise Problem(
            "range-not-satisfiable",
            "ask for a range inside of the content",
            {"Content-Range": f"bytes */{size}"},
        )
    return start, end


def _content(picture: Picture, offset: int, size: int) -> Iterator[bytes]:
    """``size`` bytes from ``offset`` of the picture."""
    if picture.method == STORED:
        yield from objects.stream(picture.object, picture.place + offset, size)
        return
    for piece in _inflated(picture):
        if offset >= len(piece):
            offset -= len(piece)
            continue
        part = piece[offset : offset + size]
        offset = 0
        size -= len(part)
        yield part
        if size == 0:
            return


def _inflated(picture: Picture) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for stored in objects.stream(picture.object, picture.place, picture.stored_size):
        rest = stored
        while rest:
            yield inflater.decompress(rest, objects.CHUNK)
            rest = inflater.unconsumed_tail
    while piece := inflater.decompress(b"", objects.CHUNK):
        yield piece
