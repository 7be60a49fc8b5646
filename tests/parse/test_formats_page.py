"""The table of docs/formats.md says what is read of each shared file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from parse.reading import findings, read, records, shared

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
ROW = re.compile(r"\| (\S+\.xml) \| (\d+) \| (\d+) \| (\d+) \|")
ROWS = [row.groups() for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))]


def test_the_page_has_its_table():
    assert len(ROWS) > 20


@pytest.mark.parametrize(
    ("pattern", "marks", "residue", "defects"), ROWS, ids=[row[0] for row in ROWS]
)
def test_a_row_of_the_table_is_true(pattern, marks, residue, defects):
    folder, _, name = pattern.rpartition("/")
    paths = sorted(shared(*folder.split("/")).glob(name))
    assert paths, "no such file"
    items = [item for path in paths for item in read(path.read_bytes(), file=path.name)]
    kept = sum(len(record.residue) for record in records(items))
    assert (len(records(items)), kept, len(findings(items))) == (
        int(marks),
        int(residue),
        int(defects),
    )
