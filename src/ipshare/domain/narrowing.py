"""What a change of conditions takes away from a third party, in words for a statement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from ipshare.domain.authorization import Conditions
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right


class RevocationKind(StrEnum):
    """What a statement of revocation is about."""

    ENDED = "ended"
    NARROWED = "narrowed"
    BLOCKED = "blocked"


_LATEST = ("filed_to", "registered_to")
_EARLIEST = ("filed_from", "registered_from")
_SWITCHES = ("published_only", "registered_only", "without_errors")


def taken(before: Conditions, after: Conditions, *, at: datetime) -> tuple[str, ...]:
    """What was shared at an instant and is not shared under the new conditions; empty where nothing is lost.

    Both conditions exclude what the office withholds from everybody too. A limit that moves both ways
    (another route, other networks) counts as taken.
    """
    if not before.in_force(at):
        return ()
    if not after.in_force(at):
        return tuple(f"right: {right.value}" for right in Right if right in before.rights)
    return tuple(_taken(before, after))


def _taken(before: Conditions, after: Conditions) -> Iterator[str]:
    yield from (f"right: {right.value}" for right in Right if right in before.rights - after.rights)
    lost = before.groups - after.groups
    yield from (f"element group: {group.value}" for group in ElementGroup if group in lost)
    yield from (f"filter: {name}" for name in _filters(before, after))
    for name in ("images", "documents"):
        if getattr(before, name) and not getattr(after, name):
            yield name
    yield from (f"channel: {channel.value}" for channel in sorted(before.channels - after.channels))
    if _tighter(before.ends_at, after.ends_at, latest=True):
        yield "end"
    if after.networks and (not before.networks or set(before.networks) - set(after.networks)):
        yield "networks"


def _filters(before: Conditions, after: Conditions) -> Iterator[str]:
    for name in (*_EARLIEST, *_LATEST):
        then, now = getattr(before.filter, name), getattr(after.filter, name)
        if _tighter(then, now, latest=name in _LATEST):
            yield name
    for name in _SWITCHES:
        if getattr(after.filter, name) and not getattr(before.filter, name):
            yield name
    if after.filter.route is not None and after.filter.route != before.filter.route:
        yield "route"


def _tighter(then: Any, now: Any, *, latest: bool) -> bool:
    """Whether a limit lets less through than before; None is no limit."""
    if now is None or then is None:
        return now is not None
    return bool(now < then if latest else now > then)
