"""The life of a mark from filing to expiry, as far as it is known on a day."""

from __future__ import annotations

from typing import NamedTuple

from ipshare.ops.sample import days
from ipshare.ops.sample.dice import Dice
from ipshare.ops.sample.facts import Event
from ipshare.ops.sample.profiles import Profile

GRACE = 183
"""Days after expiry in which a renewal is still possible."""
_REFUSED, _WITHDRAWN, _CANCELLED = 5, 9, 12
_HISTORY = "National prosecution history entry"


class Life(NamedTuple):
    """What has happened to a mark; a day is 0 where it has not."""

    published: int
    registered: int
    expiry: int
    terminated: int
    status: str
    status_word: str
    status_day: int
    opposition: tuple[int, int]
    events: tuple[Event, ...]


class _Told:
    """Events in order; those after the known day are not told."""

    __slots__ = ("events", "known")

    def __init__(self, known: int) -> None:
        self.known = known
        self.events: list[Event] = []

    def tell(self, category: str, word: str, code: str, description: str, day: int) -> bool:
        if day > self.known:
            return False
        self.events.append(Event(category, word, code, description, days.iso(day)))
        return True


def live(dice: Dice, profile: Profile, *, filed: int, known: int, madrid: bool) -> Life:
    """One plausible life under the procedure of the office."""
    told = _Told(known)
    told.tell("Application filed", "Filed", "FIL", "Application filed", filed)
    fate = dice.below(100)
    examined = filed + 20 + dice.below(70)
    if fate < _WITHDRAWN:
        return _ended_early(dice, told, filed=filed, examined=examined, refused=fate < _REFUSED)
    status, word, since = "Application Filed", "Filed", filed
    if told.tell("Application accepted", "Examined", "ACC", "Accepted after examination", examined):
        status, word, since = "Application accepted", "Examined", examined
    wait = 200 if madrid else 10
    if profile.publishes_first:
        published = examined + 20 + dice.below(90)
        registered = published + 60 + wait + dice.below(60)
        if told.tell(
            "Application published", "Published", "PUB", "Published for opposition", published
        ):
            status, word, since = "Application published", "Published", published
        opposition = (published, published + 60) if published <= known else (0, 0)
        certified = told.tell(
            "Registration published", "Registered", "REG", "Registered", registered
        )
    else:
        registered = examined + wait + 60 + dice.below(150)
        published = registered + 15 + dice.below(40)
        opposition = (0, 0)
        # A registration is told with its publication, never before.
        certified = published <= known and told.tell(
            _HISTORY, "Registered", "REG", "Registered", registered
        )
        if certified:
            told.tell(
                "Registration published", "Published", "PUB", "Registration published", published
            )
    published = published if published <= known else 0
    opening = Life(published, registered, 0, 0, status, word, since, opposition, tuple(told.events))
    if not certified:
        return opening._replace(registered=0)
    base = registered if profile.from_registration else filed
    return _registered(dice, told, base, opening, cancelled=fate < _CANCELLED)


def _ended_early(dice: Dice, told: _Told, *, filed: int, examined: int, refused: bool) -> Life:
    ended = examined + 30 + dice.below(100)
    if refused:
        told.tell(_HISTORY, "Examined", "EXA", "Examined as to substance", examined)
        over = told.tell("Application refused", "Rejected", "REF", "Refused", ended)
        status, word = "Application refused", "Rejected"
    else:
        over = told.tell(
            "Application withdrawn", "Withdrawn", "WIT", "Withdrawn by the applicant", ended
        )
        status, word = "Application withdrawn", "Withdrawn"
    if over:
        return Life(0, 0, 0, ended, status, word, ended, (0, 0), tuple(told.events))
    return Life(0, 0, 0, 0, "Application Filed", "Filed", filed, (0, 0), tuple(told.events))


def _registered(dice: Dice, told: _Told, base: int, opening: Life, *, cancelled: bool) -> Life:
    """The opening is the life up to registration."""
    registered = opening.registered
    expiry = days.years_after(base, 10)
    status, word, since, terminated = "Registered", "Registered", registered, 0
    revoked = registered + 400 + dice.below(1500)
    if cancelled and told.tell(
        "Registration cancelled", "Invalidated", "CAN", "Cancelled", revoked
    ):
        status, word, since, terminated = (
            "Registration cancelled",
            "Invalidated",
            revoked,
            revoked,
        )
    while not terminated and expiry <= told.known:
        renewed = expiry - 20 - dice.below(120)
        if dice.chance(62):
            told.tell(_HISTORY, "Registered", "REN", "Renewed", renewed)
            expiry = days.years_after(expiry, 10)
            since = renewed
        elif expiry + GRACE > told.known:
            break
        else:
            told.tell(_HISTORY, "Expired", "EXP", "Expired, not renewed", expiry)
            status, word, since, terminated = "Expired", "Expired", expiry, expiry
    return opening._replace(
        expiry=expiry,
        terminated=terminated,
        status=status,
        status_word=word,
        status_day=since,
        events=tuple(told.events),
    )
