"""How many searches one process runs at a time, so that costly ones leave threads and PostgreSQL for the rest."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from ipshare.http.problem import Problem

MOST = 4
"""Searches with an index of one process; it has threads for more than these."""
MOST_OF_ONE = 2
"""Searches of one client."""

_lock = threading.Lock()
_running: Counter[int] = Counter()


@contextmanager
def turn(client: int) -> Iterator[None]:
    """A search of a client (its key) runs; the problem ``search-busy`` where there are too many already."""
    with _lock:
        if _running.total() >= MOST or _running[client] >= MOST_OF_ONE:
            raise Problem(
                "search-busy",
                f"the hub runs {MOST_OF_ONE} searches of one client at a time, and few in all; ask again in a second",
                {"Retry-After": "1"},
            )
        _running[client] += 1
    try:
        yield
    finally:
        with _lock:
            _running[client] -= 1
            if not _running[client]:
                del _running[client]
