"""A shelf: what a third party finds over SFTP, the files of offices that authorize it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ipshare.domain.office import Kind, Right


class ShelfRefusedError(PermissionError):
    """Why a file does not leave now; the message is for the third party."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfFile:
    """One file on a shelf, under one edition of the conditions that put it there.

    ``received``: it is an office's own file; otherwise a package of the third party's view. ``source`` is the
    submission or the export that it comes from, ``object`` where its bytes lie, ``size`` how many these are.
    """

    office: str
    right: Right
    kind: Kind
    name: str
    size: int
    modified_at: datetime
    object: str
    received: bool
    source: str
    edition: str


class Shelf(Protocol):
    """What one connection of a third party may see and read. Every call asks the tables anew."""

    def rights(self, at: datetime) -> set[tuple[str, Right]]:
        """The offices and rights that it has folders of."""
        ...

    def files(self, office: str, right: Right, kind: Kind, at: datetime) -> list[ShelfFile]:
        """The files of a folder by name; none where there is no such folder."""
        ...

    def holds(self, file: ShelfFile, at: datetime) -> bool:
        """Whether a file is still there, under the same conditions."""
        ...

    def leave(self, file: ShelfFile, size: int, at: datetime, *, goes_on: bool) -> None:
        """The last ``size`` bytes of a file are about to leave; ShelfRefusedError where they may not.

        ``goes_on``: not from its first byte.
        """
        ...
