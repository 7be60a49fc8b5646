"""Files on their way in by tus from the browser: announce one, ask how far it is, send more of it, cancel it."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from ipshare.accounts import permissions
from ipshare.accounts.permissions import Permission
from ipshare.domain.office import Right
from ipshare.intake import announcing, over_http, tus, tus_files
from ipshare.portal import guard
from ipshare.store.models.accounts import User
from ipshare.store.models.uploads import HttpUpload


@guard.needs(Permission.SUBMISSION_SEND, "OPTIONS", "POST")
@tus.speaks
def files(request: HttpRequest, code: str) -> HttpResponseBase:
    """Announce a file; the answer says where its bytes are to be sent."""
    office = guard.office_of(request, code)
    if request.method == "OPTIONS":
        return tus.offers(announcing.LARGEST)
    size, said = tus.length_of(request), tus.metadata_of(request)
    place = tus_files.announced(office.code, said)
    guard.need(request, office.code, place.right)
    try:
        upload = tus_files.begin(place, guard.person(request), size, said)
    except announcing.TakenError as taken:
        where = {"Location": address_of(taken.upload)}
        raise tus.RefusedError(409, str(taken), where) from taken
    except announcing.TooManyError as many:
        raise tus.RefusedError(409, str(many)) from many
    return tus.answer(201, {"Location": address_of(upload), **tus_files.until(upload)})


@guard.needs(Permission.SUBMISSION_SEND, "OPTIONS", "GET", "POST", "PATCH", "DELETE")
@tus.speaks
def file(request: HttpRequest, code: str, upload: UUID) -> HttpResponseBase:
    """One file: how far it is, more of it, or no more of it."""
    office = guard.office_of(request, code)
    found = HttpUpload.objects.filter(office=office, pk=upload)
    one = found.select_related("person", "client", "submission").first()
    if one is None or Right(one.right) not in guard.seen(request, office.code):
        raise Http404(guard.NOT_YOURS)
    guard.need(request, office.code, Right(one.right))
    if request.method == "GET":
        return _told(one)
    try:
        return tus_files.act(request, one, guard.person(request), partial(_again, request, one))
    except HttpUpload.DoesNotExist as gone:
        raise tus.RefusedError(404, tus_files.GONE) from gone


def address_of(upload: HttpUpload) -> str:
    """Where an upload is spoken to from the browser."""
    return reverse("portal:upload-file", args=[upload.office_id.lower(), upload.pk])


def _again(request: HttpRequest, upload: HttpUpload) -> None:
    """While bytes come: the session may have been ended, or the office closed, or the role taken away."""
    if not request.session.exists(request.session.session_key or ""):
        raise tus.RefusedError(401, "Sign in first.")
    found = User.objects.select_related("office")  # as the tables have it now
    who = found.get(pk=guard.person(request).pk)
    held = permissions.rights(who, Permission.SUBMISSION_SEND, at=upload.office_id)
    if upload.right not in held or not who.is_active:
        raise tus.RefusedError(403, f"{guard.NOT_INCLUDED}. {guard.ASK}")


def _told(upload: HttpUpload) -> HttpResponse:
    """The same for the page's script, and what became of the file."""
    offset = over_http.settle(upload, at=timezone.now())
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
