"""The guard of every route by which an office's own clients send; tus and its refusals as the API words them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from ipshare.accounts import bearer, limits
from ipshare.accounts import call as calls
from ipshare.accounts.permissions import OF_SENDERS, Permission
from ipshare.accounts.route import READING, Answer, route
from ipshare.domain.office import Right
from ipshare.http.problem import NOT_FOUND, Problem
from ipshare.intake import announcing, tus, tus_files
from ipshare.store.models.sharing import Client
from ipshare.store.models.uploads import HttpUpload

CODES: Mapping[int, str] = {
    400: "header-not-valid",
    403: "upload-in-the-way",
    404: "not-found",
    405: "method-not-allowed",
    409: "upload-in-the-way",
    411: "length-missing",
    412: "tus-version-not-spoken",
    413: "file-too-large",
    415: "media-type-not-supported",
    tus.MISMATCH: "checksum-differs",
    503: "uploads-busy",
    507: "storage-full",
}
"""By the status of a refusal of tus, the code of its problem."""


def guarded(
    permission: Permission, methods: tuple[str, ...] = READING
) -> Callable[[Answer], Answer]:
    """A route for clients that an office made for its machines; to any other client there is nothing here."""
    if permission not in OF_SENDERS:
        raise ValueError(f"{permission} is not a permission of clients that send")

    def decorate(answer: Answer) -> Answer:
        def inner(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            call, client = calls.of(request), bearer.signed_in(request).client
            call.client = client
            # before it is counted: a token that somebody stole from a third party uses up nothing of it here
            if client.office_id is None:
                raise Problem("not-found", NOT_FOUND)
            call.limits = limits.of(())
            call.use = limits.count_request(client.pk, call.at)
            limits.check_requests(call.limits, call.use, call.at)
            call.again = partial(_again, request)
            return answer(request, client, **kwargs)

        return route(inner, answer, permission, methods)

    return decorate


def _again(request: HttpRequest) -> object:
    return bearer.signed_in(request).client.pk


def rights_of(client: Client) -> frozenset[Right]:
    """The rights that a client sends, and reads the submissions of."""
    return frozenset(map(Right, client.rights))


def need(client: Client, right: Right) -> None:
    """The problem 403 where a client was not made to send a right of its own office."""
    held = rights_of(client)
    if right not in held:
        names = " and ".join(one.value for one in Right if one in held)
        raise Problem(
            "right-not-sent",
            f"the client {client.name} sends {names}: use one that was made for {right.value}",
        )


def speaks(answer: Answer) -> Answer:
    """Speak tus, with refusals as problems; around a route, so that its OPTIONS tells what is offered."""

    @wraps(answer)
    def spoken(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        response = answer(request, **kwargs)
        response["Tus-Resumable"] = tus.VERSION
        if request.method == "OPTIONS":
            for name, value in tus.offers(announcing.LARGEST).headers.items():
                response.headers.setdefault(name, value)
        return response

    return spoken


def in_problems(answer: Answer) -> Answer:
    """Let what tus refuses leave as a problem."""

    @wraps(answer)
    def told(*args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return answer(*args, **kwargs)
        except tus.RefusedError as refused:
            headers = {name: str(value) for name, value in refused.headers.items()}
            raise Problem(CODES[refused.status], refused.words, headers) from refused
        except Http404 as unknown:
            raise Problem("not-found", NOT_FOUND) from unknown
        except HttpUpload.DoesNotExist as gone:  # cancelled while the request was answered
            raise Problem("not-found", tus_files.GONE) from gone

    return told
