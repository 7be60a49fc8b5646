"""What a third party would gain and lose by conditions that nobody has saved yet.

Two views, the present one and the one that saving would make, read through the functions that serve the API.
Nothing of it is kept: the counts are those of the register at this instant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ipshare.domain.authorization import Conditions, View
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.share import authorized, blocks, single
from ipshare.store import records
from ipshare.store.models.sharing import Authorization
from ipshare.store.records import Compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One record as the third party gets it: the API's bytes at present and after saving; None: not received."""

    right: Right
    number: str
    was: bytes | None
    now: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What becomes of the records of one right."""

    right: Right
    compared: Compared
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The present view, the view after saving, and what lies between them.

    ``now`` is the view at ``begins_at``, where sharing begins later than at once.
    """

    was: View
    now: View
    begins_at: datetime | None
    effects: tuple[Effect, ...]

    @property
    def groups_gained(self) -> list[ElementGroup]:
        """The element groups that only the new view shows; those of nothing are none."""
        return _beyond(self.now, self.was)

    @property
    def groups_lost(self) -> list[ElementGroup]:
        """The element groups that only the present view shows."""
        return _beyond(self.was, self.now)


def of(authorization: Authorization, wanted: Conditions, *, at: datetime) -> Preview:
    """What saving these conditions at this instant would change."""
    begins_at = wanted.starts_at if wanted.starts_at is not None and wanted.starts_at > at else None
    was = authorized.view_at(authorization, at)
    now = authorized.view_if_saved(authorization, wanted, begins_at or at)
    pending = blocks.pending(now)
    effects = []
    for right in Right:
        if right not in was.rights | now.rights:
            continue
        blocked = [number for of_right, number in pending if of_right == right]
        compared = records.compare(was, now, right, blocked=blocked)
        samples = tuple(_samples(was, now, right, compared))
        effects.append(Effect(right=right, compared=compared, samples=samples))
    return Preview(was=was, now=now, begins_at=begins_at, effects=tuple(effects))


def of_base(
    office: str, excluded: frozenset[ElementGroup], *, at: datetime
) -> list[tuple[Authorization, list[ElementGroup], list[ElementGroup]]]:
    """The groups that each third party would gain and lose by another base restriction; the others are left out."""
    found = []
    for listed in authorized.list_for(office):
        was = authorized.view_at(listed.authorization, at)
        shown = (listed.conditions.groups - excluded) | {ElementGroup.IDENTITY}
        now = replace(was, groups=shown)
        gained, lost = _beyond(now, was), _beyond(was, now)
        if gained or lost:
            found.append((listed.authorization, gained, lost))
    return found


def _samples(was: View, now: View, right: Right, compared: Compared) -> Iterator[Sample]:
    numbers = compared.samples_gained + compared.samples_lost + compared.samples_kept
    for number in numbers:
        held = single.unblocked(was, right, number)
        wanted = single.unblocked(now, right, number)
        yield Sample(
            right=right,
            number=number,
            was=held.body if held else None,
            now=wanted.body if wanted else None,
        )


def _beyond(view: View, other: View) -> list[ElementGroup]:
    """The groups that a view shows and the other does not; a view without rights shows none."""
    shown = view.groups if view.rights else frozenset()
    known = other.groups if other.rights else frozenset()
    return [group for group in ElementGroup if group in shown - known]
