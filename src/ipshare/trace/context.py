"""The one id of a piece of work: made at a door, carried by jobs and statements, kept with audit events."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import MappingProxyType

LONGEST = 24
"""Characters of an id; they are hexadecimal digits and nothing else, so that they may stand anywhere."""
_CALLER = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_NOTHING: Mapping[str, str] = MappingProxyType({})
_bound: ContextVar[Mapping[str, str]] = ContextVar("ipshare_trace", default=_NOTHING)


def new_id() -> str:
    """An id that nothing else has."""
    return secrets.token_hex(LONGEST // 2)


def current() -> str:
    """The id of the work in hand; empty where no door has begun any."""
    return _bound.get().get("id", "")


def facts() -> Mapping[str, str]:
    """The id of the work in hand, and what else every line of it says."""
    return _bound.get()


def bind(id_: str, **more: str) -> Token[Mapping[str, str]]:
    """Begin a piece of work in this task or thread; what is empty is left out."""
    held = {"id": id_, **more}
    return _bound.set(MappingProxyType({name: value for name, value in held.items() if value}))


@contextmanager
def bound(id_: str, **more: str) -> Iterator[None]:
    """The same for a stretch of code; what was bound before comes back after it, and holds inside it too."""
    outer = {name: value for name, value in _bound.get().items() if name != "id"}
    token = bind(id_ or current(), **{**outer, **more})
    try:
        yield
    finally:
        _bound.reset(token)


def reference(text: str) -> str:
    """What a caller calls its request (X-Request-Id, traceparent): kept beside our own id, never instead of it."""
    return text if _CALLER.fullmatch(text) else ""
