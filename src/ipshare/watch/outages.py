"""When a part of the hub stopped doing its work, and when it was well again: looked at every minute.

A part that fails for a moment is no outage, and one that is well for a moment is not well again: so operators get
one letter when it begins and one when it is over, however often it goes up and down meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from ipshare.store import audit
from ipshare.store.models.outages import Outage
from ipshare.watch import health
from ipshare.watch.health import Level, Part

LOOK_EVERY = timedelta(minutes=1)
WELL_FOR = timedelta(minutes=5)
"""So long a part must do its work again before the outage is over."""
MOST = 20
"""Past outages that are shown."""
QUEUE = "Queue"
"""The one part of which operators are told when it is degraded, too: workers that live may still fail."""


def look(*, at: datetime) -> None:
    """Look at every part of the hub; to be called once in LOOK_EVERY."""
    note(health.parts(at), at=at)


def note(parts: Iterable[Part], *, at: datetime) -> None:
    """Write down what is out and what is well, and tell when that has lasted."""
    seen = {part.name: part for part in parts}
    out = {name: part for name, part in seen.items() if _is_out(part)}
    with transaction.atomic():
        open_ = {
            one.part: one
            for one in Outage.objects.select_for_update().filter(ended_at=None).order_by("pk")
        }
        for name, part in out.items():
            if name in open_:
                _goes_on(open_[name], at=at)
            else:
                Outage.objects.bulk_create(
                    [Outage(part=name, words=part.words, began_at=at)], ignore_conflicts=True
                )
        for name, outage in open_.items():
            if name in seen and name not in out:
                _is_well(outage, at=at)


def present() -> list[Outage]:
    """The outages that have lasted, the oldest first."""
    return list(Outage.objects.filter(ended_at=None, told_at__isnull=False).order_by("began_at"))


def past() -> list[Outage]:
    """The last ones that are over, the newest first."""
    return list(Outage.objects.exclude(ended_at=None).order_by("-began_at")[:MOST])


def _is_out(part: Part) -> bool:
    return part.level == Level.DOWN or (part.name == QUEUE and part.level == Level.DEGRADED)


def _goes_on(outage: Outage, *, at: datetime) -> None:
    outage.well_since = None
    if outage.told_at is None and at - outage.began_at >= LOOK_EVERY / 2:
        outage.told_at = at
        audit.write(
            "hub.part-down", at=at, actor="hub", office=None, subject=outage.part, outage=outage.pk
        )
    outage.save(update_fields=["well_since", "told_at"])


def _is_well(outage: Outage, *, at: datetime) -> None:
    if outage.told_at is None:
        outage.delete()
        return
    if outage.well_since is None:
        outage.well_since = at
    elif at - outage.well_since >= WELL_FOR:
        outage.ended_at = outage.well_since
        audit.write(
            "hub.part-well", at=at, actor="hub", office=None, subject=outage.part, outage=outage.pk
        )
    outage.save(update_fields=["well_since", "ended_at"])
