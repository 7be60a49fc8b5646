"""What every route of the API does alike: methods, problems, headers, parameters. Who is asking the guards know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from ipshare.accounts import call as calls
from ipshare.accounts.permissions import Permission
from ipshare.http import problem
from ipshare.http.problem import Problem

READING = ("GET", "HEAD")
Answer = Callable[..., HttpResponseBase]


def public(answer: Answer) -> Answer:
    """A route that anyone may read."""
    return route(answer, answer, None)


def route(
    inner: Answer,
    answer: Answer,
    permission: Permission | None,
    methods: tuple[str, ...] = READING,
) -> Answer:
    """The view of an address: ``inner`` is ``answer`` with its guard, which asks for ``permission``."""

    @csrf_exempt  # no cookie is looked at
    @wraps(answer)
    def routed(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        call = calls.begin(request)
        response = _answered(inner, request, kwargs, methods)
        response.headers.setdefault("Cache-Control", "no-store")
        response["Vary"] = "Accept, Authorization"
        for name, value in call.headers().items():
            response[name] = value
        return calls.finish(call, response)

    routed.permission = permission  # type: ignore[attr-defined]
    return routed


def _answered(
    inner: Answer, request: HttpRequest, kwargs: dict[str, Any], methods: tuple[str, ...]
) -> HttpResponseBase:
    allow = ", ".join([*methods, "OPTIONS"])
    try:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": allow})
        if request.method not in methods:
            return problem.response(problem.not_allowed(allow))
        return inner(request, **kwargs)
    except Problem as refused:
        return problem.response(refused)
    except Exception as trouble:  # noqa: BLE001 (logged under a reference; the client sees nothing of it)
        return problem.server_trouble(request, trouble, calls.of(request).id)


def again(request: HttpRequest) -> object:
    """Ask once more what let a request in that has taken its time: token, networks, channel, limits.

    It is counted once. What the answer is made of is another one, by ``==``, once sharing has begun or ended.
    """
    return calls.of(request).again()


def preferred(request: HttpRequest, offered: Sequence[str]) -> str:
    """The offered media type that the client accepts best; the problem 406 where it accepts none.

    Parameters (``application/json; charset=utf-8``) are passed over: no media type here comes in two forms.
    """
    if not request.headers.get("Accept", "").strip():
        return offered[0]
    found = request.get_preferred_type(list(offered))
    if found is None:
        asked = (f"{one.main_type}/{one.sub_type}".lower() for one in request.accepted_types)
        found = next((one for one in asked if one in offered), None)
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
