"""The one range of bytes that a request asks for (RFC 9110 §14); several ranges get the whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest

from ipshare.http.problem import Problem

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """``length`` bytes from ``first``, with the status and the headers of their answer."""

    first: int
    length: int
    status: int
    headers: dict[str, str]


def wanted(request: HttpRequest, size: int, etag: str) -> Wanted:
    """What is asked for of ``size`` bytes; all where a range is of another ETag (If-Range)."""
    first, last = 0, size - 1
    asked = request.headers.get("Range") if request.method == "GET" else None  # RFC 9110 14.2
    if asked is not None and request.headers.get("If-Range", etag) != etag:
        asked = None
    found = _RANGE.fullmatch(asked.strip()) if asked is not None else None
    if found is not None and found.group(0) == "bytes=-":
        found = None
    if found is not None:
        first, last = _ends(found.group(1), found.group(2), size)
    headers = {"ETag": etag, "Accept-Ranges": "bytes", "Content-Length": str(last - first + 1)}
    if found is not None:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Wanted(
        first=first, length=last - first + 1, status=200 if found is None else 206, headers=headers
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
