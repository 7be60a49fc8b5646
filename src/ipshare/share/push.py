"""Runs what talks to a destination: in a thread of its own, stopped when its time or its conditions end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from ipshare.domain.delivery import PushError, Trouble

LOOK_EVERY = 0.4
"""Seconds between two looks whether the conditions still hold: nothing leaves a second after they have ended."""
ANSWER = 20.0
"""Seconds that a destination may take to connect, or to say something."""
TRY_OUT = 12.0
"""Seconds that testing a connection may take: a person waits for it."""
LONGEST = 600.0
"""Seconds that one attempt to send a delivery may take."""
CHUNK = 64 * 1024
_STOPPING = 2.0
ending = threading.Event()
"""Set where the process is to end: what is being sent is stopped, and goes on when the hub does."""


class ConditionsEndedError(Exception):
    """The conditions under which something was being sent hold no more; it was stopped."""


class HubEndsError(Exception):
    """The process that was sending is ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One file of a delivery: where it goes (relative to the destination), and where its bytes are kept."""

    path: str
    object: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One delivery on its way. ``networks`` are the ones that its conditions allow (none: any)."""

    identity: str
    attempt: int
    files: tuple[Outgoing, ...]
    networks: tuple[str, ...] = ()


def run(
    work: Coroutine[Any, Any, Any], *, holds: Callable[[], bool], seconds: float = LONGEST
) -> Any:
    """What the work returns. PushError where it failed or took too long, ConditionsEndedError where it was stopped.

    ``holds`` is asked in the caller's thread, whose database connection it may use.
    """
    done, outcome = threading.Event(), _Outcome()
    loop = asyncio.new_event_loop()
    task = loop.create_task(work)
    threading.Thread(target=_body, args=[loop, task, outcome, done], daemon=True).start()
    deadline = time.monotonic() + seconds
    try:
        while not done.wait(LOOK_EVERY):
            if ending.is_set():
                raise HubEndsError
            if not holds():
                raise ConditionsEndedError
            if time.monotonic() > deadline:
                words = f"It took longer than {seconds:.0f} s and was stopped."
                raise PushError(Trouble.SILENT, words)
    finally:
        if not done.is_set():
            _stop(loop, task, done)
    if outcome.trouble is not None:
        raise outcome.trouble
    return outcome.result


@dataclass(slots=True)
class _Outcome:
    result: Any = None
    trouble: BaseException | None = None


def _body(
    loop: asyncio.AbstractEventLoop,
    task: asyncio.Task[Any],
    outcome: _Outcome,
    done: threading.Event,
) -> None:
    try:
        outcome.result = loop.run_until_complete(task)
    except TimeoutError:
        outcome.trouble = PushError(Trouble.SILENT, f"No answer within {ANSWER:.0f} s.")
    except BaseException as trouble:  # noqa: BLE001 (the caller raises it)
        outcome.trouble = trouble
    finally:
        done.set()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def _stop(loop: asyncio.AbstractEventLoop, task: asyncio.Task[Any], done: threading.Event) -> None:
    try:
        loop.call_soon_threadsafe(task.cancel)
    except RuntimeError:  # it ended this very moment
        return
    done.wait(_STOPPING)
