"""Where each record of a sample register stands: filing day, serial number, revision."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from ipshare.domain.office import Right
from ipshare.ops.sample import days, numbers, profiles
from ipshare.ops.sample.dice import Dice

SECRET = 330
"""Days from filing in which every sample patent is published."""


class OrderError(ValueError):
    """A package that cannot be made as ordered; the message says what to change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The records of one office and right: ``records`` filed up to ``as_of``, then ``new`` up to ``until``.

    Index 0 is the oldest. A record's facts are those known on ``as_of`` (new ones: on ``until``).
    """

    office: str
    right: Right
    seed: int
    records: int
    as_of: int
    new: int = 0
    until: int = 0
    images: bool = False
    _first: dict[int, int] = field(default_factory=dict, repr=False, compare=False)

    def verify(self) -> None:
        """Refuse an order that no number form or calendar can hold."""
        begun = profiles.start(self.office, self.right)
        if self.as_of - self._unpublished <= begun:
            message = (
                f"{self.office} has no {self.right} register on {days.iso(self.as_of)}: it begins on "
                f"{days.iso(begun)}; choose a later --date"
            )
            raise OrderError(message)
        limit = numbers.limit(self.office, self.right)
        total = self.records + self.new
        busiest = max(
            (
                self._first_of(y + 1) - self._first_of(y)
                for y in range(days.year(begun), days.year(self.last) + 1)
            ),
            default=0,
        )
        if total > limit.in_all or busiest > limit.per_year:
            message = (
                f"{total} records do not fit the {self.office} {self.right} numbers (at most {limit.in_all}, "
                f"{limit.per_year} a year); order fewer --records or another --office"
            )
            raise OrderError(message)

    @property
    def _unpublished(self) -> int:
        """Days before a filing can be in the register: patents are kept secret until they are published."""
        return SECRET if self.right is Right.PATENT else 0

    @property
    def last(self) -> int:
        """The last day of the register."""
        return max(self.as_of, self.until)

    def filed(self, index: int) -> int:
        """The filing day of a record; never later than that of the next one."""
        newest = self.as_of - self._unpublished
        if index >= self.records:
            span = max(self.until - self.as_of - 1, 0)
            return newest + 1 + (index - self.records) * span // max(self.new, 1)
        begun = profiles.start(self.office, self.right)
        refiled = self.records * profiles.PROFILES[self.office].refiled_percent // 100
        if self.right is Right.TRADEMARK and index < refiled:
            return begun
        if self.right is not Right.TRADEMARK:
            refiled = 0
        return begun + (index - refiled) * (newest - begun) // max(self.records - refiled, 1)

    def slot(self, index: int) -> numbers.Slot:
        """The numbers a record may be called by."""
        year = days.year(self.filed(index))
        return numbers.Slot(year, index - self._first_of(year) + 1, index)

    def _first_of(self, year: int) -> int:
        if year not in self._first:
            self._first[year] = bisect_left(
                range(self.records + self.new), year, key=lambda index: days.year(self.filed(index))
            )
        return self._first[year]

    def known(self, index: int) -> int:
        """The day up to which the record's history is told."""
        return self.until if index >= self.records else self.as_of

    def dice(self, purpose: str, index: int) -> Dice:
        """The draws of one record for one purpose."""
        return Dice(f"{self.office}{self.right}{purpose}", self.seed, index)
