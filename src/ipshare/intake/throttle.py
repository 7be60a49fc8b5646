"""Counts failed sign-ins per address and per account, and says when to stop listening for a while."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field

# Addresses and names remembered at once; the oldest are forgotten first, so a flood cannot fill the memory.
REMEMBERED = 10_000


@dataclass(slots=True)
class Throttle:
    """At most ``tries`` failures within ``seconds``; the caller gives the time."""

    tries: int
    seconds: float
    _failures: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def blocked(self, name: str, now: float) -> float:
        """For how many more seconds nothing is heard from ``name``; 0 when it is free."""
        times = self._failures.get(name)
        if times is None:
            return 0
        while times and times[0] <= now - self.seconds:
            times.popleft()
        if len(times) < self.tries:
            return 0
        return times[-self.tries] + self.seconds - now

    def failed(self, name: str, now: float) -> None:
        """Remember a failure."""
        times = self._failures.setdefault(name, deque(maxlen=self.tries))
        times.append(now)
        self._failures.move_to_end(name)
        while len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Forget the failures of a name."""
        self._failures.pop(name, None)
