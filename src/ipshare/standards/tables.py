"""Reads the tab-separated tables of this room."""

from __future__ import annotations

from importlib import resources


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table in standards/data, by column name."""
    text = (resources.files("ipshare.standards") / "data" / name).read_text(encoding="utf-8")
    head, *lines = text.splitlines()
    columns = head.split("\t")
    return [dict(zip(columns, line.split("\t"), strict=True)) for line in lines if line]
