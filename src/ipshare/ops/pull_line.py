"""What ``ipshare pull`` says while it works."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from ipshare.client.copy import Part
from ipshare.client.page import Done
from ipshare.domain import plural

if TYPE_CHECKING:  # it needs cryptography, which only --verify needs
    from ipshare.client.verify import Outcome

_SHOWN = 20
_SLOWLY = 10.0
_CLEAR = "\r\x1b[K"


class Line:
    """Tells how it goes, on standard error: one line that changes on a terminal, elsewhere a line now and then."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self._live = sys.stderr.isatty()
        self._last = time.monotonic()
        self._open = False

    def say(self, words: str) -> None:
        """A line that stays."""
        sys.stderr.write(f"{_CLEAR if self._open else ''}{words}\n")
        sys.stderr.flush()
        self._open = False

    def page(self, done: Done) -> None:
        """A page is in the copy, not the last one. How much is left is not known: the feed does not tell."""
        words = (
            f"{plural.counted(done.put, 'record')} received, {done.withdrawn:,} withdrawn, {plural.sized(done.bytes)}; "
            f"{done.rate:,.0f} records a second"
        )
        if self._live:
            sys.stderr.write(f"\r{words}\x1b[K")
            sys.stderr.flush()
            self._open = True
        elif time.monotonic() - self._last > _SLOWLY:
            self._last = time.monotonic()
            self.say(words)

    def waiting(self, why: str, seconds: float) -> None:
        """It is tried again."""
        self.say(f"{why}; again in {seconds:.0f} s")

    def erased(self, part: Part, records: int, groups: list[str] | None) -> None:
        """The office no longer authorizes this."""
        what = (
            f"the {part.right}s" if groups is None else f"{', '.join(groups)} of the {part.right}s"
        )
        then = "" if groups is None else "; what it still shares of them is read again"
        self.say(
            f"{part.office} no longer shares {what}: {plural.counted(records, 'record')} removed{then}"
        )

    def nothing_shared(self, office: str, records: int) -> None:
        """The office shares nothing at present."""
        self.say(
            f"{office} shares nothing with this client at present: the copy holds nothing of it"
            f" ({plural.counted(records, 'record')} removed). It goes on when the office authorizes you again"
        )

    def in_step(self, done: Done, counts: dict[Part, int]) -> None:
        """The copy is as the feed."""
        held = ", ".join(
            f"{part.office} {plural.counted(count, part.right)}" for part, count in counts.items()
        )
        self.say(
            f"in step: {held or 'no records'} (this run: {done.put:,} received, {done.withdrawn:,} withdrawn, "
            f"{done.erased:,} erased, {plural.counted(done.pages, 'page')})"
        )

    def verified(self, outcome: Outcome) -> None:
        """What the comparison of one right has shown."""
        name = f"{outcome.part.office} {outcome.part.right}s"
        if outcome.equal:
            self.say(
                f"verified: {name}, {plural.counted(outcome.count, 'record')} as the hub signed on {outcome.as_of}"
            )
            return
        self.say(f"{name} DIFFER from what the hub signed on {outcome.as_of}:")
        for what, numbers in (
            ("missing here", outcome.missing),
            ("other content", outcome.different),
            ("not at the hub", outcome.additional),
        ):
            for number in numbers[:_SHOWN]:
                self.say(f"  {what}: {number}")
            if len(numbers) > _SHOWN:
                self.say(f"  {what}: and {len(numbers) - _SHOWN:,} more")
        if outcome.more:
            self.say(f"  {plural.counted(outcome.more, 'more place differs|more places differ')}")
        self.say("  with --restart the copy is emptied and read again")
