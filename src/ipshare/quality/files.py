"""The files of a report that hold every finding: JSON Lines by record, and CSV for spreadsheets."""

from __future__ import annotations

import csv
from typing import IO, Any

import msgspec

from ipshare.domain.finding import Finding

COLUMNS = (
    "rule",
    "severity",
    "effect",
    "record",
    "kept_back",
    "path",
    "value",
    "proposed",
    "message",
    "file",
    "line",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def fields(finding: Finding) -> dict[str, Any]:
    """A finding as every door writes it."""
    return {name: getattr(finding, name) for name in COLUMNS}


def cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: such a text gets an apostrophe in front."""
    return f"'{text}" if text.startswith(_FORMULA) else text


class Lines:
    """findings.jsonl: one line per record that has findings, written as the findings come."""

    def __init__(self, out: IO[bytes]) -> None:
        """Write to ``out``; findings of one record have to come together."""
        self._out = out
        self._encoder = msgspec.json.Encoder()
        self._open: tuple[str, str] | None = None

    def write(self, finding: Finding) -> None:
        """Add a finding to its record's line; a line is never held in memory as a whole."""
        place = (finding.file, finding.record)
        if place != self._open:
            self.close()
            head = {
                "record": finding.record,
                "file": finding.file,
                "kept_back": finding.kept_back,
            }
            self._out.write(self._encoder.encode(head)[:-1] + b',"findings":[')
            self._open = place
        else:
            self._out.write(b",")
        self._out.write(self._encoder.encode(fields(finding)))

    def close(self) -> None:
        """End the line of the last record."""
        if self._open is not None:
            self._out.write(b"]}\n")
        self._open = None


class Table:
    """findings.csv: one row per finding, UTF-8 with a byte order mark so that spreadsheets read every script."""

    def __init__(self, out: IO[str]) -> None:
        """Write the mark and the head to ``out``, a text file that leaves line ends alone."""
        out.write("\ufeff")
        self._rows = csv.writer(out, lineterminator="\r\n")
        self._rows.writerow(COLUMNS)

    def write(self, finding: Finding) -> None:
        """Add the row of a finding."""
        values = [str(getattr(finding, name)) for name in COLUMNS]
        self._rows.writerow([cell(value) for value in values])
