"""Pages of records: all of a right, or those that a search finds, in the order of their offices and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from urllib.parse import quote, urlencode

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from ipshare.accounts.permissions import Permission
from ipshare.domain.authorization import View
from ipshare.domain.office import Right
from ipshare.http import cursor
from ipshare.http.problem import NOT_FOUND, Problem
from ipshare.render import st96, st97
from ipshare.share import blocks, items, sending, view
from ipshare.share import call as calls
from ipshare.share.door import guarded, known, number, preferred
from ipshare.share.search import index, parameters, queue, turns
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
TRIES = 3
"""How often a page is made anew when the conditions change meanwhile."""
BAG = "urn:ipshare:records"
"""The namespace of the element around several ST.96 documents."""

_FIRST = 4
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_PLURALS = {f"{right.value}s": right for right in Right}
_PAGING = ("after", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a client asks for: the search as written, and of each office as its view understands it.

    ``owner`` seals the cursors; ``after`` is the office and the number to go on from.
    """

    client: Client
    right: Right
    media: str
    given: Mapping[str, str]
    searches: Sequence[tuple[View, Search]]
    owner: str
    after: tuple[str, str]
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Records as bytes, each with its view and number; ``more`` tells that others follow."""

    found: list[tuple[View, str, bytes]]
    more: bool


@guarded(Permission.RECORD_READ)
def collection(
    request: HttpRequest, client: Client, plural: str, office: str | None = None
) -> HttpResponseBase:
    """GET /api/v1/{trademarks|patents|designs} and …/{office}: a page of records, as JSON or in an XML bag."""
    for _ in range(TRIES):
        asked = _asked(request, client, _PLURALS[plural], office)
        page = _page(asked, room=calls.of(request).left)
        if all(view.holds(client, seen) for seen, _ in asked.searches):
            return _answer(request, asked, page)
    raise Problem(
        "search-busy",
        "the conditions have just changed; ask again in a second",
        {"Retry-After": "1"},
    )


def _asked(request: HttpRequest, client: Client, right: Right, office: str | None) -> Asked:
    views = view.all_of(client) if office is None else [view.of_client(client, office=office)]
    shown = [seen for seen in views if seen is not None and right in seen.rights]
    if not shown:
        raise Problem("not-found", NOT_FOUND)
    known(request, *_PAGING, *parameters.names(shown, right))
    media = preferred(request, (JSON, XML))
    limit = number(request, "limit", LIMIT, MOST)
    given = {name: str(value) for name, value in request.GET.items() if name not in _PAGING}
    owner = _owner(client, shown, right, office, given)
    after = request.GET.get("after")
    return Asked(
        client=client,
        right=right,
        media=media,
        given=given,
        searches=[
            (seen, parameters.read(seen, right, given))
            for seen in shown
            if given.keys() <= set(parameters.names([seen], right))
        ],
        owner=owner,
        after=("", "") if after is None else _place(cursor.unseal(after, owner=owner)),
        limit=limit,
    )


def _owner(
    client: Client,
    views: Sequence[View],
    right: Right,
    office: str | None,
    given: Mapping[str, str],
) -> str:
    """A cursor is of one client, under one edition of its conditions, of one search."""
    asked = (right, office, sorted(given.items()), [seen.edition for seen in views])
    return f"{client.pk} collection {msgspec.json.encode(asked).decode()}"


def _place(content: bytes) -> tuple[str, str]:
    return msgspec.msgpack.decode(content, type=tuple[str, str])


def _answer(request: HttpRequest, asked: Asked, page: Page) -> HttpResponse:
    following = None
    if page.more:
        seen, last, _ = page.found[-1]
        following = cursor.seal(msgspec.msgpack.encode((seen.office, last)), owner=asked.owner)
    records = [record for _, _, record in page.found]
    body = _json(records, following) if asked.media == JSON else _xml(records)
    for seen, found in groupby(page.found, key=itemgetter(0)):
        numbers, sizes = zip(*((named, len(record)) for _, named, record in found), strict=True)
        sending.records(calls.of(request), seen, asked.right, numbers, sum(sizes))
    answer = HttpResponse(body, content_type=asked.media)
    if following is not None:
        query = urlencode({**asked.given, "limit": asked.limit, "after": following})
        answer["Link"] = f'<{quote(request.path)}?{query}>; rel="next"'
    return answer


def _page(asked: Asked, *, room: int) -> Page:
    """The page, within the time that a search may take, and with a turn where it is one."""
    alone = all(wanted == Search(number=wanted.number) for _, wanted in asked.searches)
    try:
        with nullcontext() if alone else turns.turn(asked.client.pk), search.within(SECONDS):
            return _read(asked, room=min(room, BYTES))
    except index.BehindError as behind:
        queue.extend_search(behind.office)
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
    """At most ``limit`` records, office by office, and no more once they are ``room`` bytes."""
    page = Page(found=[], more=False)
    office, last = asked.after
    size = 0
    for seen, wanted in asked.searches:
        if seen.office < office:
            continue
        after = last if seen.office == office else ""
        for row in _rows(asked, seen, wanted, after=after, most=asked.limit - len(page.found) + 1):
            if len(page.found) == asked.limit or (page.found and size >= room):
                return replace(page, more=True)
            record = _bytes(asked, seen, row)
            page.found.append((seen, row.number, record))
            size += len(record)
    return page


def _rows(asked: Asked, seen: View, wanted: Search, *, after: str, most: int) -> Iterator[Row]:
    """At most so many records of one office; at first few, since some are large."""
    index.make_ready(seen, asked.right, wanted)
    hidden = [named for of, named in blocks.pending(seen) if of == asked.right.value]
    batch = _FIRST
    while most:
        batch = min(batch * 4, most)
        found = search.find(seen, asked.right, wanted, after=after, limit=batch, blocked=hidden)
        yield from found
        if len(found) < batch:
            return
        after = found[-1].number
        most -= batch


def _bytes(asked: Asked, seen: View, row: Row) -> bytes:
    """One record, with the bytes that the feed and the route of single records have for it."""
    if asked.media == JSON:
        return items.put_or_withdraw(seen.office, row)
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
