"""The API for third parties: changes, one record, one picture, what the office has authorized."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from hashlib import blake2b
from itertools import chain
from typing import cast

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import parse_etags

from ipshare.accounts import call as calls
from ipshare.accounts import clients
from ipshare.accounts.permissions import Permission
from ipshare.accounts.route import again, known, number, preferred, public
from ipshare.domain.authorization import Conditions, View
from ipshare.domain.group import SHAREABLE, ElementGroup
from ipshare.domain.office import Right
from ipshare.http import contract, signing, waiting
from ipshare.http.problem import NOT_FOUND, Problem
from ipshare.render import st96
from ipshare.share import (
    authorized,
    blocks,
    conditions,
    feed,
    images,
    modified,
    newest,
    place,
    policy,
    sending,
    single,
    view,
)
from ipshare.share.door import guarded, settled
from ipshare.store import records
from ipshare.store.models.sharing import Client

JSON = "application/json"
JSON_LD = "application/ld+json"
NDJSON = "application/x-ndjson"
XML = "application/xml"
PLURALS = {f"{right.value}s": right for right in Right}


@guarded(Permission.CHANGES_READ)
def changes(request: HttpRequest, client: Client) -> HttpResponseBase:
    """GET /api/v1/changes: one page of the feed, as one JSON object or as JSON lines."""
    known(request, "after", "limit", "office", "wait")
    media = preferred(request, (JSON, NDJSON))
    limit = number(request, "limit", feed.LIMIT, feed.MOST)
    waiting.until(
        partial(_anything, request, client),
        client=client.pk,
        seconds=waiting.asked(request),
        again=partial(again, request),
        newest=newest.look,
    )
    seen = view.chosen(client, request.GET.get("office"), calls.of(request).allowed)
    owner = f"{client.pk} {seen.office} {seen.authorization}"
    after = request.GET.get("after")
    state = place.unseal(after, owner=owner) if after is not None else place.beginning(seen)
    if not seen.rights and not state.may:
        raise Problem(
            "no-authorization", f"{seen.office} shares nothing with this client at present"
        )
    call = calls.of(request)
    holds = partial(view.holds, client, seen)
    found = feed.page(seen, state, limit=limit, holds=holds, room=call.left)
    back = place.read_again(seen, state)
    page = sending.items(call, {seen.office: seen}, found, holds=holds, again=back)
    if request.method == "HEAD":
        return StreamingHttpResponse([], content_type=media)  # of a length that is not known before
    # The first item is read before the status is sent, so that a trouble until then is a problem.
    body = _json(page, owner) if media == JSON else _lines(page, owner)
    begun = next(body)
    return StreamingHttpResponse(chain([begun], body), content_type=media)


def _anything(request: HttpRequest, client: Client) -> bool:
    """Whether there is an item, or a problem to tell, at the place in the feed that a request names."""
    seen = view.chosen(client, request.GET.get("office"), calls.of(request).allowed)
    after = request.GET.get("after")
    owner = f"{client.pk} {seen.office} {seen.authorization}"
    state = place.unseal(after, owner=owner) if after is not None else place.beginning(seen)
    if not seen.rights and not state.may:
        return True
    found = feed.page(seen, state, limit=1, holds=partial(view.holds, client, seen))
    return next(found, None) is not None


@guarded(Permission.RECORD_READ)
def record(
    request: HttpRequest, client: Client, plural: str, office: str, number: str
) -> HttpResponseBase:
    """GET /api/v1/{trademarks|patents|designs}/{office}/{number}: ST.97 JSON or ST.96 XML."""
    known(request)
    media = preferred(request, (JSON, XML))
    right = PLURALS[plural]
    seen = _seen(request, client, office, right, number)
    held = single.read(seen, right, number)
    if held is None:
        raise Problem("not-found", NOT_FOUND)
    changed = modified.at(seen, right, number)
    headers = {"ETag": _etag(seen, media, held.state), **modified.headers(changed)}
    if _matches(request, headers["ETag"]) or modified.unchanged(request, changed):
        return HttpResponse(status=304, headers=headers)
    body = held.body if media == JSON else st96.to_xml(right, held.body)
    sending.record(calls.of(request), seen, right, number, len(body))
    return HttpResponse(body, content_type=media, headers=headers)


@guarded(Permission.IMAGE_READ)
def image(
    request: HttpRequest, client: Client, right: str, office: str, name: str
) -> HttpResponseBase:
    """GET /api/v1/images/{office}/{right}/{name}: a picture out of the stored package, by range too."""
    known(request)
    needs = {Right(right)}
    seen, picture = settled(
        request, client, partial(_picture, request, client, right, office, name), needs=needs
    )
    etag = _etag(seen, picture.format, picture.digest)
    if _matches(request, etag):
        return HttpResponse(status=304, headers={"ETag": etag})
    answer = images.answer(request, picture, etag)
    size = int(answer.headers["Content-Length"])
    sending.file(calls.of(request), seen, Right(right), name, size)
    if isinstance(answer, StreamingHttpResponse):
        holds = partial(view.holds, client, seen, needs=needs)
        pieces = cast("Iterator[bytes]", answer.streaming_content)
        answer.streaming_content = sending.content(pieces, holds)
    return answer


def _picture(
    request: HttpRequest, client: Client, right: str, office: str, name: str
) -> tuple[View, images.Shown]:
    """A picture as the client sees it; one in its bare form takes time to make."""
    seen = _seen(request, client, office, Right(right), name)
    blocked = [number for of, number in blocks.pending(seen) if of == right]
    held = records.picture(seen, Right(right), name, blocked=blocked)
    picture = None if held is None else images.shown(seen, held, name)
    if picture is None:
        raise Problem("not-found", NOT_FOUND)
    return seen, picture


@guarded(Permission.CONDITIONS_READ, channel=None)
def whoami(request: HttpRequest, client: Client) -> HttpResponseBase:
    """GET /api/v1/whoami: what each office has authorized, in words for machines."""
    known(request)
    preferred(request, (JSON,))
    shown = [_conditions(client, seen) for seen in view.all_of(client)]
    body = {
        "clientId": client.client_id,
        "thirdParty": clients.third_party_of(client).name,
        **(shown[0] if client.authorization_id else {}),
        "offices": shown,
    }
    return HttpResponse(msgspec.json.encode(body), content_type=JSON)


def _conditions(client: Client, seen: View) -> dict[str, object]:
    [held] = authorized.conditions_for(client, office=seen.office) or [Conditions()]
    shared = seen.groups if seen.rights else frozenset()
    return {
        "office": seen.office,
        "version": seen.version,
        "rights": [right.value for right in Right if right in seen.rights],
        "groups": [group.value for group in ElementGroup if group in shared],
        "withheld": [group.value for group in ElementGroup if group in SHAREABLE - shared],
        "conditions": conditions.described(held) | {"documents": seen.documents},
    }


@public
def public_keys(request: HttpRequest) -> HttpResponseBase:
    """GET /.well-known/jwks.json: the key that statements of the hub are signed with (RFC 7517)."""
    return HttpResponse(
        msgspec.json.encode({"keys": [signing.public_key()]}),
        content_type="application/jwk-set+json",
    )


@guarded(Permission.CONDITIONS_READ, channel=None)
def odrl(request: HttpRequest, client: Client) -> HttpResponseBase:
    """GET /api/v1/policy: what one office has authorized, as a policy of W3C ODRL 2.2."""
    known(request, "office")
    preferred(request, (JSON_LD,))
    seen = view.chosen(client, request.GET.get("office"), needs=())
    [held] = authorized.conditions_for(client, office=seen.office) or [Conditions()]
    name = clients.third_party_of(client).name
    body = policy.agreement(seen, held, third_party=name)
    return HttpResponse(msgspec.json.encode(body), content_type=JSON_LD)


@public
def openapi(request: HttpRequest) -> HttpResponseBase:
    """GET /api/v1/openapi.yaml: the contract."""
    return HttpResponse(contract.content(), content_type=contract.MEDIA_TYPE)


@public
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """Every other address below /api."""
    raise Problem("not-found", NOT_FOUND)


def _seen(request: HttpRequest, client: Client, office: str, right: Right, name: str) -> View:
    """The view of the office in an address; the problem 404 where it has nothing to do with the client."""
    allowed = calls.of(request).allowed
    seen = view.of_allowed(client, allowed, office=office, at=timezone.now(), needs={right})
    if seen is None or "\0" in name:
        raise Problem("not-found", NOT_FOUND)
    return seen


def _etag(seen: View, media: str, state: bytes) -> str:
    bound = f"{seen.edition} {media} ".encode()
    return f'"{blake2b(bound + state, digest_size=16).hexdigest()}"'


def _matches(request: HttpRequest, etag: str) -> bool:
    held = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in held or etag in [one.removeprefix("W/") for one in held]


def _json(page: sending.Leaving, owner: str) -> Iterator[bytes]:
    before = b'{"items":['
    while True:
        try:
            found = next(page)
        except StopIteration as end:
            state, more = end.value
            break
        yield b",".join([before + found[0], *found[1:]])
        before = b","
    closing = b"],%b}" % _tail(place.seal(state, owner=owner), more=more)
    yield closing if before == b"," else before + closing


def _lines(page: sending.Leaving, owner: str) -> Iterator[bytes]:
    while True:
        try:
            found = next(page)
        except StopIteration as end:
            state, more = end.value
            break
        yield b"\n".join([*found, b""])
    yield b'{"type":"cursor",%b}\n' % _tail(place.seal(state, owner=owner), more=more)


def _tail(cursor: str, *, more: bool) -> bytes:
    return b'"next":"%b","more":%b' % (cursor.encode("ascii"), b"true" if more else b"false")
