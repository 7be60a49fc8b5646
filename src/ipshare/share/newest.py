"""Whether there may be something new in a feed: one look for all who wait on this process (http.waiting).

It tells whether anything was published or saved at all, and only then a reader looks through its own view. So it
wakes for what that view shows, and neither the moment nor the answer tells of anything else.
"""

from __future__ import annotations

import threading
import time

from django.db import connection

from ipshare.http import waiting

_NEWEST = """
SELECT (SELECT sum(position) FROM office_position),
       (SELECT max(id) FROM store_authorizationversion),
       (SELECT max(id) FROM store_baserestriction)
"""
_lock = threading.Lock()
_seen: tuple[float, object] = (0.0, None)


def look() -> object:
    """What changes with every publication and every save."""
    global _seen  # noqa: PLW0603 (what this process has seen)
    with _lock:
        at, found = _seen
        if time.monotonic() - at >= waiting.LOOK_EVERY / 2:
            with connection.cursor() as cursor:
                cursor.execute(_NEWEST)
                found = cursor.fetchone()
            _seen = (time.monotonic(), found)
    return found
