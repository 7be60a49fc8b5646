"""The time of day at an office: every time on a page is shown in it, and its days begin and end by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

# City of the office and minutes ahead of UTC. None of them changes its clocks in summer.
_CITIES = {
    "BN": ("Bandar Seri Begawan", 480),
    "ID": ("Jakarta", 420),
    "KH": ("Phnom Penh", 420),
    "LA": ("Vientiane", 420),
    "MM": ("Naypyidaw", 390),
    "MY": ("Kuala Lumpur", 480),
    "PH": ("Manila", 480),
    "SG": ("Singapore", 480),
    "TH": ("Bangkok", 420),
    "TL": ("Dili", 540),
    "VN": ("Hanoi", 420),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A fixed distance from UTC and what people call it."""

    label: str
    offset: timezone

    @property
    def minutes(self) -> int:
        """How far it is ahead of UTC."""
        return self.offset.utcoffset(None) // timedelta(minutes=1)


def zone_of(office: str | None) -> Zone:
    """The zone of an office; UTC for operators and for offices outside the region."""
    if office not in _CITIES:
        return Zone(label="UTC", offset=timezone.utc)  # noqa: UP017 (the type is timezone)
    city, minutes = _CITIES[office]
    hours, rest = divmod(minutes, 60)
    sign = f"UTC+{hours}" + (f":{rest:02d}" if rest else "")
    return Zone(label=f"{city} ({sign})", offset=timezone(timedelta(minutes=minutes)))


def day_of(office: str, at: datetime) -> date:
    """The day that it is at an office at an instant."""
    return at.astimezone(zone_of(office).offset).date()
