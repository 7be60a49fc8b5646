"""Files on their way in by tus: announce one, ask how far it is, send more of it, cancel it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date

from ipshare.accounts.permissions import Permission
from ipshare.domain.office import Kind, Right
from ipshare.ingest import shortage
from ipshare.intake import browser, partial
from ipshare.intake.tree import FilePlace
from ipshare.portal import guard, receiving, tus
from ipshare.store.models.uploads import BrowserUpload

AGAIN_IN = 2  # seconds


@guard.needs(Permission.SUBMISSION_SEND, "OPTIONS", "POST")
@tus.speaks
def files(request: HttpRequest, code: str) -> HttpResponseBase:
    """Announce a file; the answer says where its bytes are to be sent."""
    office = guard.office_of(request, code)
    if request.method == "OPTIONS":
        return tus.offers(browser.LARGEST)
    size, said = tus.length_of(request), tus.metadata_of(request)
    place = place_of(
        office.code, said.get("right", ""), said.get("kind", ""), said.get("filename", "")
    )
    if place is None:
        raise tus.RefusedError(
            400,
            f"Upload-Metadata must name filename, right ({_or(Right)}) and kind ({_or(Kind)})",
        )
    guard.need(request, office.code, place.right)
    try:
        upload = browser.begin(
            place,
            size=size,
            person=guard.person(request),
            at=timezone.now(),
            sha256=said.get("sha256", ""),
            start=said.get("start", ""),
        )
    except browser.TakenError as taken:
        where = {"Location": address_of(taken.upload)}
        raise tus.RefusedError(409, str(taken), where) from taken
    except browser.NotTakenError as trouble:
        status = 413 if isinstance(trouble, browser.TooLargeError) else 400
        raise tus.RefusedError(status, str(trouble)) from trouble
    return tus.answer(201, {"Location": address_of(upload), **_until(upload)})


@guard.needs(Permission.SUBMISSION_SEND, "OPTIONS", "GET", "POST", "PATCH", "DELETE")
@tus.speaks
def file(request: HttpRequest, code: str, upload: UUID) -> HttpResponseBase:
    """One file: how far it is, more of it, or no more of it."""
    office = guard.office_of(request, code)
    found = BrowserUpload.objects.filter(office=office, pk=upload)
    one = found.select_related("person", "submission").first()
    if one is None or Right(one.right) not in guard.seen(request, office.code):
        raise Http404(guard.NOT_YOURS)
    guard.need(request, office.code, Right(one.right))
    match tus.method(request):
        case "OPTIONS":
            return tus.offers(browser.LARGEST)
        case "HEAD":
            return _head(one)
        case "GET":
            return _told(one)
        case "PATCH":
            return _patch(request, one)
        case "DELETE":
            return _delete(request, one)
    return tus.answer(405, {"Allow": "OPTIONS, HEAD, GET, PATCH, DELETE"})


def place_of(office: str, right: str, kind: str, name: str) -> FilePlace | None:
    """The folder and name that a sender chose; None where there is no such folder."""
    if right not in {one.value for one in Right} or kind not in {one.value for one in Kind}:
        return None
    return FilePlace(office, Right(right), Kind(kind), name)


def address_of(upload: BrowserUpload) -> str:
    """Where an upload is spoken to."""
    return reverse("portal:upload-file", args=[upload.office_id.lower(), upload.pk])


def _head(upload: BrowserUpload) -> HttpResponse:
    offset = _settled(upload)
    said = {"filename": upload.name, "right": upload.right, "kind": upload.kind}
    said |= {key: value for key in ("sha256", "start") if (value := getattr(upload, key))}
    headers: dict[str, str | int] = {
        "Upload-Offset": offset,
        "Upload-Length": upload.size,
        "Upload-Metadata": tus.written(said),
    }
    return tus.answer(200, headers | _until(upload))


def _told(upload: BrowserUpload) -> HttpResponse:
    """The same for the page's script, and what became of the file."""
    offset = _settled(upload)
    submission = upload.submission
    return JsonResponse(
        {
            "offset": offset,
            "size": upload.size,
            "closed": upload.closed_at is not None,
            "reference": submission.reference if submission else "",
            "trouble": upload.trouble,
        }
    )


def _settled(upload: BrowserUpload) -> int:
    """How much has come; what a kill left whole and not closed is closed here."""
    offset = browser.offset_of(upload)
    if upload.closed_at is None and offset >= upload.size:
        browser.close(upload, at=timezone.now())
    return offset


def _patch(request: HttpRequest, upload: BrowserUpload) -> HttpResponse:
    """Take some bytes. What came is kept if the connection is lost, unless a checksum cannot be proved then."""
    who = guard.person(request)
    if upload.person_id != who.pk:
        raise tus.RefusedError(
            403, f"{upload.person.email} sends this file; cancel it to send it yourself"
        )
    size, offset, checksum = (
        tus.body_size(request),
        tus.offset_of(request),
        tus.checksum_of(request),
    )
    present = browser.offset_of(upload)
    if offset != present:
        raise _elsewhere(present)
    if offset + size > upload.size:
        raise tus.RefusedError(
            413, f"the file has {upload.size} bytes, the body would end at {offset + size}"
        )
    try:
        with receiving.turn(who.pk):
            receiving.receive(browser.path_of(upload), offset, size, request.read, checksum)
    except receiving.BusyError as busy:
        again = {"Retry-After": AGAIN_IN}
        raise tus.RefusedError(503, "many files come in at present; try again", again) from busy
    except partial.MovedError as moved:
        raise _elsewhere(moved.size) from moved
    except receiving.ChecksumError as wrong:
        words = "the body is not what Upload-Checksum says; send it again"
        raise tus.RefusedError(tus.MISMATCH, words) from wrong
    except FileNotFoundError as gone:
        raise Http404(guard.NOT_YOURS) from gone
    except OSError as trouble:
        if not shortage.is_shortage(trouble):
            raise
        words = "the hub's disk is full; what came is kept, go on later"
        raise tus.RefusedError(507, words) from trouble
    offset = browser.grown(upload, at=timezone.now())
    return tus.answer(204, {"Upload-Offset": offset, **_until(upload)})


def _elsewhere(offset: int) -> tus.RefusedError:
    return tus.RefusedError(
        409, f"{offset} bytes have come; go on from there", {"Upload-Offset": offset}
    )


def _delete(request: HttpRequest, upload: BrowserUpload) -> HttpResponse:
    try:
        browser.cancel(upload, by=guard.person(request).email, at=timezone.now())
    except browser.NotTakenError as trouble:
        raise tus.RefusedError(409, str(trouble)) from trouble
    return tus.answer(204)


def _until(upload: BrowserUpload) -> dict[str, str | int]:
    """Until when an incomplete upload is kept; each byte prolongs it."""
    if upload.closed_at is not None:
        return {}
    return {"Upload-Expires": http_date(upload.expires_at.timestamp())}


def _or(words: type[Right | Kind]) -> str:
    return ", ".join(one.value for one in words)
