"""Sending files in the browser: the page, the check before sending, and the form that works without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from ipshare.accounts.permissions import Permission
from ipshare.domain.office import Kind, Right
from ipshare.domain.zone import zone_of
from ipshare.intake import announcing, forgetting, over_http, partial, receiving, tus, tus_files
from ipshare.intake.tree import FilePlace
from ipshare.portal import guard, sending, words
from ipshare.portal.shell import page
from ipshare.portal.views.tus import address_of
from ipshare.store.models.accounts import Office
from ipshare.store.models.uploads import HttpUpload

SMALL = 64 * 1024 * 1024
"""Bytes of a request that the form without script may send: what it sends cannot be resumed."""
KINDS = [
    (Kind.UPDATES.value, "what changed; applied in the order received"),
    (
        Kind.FULL_EXTRACTION.value,
        "the whole register: compared with what the hub holds, then replaces it",
    ),
    (Kind.TEST.value, "checked like the others, published never"),
]


@guard.needs(Permission.SUBMISSION_SEND, "GET")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """Where files are sent, what is not whole yet, what came lately."""
    return _page(request, guard.office_of(request, code))


@guard.needs(Permission.SUBMISSION_SEND, "GET")
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What speaks against a file before a byte of it is sent: ``refused`` in words, and notices to look at."""
    office = guard.office_of(request, code)
    said = request.GET
    place = tus_files.place_of(
        office.code, said.get("right", ""), said.get("kind", ""), said.get("name", "")
    )
    size, sha256 = guard.whole(said.get("size", "")), said.get("sha256", "")
    if place is None or size is None or (sha256 and not tus.HEX.fullmatch(sha256)):
        return JsonResponse({"refused": "Choose a folder and a file."})
    guard.need(request, office.code, place.right)
    answer: dict[str, Any] = {"refused": "", "notices": [], "going": None}
    try:
        announcing.check_name(place)
        if going := announcing.under_way(place):
            answer["going"] = _going(going)
        else:
            announcing.check_size(place, size)
    except announcing.NotTakenError as trouble:
        answer["refused"] = f"{trouble}."
    zone = zone_of(guard.person(request).office_id)
    for one in sending.notices(place, sha256, zone):
        link = reverse("portal:submission", args=[one.reference]) if one.reference else ""
        answer["notices"].append({"words": one.words, "link": link})
    return JsonResponse(answer)


def _going(upload: HttpUpload) -> dict[str, Any]:
    """What the page's script has to know of an upload of the same name to go on with it."""
    return {
        "address": address_of(upload),
        "size": upload.size,
        "sha256": upload.sha256,
        "offset": over_http.offset_of(upload),
        "by": upload.sender,
    }


@guard.needs(Permission.SUBMISSION_SEND, "POST")
@csrf_exempt
def send(request: HttpRequest, code: str) -> HttpResponseBase:
    """A small file by the form alone. Its size is looked at before the body is read, the CSRF value after that."""
    office = guard.office_of(request, code)
    length = request.headers.get("Content-Length", "")
    if not tus.WHOLE.fullmatch(length) or int(length) > SMALL:
        most = "This form sends files of up to 64 MB. Send larger ones with script switched on, or over SFTP."
        return _page(request, office, trouble=most, status=413)
    request.upload_handlers = [TemporaryFileUploadHandler(request)]
    try:
        with receiving.turn(office.code, guard.person(request)):
            return _send_small(request, office)
    except receiving.BusyError:
        later = "Many files come in at present. Send it again in a moment."
        return _page(request, office, trouble=later, status=503)


@csrf_protect
def _send_small(request: HttpRequest, office: Office) -> HttpResponseBase:
    file = request.FILES.get("file")
    right, kind = request.POST.get("right", ""), request.POST.get("kind", "")
    place = tus_files.place_of(office.code, right, kind, (file and file.name) or "")
    if place is None or file is None:
        return _page(request, office, trouble="Choose a right, a folder and a file.", status=422)
    guard.need(request, office.code, place.right)
    try:
        _take(request, place, file)
    except announcing.NotTakenError as trouble:
        return _page(request, office, trouble=f"{trouble}.", status=422)
    messages.success(request, f"{place.name} has come whole. It is being looked at; see below.")
    return HttpResponseRedirect(reverse("portal:uploads", args=[office.code.lower()]))


def _take(request: HttpRequest, place: FilePlace, file: UploadedFile[bytes]) -> None:
    upload = announcing.begin(
        place, size=file.size or 0, sender=guard.person(request), at=timezone.now()
    )
    try:
        with partial.Tail(over_http.path_of(upload), 0) as tail:
            for piece in file.chunks():
                tail.write(piece)
        over_http.grown(upload, at=timezone.now())
    except partial.MovedError as twice:
        words = f"{place.name} is being sent by another request of yours at this moment; see below"
        raise announcing.NotTakenError(words) from twice
    except (FileNotFoundError, HttpUpload.DoesNotExist) as gone:
        words = f"{place.name} was cancelled while it came; send it again if it was meant to come"
        raise announcing.NotTakenError(words) from gone


@guard.needs(Permission.SUBMISSION_SEND, "POST")
def cancel(request: HttpRequest, code: str) -> HttpResponseBase:
    """Forget an incomplete upload."""
    done = "{}: what had come of it is deleted."
    back = reverse("portal:uploads", args=[code.lower()])
    return _forget(request, code, forgetting.cancel, done=done, back=back)


@guard.needs(Permission.SUBMISSION_SEND, "POST")
def put_away(request: HttpRequest, code: str) -> HttpResponseBase:
    """Tell no more of a file that was not taken in."""
    done = "{} is put away; the audit has what became of it."
    return _forget(request, code, forgetting.put_away, done=done, back=reverse("portal:home"))


def _forget(
    request: HttpRequest, code: str, deed: Callable[..., None], *, done: str, back: str
) -> HttpResponseBase:
    """Do one of two deeds to the upload that a form names; then go ``back`` and say that it is ``done``."""
    office = guard.office_of(request, code)
    upload = _chosen(request, office)
    if upload is None:
        return _page(request, office, trouble="That upload is not there any more.", status=422)
    guard.need(request, office.code, Right(upload.right))
    try:
        deed(upload, by=guard.person(request).email, at=timezone.now())
    except announcing.NotTakenError as trouble:
        return _page(request, office, trouble=f"{trouble}.", status=422)
    messages.success(request, done.format(upload.name))
    return HttpResponseRedirect(back)


def _chosen(request: HttpRequest, office: Office) -> HttpUpload | None:
    """The upload that a form names, of a right that this person knows."""
    seen = guard.seen(request, office.code)
    found = HttpUpload.objects.filter(office=office, right__in=seen, pk=_key(request))
    return found.select_related("person", "client").first()


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("upload", ""))
    except ValueError:
        return UUID(int=0)


def _page(
    request: HttpRequest, office: Office, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    rights = [
        right
        for right in Right
        if guard.may(request, Permission.SUBMISSION_SEND, office.code, right)
    ]
    growing, ended = sending.rows(office.code, guard.person(request).pk, rights)
    right, kind = request.GET.get("right"), request.GET.get("kind")
    context = {
        "office": office,
        "rights": [(one.value, words.RIGHTS[one]) for one in rights],
        "kinds": KINDS,
        "right": right if right in rights else rights[0].value,
        "kind": kind if kind in {*Kind} else KINDS[0][0],
        "growing": growing,
        "ended": ended,
        "trouble": trouble,
        "kept_days": over_http.KEPT.days,
    }
    return page(request, "portal/uploads.html", context, here="uploads", status=status)
