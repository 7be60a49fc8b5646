"""Applies the items of one page to a copy, inside its transaction."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ipshare.client.copy import Copy, Part, Row
from ipshare.client.feed import Item

_BATCH = 500


@dataclass(slots=True)
class Done:
    """What has been done so far; ``bytes`` are those of the records."""

    put: int = 0
    withdrawn: int = 0
    erased: int = 0
    bytes: int = 0
    pages: int = 0
    begun: float = field(default_factory=time.monotonic)

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

    def __init__(self, copy: Copy, *, refill: bool) -> None:
        """Of this copy."""
        self.done = Done()
        self.erased: list[tuple[Part, int, list[str] | None]] = []
        self._copy = copy
        self._rows: list[Row] = []
        self._only = copy.refills() if refill else None
        self._again = False
        self._cursor = ""
        self._more = False
        self._now = datetime.now(UTC).isoformat(timespec="seconds")

    def apply(self, item: Item) -> None:
        """Do what the item says."""
        part = Part(item.office, item.right)
        if item.type == "put":
            if self._only is None or part in self._only:
                self._rows.append(Row(*part, item.number, bytes(item.record), self._now))
                self.done.bytes += len(item.record)
            if len(self._rows) >= _BATCH:
                self._put()
        elif item.type == "withdraw":
            self._put()
            self.done.withdrawn += self._copy.withdraw(part, item.number)
        elif item.type == "erase":
            self._put()
            self._erase(part, item.groups)
        else:
            self._cursor, self._more = item.next, item.more

    def end(self, name: str) -> bool:
        """Keep the cursor under its name with what was applied; tells whether to read on.

        So it is after an erasure: only the next answer tells whether anything is still shared.
        """
        self._put()
        if not (self._again and self._only is not None):  # else the refill begins anew
            self._copy.keep(name, self._cursor)
        return self._more or bool(self.erased)

    def _put(self) -> None:
        if self._rows:
            self._copy.put(self._rows)
            self.done.put += len(self._rows)
            self._rows.clear()

    def _erase(self, part: Part, groups: list[str] | None) -> None:
        """Remove a right's records; they are read again where the office still shares the rest of them."""
        removed = self._copy.erase(part)
        held = self._copy.refills()
        refills = held - {part}
        if groups is not None and (removed or part in held):
            refills.add(part)
            self._copy.keep("refill_cursor", None)
            self._again = True
        self._copy.set_refills(refills)
        self.done.erased += removed
        self.erased.append((part, removed, groups))
