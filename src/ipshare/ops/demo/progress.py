"""Waits until the line is at rest, and shows how far it is."""

from __future__ import annotations

import sys
import time

from django.db.models import Exists, F, OuterRef, Sum

from ipshare.domain import plural
from ipshare.domain.submission import State
from ipshare.ops.demo.hub import Hub
from ipshare.ops.refusal import RefusalError
from ipshare.store.models.submissions import Submission

_WIDTH = 40
_SLOWLY = 5.0
_PATIENCE = 900.0
_RESTING = [state for state in State if state.ended or state is State.HELD]


def wait(hub: Hub) -> None:
    """Return when every submission has ended or is held, and has its report."""
    line = _Line()
    end = time.monotonic() + _PATIENCE
    while True:
        every = Submission.objects.all()
        total = every.count()
        rested = every.filter(state__in=_RESTING, reported=F("state")).count()
        rested += every.filter(state=State.CHECKED).filter(_behind_a_held_one()).count()
        records = every.aggregate(read=Sum("records"))["read"] or 0
        line.show(
            rested,
            total,
            f"{rested} of {plural.counted(total, 'package')}, {plural.counted(records, 'record')} checked",
        )
        if rested == total:
            line.end()
            return
        if not hub.runs():
            raise RefusalError(f"the hub has ended; its log is {hub.data / 'log' / 'serve.log'}")
        if time.monotonic() > end:
            raise RefusalError(
                f"the line does not come to rest; see the logs in {hub.data / 'log'}"
            )
        time.sleep(0.2)


def _behind_a_held_one() -> Exists:
    """Whether an earlier submission of the same office and right waits for its office to decide."""
    same_line = Submission.objects.filter(
        office_id=OuterRef("office_id"),
        right=OuterRef("right"),
        state=State.HELD,
        number__lt=OuterRef("number"),
    )
    return Exists(same_line)


class _Line:
    """A bar on a terminal; elsewhere a line now and then."""

    def __init__(self) -> None:
        self._live = sys.stdout.isatty()
        self._last = 0.0

    def show(self, done: int, total: int, words: str) -> None:
        if self._live:
            full = _WIDTH * done // max(total, 1)
            sys.stdout.write(f"\r  [{'#' * full}{'.' * (_WIDTH - full)}] {words}\x1b[K")
        elif time.monotonic() - self._last > _SLOWLY or done == total:
            self._last = time.monotonic()
            sys.stdout.write(f"  {words}\n")
        sys.stdout.flush()

    def end(self) -> None:
        if self._live:
            sys.stdout.write("\n")
