"""The guard of every route for third parties: who is asking, and whether the conditions let the request in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponseBase

from ipshare.accounts import bearer, limits
from ipshare.accounts import call as calls
from ipshare.accounts.bearer import SignedIn
from ipshare.accounts.call import Call
from ipshare.accounts.permissions import OF_CLIENTS, Permission
from ipshare.accounts.route import READING, Answer, again, route
from ipshare.domain.authorization import Channel, Conditions, View
from ipshare.domain.office import Right
from ipshare.http import address
from ipshare.http.problem import NOT_FOUND, Problem
from ipshare.share import authorized, view
from ipshare.store.models.sharing import Client

TRIES = 3
"""How often an answer is made anew when the conditions change meanwhile."""
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
            if signed.client.office_id is not None:  # it sends, and reads no register
                raise Problem("not-found", NOT_FOUND)
            office = kwargs.get("office") or request.GET.get("office")
            _admit(calls.of(request), signed, channel, office)
            calls.of(request).again = partial(_again, request, channel, office)
            return answer(request, signed.client, **kwargs)

        return route(inner, answer, permission, methods)

    return decorate


def settled(
    request: HttpRequest,
    client: Client,
    make: Callable[[], tuple[View, T]],
    *,
    needs: Collection[Right] | None = None,
) -> tuple[View, T]:
    """What is made under a view that still holds when it is made; else it is made anew, where the request is let in.

    ``needs`` are the rights that it is about; None: all that the client sees.
    """
    for _ in range(TRIES):
        seen, made = make()
        if view.holds(client, seen, needs=needs):
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
    conditions = authorized.conditions_among(call.allowed, client, office=office)
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
    conditions = authorized.conditions_among(call.allowed, client, office=office)
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
