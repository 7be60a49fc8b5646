"""The named queries of store/sql: each begins with a line ``-- name: what it is for``."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("sql")
_NAME = re.compile(r"^-- ([a-z_]+): ", re.MULTILINE)


@cache
def read(file: str, name: str) -> str:
    """The text of one query of ``sql/<file>.sql``."""
    text = (_FOLDER / f"{file}.sql").read_text(encoding="utf-8")
    starts = [*_NAME.finditer(text)]
    ends = [*(start.start() for start in starts[1:]), len(text)]
    found = {
        start.group(1): text[start.start() : end] for start, end in zip(starts, ends, strict=True)
    }
    return found[name]
