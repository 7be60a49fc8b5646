"""Long poll: a reader at the end of the feed waits until there is something that it may see, or its time is over.

A waiting request holds a thread, so only some may wait, one per client; others are answered at once. It holds
no connection to the database: each second one look for all who wait on this process tells whether anything was
published or saved at all, and only then a reader looks through its own view. It wakes for what that view shows,
so neither the moment nor the answer tells of anything else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.http import HttpRequest

from ipshare.http.problem import Problem

LONGEST = 60
"""Seconds that a request may wait."""
MOST = 3
"""Requests that may wait in one process; it has threads for more than these (ops.web)."""
LOOK_EVERY = 1.0
"""Seconds between two looks."""

_NEWEST = """
SELECT (SELECT sum(position) FROM office_position),
       (SELECT max(id) FROM store_authorizationversion),
       (SELECT max(id) FROM store_baserestriction)
"""
_lock = threading.Lock()
_ending = threading.Event()
_waiting: set[int] = set()
_seen: tuple[float, object] = (0.0, None)


def pause(seconds: float) -> None:
    """Let time pass, until the process ends."""
    _ending.wait(seconds)


def end() -> None:
    """The process is about to end: all who wait are answered now, and nobody waits any more."""
    _ending.set()


def asked(request: HttpRequest) -> int:
    """How many seconds a request wants to wait; a request without a body to fill does not wait."""
    given = request.GET.get("wait", "0")
    if not (given.isascii() and given.isdigit() and len(given) <= 2 and int(given) <= LONGEST):  # noqa: PLR2004
        raise Problem(
            "parameter-not-valid", f"wait must be a whole number of seconds, 0 to {LONGEST}"
        )
    return int(given) if request.method == "GET" else 0


def until(
    there: Callable[[], bool], *, client: int, seconds: int, again: Callable[[], object]
) -> None:
    """Come back when ``there`` says so, or when the time is over; at once where too many wait already.

    Each second ``again`` sees that the request is still let in: its problem comes at once, whatever was published.
    Where what it answers changes, an authorization has begun or ended by the clock, and ``there`` is asked.
    """
    if not seconds:
        return
    with _place(client) as free:
        known = _newest(), again()
        if not free or there():
            return
        for _ in range(seconds):
            if _ending.is_set():
                return
            _let_go()
            pause(LOOK_EVERY)
            newest = _newest(), again()
            if newest != known:
                known = newest
                if there():
                    return


@contextmanager
def _place(client: int) -> Iterator[bool]:
    """A place among those who wait, if one is free for this client."""
    with _lock:
        free = client not in _waiting and len(_waiting) < MOST
        if free:
            _waiting.add(client)
    try:
        yield free
    finally:
        if free:
            with _lock:
                _waiting.discard(client)


def _newest() -> object:
    """What changes with every publication and every save; one look serves all who wait."""
    global _seen  # noqa: PLW0603 (what this process has seen)
    with _lock:
        at, found = _seen
        if time.monotonic() - at >= LOOK_EVERY / 2:
            with connection.cursor() as cursor:
                cursor.execute(_NEWEST)
                found = cursor.fetchone()
            _seen = (time.monotonic(), found)
    return found


def _let_go() -> None:
    """Give the connection back while nothing is looked at."""
    if not connection.in_atomic_block:
        connection.close()
