"""A table as a file: CSV, or XLSX for people whose spreadsheet guesses badly."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import IO

import xlsxwriter

Cell = str | int | datetime | None
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 1_048_575
"""The rows that a sheet of XLSX holds below its head."""
_CHUNK = 64 * 1024


class _Line:
    """What csv writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The table as CSV (RFC 4180), times in UTC (ISO 8601)."""
    writer = csv.writer(_Line())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([_text(cell) for cell in row])


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(timespec="seconds")
    text = str(cell)
    # A number may begin like a formula; a spreadsheet must not run it.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def as_xlsx(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The table as XLSX, times in UTC; what goes beyond the most rows of a sheet is left out."""
    with tempfile.TemporaryFile() as file:
        _write(file, columns, rows)
        file.seek(0)
        while piece := file.read(_CHUNK):
            yield piece


def _write(file: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    options = {"constant_memory": True, "remove_timezone": True}
    with xlsxwriter.Workbook(file, options) as book:
        head = book.add_format({"bold": True})
        time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(columns):
            sheet.write_string(0, column, name, head)
        for line, row in zip(range(1, MOST + 1), rows, strict=False):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(line, column, cell.astimezone(UTC), time)
                elif isinstance(cell, int):
                    sheet.write_number(line, column, cell)
                elif cell is not None:
                    sheet.write_string(line, column, cell)
