"""``ipshare web``: the portal and the API over HTTP, by granian."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from ipshare.ops import keepalive, memory, parent

PROCESSES = min(2, os.cpu_count() or 1)
# Each may hold a connection to PostgreSQL; three may wait for the feed (http.waiting), five take files in
# (intake.receiving), so that four are left for everything else.
THREADS = 12


def run(args: argparse.Namespace) -> int:
    """Serve HTTP until asked to stop."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    Granian(
        "ipshare.config.wsgi:application",
        address=settings.HTTP_HOST,
        port=settings.HTTP_PORT,
        interface=Interfaces.WSGI,
        workers=PROCESSES,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10,
    ).serve(target_loader=_load)
    return 0


def _load(target: str, *_: Any, **__: Any) -> Callable[..., Any]:
    """The application, in a process of its own that ends with the one that started it."""
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 (in the new process only)

    parent.die_with(os.getppid())
    keepalive.watch_for_listener()
    memory.keep_what_is_asked_for_again()
    application = get_wsgi_application()
    import_module(settings.ROOT_URLCONF)
    end_waiting_when_asked()
    gc.collect()
    gc.freeze()  # what is loaded stays: the search for reference cycles need not pass over it again and again
    return application


def end_waiting_when_asked() -> None:
    """Answer those who wait for the feed as soon as this process is asked to end; granian waits for them.

    granian sets handlers of its own for the signals after this: so it is told of them beside, by a pipe.
    """
    from ipshare.http import waiting  # noqa: PLC0415 (needs Django to be set up)

    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)

    def listen() -> None:
        while got := os.read(read, 1):
            if got[0] in {signal.SIGINT, signal.SIGTERM}:
                waiting.end()

    threading.Thread(target=listen, name="signals", daemon=True).start()
