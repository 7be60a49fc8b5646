"""The tus protocol 1.0.0 as the hub speaks it: what its headers say, and its answers. Reads no file and no table."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
ALGORITHMS = ("sha256", "sha1")
BODY = "application/offset+octet-stream"
MISMATCH = 460  # of the extension checksum
WHOLE = re.compile(r"[0-9]{1,18}")
HEX = re.compile(r"[0-9a-f]{64}")
KEYS = frozenset({"filename", "right", "kind", "sha256", "start"})
View = Callable[..., HttpResponseBase]


class RefusedError(Exception):
    """An answer other than the one hoped for; its words are for the person who sends."""

    def __init__(
        self, status: int, words: str, headers: Mapping[str, str | int] | None = None
    ) -> None:
        """``status`` as tus or HTTP name it."""
        super().__init__(words)
        self.status = status
        self.words = words
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checksum:
    """What a client says its body hashes to."""

    algorithm: str
    digest: bytes

    def start(self) -> Any:
        """A hash to feed the body to."""
        return hashlib.new(self.algorithm, usedforsecurity=False)


def speaks(view: View) -> View:
    """Answer as tus does: the version in every answer, refusals in plain words, other versions with 412."""

    @wraps(view)
    def spoken(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            same_version(request)
            response = view(request, *args, **kwargs)
        except RefusedError as refused:
            response = answer(refused.status, refused.headers, words=refused.words)
        except Http404 as unknown:
            response = answer(404, words=str(unknown))
        except PermissionDenied as denied:
            response = answer(403, words=str(denied))
        response.headers["Tus-Resumable"] = VERSION
        response.headers["Cache-Control"] = "no-store"
        return response

    return spoken


def same_version(request: HttpRequest) -> None:
    if request.method in {"OPTIONS", "GET"}:
        return
    asked = request.headers.get("Tus-Resumable", "")
    if asked != VERSION:
        raise RefusedError(
            412,
            f"this hub speaks tus {VERSION}, asked was {asked[:20]!r}",
            {"Tus-Version": VERSION},
        )


def answer(
    status: int, headers: Mapping[str, str | int] | None = None, *, words: str = ""
) -> HttpResponse:
    """An answer with some words or none."""
    response = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    for name, value in (headers or {}).items():
        response[name] = str(value)
    if status == 204:  # noqa: PLR2004
        del response["Content-Type"]
    return response


def offers(largest: int) -> HttpResponse:
    """What OPTIONS is told."""
    return answer(
        204,
        {
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": largest,
            "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
        },
    )


def method(request: HttpRequest) -> str:
    """What is asked: the method, or of a POST the one that X-HTTP-Method-Override names.

    tus lets any method be overridden; here a GET stays one, since its sender need not know the CSRF value.
    """
    if request.method == "POST":
        return request.headers.get("X-HTTP-Method-Override", "POST").upper()
    return request.method or ""


def length_of(request: HttpRequest) -> int:
    """How large the file will be."""
    if "Upload-Defer-Length" in request.headers:
        raise RefusedError(400, "Upload-Defer-Length is not offered: say the size in Upload-Length")
    return _number(request, "Upload-Length")


def offset_of(request: HttpRequest) -> int:
    """Where the body belongs."""
    return _number(request, "Upload-Offset")


def body_size(request: HttpRequest) -> int:
    """How many bytes the body has; a body of unknown length cannot be counted while it is read."""
    kind = request.headers.get("Content-Type", "")
    if kind != BODY:
        raise RefusedError(415, f"the body must be {BODY}, not {kind[:60] or 'of no type'}")
    if "Content-Length" not in request.headers:
        raise RefusedError(411, "say the size of the body in Content-Length")
    return _number(request, "Content-Length")


def checksum_of(request: HttpRequest) -> Checksum | None:
    """What the body must hash to, if the client says so."""
    said = request.headers.get("Upload-Checksum")
    if said is None:
        return None
    algorithm, _, encoded = said.partition(" ")
    if algorithm not in ALGORITHMS:
        raise RefusedError(400, f"{algorithm[:20]!r} is not offered; use {' or '.join(ALGORITHMS)}")
    digest = _decoded(encoded)
    if digest is None or len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise RefusedError(400, "Upload-Checksum is not a Base64 digest of its algorithm")
    return Checksum(algorithm=algorithm, digest=digest)


def metadata_of(request: HttpRequest) -> dict[str, str]:
    """Upload-Metadata as text by key; what the hub does not know is refused, not dropped."""
    given: dict[str, str] = {}
    said = request.headers.get("Upload-Metadata", "")
    for pair in said.split(",") if said.strip() else []:
        key, _, encoded = pair.strip().partition(" ")
        raw = _decoded(encoded)
        try:
            value = raw.decode("utf-8") if raw is not None else None
        except UnicodeDecodeError:
            value = None
        if value is None:
            raise RefusedError(400, f"Upload-Metadata: {key[:40]!r} is not UTF-8 in Base64")
        if key not in KEYS or key in given:
            known = ", ".join(sorted(KEYS))
            raise RefusedError(
                400, f"Upload-Metadata: {key[:40]!r} is unknown, or twice; known are {known}"
            )
        given[key] = value
    for key in ("sha256", "start"):
        if given.get(key) and not HEX.fullmatch(given[key]):
            raise RefusedError(400, f"Upload-Metadata: {key} must be 64 hexadecimal digits")
    return given


def written(metadata: Mapping[str, str]) -> str:
    """Metadata as HEAD answers it."""
    pairs = ((key, base64.b64encode(value.encode()).decode()) for key, value in metadata.items())
    return ",".join(f"{key} {encoded}".strip() for key, encoded in pairs)


def _decoded(encoded: str) -> bytes | None:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


def _number(request: HttpRequest, header: str) -> int:
    said = request.headers.get(header, "")
    if not WHOLE.fullmatch(said):
        raise RefusedError(400, f"{header} must be a whole number of bytes")
    return int(said)
