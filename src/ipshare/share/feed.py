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
from ipshare.share import items, queue
from ipshare.share.place import Masks, State
from ipshare.store import changes, renditions
from ipshare.store.changes import END, Place
from ipshare.store.renditions import Item

LIMIT = 500
MOST = 5000
BYTES = 32 * 1024 * 1024
"""A page ends after this many bytes of items, if not before."""
LOOK_EVERY = 0.5
"""Seconds after which a page that is being sent looks whether the conditions still hold."""
WORTH_IT = 100
"""A page that had to make so many items asks for the rest to be made ready."""
_BATCH = 2 * 1024 * 1024
_FIRST = 16

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
    made: int = 0

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
    last: Item | None = None
    more = False
    asked = _FIRST
    while not more:
        asked = min(asked, max(budget.records, 0) + 1)
        batch, through = _batch(view, masks, after=after, upto=upto, limit=asked, budget=budget)
        size = 0
        for found in batch:
            budget.look()
            if budget.spent:
                more = True
                break
            budget.records -= 1
            budget.bytes -= len(found.item)
            size += len(found.item)
            last = found
            yield found.item
        if through is None and len(batch) < asked:
            break
        after = max(through or 0, last.position if last is not None else 0)
        asked = max(_FIRST, min(2048, _BATCH * asked // max(size, 1), asked * 8))
    if budget.made >= WORTH_IT:
        queue.make_items_ready(view.office)
    if last is None:
        return None, more
    right = Right(last.right)
    return changes.place_of(view, right, last.number, last.position, masks[right]), more


def _batch(  # noqa: PLR0913 (what a batch is made of)
    view: View, masks: Masks, *, after: int, upto: int, limit: int, budget: _Budget
) -> tuple[list[Item], int | None]:
    """The next items: ready ones as far as they reach (then the position up to which these are all), or made."""
    if upto == END:
        ready, reach = renditions.read(view, after=after, limit=limit)
        if len(ready) == limit or reach > after:
            return ready, reach if len(ready) < limit else None
    rows = changes.read(view, masks, after=after, upto=upto, limit=limit)
    if upto == END:
        budget.made += len(rows)
    return [
        Item(row.position, row.right, row.number, items.put_or_withdraw(view.office, row))
        for row in rows
    ], None


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
