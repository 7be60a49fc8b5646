"""Parts as Parquet: one row per record, the record as JSON text, a few columns to find it by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from ipshare.share.bulk.parts import Item

ROWS = 8 * 1024 * 1024
"""Bytes of records in one group of rows."""
COLUMNS = (
    "office",
    "right",
    "number",
    "application_date",
    "registration_number",
    "registration_date",
    "record",
)


class _Bibliographic(msgspec.Struct, rename="camel"):
    application_identification: Any = None
    patent_grant_identification: Any = None


class _Identity(_Bibliographic, rename="camel"):
    application_date: Any = None
    registration_number: Any = None
    registration_date: Any = None
    bibliographic_data: Any = None


class Rows:
    """Writes one Parquet file."""

    def __init__(self, path: Path, office: str) -> None:
        """``path`` is made."""
        import pyarrow as pa  # noqa: PLC0415 (heavy, and only workers that make a Parquet export need it)
        import pyarrow.parquet as pq  # noqa: PLC0415

        self._arrow = pa
        required = {"office", "right", "number", "record"}
        self._schema = pa.schema([pa.field(c, pa.string(), c not in required) for c in COLUMNS])
        self._file = pq.ParquetWriter(
            path, self._schema, compression="zstd", compression_level=1, use_dictionary=["office", "right"],
            write_statistics=["office", "right", "number", "application_date", "registration_date"],
        )  # fmt: skip
        self._office = office
        self._rows: list[tuple[str | None, ...]] = []
        self._size = 0

    def add(self, lines: bytes) -> None:
        """One row each."""
        for text in lines.split(b"\n"):
            item = msgspec.json.decode(text, type=Item)
            record = str(memoryview(item.record), "utf-8")
            self._rows.append(
                (self._office, item.right, item.number, *_identity(item.record), record)
            )
            self._size += len(record)
        if self._size >= ROWS:
            self._flush()

    def close(self) -> None:
        """Write the last group of rows and the file's end."""
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        if self._rows:
            columns = [list(column) for column in zip(*self._rows, strict=True)]
            self._file.write_table(self._arrow.table(columns, schema=self._schema))
            self._rows, self._size = [], 0


def _identity(record: msgspec.Raw) -> tuple[str | None, str | None, str | None]:
    """Day of application, number and day of registration or grant; None where the record does not show them."""
    found = msgspec.json.decode(record, type=_Identity)
    inside = found.bibliographic_data
    inside = inside if isinstance(inside, dict) else {}
    filed = found.application_identification or inside.get("applicationIdentification")
    granted = found.patent_grant_identification or inside.get("patentGrantIdentification")
    return (
        _text(found.application_date) or _text(_member(filed, "filingDate")),
        _text(found.registration_number) or _text(_member(granted, "patentNumber")),
        _text(found.registration_date) or _text(_member(granted, "grantDate")),
    )


def _member(value: Any, name: str) -> Any:
    if isinstance(value, list):
        value = value[0] if value else None
    return value.get(name) if isinstance(value, dict) else None


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("$")
    return value if isinstance(value, str) and value else None
