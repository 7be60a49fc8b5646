"""Long poll: a request waits until there is something to tell, or its time is over.

A waiting request holds a thread, so only some may wait, one per client; others are answered at once. It holds
no connection to the database while time passes.
"""

from __future__ import annotations

import threading
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

_lock = threading.Lock()
_ending = threading.Event()
_waiting: set[int] = set()


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
    there: Callable[[], bool],
    *,
    client: int,
    seconds: int,
    again: Callable[[], object],
    newest: Callable[[], object],
) -> None:
    """Come back when ``there`` says so, or when the time is over; at once where too many wait already.

    Each second ``again`` sees that the request is still let in: its problem comes at once, whatever has happened;
    then ``newest`` tells cheaply whether there may be anything at all, and ``there`` is asked when it has
    changed, or when what ``again`` answers has: an authorization has begun or ended by the clock.
    """
    if not seconds:
        return
    with _place(client) as free:
        known = newest(), again()
        if not free or there():
            return
        for _ in range(seconds):
            if _ending.is_set():
                return
            _let_go()
            pause(LOOK_EVERY)
            found = newest(), again()
            if found != known:
                known = found
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


def _let_go() -> None:
    """Give the connection back while nothing is looked at."""
    if not connection.in_atomic_block:
        connection.close()
