"""One page of changes: what to erase, what other conditions bring or take, then what the office published.

The law of the feed: the store that a third party builds from it equals the projection of the registry
through its view, after any history of submissions and authorizations.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import msgspec

from ipshare.domain.authorization import View
from ipshare.domain.group import ElementGroup, groups_in
from ipshare.domain.office import Right
from ipshare.http.problem import Problem
from ipshare.ingest import queue as line
from ipshare.share import blocks, editions, items
from ipshare.share.editions import Course
from ipshare.share.place import Filling, Masks, State, beginning, edition_of
from ipshare.store import changes, renditions
from ipshare.store.changes import Place, Positions, Row
from ipshare.store.renditions import Found, Item

LIMIT = 500
MOST = 5000
BYTES = 32 * 1024 * 1024
"""A page ends after this many bytes of items, if not before."""
LOOK_EVERY = 0.5
"""Seconds after which a page that is being sent looks whether the conditions still hold."""
WORTH_IT = 100
"""A page that had to make so many items asks for the rest to be made ready."""
_BATCH = 4 * 1024 * 1024
"""Bytes of items that are read at once, and leave at once: a block comes in while the one before it leaves."""
_FIRST, _MOST_AT_ONCE = 16, 2048
_AHEAD = 256
"""Fewer items are sooner read where they are asked for."""


class Told(NamedTuple):
    """Some items as JSON, and the positions of the first and last; None of erasures, and of what conditions bring."""

    items: list[bytes]
    positions: tuple[int, int] | None = None


Page = Generator[Told, None, tuple[State, bool]]
"""Items, some at a time; at the end the state of the reader, and whether there is more."""


@dataclass(slots=True, kw_only=True)
class _Budget:
    """What a page may still hold. All of it counts visible records and bytes only."""

    records: int
    holds: Callable[[], bool]
    blocked: frozenset[tuple[str, str]]
    bytes: int = BYTES
    looked: float = field(default_factory=time.monotonic)
    ended: bool = False
    waits: bool = False
    made: int = 0

    def take(self, batch: Sequence[Item]) -> Sequence[Item]:
        """Of the next items those that the page still holds.

        It ends before the first that is over, and before a record that is just being blocked: the change that
        says so comes in a moment; it must not be passed, and there is nothing to be had before.
        """
        self._look()
        size = sum(len(found.item) for found in batch)
        if self.blocked or self.ended or len(batch) > self.records or size > self.bytes:
            batch = batch[: self._fits(batch)]
            size = sum(len(found.item) for found in batch)
        self.records -= len(batch)
        self.bytes -= size
        return batch

    def _fits(self, batch: Sequence[Item]) -> int:
        """How many of the next items there is room for, the last of them as long as it may be."""
        room = 0 if self.ended else self.bytes
        for count, found in enumerate(batch):
            if count >= self.records or room <= 0:
                return count
            if (found.right, found.number) in self.blocked:
                self.waits = True
                return count
            room -= len(found.item)
        return len(batch)

    def _look(self) -> None:
        if time.monotonic() - self.looked > LOOK_EVERY:
            self.looked = time.monotonic()
            self.ended = not self.holds()


def page(
    view: View, state: State, *, limit: int, holds: Callable[[], bool], room: int = BYTES
) -> Page:
    """The items after a state, at most ``limit`` records, and no more once they are ``room`` bytes.

    ``holds`` tells whether the view's conditions are still in force: a page ends where they are not, and
    the next one says what follows from it.
    """
    budget = _Budget(
        records=limit, holds=holds, blocked=blocks.pending(view), bytes=min(room, BYTES)
    )
    target = dict.fromkeys(view.rights, view.mask)
    yield from _erasures(view, state.may, target)
    if not view.rights:
        return beginning(view), False
    course = editions.course(view, state)
    upto, since = state.upto, state.since
    if not course.same(state.edition):
        if state.filling is not None and not _goes_on(course, state.filling):
            yield from _erasures(view, dict.fromkeys(state.may, view.mask), {})
            upto, since = None, beginning(view).since
        else:
            filling, more = yield from _fill(course, state, budget)
            if more:
                return state._replace(may=target, filling=filling), not budget.waits
            position, since = _position(course.former(state.edition), upto), course.begun()
            upto = changes.last_place(view, upto=position, left=course.positions(since))
    last, more = yield from _read(
        view, after=_position(view, upto), left=course.positions(since), budget=budget
    )
    after = State(edition_of(view), last or upto, target, None, since)
    return after, more and not budget.waits


def _goes_on(course: Course, filling: Filling) -> bool:
    """Whether a reader that was being filled up can be filled up to this view.

    Not where filters have changed twice: then what it holds cannot be told from its cursor.
    """
    filters = {course.former(edition).filter for edition in (course.edition, filling.edition)}
    return filters == {course.view.filter} or course.same(filling.edition)


def _fill(
    course: Course, state: State, budget: _Budget
) -> Generator[Told, None, tuple[Filling, bool]]:
    """Items that bring a reader from its former view to this one, as of the place that it has read up to."""
    view, former = course.view, course.former(state.edition)
    upto = _position(former, state.upto)
    switched = editions.position_after(view.authorization, state.edition)
    back, number = None, ""
    if state.filling is not None and course.same(state.filling.edition):
        _, back, number = state.filling
    filling = Filling(edition_of(view), back, number)
    narrowed = course.keeps(state.edition) and not view.mask & ~former.mask
    if not former.rights or (narrowed and upto >= switched):
        return filling, False  # what it holds it holds whole, and it has read all that was there
    ends, until = course.ends()
    reader = changes.Former(
        view=former,
        upto=upto,
        bound=max(upto, switched),
        since=course.positions(state.since),
        left=course.positions(course.begun()),
        ends=ends,
        until=until,
    )
    after = changes.first_of(view, back, number) if back else 0
    asked = _FIRST
    while True:
        asked = min(asked, max(budget.records, 0) + 1)
        rows = changes.difference(view, reader, after=after, limit=asked)
        batch = _made(view, rows)
        taken = budget.take(batch)
        if taken:
            last = taken[-1]
            after = last.position
            filling = filling._replace(right=Right(last.right), number=last.number)
            yield Told([found.item for found in taken])
        if len(taken) < len(batch) or len(rows) < asked:
            return filling, len(taken) < len(batch)
        asked = min(asked * 8, _MOST_AT_ONCE)


def _position(view: View, place: Place | None) -> int:
    position = changes.position_of(view, place)
    if position is None:
        raise Problem(
            "cursor-not-valid",
            "the register has no such place any more: read again from the beginning",
        )
    return position


def _read(
    view: View, *, after: int, left: Positions, budget: _Budget
) -> Generator[Told, None, tuple[Place | None, bool]]:
    """Items of records by their newest change; the last one's place, and whether there is more.

    Records that had ``left`` by a position of their right are passed over: the reader holds none of them.
    """
    last: Item | None = None
    more = ended = False
    asked = min(_FIRST, max(budget.records, 0) + 1)
    ready = renditions.serve(view)
    coming = _ready(view, after, left, asked) if ready else _none
    while not more and not ended:
        room = budget.bytes
        batch, reach = coming()
        made = len(batch) < asked and reach <= after
        if made:
            batch = _made(view, changes.read(view, after=after, left=left, limit=asked))
            budget.made += len(batch)
        taken = budget.take(batch)
        last = taken[-1] if taken else last
        more, ended = len(taken) < len(batch), made and len(batch) < asked
        if not more and not ended:
            after = max(reach if len(batch) < asked else 0, last.position if last else 0)
            filling = _BATCH * asked // max(room - budget.bytes, 1)
            asked = max(_FIRST, min(filling, asked * 8, _MOST_AT_ONCE))
            asked = min(asked, max(budget.records, 0) + 1)
            coming = _ready(view, after, left, asked) if ready else _none
        if taken:
            yield Told([found.item for found in taken], (taken[0].position, taken[-1].position))
    if ready and budget.made >= WORTH_IT:
        line.items(view.office)
    if last is None:
        return None, more
    return changes.place_of(view, Right(last.right), last.number, last.position), more


def _none() -> Found:
    return [], 0


def _ready(view: View, after: int, left: Positions, limit: int) -> Callable[[], Found]:
    """The next ready items, as far as they reach; where they are many, on their way while others leave."""
    if limit > _AHEAD:
        return renditions.read_ahead(view, after=after, left=left, limit=limit)
    return partial(renditions.read, view, after=after, left=left, limit=limit)


def _made(view: View, rows: Sequence[Row]) -> list[Item]:
    return [
        Item(row.position, row.right, row.number, items.put_or_withdraw(view.office, row))
        for row in rows
    ]


def _erasures(view: View, may: Masks, target: Masks) -> Iterator[Told]:
    found = [*_erased(view, may, target)]
    if found:
        yield Told(found)


def _erased(view: View, may: Masks, target: Masks) -> Iterator[bytes]:
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
