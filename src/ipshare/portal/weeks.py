"""The last weeks of a right as a small picture: submissions above a line, records that went out below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ipshare.domain import plural
from ipshare.domain.office import Right
from ipshare.portal import words
from ipshare.store.lately import Week

WIDTH, STEP, BAR = 240.0, 20.0, 14.0
AXIS, REACH = 40.0, 34.0
_SMALLEST = 1.5
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneWeek:
    """One week: its figures, and the heights of its bars (in units of the picture)."""

    monday: date
    came: int
    went: int
    x: float
    up: float
    down: float

    @property
    def top(self) -> float:
        """Where the upper bar begins."""
        return round(AXIS - self.up, 1)

    @property
    def label(self) -> str:
        """The week in words."""
        return f"week of {self.monday.day}{NBSP}{self.monday:%b}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The bars of a right; the scale of each direction is its own, since one counts files and one records."""

    right: Right
    name: str
    bars: tuple[OneWeek, ...]
    came: int
    went: int
    tests: int
    again: int

    @property
    def words(self) -> str:
        """What the picture shows, and what it does not, in sentences."""
        beside = [plural.counted(self.tests, "test")] if self.tests else []
        if self.again:
            beside.append(f"{plural.counted(self.again, 'file')} that had come before")
        return self._shown + (f" Not in the picture: {' and '.join(beside)}." if beside else "")

    @property
    def _shown(self) -> str:
        if not self.came and not self.went:
            return "No submission came in and nothing went out."
        weeks = sum(1 for bar in self.bars if bar.came)
        came = f"{plural.counted(self.came, 'submission')} came in"
        came += f", in {weeks} of {len(self.bars)} weeks" if self.came else ""
        went = (
            f"{plural.counted(self.went, 'record')} went out" if self.went else "nothing went out"
        )
        if self.went:
            most = max(self.bars, key=lambda bar: bar.went)
            went += f", most in the {most.label}"
        return f"{came}. {went[0].upper()}{went[1:]}."


def of(weeks: dict[Right, list[Week]]) -> list[Picture]:
    """A picture for each right."""
    return [_picture(right, held) for right, held in weeks.items()]


def _picture(right: Right, weeks: Sequence[Week]) -> Picture:
    most_in = max(week.came for week in weeks)
    most_out = max(week.went for week in weeks)
    return Picture(
        right=right,
        name=words.RIGHTS[right],
        bars=tuple(
            OneWeek(
                monday=week.monday,
                came=week.came,
                went=week.went,
                x=place * STEP + (STEP - BAR) / 2,
                up=_height(week.came, most_in),
                down=_height(week.went, most_out),
            )
            for place, week in enumerate(weeks)
        ),
        came=sum(week.came for week in weeks),
        went=sum(week.went for week in weeks),
        tests=sum(week.tests for week in weeks),
        again=sum(week.again for week in weeks),
    )


def _height(count: int, most: int) -> float:
    return max(_SMALLEST, round(REACH * count / most, 1)) if count else 0.0
