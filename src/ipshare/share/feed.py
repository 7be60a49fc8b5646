"""One page of changes: what to erase, what an authorization added, then what the office published.

The law of the feed: the store that a third party builds from it equals the projection of the registry
through its view, after any history of submissions and authorizations.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field

import msgspec

from ipshare.domain.authorization import View
from ipshare.domain.group import ElementGroup, groups_in
from ipshare.domain.office import Right
from ipshare.http.problem import Problem
from ipshare.render import st97
from ipshare.share.place import Masks, State
from ipshare.store import changes
from ipshare.store.changes import END, Place, Row

LIMIT = 500
MOST = 5000
BYTES = 32 * 1024 * 1024
"""A page ends after this many bytes of items, if not before."""
LOOK_EVERY = 0.5
"""Seconds after which a page that is being sent looks whether the conditions still hold."""
_BATCH = 2 * 1024 * 1024

Page = Generator[bytes, None, tuple[State, bool]]
"""Items as JSON; at the end the state of the reader, and whether there is more."""


@dataclass(slots=True, kw_only=True)
class _Budget:
    """What a page may still hold. All of it counts visible records and bytes only."""

    records: int
    holds: Callable[[], bool]
    bytes: int = BYTES
    looked: float = field(default_factory=time.monotonic)
    ended: bool = False

    @property
    def spent(self) -> bool:
        return self.records <= 0 or self.bytes <= 0 or self.ended

    def look(self) -> None:
        if time.monotonic() - self.looked > LOOK_EVERY:
            self.looked = time.monotonic()
            self.ended = not self.holds()


def page(view: View, state: State, *, limit: int, holds: Callable[[], bool]) -> Page:
    """The items after a state, at most ``limit`` records.

    ``holds`` tells whether the view's conditions are still in force: a page ends where they are not, and
    the next one says what follows from it.
    """
    budget = _Budget(records=limit, holds=holds)
    target: dict[Right, int] = {right: view.mask for right in Right if right in view.rights}
    yield from _erasures(view, state.may, target)
    full = {right: mask & target.get(right, 0) for right, mask in state.full.items()}
    full = {right: mask for right, mask in full.items() if mask}
    upto, back = state.upto, state.back
    position = _position(view, upto)
    if (
        position == 0 or not full
    ):  # nothing is held: the ordinary feed from the beginning brings all
        upto, position, full = None, 0, target
    if full != target:
        if state.version != view.version:
            back = None
        missing = {right: mask & ~full.get(right, 0) for right, mask in target.items()}
        reading = _read(view, missing, after=_position(view, back), upto=position, budget=budget)
        last, more = yield from reading
        back = last or back
        if more:
            return State(view.version, upto, full, target, back), True
    last, more = yield from _read(view, target, after=position, upto=END, budget=budget)
    return State(view.version, last or upto, target, target, None), more


def _position(view: View, place: Place | None) -> int:
    position = changes.position_of(view, place)
    if position is None:
        raise Problem(
            "cursor-not-valid",
            "the register has no such place any more: read again from the beginning",
        )
    return position


def _read(
    view: View, masks: Masks, *, after: int, upto: int, budget: _Budget
) -> Generator[bytes, None, tuple[Place | None, bool]]:
    """Items of records by their newest change in these groups; the last one's place, and whether there is more."""
    last: Row | None = None
    more = False
    batch = 16
    while not more:
        asked = min(batch, max(budget.records, 0) + 1)
        rows = changes.read(view, masks, after=after, upto=upto, limit=asked)
        size = 0
        for row in rows:
            budget.look()
            if budget.spent:
                more = True
                break
            item = _item(view.office, row)
            budget.records -= 1
            budget.bytes -= len(item)
            size += len(item)
            last = row
            yield item
        if len(rows) < asked:
            break
        if last is not None:
            after = last.position
        batch = max(16, min(2048, _BATCH * asked // max(size, 1), asked * 8))
    place = changes.place_of(view, last, masks[Right(last.right)]) if last is not None else None
    return place, more


def _erasures(view: View, may: Masks, target: Masks) -> Iterator[bytes]:
    for right, mask in may.items():
        kept = target.get(right, 0)
        lost = groups_in(mask & ~kept)
        if lost:
            yield msgspec.json.encode(
                {
                    "type": "erase",
                    "office": view.office,
                    "right": right.value,
                    "groups": [g.value for g in ElementGroup if g in lost] if kept else None,
                }
            )


def _item(office: str, row: Row) -> bytes:
    named = b'"office":"%b","right":"%b","number":%b' % (
        office.encode(),
        row.right.encode(),
        msgspec.json.encode(row.number),
    )
    if not row.live:
        return b'{"type":"withdraw",%b}' % named
    return b'{"type":"put",%b,"record":%b}' % (named, st97.merge(row.documents))
