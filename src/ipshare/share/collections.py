"""Pages of records: all of a right, or those that a search finds, in the order of their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from ipshare.accounts import call as calls
from ipshare.accounts.permissions import Permission
from ipshare.accounts.route import known, number, preferred
from ipshare.domain.authorization import View
from ipshare.domain.office import Right
from ipshare.http import cursor
from ipshare.http.problem import NOT_FOUND, Problem
from ipshare.ingest import queue as line
from ipshare.render import st96, st97
from ipshare.share import blocks, items, sending, view
from ipshare.share.door import guarded, settled
from ipshare.share.search import index, parameters, turns
from ipshare.store import search
from ipshare.store.changes import Row
from ipshare.store.models.sharing import Client
from ipshare.store.search import Search

JSON = "application/json"
XML = "application/xml"
LIMIT = 50
MOST = 500
BYTES = 8 * 1024 * 1024
"""A page ends after this many bytes of records as JSON, if not before."""
SECONDS = 5.0
"""How long one statement of a search may take."""
BAG = "urn:ipshare:records"
"""The namespace of the element around several ST.96 documents."""

_FIRST = 4
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_PLURALS = {f"{right.value}s": right for right in Right}
_PAGING = ("after", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a client asks for; ``given`` as written, ``owner`` seals its cursors, ``after`` is a number."""

    client: Client
    view: View
    right: Right
    media: str
    given: Mapping[str, str]
    wanted: Search
    owner: str
    after: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Records as bytes, by number; ``more`` tells that others follow."""

    found: dict[str, bytes]
    more: bool


@guarded(Permission.RECORD_READ)
def collection(
    request: HttpRequest, client: Client, plural: str, office: str | None = None
) -> HttpResponseBase:
    """GET /api/v1/{trademarks|patents|designs} and …/{office}: a page of records, as JSON or in an XML bag."""
    right = _PLURALS[plural]

    def made() -> tuple[View, tuple[Asked, Page]]:
        asked = _asked(request, client, right, office)
        return asked.view, (asked, _page(asked, room=min(calls.of(request).left, BYTES)))

    _, (asked, page) = settled(request, client, made, needs={right})
    return _answer(request, asked, page)


def _asked(request: HttpRequest, client: Client, right: Right, office: str | None) -> Asked:
    """What a request asks for. Where the address names no office, the parameter ``office`` may."""
    allowed, needs = calls.of(request).allowed, {right}
    if office is None:
        seen: View | None = view.chosen(client, request.GET.get("office"), allowed, needs=needs)
    else:
        seen = view.of_allowed(client, allowed, office=office, at=timezone.now(), needs=needs)
    if seen is None or right not in seen.rights:
        raise Problem("not-found", NOT_FOUND)
    paging = _PAGING if office is not None else (*_PAGING, "office")
    known(request, *paging, *parameters.names(seen, right))
    media = preferred(request, (JSON, XML))
    limit = number(request, "limit", LIMIT, MOST)
    given = {name: str(value) for name, value in request.GET.items() if name not in paging}
    query = msgspec.json.encode(sorted(given.items())).decode()
    owner = f"{client.pk} collection {seen.office} {right.value} {seen.edition} {query}"
    after = request.GET.get("after")
    return Asked(
        client=client,
        view=seen,
        right=right,
        media=media,
        given=given,
        wanted=parameters.read(seen, right, given),
        owner=owner,
        after="" if after is None else cursor.unseal(after, owner=owner).decode(),
        limit=limit,
    )


def _answer(request: HttpRequest, asked: Asked, page: Page) -> HttpResponse:
    following = None
    if page.more:
        following = cursor.seal(list(page.found)[-1].encode(), owner=asked.owner)
    records = list(page.found.values())
    body = _json(records, following) if asked.media == JSON else _xml(records)
    if records:
        size = sum(map(len, records))
        sending.records(calls.of(request), asked.view, asked.right, list(page.found), size)
    answer = HttpResponse(body, content_type=asked.media)
    if following is not None:
        office = {"office": request.GET["office"]} if "office" in request.GET else {}
        query = urlencode({**office, **asked.given, "limit": asked.limit, "after": following})
        answer["Link"] = f'<{quote(request.path)}?{query}>; rel="next"'
    return answer


def _page(asked: Asked, *, room: int) -> Page:
    """The page, within the time that a search may take, and with a turn where it is one."""
    alone = asked.wanted == Search(number=asked.wanted.number)
    try:
        with nullcontext() if alone else turns.turn(asked.client.pk), search.within(SECONDS):
            index.make_ready(asked.view, asked.right, asked.wanted)
            return _read(asked, room=room)
    except index.BehindError as behind:
        line.search(behind.office)
        raise Problem(
            "search-not-ready",
            "much has just been published, and is being made ready for searches; ask again in a minute, or "
            "follow /api/v1/changes",
            {"Retry-After": "60"},
        ) from None
    except search.TooSlowError:
        raise Problem(
            "search-too-slow",
            f"this search took more than {SECONDS:g} seconds: narrow it by another parameter, or ask for fewer "
            "records with limit",
            {"Retry-After": "5"},
        ) from None


def _read(asked: Asked, *, room: int) -> Page:
    """At most ``limit`` records, and no more once they are ``room`` bytes; at first few, since some are large."""
    seen, right, after = asked.view, asked.right, asked.after
    hidden = [named for of, named in blocks.pending(seen) if of == right.value]
    found: dict[str, bytes] = {}
    size, batch = 0, _FIRST
    while True:
        batch = min(batch * 4, asked.limit - len(found) + 1)
        rows = search.find(seen, right, asked.wanted, after=after, limit=batch, blocked=hidden)
        for row in rows:
            if len(found) == asked.limit or (found and size >= room):
                return Page(found=found, more=True)
            found[row.number] = record = _bytes(asked, row)
            size += len(record)
            after = row.number
        if len(rows) < batch:
            return Page(found=found, more=False)


def _bytes(asked: Asked, row: Row) -> bytes:
    """One record, with the bytes that the feed and the route of single records have for it."""
    if asked.media == JSON:
        return items.put_or_withdraw(asked.view.office, row)
    return st96.to_xml(asked.right, st97.merge(row.documents, row.loose))


def _json(records: Sequence[bytes], following: str | None) -> bytes:
    return b'{"items":[%b],"next":%b}' % (b",".join(records), msgspec.json.encode(following))


def _xml(records: Sequence[bytes]) -> bytes:
    each = b"".join(record.removeprefix(_DECLARATION) for record in records)
    return b'%b<hub:RecordBag xmlns:hub="%b">%b</hub:RecordBag>' % (
        _DECLARATION,
        BAG.encode(),
        each,
    )
