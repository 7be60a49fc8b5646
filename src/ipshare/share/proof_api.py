"""The addresses of proofs: the whole, a branch, a twig."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from ipshare.accounts import call as calls
from ipshare.accounts.permissions import Permission
from ipshare.accounts.route import known, preferred
from ipshare.domain import proof as digests
from ipshare.domain.authorization import View
from ipshare.domain.office import Right
from ipshare.http import signing
from ipshare.http.problem import NOT_FOUND, Problem
from ipshare.share import place, proof, view
from ipshare.share.door import guarded, settled
from ipshare.share.place import State
from ipshare.store.models.sharing import Client

JSON = "application/json"
T = TypeVar("T")
KIND = "ipshare-proof+jws"
"""What the hub signs a proof as."""


@guarded(Permission.CHANGES_READ)
def whole(request: HttpRequest, client: Client) -> HttpResponseBase:
    """GET /api/v1/proof: a signed digest over all that a reader with this cursor holds of a right."""
    seen, (right, found) = _found(request, client, proof.whole)
    about = {
        "office": seen.office,
        "right": right.value,
        "asOf": calls.now().date().isoformat(),
        "count": found.count,
        "root": found.root.hex(),
        "cursor": request.GET["after"],
    }
    stated = {"iss": settings.PUBLIC_URL, "sub": client.client_id, **about}
    branches = [one.hex() for one in found.branches]
    return _json({**about, "branches": branches, "signed": signing.sign(stated, kind=KIND)})


@guarded(Permission.CHANGES_READ)
def branch(request: HttpRequest, client: Client, branch: str) -> HttpResponseBase:
    """GET /api/v1/proof/{branch}: the digests of its twigs."""
    number = _place(branch)
    _, (_, found) = _found(request, client, partial(proof.twigs, branch=number))
    return _json(
        {
            "branch": number,
            "digest": digests.branch(found).hex(),
            "twigs": [one.hex() for one in found],
        }
    )


@guarded(Permission.CHANGES_READ)
def twig(request: HttpRequest, client: Client, branch: str, twig: str) -> HttpResponseBase:
    """GET /api/v1/proof/{branch}/{twig}: its records with their digests."""
    numbers = _place(branch), _place(twig)
    _, (_, found) = _found(
        request, client, partial(proof.leaves, branch=numbers[0], twig=numbers[1])
    )
    records = [{"number": leaf.number, "digest": leaf.digest.hex()} for leaf in found]
    digest = digests.twig(leaf.digest for leaf in found)
    return _json(
        {"branch": numbers[0], "twig": numbers[1], "digest": digest.hex(), "records": records}
    )


def _found(
    request: HttpRequest, client: Client, find: Callable[[View, Right, State], T]
) -> tuple[View, tuple[Right, T]]:
    """What is found for a view that still holds then, and the right that it is of."""

    def made() -> tuple[View, tuple[Right, T]]:
        seen, right, state = _asked(request, client)
        return seen, (right, find(seen, right, state))

    return settled(request, client, made)


def _asked(request: HttpRequest, client: Client) -> tuple[View, Right, State]:
    """The view, the right and the reader's state that a proof is asked for."""
    known(request, "office", "right", "after")
    preferred(request, (JSON,))
    given = {name: request.GET.get(name, "") for name in ("office", "right", "after")}
    for name, value in given.items():
        if not value:
            raise Problem("parameter-not-valid", f"{name} is needed")
    call = calls.of(request)
    seen = view.of_allowed(client, call.allowed, office=given["office"], at=timezone.now())
    if seen is None or given["right"] not in seen.rights:
        raise Problem("not-found", NOT_FOUND)
    owner = f"{client.pk} {seen.office} {seen.authorization}"
    return seen, Right(given["right"]), place.unseal(given["after"], owner=owner)


def _place(text: str) -> int:
    if len(text) > len(str(digests.BRANCHES)) or int(text) >= digests.BRANCHES:
        raise Problem("not-found", NOT_FOUND)
    return int(text)


def _json(body: dict[str, object]) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), content_type=JSON)
