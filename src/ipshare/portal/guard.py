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
from ipshare.domain.office import Right
from ipshare.domain.zone import zone_of
from ipshare.store import shared
from ipshare.store.models.accounts import Office, User
from ipshare.store.models.sharing import Authorization
from ipshare.store.models.submissions import Submission

View = Callable[..., HttpResponseBase]
REFERENCE = re.compile(r"([A-Z]{2})-([0-9]{6,9})")
CODE = re.compile(r"[a-z]{2}")
WHOLE = re.compile(r"[0-9]{1,18}")
NOT_YOURS = "There is no such page for you."
ONLY_THEIRS = "Only people of the office itself can do this."
NOT_INCLUDED = "Your role does not include this"
ASK = "An administrator of your office can change your roles."

OF_NO_OFFICE = frozenset({Permission.HUB_OPERATE, Permission.SELF_MANAGE})


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


def fresh(view: View) -> View:
    """Mark a view that changes how somebody signs in: who sends it has to have shown recently who they are."""
    view.fresh = True  # type: ignore[attr-defined]
    return view


def previewed(view: View) -> View:
    """Mark a view that only shows what would change, until what is sent says that this was seen (``seen``)."""
    view.previewed = True  # type: ignore[attr-defined]
    return view


def _marked(permission: Permission | None, methods: tuple[str, ...]) -> Callable[[View], View]:
    allowed = {*methods, "HEAD"} if "GET" in methods else {*methods}

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if permission is not None and not request.user.is_authenticated:
                return _to_sign_in(request)
            if permission == Permission.HUB_OPERATE and not person(request).is_operator:
                raise Http404(NOT_YOURS)
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            if permission is not None and (permission in OF_NO_OFFICE or not kwargs):
                _enter_in_general(request, permission)
            request.permission = permission  # type: ignore[attr-defined]
            office = getattr(request.user, "office_id", None)
            with timezone.override(zone_of(office).offset):
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
    if (
        "Tus-Resumable" in request.headers
    ):  # a program or script that sends a file follows no redirect
        return HttpResponse("Sign in first.", status=401, content_type="text/plain")
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


def _enter_in_general(request: HttpRequest, permission: Permission) -> None:
    """Stop whoever may not do this anywhere: for pages that are of no office."""
    who = person(request)
    if permissions.in_general(who, permission):
        return
    raise PermissionDenied(ONLY_THEIRS if who.is_operator else f"{NOT_INCLUDED}. {ASK}")


def _enter(request: HttpRequest, office: str, right: Right | None = None) -> None:
    """Stop whoever may not do at this office what the view is for; ``right``: where it is about one right.

    Who has no role there, or none for this right, does not learn that it exists; who may only look is told so.
    """
    who = person(request)
    known = permissions.known(who, at=office)
    if not known or (right is not None and right not in known):
        raise Http404(NOT_YOURS)
    need(request, office, *([right] if right else []))


def need(request: HttpRequest, office: str, *concerned: Right) -> None:
    """Stop whoever may not do what the view is for, for each of these rights; with none named, for any."""
    who = person(request)
    wanted: Permission = request.permission  # type: ignore[attr-defined]
    if not may(request, wanted, office, *concerned):
        if who.is_operator:
            raise PermissionDenied(ONLY_THEIRS)
        held = permissions.rights(who, wanted, at=office)
        if held:
            names = ", ".join(right.folder.lower() for right in concerned if right not in held)
            raise PermissionDenied(f"{NOT_INCLUDED} for {names}. {ASK}")
        raise PermissionDenied(f"{NOT_INCLUDED}. {ASK}")


def whole(text: str) -> int | None:
    """A number in an address; None where it is none that anything here could have."""
    return int(text) if WHOLE.fullmatch(text) else None


def office_of(request: HttpRequest, code: str) -> Office:
    """The office of an address (its code in lower case), where this person may do there what is wanted."""
    own = person(request).office
    found = own if own is not None and own.code.lower() == code else None
    if found is None and CODE.fullmatch(code):
        found = Office.objects.filter(code=code.upper()).first()
    if found is None:
        raise Http404(NOT_YOURS)
    _enter(request, found.code)
    return found


def register_of(request: HttpRequest, code: str, right: str) -> tuple[Office, Right]:
    """The office and the right of an address, where this person may do for it what is wanted."""
    office = office_of(request, code)
    if right not in set(Right):
        raise Http404(NOT_YOURS)
    _enter(request, office.code, Right(right))
    return office, Right(right)


def submission_of(request: HttpRequest, reference: str) -> Submission:
    """The submission of a reference, where this person may do with it what is wanted."""
    parts = REFERENCE.fullmatch(reference)
    if parts is None:
        raise Http404(NOT_YOURS)
    found = Submission.objects.filter(office_id=parts[1], number=int(parts[2]))
    submission = found.select_related("office", "repeats", "checks_again").first()
    if submission is None or submission.reference != reference:
        raise Http404(NOT_YOURS)
    _enter(request, submission.office_id, Right(submission.right))
    return submission


def authorization_of(office: Office, number: int) -> Authorization:
    """An authorization of this office."""
    found = Authorization.objects.filter(office=office, pk=number)
    authorization = found.select_related("third_party", "office").first()
    if authorization is None:
        raise Http404(NOT_YOURS)
    return authorization


def authorization_to_change(request: HttpRequest, code: str, number: int) -> Authorization:
    """The authorization of an address, where this person may change it: for each right that it has or had last."""
    authorization = authorization_of(office_of(request, code), number)
    need(request, authorization.office_id, *shared.rights_of(authorization))
    return authorization


def may_change(request: HttpRequest, authorization: Authorization) -> bool:
    """Whether a page shows this person the forms that change an authorization."""
    rights = shared.rights_of(authorization)
    return may(request, Permission.AUTHORIZATION_SAVE, authorization.office_id, *rights)


def may(request: HttpRequest, permission: Permission, office: str, *concerned: Right) -> bool:
    """Whether a page shows this person the form for something: for all of these rights, or for any if none is named."""
    held = permissions.rights(person(request), permission, at=office)
    return bool(held) and held.issuperset(concerned)


def seen(request: HttpRequest, office: str) -> frozenset[Right]:
    """The rights of an office that this person may look at: what lists and pages of several rights are cut to."""
    return permissions.known(person(request), at=office)
