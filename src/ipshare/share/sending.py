"""What is about to leave is written in the ledger and counted against the day; only then it leaves."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from ipshare.accounts import call as calls
from ipshare.accounts.call import Call
from ipshare.domain.authorization import Channel, View
from ipshare.domain.office import Right
from ipshare.share import feed, ledger
from ipshare.share.feed import Told
from ipshare.share.place import State
from ipshare.store import files

PART = 1024 * 1024
"""A page is held back until this many bytes of items are together: small blocks share a row of the ledger."""
CHUNK = 128 * 1024
"""What leaves is given away so many bytes at a time."""
LOOK_EVERY = 0.25
"""Seconds after which a file that is leaving looks whether its conditions hold."""

Leaving = Generator[list[bytes], None, tuple[State, bool]]
"""Items of a page that are in the ledger, some at a time; at the end what the page tells of itself."""
Positions = tuple[int | None, int | None]
Piece = TypeVar("Piece", bytes, list[bytes])

# What share.items writes at the head of an item; the ledger reads what leaves, not what was meant to leave.
_HEAD = re.compile(
    rb'\{"type":"(put|withdraw)","office":"([A-Z]{2})","right":"([a-z]+)","number":"'
)
_NUMBER = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
_ERASE = b'{"type":"erase"'


def record(call: Call, view: View, right: Right, number: str, size: int) -> None:
    """One record is about to leave."""
    if call.carries:
        _write(call, view, right, [number], size)


def records(call: Call, view: View, right: Right, numbers: Sequence[str], size: int) -> None:
    """Several records of one right are about to leave, in one body."""
    if call.carries:
        _write(call, view, right, numbers, size)


def file(call: Call, view: View, right: Right, name: str, size: int) -> None:
    """A file, or a range of it, is about to leave; the ledger has it under the records that refer to it."""
    if call.carries:
        _write(call, view, right, files.records_of(view, right, name), size, names=[name])


def items(
    call: Call,
    views: Mapping[str, View],
    page: feed.Page,
    *,
    holds: Callable[[], bool],
    again: State,
) -> Leaving:
    """The items of a page, of the offices of ``views``: each part of them is in the ledger before it leaves.

    Where the conditions end while a part leaves (``holds`` tells), the page ends with the state ``again``.
    """
    held: list[Told] = []
    size = 0
    end: tuple[State, bool] | None = None
    while end is None:
        try:
            found = next(page)
        except StopIteration as stop:
            end = stop.value
        else:
            held.append(found)
            size += sum(map(len, found.items))
        if end is not None or size >= PART:
            if not (yield from _leaving(call, views, held, holds)):
                return again, True
            held, size = [], 0
    return end


def _leaving(
    call: Call, views: Mapping[str, View], held: Sequence[Told], holds: Callable[[], bool]
) -> Generator[list[bytes], None, bool]:
    """Let a part leave; whether all of it did."""
    part = [item for told in held for item in told.items]
    _write_part(call, views, part, _positions(held))
    return (yield from _while(holds, _pieces(part), every=feed.LOOK_EVERY))


def _positions(held: Sequence[Told]) -> Positions:
    """The first and the last position of a part; None where some of it has none, and the registry is to say."""
    found = [told.positions for told in held if told.positions]
    if not found or len(found) < len(held):
        return None, None
    return found[0][0], found[-1][1]


def _pieces(part: Sequence[bytes]) -> Iterator[list[bytes]]:
    piece: list[bytes] = []
    size = 0
    for item in part:
        piece.append(item)
        size += len(item)
        if size >= CHUNK:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


def _while(
    holds: Callable[[], bool], pieces: Iterable[Piece], *, every: float
) -> Generator[Piece, None, bool]:
    """The pieces, as long as a look after so many seconds each finds that the conditions hold; whether all left."""
    looked = time.monotonic()
    for piece in pieces:
        if time.monotonic() - looked > every:
            looked = time.monotonic()
            if not holds():
                return False
        yield piece
    return True


def content(pieces: Iterable[bytes], holds: Callable[[], bool]) -> Iterator[bytes]:
    """A file, as long as the conditions hold; a body that ends before its Content-Length was cut."""
    chunks = (piece[at : at + CHUNK] for piece in pieces for at in range(0, len(piece), CHUNK))
    yield from _while(holds, chunks, every=LOOK_EVERY)


def _write_part(
    call: Call,
    views: Mapping[str, View],
    part: Sequence[bytes],
    positions: Positions = (None, None),
) -> None:
    """One row per office, right and kind of item: mostly one."""
    rows: dict[bytes, tuple[list[bytes], list[int]]] = {}
    head, numbers, sizes = b"no item yet", list[bytes](), list[int]()
    for item in part:
        if not item.startswith(head):
            found = _HEAD.match(item)
            if found is None:
                if item.startswith(_ERASE):
                    continue
                raise ValueError(f"an item begins with {item[:60]!r}, which nobody knows")
            head = found[0]
            numbers, sizes = rows.setdefault(head, ([], []))
        number = item[len(head) : item.index(b'"', len(head))]
        if b"\\" in number:
            quoted = _NUMBER.match(item, len(head) - 1)
            assert quoted is not None, item[:60]  # noqa: S101 (an item is JSON)
            number = quoted[0][1:-1]
        numbers.append(number)
        sizes.append(len(item))
    for head, (numbers, sizes) in rows.items():
        found = _HEAD.match(head)
        assert found is not None  # noqa: S101 (as above)
        kind, office, right = found.groups()
        _write(
            call,
            views[office.decode()],
            Right(right.decode()),
            msgspec.json.decode(b'["' + b'","'.join(numbers) + b'"]', type=list[str]),
            sum(sizes),
            withdrawn=kind == b"withdraw",
            positions=positions,
        )


def _write(  # noqa: PLR0913 (what a row of the ledger says)
    call: Call,
    view: View,
    right: Right,
    numbers: Sequence[str],
    size: int,
    *,
    names: Sequence[str] = (),
    withdrawn: bool = False,
    positions: Positions = (None, None),
) -> None:
    assert call.client is not None  # noqa: S101 (nothing is disclosed to nobody)
    ledger.write(
        view,
        right,
        numbers,
        size=size,
        at=calls.now(),
        client=call.client.client_id,
        channel=Channel.API,
        request=call.id,
        files=names,
        withdrawn=withdrawn,
        positions=positions,
    )
    call.spend(size)
