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
from ipshare.domain import plural

POLL = 30
"""Seconds from one look at a feed that has nothing new to the next; the hub tells earlier where it can."""
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
        """A page is in the copy, and more are to come."""

    def waiting(self, why: str, seconds: float) -> None:
        """It is tried again."""

    def erased(self, part: Part, records: int, groups: list[str] | None) -> None:
        """The office no longer authorizes this: so many records were removed."""

    def nothing_shared(self, office: str, records: int) -> None:
        """The office shares nothing at present; so many records were removed."""


class Pull:
    """One client's reading of one hub into one copy: a feed, with a cursor of its own, for each office."""

    def __init__(  # noqa: PLR0913 (who reads what into what, and how it goes)
        self,
        hub: Hub,
        copy: Copy,
        telling: Telling,
        *,
        only: str | None = None,
        patient: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``only`` this office's; a ``patient`` one tries again for ever."""
        self.hub = hub
        self.copy = copy
        self.done = Done()
        self._telling = telling
        self._only = only
        self._patient = patient
        self._sleep = sleep
        self._sharing: list[str] = []

    def claim(self, *, restart: bool = False) -> None:
        """See that the copy is of this hub and client; ``restart`` empties it and begins at the beginning."""
        mine = {"url": self.hub.url, "client": self.hub.client_id}
        with self.copy.transaction():
            held = {name: self.copy.kept(name) for name in mine}
            if restart:
                self.copy.empty()
            elif self.copy.begun() and held != mine:
                raise PullError(
                    f"{self.copy.path} is the copy of client {held['client']} of {held['url']}; choose another "
                    "folder, or empty it and begin anew with --restart"
                )
            for name, value in mine.items():
                self.copy.keep(name, value)
        self.copy.settle()

    def offices(self) -> dict[str, list[str]]:
        """The offices that this client reads, with the rights that each shares at present."""
        said = self.persist(lambda: self.hub.read("/api/v1/whoami"))
        found = {str(one["office"]): list(one["rights"]) for one in said["offices"]}
        if self._only is None:
            return found
        if self._only not in found:
            raise PullError(
                f"this client reads the records of {', '.join(found) or 'no office'}, not of {self._only}: "
                "take other credentials"
            )
        return {self._only: found[self._only]}

    def catch_up(self) -> dict[str, list[str]]:
        """Read until the copy is in step; answers the offices that share something, with their rights."""
        offices = self.offices()
        sharing = {office: rights for office, rights in offices.items() if self._catch_up(office)}
        self._sharing = list(sharing)
        return sharing

    def look(self) -> bool:
        """Wait for something new, for a while, and read it; tells whether there was anything."""
        began, before = time.monotonic(), self.done.items
        try:
            if len(self._sharing) == 1:
                self._page(self._sharing[0], refill=False, wait=POLL)
        except NothingSharedError:
            pass
        if self.done.items == before:
            self._sleep(max(0.0, began + POLL - time.monotonic()))
        self.catch_up()
        return self.done.items != before

    def _catch_up(self, office: str) -> bool:
        """Read the feed of one office to its end; tells whether it shares anything."""
        try:
            while True:
                while self._page(office, refill=False):
                    pass
                if not self.copy.refills(office):
                    return True
                if not self._page(office, refill=True):
                    with self.copy.transaction():
                        self.copy.end_refill(office)
        except NothingSharedError:
            self._nothing_shared(office)
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
                        f"{trouble}; tried {plural.counted(failed, 'time')}. Run it again later: it goes on where it is"
                    ) from trouble
                if (trouble.wait or 0.0) > TOO_LONG and not self._patient:
                    raise PullError(
                        f"{trouble}. Run it again in {trouble.wait or 0.0:.0f} s: it goes on where it is"
                    ) from trouble
                pause = min(LONGEST, 2.0 ** (failed - 1)) * random.uniform(0.5, 1)  # noqa: S311
                pause = max(pause, trouble.wait or 0.0)
                self._telling.waiting(str(trouble), pause)
                self._sleep(pause)

    def _page(self, office: str, *, refill: bool, wait: int = 0) -> bool:
        """One page after the cursor of the feed or of the refill, into the copy; tells whether there is more."""
        more = self.persist(lambda: self._apply(office, refill=refill, wait=wait))
        if more:
            self._telling.page(self.done)
        return more

    def _apply(self, office: str, *, refill: bool, wait: int = 0) -> bool:
        page = Page(self.copy, office, refill=refill)
        items = feed.page(self.hub, office, page.after, wait=wait)
        first = next(items)  # asked before anything is locked
        with self.copy.transaction():
            if not page.goes_on():
                raise PullError(
                    f"another ipshare pull is at work on {self.copy.path}; end one of them"
                )
            for item in chain([first], items):
                page.apply(item)
            more = page.end()
        if page.erased:
            self.copy.settle()
        for one in page.erased:
            self._telling.erased(*one)
        self.done.add(page.done)
        return more

    def _nothing_shared(self, office: str) -> None:
        with self.copy.transaction():
            held = [part for part in self.copy.counts() if part.office == office]
            removed = sum(self.copy.erase(part) for part in held)
            self.copy.end_refill(office)
        if removed:
            self.copy.settle()
        self._telling.nothing_shared(office, removed)
