"""Finds out when the other end of a connection has vanished, so that a thread that reads from it is set free.

A client that loses its power or its line says nothing. A read of its body would wait for ever, with one of the few
threads of the web process. Granian offers no setting for it; on Linux a connection inherits it from the socket that
listens.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

IDLE, EVERY, TIMES = 30, 10, 3
"""Seconds of silence before the first question, between two, and how many stay unanswered: dead after a minute."""
PATIENCE = 60.0


def watch_for_listener() -> None:
    """Have every connection to this process asked whether it is alive, as soon as the process listens."""
    if hasattr(socket, "TCP_KEEPIDLE"):
        threading.Thread(target=_set_when_there, name="keepalive", daemon=True).start()


def _set_when_there() -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = [_set(int(link.name)) for link in Path("/proc/self/fd").iterdir()]
        if any(found):
            return
        time.sleep(0.05)


def _set(fd: int) -> bool:
    """Whether ``fd`` is a listening TCP socket; it then has the setting."""
    with suppress(OSError):
        copy = os.dup(fd)
        try:
            listener = socket.socket(fileno=copy)
        except OSError:
            os.close(copy)
            return False
        with listener:
            if listener.family not in {socket.AF_INET, socket.AF_INET6}:
                return False
            if not listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                return False
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, IDLE)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, EVERY)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, TIMES)
            return True
    return False
