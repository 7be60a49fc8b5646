"""Ends a child process when its supervisor is gone, so that none goes on alone after a kill -9."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PARENT = "IPSHARE_PARENT"  # set by the supervisor for its children: its process id
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def die_with(parent: int) -> None:
    """Have this process asked to end (SIGTERM) as soon as ``parent`` is no longer its parent."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it went before we could ask
            os.kill(os.getpid(), signal.SIGTERM)
        return
    threading.Thread(target=_watch, args=[parent], daemon=True).start()


def die_with_supervisor() -> None:
    """The same for a process that ``ipshare serve`` started; nothing where a person started it."""
    if named := os.environ.pop(PARENT, ""):
        die_with(int(named))


def adopt_orphans() -> None:
    """Become the parent of what our children leave behind, so that a killed PostgreSQL is buried."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
