"""The forms of a bulk export, and the states that one goes through."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """How the records of an export are written."""

    NDJSON = "ndjson"
    ST96 = "st96"
    PARQUET = "parquet"


class ExportState(StrEnum):
    """``waiting → running → finished``, or ``failed``; one whose conditions have ended is there no more."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"

    @property
    def goes_on(self) -> bool:
        """Whether it is still to be made."""
        return self in {ExportState.WAITING, ExportState.RUNNING}
