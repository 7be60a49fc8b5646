"""What an office lets a third party receive, and the view that follows from it."""

from __future__ import annotations

from dataclasses import dataclass

from ipshare.domain.group import SHAREABLE, ElementGroup, mask
from ipshare.domain.office import Right


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """One version of an authorization's conditions: which rights, and without which groups."""

    rights: frozenset[Right] = frozenset()
    excluded: frozenset[ElementGroup] = frozenset()

    @property
    def groups(self) -> frozenset[ElementGroup]:
        """The groups that may go out; ``unclassified`` never does."""
        return SHAREABLE - self.excluded


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one client sees of one office, under one version of one authorization.

    An empty ``rights`` sees nothing. ``groups`` always holds ``identity`` when it holds anything.
    """

    office: str
    authorization: int
    version: int
    rights: frozenset[Right]
    groups: frozenset[ElementGroup]

    @property
    def mask(self) -> int:
        """The bits of the visible groups."""
        return mask(self.groups)


def view_of(*, office: str, authorization: int, version: int, conditions: Conditions) -> View:
    """The view of a client under these conditions."""
    return View(
        office=office,
        authorization=authorization,
        version=version,
        rights=conditions.rights,
        groups=conditions.groups | {ElementGroup.IDENTITY},
    )
