"""A picture out of the package it came in, whole or by range (RFC 9110 §14), never held in memory whole."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from ipshare.domain.authorization import View
from ipshare.share import ranges
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


def let_out(view: View, format: str, name: str) -> bool:  # noqa: A002 (what a picture calls it)
    """Whether a view holds a file of this format; where the content did not tell one, the ending of its name does."""
    kind = format or name.rpartition(".")[2]
    return view.images if kind.lower() in _FOR_EYES_AND_EARS else view.documents


def answer(request: HttpRequest, picture: Picture, etag: str) -> HttpResponseBase:
    """The picture, or the one range asked for; several ranges, or a range of another ETag, get it whole."""
    wanted = ranges.wanted(request, picture.size, etag)
    media = MEDIA_TYPES.get(picture.format.lower(), "application/octet-stream")
    headers = wanted.headers | {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    if request.method == "HEAD":
        return HttpResponse(status=wanted.status, headers=headers, content_type=media)
    return StreamingHttpResponse(
        _content(picture, wanted.first, wanted.length),
        status=wanted.status,
        headers=headers,
        content_type=media,
    )


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
