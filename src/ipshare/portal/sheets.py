"""A table as a file: CSV, or XLSX for people whose spreadsheet guesses badly."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import IO

import xlsxwriter
from django.http import StreamingHttpResponse

Cell = str | int | datetime | None
Table = tuple[str, Sequence[str], Iterable[Sequence[Cell]]]
"""What the file is called, without its ending; the names of the columns; the rows."""
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 1_048_575
"""The rows that a sheet of XLSX holds below its head."""
_CHUNK = 64 * 1024


def csv_file(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """The table as a download in CSV (RFC 4180), times in UTC (ISO 8601); it leaves as it is read."""
    return _download(_as_csv(columns, rows), CSV, f"{name}.csv")


def xlsx_file(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """The table as a download in XLSX, times in UTC; what goes beyond the most rows of a sheet is left out."""
    return _download(_as_xlsx(columns, rows), XLSX, f"{name}.xlsx")


def _download(
    content: Iterator[str] | Iterator[bytes], media: str, name: str
) -> StreamingHttpResponse:
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(content, content_type=media, headers=named)


class _Line:
    """What csv writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def _as_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
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


def _as_xlsx(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
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
