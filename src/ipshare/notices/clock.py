"""Runs in ``ipshare pusher``: looks for events every few seconds, and for what is due every hour."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import close_old_connections
from django.utils import timezone

from ipshare.notices import reading, watching, writing

LOOK_EVERY = 2.0
WATCH_EVERY = timedelta(hours=1)
_log = logging.getLogger(__name__)


def run(ending: threading.Event) -> None:
    """Look until ``ending`` is set; what goes wrong is logged, and tried again at the next look."""
    watched: datetime | None = None
    while not ending.wait(LOOK_EVERY):
        close_old_connections()
        at = timezone.now()
        _try(partial(look, at=at))
        if watched is None or at - watched >= WATCH_EVERY:
            _try(partial(watching.watch, at=at))
            watched = at


def _try(step: Callable[[], None]) -> None:
    """Neither step keeps the other back, and neither ends the clock."""
    try:
        step()
    except Exception:  # noqa: BLE001 (whatever it is, the clock goes on)
        _log.exception("looking for notices failed; the next look comes")


def look(*, at: datetime) -> None:
    """Read the events that wait, and queue the letters that are due."""
    while reading.read() == reading.AT_ONCE:
        pass
    writing.write(at=at)
