"""DEFECTS: every kind of injected defect by right, and the hand that deals them out in turn."""

from __future__ import annotations

from typing import Generic

from ipshare.domain.office import Right
from ipshare.ops.sample.defects import design, patent, trademark
from ipshare.ops.sample.defects.kind import Defect, F

DEFECTS: dict[Right, dict[str, str]] = {
    Right.TRADEMARK: {kind.name: kind.rule for kind in trademark.KINDS},
    Right.DESIGN: {kind.name: kind.rule for kind in design.KINDS},
    Right.PATENT: {kind.name: kind.rule for kind in patent.KINDS},
}
"""Name → rule, by right."""


class Hand(Generic[F]):
    """Deals one kind after the other, so that each has the same share; kinds that do not fit wait a turn."""

    def __init__(self, kinds: tuple[Defect[F], ...]) -> None:
        self._waiting: list[Defect[F]] = list(kinds)

    def deal(self, record: F, before: F) -> tuple[Defect[F], F] | None:
        """The next kind that this record can have, and the record with it."""
        for place, kind in enumerate(self._waiting):
            patched = kind.patch(record, before)
            if patched is not None:
                self._waiting.append(self._waiting.pop(place))
                return kind, patched
        return None
