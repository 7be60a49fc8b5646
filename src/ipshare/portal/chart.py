"""The chart of exchanges over time: bars for what came in above an axis, for what went out below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ipshare.store.exchanges import Day

WIDTH, LEFT = 960.0, 34.0
AXIS, REACH = 84.0, 64.0
MOST_BARS = 45
LABELS = 7
_SMALLEST = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One stretch of time: its figures, and where its bars and signs stand (in units of the picture)."""

    label: str
    came: int
    went: int
    held: int
    refused: int
    failing: int
    x: float
    width: float
    up: float
    down: float
    named: bool

    @property
    def top(self) -> float:
        """Where the upper bar begins."""
        return round(AXIS - self.up, 1)

    @property
    def middle(self) -> float:
        """The middle of the bars."""
        return round(self.x + self.width / 2, 1)

    @property
    def sign(self) -> float:
        """Where a sign above the upper bar stands."""
        return round(self.top - 14, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The bars, the stretch that each of them is of, the totals, and the lines with their figures."""

    unit: str
    bars: tuple[Bar, ...]
    came: int
    went: int
    grid: tuple[tuple[float, int], ...]


def of(days: Sequence[Day], *, first: date | None, last: date) -> Chart | None:
    """The chart of some days from the first one asked for (else that of the data) to the last; None of nothing."""
    if not days:
        return None
    begin = first or days[0].day
    end = max(last, days[-1].day)
    unit, starts = _stretches(min(begin, days[0].day), end)
    sums = [[0, 0, 0, 0, 0] for _ in starts]
    place = 0
    for day in days:
        while place + 1 < len(starts) and day.day >= starts[place + 1]:
            place += 1
        for which, count in enumerate((day.came, day.went, day.held, day.refused, day.failing)):
            sums[place][which] += count
    most = _round(max(max(one[0], one[1]) for one in sums))
    step = (WIDTH - LEFT - 4) / len(starts)
    every = max(1, -(-len(starts) // LABELS))
    bars = tuple(
        Bar(
            label=_label(start, unit),
            came=one[0], went=one[1], held=one[2], refused=one[3], failing=one[4],
            x=round(LEFT + 4 + step * number, 1),
            width=round(min(step * 0.7, 60.0), 1),
            up=_height(one[0], most),
            down=_height(one[1], most),
            named=number % every == 0,
        )
        for number, (start, one) in enumerate(zip(starts, sums, strict=True))
    )  # fmt: skip
    lines = tuple(
        (round(AXIS + way * REACH * share, 1) + 0.5, round(most * share))
        for share in (0.5, 1.0)
        for way in (-1, 1)
        if most * share == int(most * share)
    )
    return Chart(
        unit=unit,
        bars=bars,
        came=sum(one.came for one in bars),
        went=sum(one.went for one in bars),
        grid=lines,
    )


def _stretches(begin: date, end: date) -> tuple[str, list[date]]:
    """Days while there are not too many, then weeks (from Monday), months, years."""
    count = (end - begin).days + 1
    if count <= MOST_BARS:
        return "day", [begin + timedelta(days=n) for n in range(count)]
    if count <= MOST_BARS * 7:
        monday = begin - timedelta(days=begin.weekday())
        return "week", [monday + timedelta(days=7 * n) for n in range((end - monday).days // 7 + 1)]
    months = (end.year - begin.year) * 12 + end.month - begin.month + 1
    if months <= MOST_BARS:
        firsts = (begin.month - 1 + n for n in range(months))
        return "month", [date(begin.year + n // 12, n % 12 + 1, 1) for n in firsts]
    return "year", [date(year, 1, 1) for year in range(begin.year, end.year + 1)]


def _label(start: date, unit: str) -> str:
    if unit == "year":
        return str(start.year)
    if unit == "month":
        return f"{start:%b}\u00a0{start.year}"
    return f"{start.day}\u00a0{start:%b}"


def _round(most: int) -> int:
    """The next number that a scale may end at."""
    size = 1
    while True:
        for step in (1, 2, 4, 6, 8):
            if most <= step * size:
                return step * size
        size *= 10


def _height(count: int, most: int) -> float:
    return max(_SMALLEST, round(REACH * count / most, 1)) if count else 0.0
