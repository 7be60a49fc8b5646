"""Small files to send: zips and XML made on the spot."""

from __future__ import annotations

import io
import random
import zipfile


def package(seed: int = 0, size: int = 2000) -> bytes:
    """A whole zip of about this size; another seed gives other bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("records.xml"), f"<Trademarks n='{seed}'/>")
        archive.writestr(zipfile.ZipInfo("image.bin"), random.Random(seed).randbytes(size))  # noqa: S311
    return buffer.getvalue()
