"""A plain list of withdrawn numbers: for formats that have no delete (designs' and patents' ST.96)."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from ipshare.domain.finding import Effect, Finding, Severity
from ipshare.domain.office import Right
from ipshare.domain.record import Operation, Record
from ipshare.parse import encoding

_TITLES = frozenset({"number", "applicationnumber", "applicationnumbertext", "no"})
_LONGEST = 200


def read(content: bytes, *, file: str, right: Right, office: str) -> Iterator[Record | Finding]:
    """One withdrawal per line. In CSV the number is the first column; titles, # lines and empty lines do not count."""
    for chunk in encoding.gate([content], file):
        if isinstance(chunk, Finding):
            yield chunk
            return
        delimiter = _delimiter(chunk)
        for line, row in enumerate(chunk.decode("utf-8").splitlines(), 1):
            number = _first_column(row, delimiter)
            title = line == 1 and "".join(filter(str.isalnum, number)).lower() in _TITLES
            if not number or number.startswith("#") or title:
                continue
            if len(number) > _LONGEST:
                yield _not_a_number(file, line, number)
                continue
            yield Record(
                right=right,
                number=number,
                operation=Operation.WITHDRAW,
                office=office,
                tree={},
                documents={},
                file=file,
                line=line,
            )


def _first_column(row: str, delimiter: str) -> str:
    """Each line is read on its own: a quote that is never closed must not swallow the lines behind it."""
    try:
        cells = next(csv.reader([row], delimiter=delimiter), [])
    except csv.Error:  # longer than csv takes
        return row.strip()
    return cells[0].strip() if cells else ""


def _delimiter(content: bytes) -> str:
    first = content.partition(b"\n")[0]
    return ";" if b";" in first else "\t" if b"\t" in first else ","


def _not_a_number(file: str, line: int, value: str) -> Finding:
    return Finding(
        rule="PKG-005",
        severity=Severity.ERROR,
        effect=Effect.FLAG,
        record="",
        path="file",
        value=value[:_LONGEST],
        proposed="",
        message=f"File {file}, line {line}: no application number has {len(value)} characters; send one number a line.",
        file=file,
        line=line,
    )
