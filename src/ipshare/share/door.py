"""What every route of the API does alike: methods, who is asking, problems, headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from ipshare.accounts import bearer
from ipshare.accounts.permissions import OF_CLIENTS, Permission
from ipshare.http import problem
from ipshare.http.problem import Problem
from ipshare.store.models.sharing import Client

ALLOW = "GET, HEAD, OPTIONS"
Answer = Callable[..., HttpResponseBase]


def guarded(permission: Permission) -> Callable[[Answer], Answer]:
    """A route for clients with an access token; the view gets the client after the request."""
    if permission not in OF_CLIENTS:
        raise ValueError(f"{permission} is not a permission of clients")

    def decorate(answer: Answer) -> Answer:
        def inner(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            client: Client = bearer.client_of(request)
            return answer(request, client, **kwargs)

        return _route(inner, answer, permission)

    return decorate


def public(answer: Answer) -> Answer:
    """A route that anyone may read."""
    return _route(answer, answer, None)


def _route(inner: Answer, answer: Answer, permission: Permission | None) -> Answer:
    @csrf_exempt  # no cookie is looked at
    @wraps(answer)
    def route(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        response = _answered(inner, request, kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        response["Vary"] = "Accept, Authorization"
        return response

    route.permission = permission  # type: ignore[attr-defined]
    return route


def _answered(inner: Answer, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponseBase:
    try:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": ALLOW})
        if request.method not in {"GET", "HEAD"}:
            return problem.response(problem.not_allowed(ALLOW))
        return inner(request, **kwargs)
    except Problem as refused:
        return problem.response(refused)
    except Exception as trouble:  # noqa: BLE001 (logged under a reference; the client sees nothing of it)
        return problem.server_trouble(request, trouble)


def preferred(request: HttpRequest, offered: Sequence[str]) -> str:
    """The offered media type that the client accepts best; the problem 406 where it accepts none."""
    found = request.get_preferred_type(list(offered)) if "Accept" in request.headers else offered[0]
    if found is None:
        raise Problem("not-acceptable", f"this address offers {' and '.join(offered)}")
    return found


def number(request: HttpRequest, name: str, default: int, most: int) -> int:
    """A parameter that is a whole number from 1 to ``most``."""
    given = request.GET.get(name, str(default))
    if not (
        given.isascii()
        and given.isdigit()
        and len(given) <= len(str(most))
        and 1 <= int(given) <= most
    ):
        raise Problem("parameter-not-valid", f"{name} must be a whole number from 1 to {most}")
    return int(given)


def known(request: HttpRequest, *names: str) -> None:
    """Refuse parameters that this address does not know, and repeated ones, instead of passing them over."""
    for name, values in request.GET.lists():
        if name not in names:
            raise Problem(
                "parameter-not-valid",
                f"this address has no such parameter; it knows {', '.join(names) or 'none'}",
            )
        if len(values) > 1:
            raise Problem("parameter-not-valid", f"{name} may be given once")
