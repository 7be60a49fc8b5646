"""What a command is given in a file, or on standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from ipshare.ops.refusal import RefusalError


def read(file: str) -> str:
    """The text of a file; - is standard input."""
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise RefusalError(f"{file} cannot be read: {trouble}") from trouble
