"""Who may open which address: nothing is routed that does not say, and what is another office's is not there."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from ipshare.accounts import permissions
from ipshare.accounts.permissions import Permission
from ipshare.portal import zones
from ipshare.store.models.accounts import Office, User
from ipshare.store.models.sharing import Authorization
from ipshare.store.models.submissions import Submission

View = Callable[..., HttpResponseBase]
REFERENCE = re.compile(r"([A-Z]{2})-([0-9]{6,9})")
CODE = re.compile(r"[a-z]{2}")
WHOLE = re.compile(r"[0-9]{1,18}")
NOT_YOURS = "There is no such page for you."


def door(route: str, view: View, name: str) -> URLPattern:
    """A route to a view that says who may open it; any other view cannot be routed."""
    if not hasattr(view, "permission"):
        raise TypeError(f"{view.__name__} says neither guard.public nor guard.needs")
    return path(route, view, name=name)


def public(*methods: str) -> Callable[[View], View]:
    """Mark a view that anybody may open."""
    return _marked(None, methods)


def needs(permission: Permission, *methods: str) -> Callable[[View], View]:
    """Mark a view for people who have signed in and may do this at the office that the address is about.

    The view asks for its office, submission or authorization through the functions below: they know from this
    mark what is wanted.
    """
    return _marked(permission, methods)


def _marked(permission: Permission | None, methods: tuple[str, ...]) -> Callable[[View], View]:
    allowed = {*methods, "HEAD"} if "GET" in methods else {*methods}

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if permission is not None and not request.user.is_authenticated:
                return _to_sign_in(request)
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            request.permission = permission  # type: ignore[attr-defined]
            office = getattr(request.user, "office_id", None)
            with timezone.override(zones.zone_of(office).offset):
                response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.methods = allowed  # type: ignore[attr-defined]
        return guarded

    return mark


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Where someone goes who has not signed in, or whose session has ended."""
    address = reverse("portal:sign-in")
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    if request.method == "GET" and request.path != "/":
        address += "?" + urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(address)


def person(request: HttpRequest) -> User:
    """The person behind a request to a view for people who have signed in."""
    return cast("User", request.user)


def _enter(request: HttpRequest, office: str) -> None:
    """Stop whoever may not do at this office what the view is for.

    Who may do nothing there does not learn that it exists; who may only look is told so.
    """
    allowed = permissions.of_person(person(request).office_id, at=office)
    if not allowed:
        raise Http404(NOT_YOURS)
    if request.permission not in allowed:  # type: ignore[attr-defined]
        raise PermissionDenied("Only people of the office itself can do this.")


def whole(text: str) -> int | None:
    """A number in an address; None where it is none that anything here could have."""
    return int(text) if WHOLE.fullmatch(text) else None


def office_of(request: HttpRequest, code: str) -> Office:
    """The office of an address (its code in lower case), where this person may do there what is wanted."""
    found = Office.objects.filter(code=code.upper()).first() if CODE.fullmatch(code) else None
    if found is None:
        raise Http404(NOT_YOURS)
    _enter(request, found.code)
    return found


def submission_of(request: HttpRequest, reference: str) -> Submission:
    """The submission of a reference, where this person may do with it what is wanted."""
    parts = REFERENCE.fullmatch(reference)
    if parts is None:
        raise Http404(NOT_YOURS)
    found = Submission.objects.filter(office_id=parts[1], number=int(parts[2]))
    submission = found.select_related("office", "repeats").first()
    if submission is None or submission.reference != reference:
        raise Http404(NOT_YOURS)
    _enter(request, submission.office_id)
    return submission


def authorization_of(office: Office, number: int) -> Authorization:
    """An authorization of this office."""
    found = Authorization.objects.filter(office=office, pk=number)
    authorization = found.select_related("third_party", "office").first()
    if authorization is None:
        raise Http404(NOT_YOURS)
    return authorization


def may(request: HttpRequest, permission: Permission, office: str) -> bool:
    """Whether a page shows this person the form for something."""
    return permission in permissions.of_person(person(request).office_id, at=office)
