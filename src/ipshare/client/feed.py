"""One page of the feed as its items, line by line; a record stays the bytes that the hub sent."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ipshare.client.hub import Hub
from ipshare.client.trouble import AgainError, PullError

LIMIT = 5000
"""Records that a page may hold; the hub ends pages of large records earlier."""
NDJSON = "application/x-ndjson"
_NOTHING = msgspec.Raw(b"")


class Item(msgspec.Struct):
    """A line of the feed: ``put``, ``withdraw`` or ``erase``; the last one is ``cursor``. ``size`` is its bytes."""

    type: str
    office: str = ""
    right: str = ""
    number: str = ""
    record: msgspec.Raw = _NOTHING
    groups: list[str] | None = None
    next: str = ""
    more: bool = False
    size: int = 0


_DECODER = msgspec.json.Decoder(Item)
_KNOWN = {"put", "withdraw", "erase", "cursor"}


def page(hub: Hub, office: str, after: str | None, *, wait: int = 0) -> Iterator[Item]:
    """The items of an office after a cursor (None: from the beginning), in order; the last one is the cursor's.

    The hub may ``wait`` so many seconds for something to tell.
    """
    query = {"office": office, "limit": str(LIMIT)} | ({"after": after} if after else {})
    if wait:
        query["wait"] = str(wait)
    item = None
    with hub.stream("/api/v1/changes", NDJSON, query) as pieces:
        for line in _lines(pieces()):
            item = _item(line)
            yield item
    if item is None or item.type != "cursor":
        raise AgainError("the page was cut before its cursor")


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Whole lines; one that was cut is none."""
    rest: list[bytes] = []
    for piece in pieces:
        first, *lines = piece.split(b"\n")
        rest.append(first)
        if lines:
            yield b"".join(rest)
            yield from lines[:-1]
            rest = [lines[-1]]


def _item(line: bytes) -> Item:
    try:
        item = _DECODER.decode(line)
    except msgspec.DecodeError as strange:
        raise PullError(f"the feed has a line that cannot be read ({strange})") from strange
    if item.type not in _KNOWN:
        raise PullError(f"the feed has items of the type {item.type!r}: use a newer ipshare")
    item.size = len(line)
    return item
