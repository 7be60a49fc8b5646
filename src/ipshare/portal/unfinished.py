"""Files over SFTP that are not whole yet: their office sees them, and how to go on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from ipshare.domain.office import Right
from ipshare.intake import tree, uploads

SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One such file: its whole path in the tree, and the day and time that stands at it."""

    name: str
    path: str
    folder: str
    size: int
    written_at: datetime
    final: str
    """Its name without the ending that says that it is still being written; empty where it has none."""


def of(office: str, rights: Iterable[Right]) -> tuple[list[Row], int]:
    """The files of an office and some rights that came last, and how many there are."""
    wanted = set(rights)
    found = [
        _row(one)
        for one in uploads.waiting(Path(settings.UPLOADS), office)
        if one.place.right in wanted
    ]
    found.sort(key=lambda one: (-one.written_at.timestamp(), one.path))
    return found[:SHOWN], len(found)


def _final(place: tree.FilePlace) -> str:
    return place.name.rpartition(".")[0] if place.temporary else ""


def _row(one: uploads.Waiting) -> Row:
    return Row(
        name=one.place.name,
        path=tree.path_of(one.place),
        folder=f"{one.place.right.folder}/{one.place.kind}",
        size=one.size,
        written_at=datetime.fromtimestamp(one.modified_at, UTC),
        final=_final(one.place),
    )
