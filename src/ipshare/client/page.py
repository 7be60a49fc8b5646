"""Applies the items of one page to a copy, inside its transaction."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ipshare.client.copy import Copy, Part, Row, cursor, refill_cursor
from ipshare.client.feed import Item

_BATCH = 500


@dataclass(slots=True)
class Done:
    """What has been done so far; ``bytes`` are those of items about records, as the office's ledger counts them."""

    put: int = 0
    withdrawn: int = 0
    erased: int = 0
    bytes: int = 0
    pages: int = 0
    begun: float = field(default_factory=time.monotonic)

    @property
    def items(self) -> int:
        """How many items have changed the copy."""
        return self.put + self.withdrawn + self.erased

    @property
    def rate(self) -> float:
        """Records a second."""
        return (self.put + self.withdrawn) / max(time.monotonic() - self.begun, 0.001)

    def add(self, page: Done) -> None:
        """Count a page in."""
        self.put += page.put
        self.withdrawn += page.withdrawn
        self.erased += page.erased
        self.bytes += page.bytes
        self.pages += 1


class Page:
    """The items of a page, in order. Of a ``refill`` only the records of rights that are read again are put."""

    def __init__(self, copy: Copy, office: str, *, refill: bool) -> None:
        """The next page of an office's feed, after what the copy holds."""
        self.done = Done()
        self.erased: list[tuple[Part, int, list[str] | None]] = []
        self._copy = copy
        self._office = office
        self._place = refill_cursor(office) if refill else cursor(office)
        self.after = copy.kept(self._place)
        self._rows: list[Row] = []
        self._only = copy.refills(office) if refill else None
        self._again = False
        self._next = ""
        self._more = False
        self._now = datetime.now(UTC).isoformat(timespec="seconds")

    def goes_on(self) -> bool:
        """Whether the copy is still where this page goes on from."""
        return self._copy.kept(self._place) == self.after

    def apply(self, item: Item) -> None:
        """Do what the item says."""
        part = Part(item.office, item.right)
        if item.type in {"put", "withdraw"}:
            self.done.bytes += item.size
        if item.type == "put":
            if self._only is None or part in self._only:
                self._rows.append(Row(*part, item.number, bytes(item.record), self._now))
            if len(self._rows) >= _BATCH:
                self._put()
        elif item.type == "withdraw":
            self._put()
            self.done.withdrawn += self._copy.withdraw(part, item.number)
        elif item.type == "erase":
            self._put()
            self._erase(part, item.groups)
        else:
            self._next, self._more = item.next, item.more

    def end(self) -> bool:
        """Keep the cursor with what was applied; tells whether to read on.

        So it is after an erasure: only the next answer tells whether anything is still shared.
        """
        self._put()
        if not (self._again and self._only is not None):  # else the refill begins anew
            self._copy.keep(self._place, self._next)
        return self._more or bool(self.erased)

    def _put(self) -> None:
        if self._rows:
            self._copy.put(self._rows)
            self.done.put += len(self._rows)
            self._rows.clear()

    def _erase(self, part: Part, groups: list[str] | None) -> None:
        """Remove a right's records; they are read again where the office still shares the rest of them."""
        removed = self._copy.erase(part)
        held = self._copy.refills(self._office)
        refills = held - {part}
        if groups is not None and (removed or part in held):
            refills.add(part)
            self._copy.keep(refill_cursor(self._office), None)
            self._again = True
        self._copy.set_refills(self._office, refills)
        self.done.erased += removed
        self.erased.append((part, removed, groups))
