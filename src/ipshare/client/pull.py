"""Brings a copy in step with its feed, page by page, and keeps on where it was cut or killed.

Element groups cannot be taken out of a record without the hub's own tables, so what ``erase`` names is removed
with its records at once, and the right is read again from the beginning beside the feed: a second cursor, the
*refill*, of which only the items of such rights are applied. Each item is the state at the time of its request,
and items are applied in the order of the requests, so the two never contradict each other.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from itertools import chain
from typing import Protocol, TypeVar

from ipshare.client import feed
from ipshare.client.copy import Copy, Part
from ipshare.client.hub import Hub
from ipshare.client.page import Done, Page
from ipshare.client.trouble import AgainError, NothingSharedError, PullError

POLL = 30.0
"""Seconds between two looks at a feed that has nothing new."""
ATTEMPTS = 8
"""So often in a row is a request made before a run gives up (about three minutes)."""
LONGEST = 60.0
"""Seconds of the longest pause, unless the hub asks for a longer one."""
TOO_LONG = 900.0
"""A pause that a run which shall end does not wait for."""

T = TypeVar("T")


class Telling(Protocol):
    """Who is told how it goes."""

    def page(self, done: Done) -> None:
        """A page is in the copy."""

    def waiting(self, why: str, seconds: float) -> None:
        """It is tried again."""

    def erased(self, part: Part, records: int, groups: list[str] | None) -> None:
        """The office no longer authorizes this: so many records were removed."""

    def nothing_shared(self, records: int) -> None:
        """The office shares nothing at present; so many records were removed."""


class Pull:
    """One client's reading of one hub into one copy."""

    def __init__(
        self,
        hub: Hub,
        copy: Copy,
        telling: Telling,
        *,
        patient: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """A ``patient`` one tries again for ever."""
        self.hub = hub
        self.copy = copy
        self.done = Done()
        self._telling = telling
        self._patient = patient
        self._sleep = sleep

    def claim(self, *, restart: bool = False) -> None:
        """See that the copy is of this hub and client; ``restart`` empties it and begins at the beginning."""
        mine = {"url": self.hub.url, "client": self.hub.client_id}
        with self.copy.transaction():
            held = {name: self.copy.kept(name) for name in mine}
            if restart:
                for part in self.copy.counts():
                    self.copy.erase(part)
                for name in ("cursor", "refill_cursor", "refill"):
                    self.copy.keep(name, None)
            elif self.copy.kept("cursor") and held != mine:
                raise PullError(
                    f"{self.copy.path} is the copy of client {held['client']} of {held['url']}; choose another "
                    "folder, or empty it and begin anew with --restart"
                )
            for name, value in mine.items():
                self.copy.keep(name, value)
        self.copy.settle()

    def catch_up(self) -> bool:
        """Read until the copy is in step; tells whether the office shares anything."""
        try:
            while True:
                while self._page("cursor"):
                    pass
                if not self.copy.refills():
                    return True
                if not self._page("refill_cursor"):
                    with self.copy.transaction():
                        self.copy.set_refills([])
                        self.copy.keep("refill_cursor", None)
        except NothingSharedError:
            self._nothing_shared()
            return False

    def persist(self, ask: Callable[[], T]) -> T:
        """Ask; again, with growing pauses, while it may go well."""
        failed = 0
        while True:
            try:
                return ask()
            except AgainError as trouble:
                failed += 1
                if failed >= ATTEMPTS and not self._patient:
                    raise PullError(
                        f"{trouble}; tried {failed} times. Run it again later: it goes on where it is"
                    ) from trouble
                if (trouble.wait or 0.0) > TOO_LONG and not self._patient:
                    raise PullError(
                        f"{trouble}. Run it again in {trouble.wait or 0.0:.0f} s: it goes on where it is"
                    ) from trouble
                pause = min(LONGEST, 2.0 ** (failed - 1)) * random.uniform(0.5, 1)  # noqa: S311
                pause = max(pause, trouble.wait or 0.0)
                self._telling.waiting(str(trouble), pause)
                self._sleep(pause)

    def _page(self, name: str) -> bool:
        """One page after the cursor of this name, into the copy; tells whether there is more."""
        more = self.persist(lambda: self._apply(name))
        self._telling.page(self.done)
        return more

    def _apply(self, name: str) -> bool:
        after = self.copy.kept(name)
        items = feed.page(self.hub, after)
        first = next(items)  # asked before anything is locked
        page = Page(self.copy, refill=name == "refill_cursor")
        with self.copy.transaction():
            if self.copy.kept(name) != after:
                raise PullError(
                    f"another ipshare pull is at work on {self.copy.path}; end one of them"
                )
            for item in chain([first], items):
                page.apply(item)
            more = page.end(name)
        if page.erased:
            self.copy.settle()
        for one in page.erased:
            self._telling.erased(*one)
        self.done.add(page.done)
        return more

    def _nothing_shared(self) -> None:
        with self.copy.transaction():
            removed = sum(self.copy.erase(part) for part in self.copy.counts())
            self.copy.set_refills([])
            self.copy.keep("refill_cursor", None)
        if removed:
            self.copy.settle()
        self._telling.nothing_shared(removed)
