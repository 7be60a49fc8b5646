"""Log lines: one JSON object each, with the id of the work in hand, and without values of records.

What an exception says may hold a value of a record or a name. A line has its type and the places in the code;
its words only where they are the system's or PostgreSQL's own.
"""

from __future__ import annotations

import sys
import traceback
from types import TracebackType
from typing import Any

import structlog

from ipshare.trace import context

FRAMES = 12
SAID = (
    "route", "method", "status", "seconds", "address", "person", "account", "task", "job", "outcome",
    "size", "sha256", "worker",
)  # fmt: skip
"""The facts that a line may have beside its sentence; whatever else a library adds is left out."""
_Info = tuple[type[BaseException], BaseException, TracebackType | None]


class Lines(structlog.stdlib.ProcessorFormatter):
    """Formats what any library logs."""

    def __init__(self) -> None:
        """Lines of ``at level logger event`` and the facts of the work in hand."""
        super().__init__(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(allow=SAID),
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
                _work,
                _trouble,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )


def _work(_: Any, __: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
    return {**context.facts(), **line}


def _trouble(_: Any, __: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
    info = line.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    elif isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[1] is not None:
        line["trouble"] = said(info[1])
        line["places"] = places(info)
    record = line.get("_record")
    if record is not None:  # the standard library would add the words again
        record.exc_info = record.exc_text = None
    return line


def said(trouble: BaseException) -> str:
    """An exception in one line: its type, and its words where no value of a record can be in them."""
    kind = type(trouble).__qualname__
    cause: BaseException | None = trouble
    while cause is not None:
        diag = getattr(cause, "diag", None)
        if diag is not None and getattr(diag, "sqlstate", None):
            return f"{kind}: {diag.sqlstate} {_first(diag.message_primary)}"
        if isinstance(cause, OSError) and cause.strerror:
            return f"{kind}: {cause.strerror}"
        cause = cause.__cause__
    return kind


def _first(text: str | None) -> str:
    """PostgreSQL's sentence; what it cites in double quotes are names of ours, other values stand behind a colon."""
    return (text or "").partition(":")[0]


def places(info: _Info) -> list[str]:
    """Where in the code it happened, the innermost last."""
    frames = traceback.extract_tb(info[2])[-FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(file: str) -> str:
    _, found, rest = file.rpartition("/site-packages/")
    if found:
        return rest
    _, found, rest = file.rpartition("/src/")
    return rest if found else file.rpartition("/")[2]
