"""Writes a copy as Parquet files, one per office and right, e.g. KH-trademark.parquet."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ipshare.client.copy import Copy, Part

SCHEMA = pa.schema(
    [
        pa.field("office", pa.string(), nullable=False),
        pa.field("right", pa.string(), nullable=False),
        pa.field("number", pa.string(), nullable=False),
        pa.field("record", pa.string(), nullable=False),
        pa.field("received_at", pa.timestamp("s", tz="UTC"), nullable=False),
    ]
)
_ROWS = 5000
"""Records of a row group."""


def write(copy: Copy) -> list[Path]:
    """Bring the files of what has changed up to date; each is whole at any instant. Answers the written ones."""
    written = []
    counts = copy.counts()
    for part in copy.parts("changed"):
        file = copy.file(part)
        if part in counts:
            _file(copy, part, file)
            written.append(file)
        else:
            file.unlink(missing_ok=True)
        copy.written(part)
    return written


def _file(copy: Copy, part: Part, file: Path) -> None:
    fresh = file.with_suffix(".part")
    with pq.ParquetWriter(fresh, SCHEMA, compression="zstd") as writer:
        for batch in _batches(copy, part):
            writer.write_batch(batch)
    with fresh.open("rb") as held:
        os.fsync(held.fileno())
    fresh.replace(file)


def _batches(copy: Copy, part: Part) -> Iterator[pa.RecordBatch]:
    rows = copy.records(part)
    while some := list(islice(rows, _ROWS)):
        numbers, records, times = zip(*some, strict=True)
        yield pa.record_batch(
            [
                pa.array([part.office] * len(some)),
                pa.array([part.right] * len(some)),
                pa.array(numbers),
                pa.array(records, type=pa.binary()).cast(pa.string()),
                pa.array(times).cast(pa.timestamp("s", tz="UTC")),
            ],
            schema=SCHEMA,
        )
