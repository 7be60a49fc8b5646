"""What every route of the API does alike: methods, who is asking, problems, headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from ipshare.accounts import bearer
from ipshare.accounts.bearer import SignedIn
from ipshare.accounts.permissions import OF_CLIENTS, Permission
from ipshare.domain.authorization import Channel, Conditions, View
from ipshare.http import address, problem
from ipshare.http.problem import Problem
from ipshare.share import authorizations, limits, view
from ipshare.share import call as calls
from ipshare.share.call import Call
from ipshare.store.models.sharing import Client

READING = ("GET", "HEAD")
TRIES = 3
"""How often an answer is made anew when the conditions change meanwhile."""
Answer = Callable[..., HttpResponseBase]
T = TypeVar("T")


def guarded(
    permission: Permission,
    channel: Channel | None = Channel.API,
    methods: tuple[str, ...] = READING,
) -> Callable[[Answer], Answer]:
    """A route for clients with an access token; the view gets the client after the request.

    Records and files leave through ``channel``, where the conditions let them; through None neither leaves.
    """
    if permission not in OF_CLIENTS:
        raise ValueError(f"{permission} is not a permission of clients")

    def decorate(answer: Answer) -> Answer:
        def inner(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            signed = bearer.signed_in(request)
            office = kwargs.get("office") or request.GET.get("office")
            _admit(calls.of(request), signed, channel, office)
            calls.of(request).again = partial(_again, request, channel, office)
            return answer(request, signed.client, **kwargs)

        return _route(inner, answer, permission, methods)

    return decorate


def public(answer: Answer) -> Answer:
    """A route that anyone may read."""
    return _route(answer, answer, None)


def again(request: HttpRequest) -> object:
    """Ask once more what let a request in that has taken its time: token, networks, channel, limits.

    It is counted once. What the answer is made of is another one, by ``==``, once sharing has begun or ended.
    """
    return calls.of(request).again()


def settled(
    request: HttpRequest, client: Client, make: Callable[[], tuple[View, T]]
) -> tuple[View, T]:
    """What is made under a view that still holds when it is made; else it is made anew, where the request is let in."""
    for _ in range(TRIES):
        seen, made = make()
        if view.holds(client, seen):
            return seen, made
        again(request)
    raise Problem(
        "search-busy",
        "the conditions changed while this was made, several times; ask again in a second",
        {"Retry-After": "1"},
    )


def _admit(call: Call, signed: SignedIn, channel: Channel | None, office: str | None) -> None:
    """Count the request, and refuse it where the conditions of any office that it is about do not let it in."""
    client, call.allowed = signed
    call.client = client
    conditions = authorizations.conditions_among(call.allowed, client, office=office)
    # Not counted: who holds a stolen token elsewhere cannot use up the client's minute.
    _see_network(call, conditions)
    call.limits = limits.of(conditions)
    if client.third_party_id is not None and conditions:
        call.office = (office or "").replace("\0", "")
    call.use = limits.count_request(client.pk, call.at, office=call.office)
    limits.check_requests(call.limits, call.use, call.at)
    _see_channel(channel, conditions)
    if channel is not None:
        limits.check_bytes(call.limits, call.use, call.at)


def _again(request: HttpRequest, channel: Channel | None, office: str | None) -> list[bool]:
    call, at = calls.of(request), calls.now()
    client, call.allowed = bearer.signed_in(request)
    conditions = authorizations.conditions_among(call.allowed, client, office=office)
    _see_network(call, conditions)
    call.limits = limits.of(conditions)
    call.use = limits.count_bytes(client.pk, at, 0, office=call.office)
    limits.check_requests(call.limits, call.use, at)
    _see_channel(channel, conditions)
    if channel is not None:
        limits.check_bytes(call.limits, call.use, at)
    return [one.in_force(at) for one in conditions]


def _see_network(call: Call, conditions: Sequence[Conditions]) -> None:
    for one in conditions:
        if one.networks and not address.inside(call.address, one.networks):
            raise Problem(
                "network-not-authorized",
                f"the office has not authorized requests from {call.address or 'an unknown address'}",
            )


def _see_channel(channel: Channel | None, conditions: Sequence[Conditions]) -> None:
    for one in conditions:
        if channel is not None and channel not in one.channels:
            raise Problem(
                "channel-not-authorized", f"the office has not authorized the channel {channel}"
            )


def _route(
    inner: Answer,
    answer: Answer,
    permission: Permission | None,
    methods: tuple[str, ...] = READING,
) -> Answer:
    @csrf_exempt  # no cookie is looked at
    @wraps(answer)
    def route(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        call = calls.begin(request)
        response = _answered(inner, request, kwargs, methods)
        response.headers.setdefault("Cache-Control", "no-store")
        response["Vary"] = "Accept, Authorization"
        for name, value in call.headers().items():
            response[name] = value
        return calls.finish(call, response)

    route.permission = permission  # type: ignore[attr-defined]
    return route


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
