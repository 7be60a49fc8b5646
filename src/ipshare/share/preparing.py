"""The next delivery of a destination: its items read from the feed, packed, and kept before anybody is told of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

import msgspec
from django.db.models import Max

from ipshare.domain.authorization import Channel, View
from ipshare.domain.delivery import DeliveryState, DestinationKind, name_of
from ipshare.domain.office import Right
from ipshare.http.problem import Problem
from ipshare.share import authorized, feed, packing, place
from ipshare.standards import grouping
from ipshare.store import objects, records
from ipshare.store.models.deliveries import Delivery, Destination


def view_of(destination: Destination, right: Right, at: datetime) -> View:
    """What an authorization lets out of one right by push; it has no rights where that is nothing."""
    authorization = destination.authorization
    authorization.refresh_from_db()
    seen = authorized.view_at(authorization, at)
    pushed = Channel.PUSH in authorized.conditions_of(authorization).channels
    return replace(seen, rights=seen.rights & {right} if pushed else frozenset())


def make(destination: Destination, *, at: datetime, erasures_only: bool = False) -> Delivery | None:
    """The next delivery, kept before anybody is told of it; None where there is nothing to deliver.

    ``erasures_only``: what is to be erased before the records that come next, and none of these.
    """
    rights = list(Right)
    if destination.last_right:
        turn = rights.index(Right(destination.last_right)) + 1
        rights = rights[turn:] + rights[:turn]
    for right in rights:
        made = _make(destination, right, at=at, erasures_only=erasures_only)
        if made is not None:
            return made
    return None


def _make(
    destination: Destination, right: Right, *, at: datetime, erasures_only: bool
) -> Delivery | None:
    seen = view_of(destination, right, at)
    held = destination.cursors.get(right.value, {})
    if not seen.rights and not held:
        return None
    kind = DestinationKind(destination.kind)
    limit = 0 if erasures_only else packing.LIMITS[kind]
    try:
        items, state, more = _page(destination, seen, right, held, limit=limit)
    except Problem:  # the register has no such place any more, or the hub's key was changed
        held = {"again": True}
        items, state, more = _page(destination, seen, right, held, limit=limit)
    newest = destination.deliveries.aggregate(newest=Max("number"))["newest"]
    number = (newest or 0) + 1
    name = name_of(seen.office, right, number)
    complete = bool(held.get("complete"))
    packed = packing.pack(
        items, kind, name=name, office=seen.office, right=right, first=not complete
    )
    cursor = place.seal(state, owner=_owner(destination))
    complete = (complete or not more) and bool(seen.rights)
    if packed.is_empty or not (packed.tells_records or _has_something(destination, right)):
        after = {"cursor": cursor, "complete": complete}
        if after != held and (seen.rights or "cursor" in held):
            destination.cursors[right.value] = after
            Destination.objects.filter(pk=destination.pk).update(cursors=destination.cursors)
        return None
    first, last = records.positions(seen.office, right, [*packed.puts, *packed.withdrawn])
    return Delivery.objects.create(
        destination=destination,
        number=number,
        right=right.value,
        name=name,
        edition=edition_of(seen),
        files=[_keep(destination, path, content) for path, content in packed.files.items()],
        puts=packed.puts,
        withdrawn=packed.withdrawn,
        erasures=packed.erasures,
        size=sum(map(len, packed.files.values())),
        cursor=cursor,
        complete=complete,
        state=DeliveryState.READY.value,
        made_at=at,
        first_position=first,
        last_position=last,
    )


def _has_something(destination: Destination, right: Right) -> bool:
    """Whether it may hold anything of a right that could be erased."""
    return destination.deliveries.filter(right=right.value, sent_at__isnull=False).exists()


def _page(
    destination: Destination, seen: View, right: Right, held: dict[str, object], *, limit: int
) -> tuple[list[bytes], place.State, bool]:
    state, before = place.beginning(seen), []
    if held.get("again"):
        named = {"type": "erase", "office": seen.office, "right": right.value, "groups": None}
        before = [msgspec.json.encode(named)]
    elif "cursor" in held:
        state = place.unseal(str(held["cursor"]), owner=_owner(destination))
    if not seen.rights and not state.may:
        return before, place.beginning(seen), False
    page = feed.page(seen, state, limit=limit, holds=lambda: True)
    return packing.collect(page, before=before)


def _owner(destination: Destination) -> str:
    return f"destination {destination.pk}"


def folder(destination: Destination) -> str:
    """Where the bytes of its deliveries lie in the object store."""
    return f"deliveries/{destination.pk}"


def _keep(destination: Destination, path: str, content: bytes) -> dict[str, object]:
    """Keep the bytes of a file under what they are, so that a repetition after a kill spoils nothing."""
    digest = hashlib.sha256(content).hexdigest()
    key = f"{folder(destination)}/{digest}"
    objects.put(key, content)
    return {"path": path, "object": key, "size": len(content), "sha256": digest}


def edition_of(seen: View) -> str:
    """The conditions of a view, and the grouping of elements that it is a view of."""
    return f"{seen.edition}.{grouping.version()}"
