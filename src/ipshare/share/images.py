"""A picture out of the package it came in, whole or by range (RFC 9110 §14), never held in memory whole.

Where anything is withheld, a picture goes out in its bare form (archive.bare): what is written beside the pixels
may tell of the owner or of the examination. What has no bare form (SVG, sound, video) is then not let out.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from mmap import ACCESS_READ, mmap

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from ipshare.archive import bare
from ipshare.domain.authorization import View
from ipshare.domain.group import SHAREABLE
from ipshare.http import ranges
from ipshare.store import objects
from ipshare.store.records import Picture

STORED = 0
_SMALL = 1 << 20
_MORE = 1 << 20
"""A bare form may be longer than what was received: by a directory of a TIFF, at most."""
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


_MADE_BARE = frozenset({"jpeg", "jpg", "jpe", "png", "gif", "tiff", "tif"})


def let_out(view: View, format: str, name: str) -> bool:  # noqa: A002 (what a picture calls it)
    """Whether a view holds a file of this format; where the content did not tell one, the ending of its name does."""
    kind = (format or name.rpartition(".")[2]).lower()
    if kind not in _FOR_EYES_AND_EARS:
        return view.documents
    return view.images and (view.groups == SHAREABLE or kind in _MADE_BARE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A picture as a view shows it; ``read`` gives so many bytes from an offset, in pieces."""

    format: str
    size: int
    digest: bytes
    read: Callable[[int, int], Iterator[bytes]]

    @classmethod
    def whole(cls, picture: Picture) -> Shown:
        """The picture as the office sent it."""
        return cls(
            format=picture.format,
            size=picture.size,
            digest=picture.digest,
            read=partial(_content, picture),
        )


def shown(view: View, picture: Picture, name: str) -> Shown | None:
    """What a view shows of a picture that it holds, if anything."""
    if not let_out(view, picture.format, name):
        return None
    if view.groups == SHAREABLE:
        return Shown.whole(picture)
    return _bare(picture)


def _bare(picture: Picture) -> Shown | None:
    content = _whole(picture)
    found = bare.parts(content)
    if found is None:
        return None
    size = sum(part.stop - part.start if isinstance(part, slice) else len(part) for part in found)
    if size > picture.size + _MORE:
        return None
    digest = sha256()
    for piece in _pieces(content, found, 0, size):
        digest.update(piece)
    return Shown(
        format=picture.format,
        size=size,
        digest=digest.digest(),
        read=partial(_pieces, content, found),
    )


def _whole(picture: Picture) -> bytes | mmap:
    """The picture as received, to look anywhere in it: a large one in a file that nobody else sees."""
    if picture.size <= _SMALL:
        return b"".join(_content(picture, 0, picture.size))
    with tempfile.TemporaryFile() as file:
        for piece in _content(picture, 0, picture.size):
            file.write(piece)
        file.flush()
        return mmap(file.fileno(), 0, access=ACCESS_READ)


def _pieces(
    content: bytes | mmap, found: list[bare.Part], offset: int, size: int
) -> Iterator[bytes]:
    """``size`` bytes from ``offset`` of what some parts of a content make."""
    for part in found:
        begin, end = (part.start, part.stop) if isinstance(part, slice) else (0, len(part))
        source = content if isinstance(part, slice) else part
        if offset >= end - begin:
            offset -= end - begin
            continue
        begin, offset = begin + offset, 0
        while begin < end and size:
            piece = source[begin : min(end, begin + objects.CHUNK, begin + size)]
            yield piece
            begin += len(piece)
            size -= len(piece)
        if not size:
            return


def answer(request: HttpRequest, picture: Shown, etag: str) -> HttpResponseBase:
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
        picture.read(wanted.first, wanted.length),
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
