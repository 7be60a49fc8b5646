"""The API door for offices: send a file by tus or whole in one request, and ask how far an upload is."""

from __future__ import annotations

import base64
import binascii
import re
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts import call as calls
from ipshare.accounts.permissions import Permission
from ipshare.accounts.route import known, preferred
from ipshare.domain.office import Kind, Right
from ipshare.http import waiting
from ipshare.http.problem import NOT_FOUND, Problem
from ipshare.ingest import shortage
from ipshare.intake import (
    announcing,
    api_guard,
    at_once,
    over_http,
    receipts,
    receiving,
    tus,
    tus_files,
)
from ipshare.intake.tree import FilePlace
from ipshare.store.models.sharing import Client
from ipshare.store.models.uploads import HttpUpload

JSON = "application/json"
DIGEST = re.compile(r"(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/=]*):")
HOW = (
    "begin an upload by tus 1.0 here (headers Tus-Resumable, Upload-Length, Upload-Metadata), "
    "or PUT a small file to /api/v1/submissions/{right}/{kind}/{filename}"
)


@api_guard.speaks
@api_guard.guarded(Permission.FILE_SEND, methods=("GET", "HEAD", "POST"))
@api_guard.in_problems
def submissions(request: HttpRequest, client: Client) -> HttpResponseBase:
    """GET and POST /api/v1/submissions: what the office has sent, and a new file by tus."""
    if request.method != "POST":
        return receipts.listed(request, client)
    known(request)
    if "Tus-Resumable" not in request.headers:
        raise Problem("header-not-valid", HOW)
    tus.same_version(request)
    size, said = tus.length_of(request), tus.metadata_of(request)
    place = tus_files.announced(str(client.office_id), said)
    api_guard.need(client, place.right)
    try:
        upload = tus_files.begin(place, client, size, said)
    except announcing.TakenError as taken:
        raise Problem("upload-in-the-way", str(taken)) from taken
    except announcing.TooManyError as many:
        raise Problem("too-many-uploads", str(many)) from many
    return tus.answer(201, {"Location": _address(upload), **tus_files.until(upload)})


@api_guard.speaks
@api_guard.guarded(Permission.FILE_SEND, methods=("GET", "HEAD", "POST", "PATCH", "DELETE"))
@api_guard.in_problems
def upload(request: HttpRequest, client: Client, upload: str) -> HttpResponseBase:
    """/api/v1/uploads/{upload}: how far a file of this client is, more of it, or no more of it."""
    found = HttpUpload.objects.filter(client=client, pk=UUID(upload))
    one = found.select_related("client", "submission").first()
    if one is None:
        raise Problem("not-found", NOT_FOUND)
    one.client = client
    if request.method == "GET":
        return _told(request, client, one)
    known(request)
    tus.same_version(request)
    return tus_files.act(request, one, client, calls.of(request).again)


def _told(request: HttpRequest, client: Client, one: HttpUpload) -> HttpResponse:
    """How far it is; with ``wait``, when it has become a submission or was not taken in."""
    known(request, "wait")
    preferred(request, (JSON,))
    offset = over_http.settle(one, at=timezone.now())
    goes_on = HttpUpload.objects.filter(pk=one.pk, ended_at=None).exists
    waiting.until(
        lambda: not goes_on(), client=client.pk, seconds=waiting.asked(request), again=calls.of(request).again,
        newest=goes_on,
    )  # fmt: skip
    one.refresh_from_db(fields=["closed_at", "ended_at", "submission", "trouble", "expires_at"])
    submission = one.submission
    state = (
        "refused"
        if one.trouble
        else "landed"
        if submission
        else "whole"
        if one.closed_at
        else "incomplete"
    )
    body = {
        "filename": one.name,
        "right": one.right,
        "kind": one.kind,
        "size": one.size,
        "offset": offset,
        "state": state,
        "detail": one.trouble,
        "expiresAt": receipts.instant(one.expires_at),
        "submission": receipts.described(submission) if submission else None,
    }
    return HttpResponse(msgspec.json.encode(body), content_type=JSON)


@api_guard.guarded(Permission.FILE_SEND, methods=("PUT",))
def whole(
    request: HttpRequest, client: Client, right: str, kind: str, name: str
) -> HttpResponseBase:
    """PUT /api/v1/submissions/{right}/{kind}/{filename}: a small file, whole, in one request."""
    known(request)
    preferred(request, (JSON,))
    place = FilePlace(str(client.office_id), Right(right), Kind(kind), name)
    api_guard.need(client, place.right)
    size, sha256 = _length(request), _digest(request)
    taken = _taken(request, client, place, size, sha256)
    if taken.submission is None:
        assert taken.upload is not None  # noqa: S101 (one of the two is there)
        headers = {"Location": _address(taken.upload), "Retry-After": "5"}
        body: dict[str, object] = {
            "detail": "every byte is on disk; it lands after larger files of this right, or once the hub's disk has "
            "room: ask its address",
            "sha256": taken.upload.sha256,
        }
        return HttpResponse(
            msgspec.json.encode(body), status=202, content_type=JSON, headers=headers
        )
    body = receipts.described(taken.submission)
    again = taken.upload is None
    if again:
        body["detail"] = (
            f"these bytes had come under this name before, as {taken.submission.reference}: nothing more was done"
        )
    headers = {"Location": receipts.address(taken.submission)}
    status = 200 if again else 201
    return HttpResponse(
        msgspec.json.encode(body), status=status, content_type=JSON, headers=headers
    )


@api_guard.guarded(Permission.FILE_SEND, methods=("GET", "HEAD", "PUT"))
def no_folder(request: HttpRequest, client: Client, rest: str) -> HttpResponseBase:
    """Every other address below /api/v1/submissions: who sends a file there is told where files go."""
    if request.method != "PUT":
        raise Problem("not-found", NOT_FOUND)
    raise Problem(
        "not-found",
        f"no file goes to {rest[:120]}; it goes to /api/v1/submissions/{{right}}/{{kind}}/{{filename}}, where right is "
        f"{tus_files.one_of(Right)} and kind is {tus_files.one_of(Kind)}",
    )


def _taken(
    request: HttpRequest, client: Client, place: FilePlace, size: int, sha256: str
) -> at_once.Taken:
    try:
        return at_once.take(
            place, size=size, sha256=sha256, client=client, read=request.read,
            again=calls.of(request).again, now=timezone.now,
        )  # fmt: skip
    except receiving.BusyError as busy:
        again = {"Retry-After": str(tus_files.AGAIN_IN)}
        raise Problem("uploads-busy", tus_files.BUSY, again) from busy
    except announcing.TakenError as taken:
        raise Problem("upload-in-the-way", str(taken)) from taken
    except HttpUpload.DoesNotExist as gone:
        words = "the upload was cancelled while it came; nothing was kept, send the file again"
        raise Problem("upload-in-the-way", words) from gone
    except announcing.TooLargeError as large:
        raise Problem("file-too-large", str(large)) from large
    except announcing.NotTakenError as trouble:
        raise Problem("file-not-taken", str(trouble)) from trouble
    except at_once.DiffersError as other:
        words = (
            f"the bytes that came have the SHA-256 {other.digest}, announced was {sha256}; "
            "nothing was kept, send the file again"
        )
        raise Problem("digest-differs", words) from other
    except at_once.CutError as cut:
        words = "the connection was lost before the whole file had come; nothing was kept, send it again or by tus"
        raise Problem("body-cut", words) from cut
    except OSError as full:
        if not shortage.is_shortage(full):
            raise
        raise Problem(
            "storage-full", "the hub's disk is full; nothing was kept, send the file again later"
        ) from full


def _length(request: HttpRequest) -> int:
    said = request.headers.get("Content-Length", "")
    if not tus.WHOLE.fullmatch(said):
        raise Problem(
            "length-missing", "say the size of the body in Content-Length (curl -T FILE does)"
        )
    if int(said) > at_once.LARGEST:
        words = f"the file has {said} bytes; more than {at_once.LARGEST} go by tus to /api/v1/submissions"
        raise Problem("file-too-large", words)
    return int(said)


def _digest(request: HttpRequest) -> str:
    """SHA-256 that Content-Digest (RFC 9530) says, in hexadecimal; empty where the header is not there."""
    said = request.headers.get("Content-Digest")
    if said is None:
        return ""
    found = DIGEST.search(said)
    try:
        raw = base64.b64decode(found[1], validate=True) if found else b""
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:  # noqa: PLR2004 (bytes of a SHA-256)
        raise Problem(
            "header-not-valid",
            "Content-Digest must be sha-256=:…: with the digest in Base64 (RFC 9530)",
        )
    return raw.hex()


def _address(one: HttpUpload) -> str:
    return reverse("upload", args=[one.pk])
