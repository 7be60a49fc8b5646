"""Files over SFTP that are not whole yet: their office sees them, and how to go on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from ipshare.domain.office import Right
from ipshare.intake import tree, uploads, whole

SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One such file: its whole path in the tree, the day and time that stands at it, and what it lacks, in words."""

    name: str
    path: str
    folder: str
    size: int
    written_at: datetime
    lacks: str
    final: str
    """Its name without the ending that says that it is still being written; empty where it has none."""


def of(office: str, rights: Iterable[Right]) -> tuple[list[Row], int]:
    """The files of an office and some rights that came last, and how many there are."""
    wanted = set(rights)
    found = [
        one for one in uploads.waiting(Path(settings.UPLOADS), office) if one.place.right in wanted
    ]
    found.sort(key=lambda one: (-one.modified_at, tree.path_of(one.place)))
    return [_row(one) for one in found[:SHOWN]], len(found)


def _lacks(place: tree.FilePlace) -> str:
    """What a file lacks to be whole; of a gzip file, which would have to be unpacked for that, nothing is said."""
    if place.temporary or place.name.lower().endswith(".gz"):
        return ""
    try:
        with uploads.path_of(Path(settings.UPLOADS), place).open("rb") as file:
            return whole.missing(file.fileno(), place.name)
    except FileNotFoundError:  # it has landed, or is gone
        return ""


def _final(place: tree.FilePlace) -> str:
    return place.name.rpartition(".")[0] if place.temporary else ""


def _row(one: uploads.Waiting) -> Row:
    return Row(
        name=one.place.name,
        path=tree.path_of(one.place),
        folder=f"{one.place.right.folder}/{one.place.kind}",
        size=one.size,
        written_at=datetime.fromtimestamp(one.modified_at, UTC),
        lacks=_lacks(one.place),
        final=_final(one.place),
    )
