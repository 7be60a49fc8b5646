"""One upload by tus, whoever sends it: how far it is, more of it, no more of it; and where a file would go."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import http_date

from ipshare.domain.office import Kind, Right
from ipshare.ingest import shortage
from ipshare.intake import announcing, forgetting, over_http, partial, receiving, tus
from ipshare.intake.over_http import Sender
from ipshare.intake.tree import FilePlace
from ipshare.store.models.uploads import HttpUpload

ALLOWED = "OPTIONS, HEAD, GET, PATCH, DELETE"
AGAIN_IN = 2  # seconds
BUSY = "many files come in at present; try again"
FULL = "the hub's disk is full; what came is kept, go on later"
GONE = "there is no such upload any more: it was cancelled, or it has expired"


def one_of(words: type[Right | Kind]) -> str:
    """The words of which one is to be said."""
    *first, last = (one.value for one in words)
    return f"{', '.join(first)} or {last}"


def place_of(office: str, right: str, kind: str, name: str) -> FilePlace | None:
    """The folder and name that a sender chose; None where there is no such folder."""
    if right not in {one.value for one in Right} or kind not in {one.value for one in Kind}:
        return None
    return FilePlace(office, Right(right), Kind(kind), name)


def announced(office: str, said: dict[str, str]) -> FilePlace:
    """The same of what Upload-Metadata says."""
    place = place_of(office, said.get("right", ""), said.get("kind", ""), said.get("filename", ""))
    if place is None:
        raise tus.RefusedError(
            400,
            f"Upload-Metadata must name filename, right ({one_of(Right)}) and kind ({one_of(Kind)})",
        )
    return place


def begin(place: FilePlace, sender: Sender, size: int, said: dict[str, str]) -> HttpUpload:
    """Announce a file; TakenError where one of its name is under way, RefusedError where it is not taken.

    TooManyError where as many are under way as may be.
    """
    try:
        return announcing.begin(
            place, size=size, sender=sender, at=timezone.now(),
            sha256=said.get("sha256", ""), start=said.get("start", ""),
        )  # fmt: skip
    except (announcing.TakenError, announcing.TooManyError):
        raise
    except announcing.NotTakenError as trouble:
        status = 413 if isinstance(trouble, announcing.TooLargeError) else 400
        raise tus.RefusedError(status, str(trouble)) from trouble


def act(
    request: HttpRequest, upload: HttpUpload, sender: Sender, again: Callable[[], object]
) -> HttpResponse:
    """What every method but GET does with an upload; ``again`` is that of receiving.receive.

    HttpUpload.DoesNotExist where it was cancelled meanwhile.
    """
    match tus.method(request):
        case "OPTIONS":
            return tus.offers(announcing.LARGEST)
        case "HEAD":
            return _head(upload)
        case "PATCH":
            return _patch(request, upload, sender, again)
        case "DELETE":
            return _delete(upload, sender)
    raise tus.RefusedError(405, f"this address knows {ALLOWED}", {"Allow": ALLOWED})


def _head(upload: HttpUpload) -> HttpResponse:
    offset = over_http.settle(upload, at=timezone.now())
    said = {"filename": upload.name, "right": upload.right, "kind": upload.kind}
    said |= {key: value for key in ("sha256", "start") if (value := getattr(upload, key))}
    headers: dict[str, str | int] = {
        "Upload-Offset": offset,
        "Upload-Length": upload.size,
        "Upload-Metadata": tus.written(said),
    }
    return tus.answer(200, headers | until(upload))


def _patch(
    request: HttpRequest, upload: HttpUpload, sender: Sender, again: Callable[[], object]
) -> HttpResponse:
    """Take some bytes. What came is kept if the connection is lost, unless a checksum cannot be proved then."""
    if not over_http.sends(sender, upload):
        raise tus.RefusedError(
            403, f"{upload.sender} sends this file; cancel it to send it yourself"
        )
    size, offset, checksum = (
        tus.body_size(request),
        tus.offset_of(request),
        tus.checksum_of(request),
    )
    present = over_http.offset_of(upload)
    if offset != present:
        raise _elsewhere(present)
    if offset + size > upload.size:
        raise tus.RefusedError(
            413, f"the file has {upload.size} bytes, the body would end at {offset + size}"
        )
    try:
        with receiving.turn(upload.office_id, sender):
            receiving.receive(
                over_http.path_of(upload), offset, size, request.read, checksum, again
            )
    except receiving.BusyError as busy:
        raise tus.RefusedError(503, BUSY, {"Retry-After": AGAIN_IN}) from busy
    except partial.MovedError as moved:
        raise _elsewhere(moved.size) from moved
    except receiving.ChecksumError as wrong:
        words = "the body is not what Upload-Checksum says; send it again"
        raise tus.RefusedError(tus.MISMATCH, words) from wrong
    except FileNotFoundError as gone:
        raise tus.RefusedError(404, GONE) from gone
    except OSError as trouble:
        if not shortage.is_shortage(trouble):
            raise
        raise tus.RefusedError(507, FULL) from trouble
    offset = over_http.grown(upload, at=timezone.now())
    return tus.answer(204, {"Upload-Offset": offset, **until(upload)})


def _elsewhere(offset: int) -> tus.RefusedError:
    return tus.RefusedError(
        409, f"{offset} bytes have come; go on from there", {"Upload-Offset": offset}
    )


def _delete(upload: HttpUpload, sender: Sender) -> HttpResponse:
    try:
        forgetting.cancel(upload, by=over_http.name_of(sender), at=timezone.now())
    except announcing.NotTakenError as trouble:
        raise tus.RefusedError(409, str(trouble)) from trouble
    return tus.answer(204)


def until(upload: HttpUpload) -> dict[str, str | int]:
    """Until when an incomplete upload is kept; each byte prolongs it."""
    if upload.closed_at is not None:
        return {}
    return {"Upload-Expires": http_date(upload.expires_at.timestamp())}
