"""The line of one destination: make the next delivery, send it, settle it; one at a time, in order.

Every step commits with its outcome, and may be repeated after a kill at any instant. The bytes of a delivery are
kept until it is acknowledged, so its name never stands for anything else; a name that may have been seen
outside is never used again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from ipshare.accounts import limits
from ipshare.domain.authorization import Channel, View
from ipshare.domain.delivery import DeliveryState, DestinationKind, PushError, Trouble
from ipshare.domain.office import Right
from ipshare.ingest import waking
from ipshare.share import (
    authorized,
    blocks,
    destinations,
    ledger,
    platform,
    preparing,
    push,
)
from ipshare.store import audit, groupings, objects, within
from ipshare.store.models.deliveries import Delivery, Destination
from ipshare.store.models.sharing import Authorization

TURN = 60.0
"""Seconds after which a destination that has more to receive goes back to the end of the queue."""
LOOK_AGAIN = timedelta(minutes=10)
_SOON = timedelta(seconds=5)
_CLOSED = timedelta(minutes=1)
_REMAKES = 3
BACK_OFF = (10, 30, 60, 300, 900, 3600)
"""Seconds before the next attempt after the first, second … failure in a row; then the last for ever."""
_OPEN = (DeliveryState.READY.value, DeliveryState.SENDING.value)
_SETTLING = 60.0
_log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def deliver(number: int, *, clock: Clock) -> None:
    """Deliver what there is for a destination, until there is no more, it fails, or its turn is over."""
    until = time.monotonic() + TURN
    remade = 0
    while True:
        destination = Destination.objects.select_related("authorization").get(pk=number)
        if destination.removed_at:
            _let_go(destination, at=clock())
            return
        if _stands_still(destination, at=clock()):
            return
        delivery = _next(destination, at=clock())
        if delivery is None:
            _rest(destination, at=clock())
            return
        if not _attempt(destination, delivery, clock=clock):
            return
        remade = remade + 1 if delivery.pk is None else 0
        if remade > _REMAKES:  # the register follows in a moment
            Destination.objects.filter(pk=number).update(due_at=clock() + _SOON)
            return
        if time.monotonic() > until:
            waking.deliver(number)
            return


def _stands_still(destination: Destination, *, at: datetime) -> bool:
    """Whether nothing may leave for it at present; while a register that it reads is closed it is looked at again."""
    if destination.paused_at or (destination.failures and destination.due_at > at):
        return True
    closed = groupings.closed(destination.authorization.office_id)
    if not closed or closed.isdisjoint(authorized.view_at(destination.authorization, at).rights):
        return False  # what it reads no more may still be erased there
    Destination.objects.filter(pk=destination.pk).update(due_at=at + _CLOSED)
    return True


def _next(destination: Destination, *, at: datetime) -> Delivery | None:
    """The open delivery, or a new one: once the day's bytes are sent, first what is to be erased, of any right."""
    found = destination.deliveries.filter(state__in=_OPEN).first()
    if found is None and _is_spent(destination, at=at):
        found = preparing.make(destination, at=at, erasures_only=True)
    return found or preparing.make(destination, at=at)


def _is_spent(destination: Destination, *, at: datetime) -> bool:
    """Whether the day's bytes (UTC) have been sent."""
    most = limits.of([authorized.conditions_of(destination.authorization)]).bytes_per_day
    sent = destination.deliveries.filter(sent_at__gte=_midnight(at)).aggregate(size=Sum("size"))
    return (sent["size"] or 0) >= most


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(UTC).date(), datetime.min.time(), tzinfo=UTC)


def _waits_for_its_day(destination: Destination, delivery: Delivery, *, at: datetime) -> bool:
    """Whether it holds records, and the day's bytes have been sent: then it leaves with the next day."""
    if not delivery.puts or delivery.sent_at is not None or not _is_spent(destination, at=at):
        return False
    Destination.objects.filter(pk=destination.pk).update(due_at=_midnight(at) + limits.DAY)
    return True


def waiting_for_a_day(authorization: Authorization, *, at: datetime) -> dict[int, datetime]:
    """The destinations (their keys) whose bytes of the day have left while records wait, and when these go on."""
    waits = Delivery.objects.filter(
        destination__authorization=authorization,
        destination__removed_at=None,
        state__in=_OPEN,
        sent_at=None,
    ).exclude(puts=[])
    keys = set(waits.values_list("destination", flat=True))
    if not keys:
        return {}
    most = limits.of([authorized.conditions_of(authorization)]).bytes_per_day
    today = Delivery.objects.filter(destination__in=keys, sent_at__gte=_midnight(at))
    sent = dict(today.values_list("destination").annotate(Sum("size")))
    return {key: _midnight(at) + limits.DAY for key in keys if sent.get(key, 0) >= most}


def _attempt(  # noqa: PLR0911 (each way that it may end)
    destination: Destination, delivery: Delivery, *, clock: Clock
) -> bool:
    """One attempt to send; whether the line may go on at once."""
    right = Right(delivery.right)
    seen = preparing.view_of(destination, right, clock())
    if not _may_leave(delivery, seen, right):
        if delivery.sent_at is None:
            delivery.delete()  # nobody has seen anything of it: its name is free again
            return True
        return _settle(destination, delivery, clock=clock)
    if _waits_for_its_day(destination, delivery, at=clock()):
        return False
    _about_to_leave(destination, delivery, seen, right, at=clock())
    client = destinations.CLIENTS[DestinationKind(destination.kind)]
    try:
        platform.ask(destination, at=clock())
        work = client.send(
            destinations.address_of(destination),
            destinations.secret_of(destination),
            _parcel(destination, delivery),
        )
        push.run(work, holds=lambda: _holds(destination, delivery, seen, right, at=clock()))
    except push.ConditionsEndedError:
        return True  # looked at again, from the beginning
    except push.HubEndsError:
        Destination.objects.filter(pk=destination.pk).update(due_at=clock())
        return False
    except FileNotFoundError:
        _abandon(destination, delivery, "Its bytes are not kept any more.", again=True, at=clock())
        return True
    except Exception as trouble:  # noqa: BLE001 (nothing of one destination may stop the others)
        _failed(destination, delivery, _told(trouble), at=clock())
        return False
    _acknowledge(destination, delivery, at=clock())
    return True


def _told(trouble: Exception) -> PushError:
    if isinstance(trouble, PushError):
        return trouble
    _log.error("a delivery failed for a reason of our own", exc_info=trouble)
    return PushError(Trouble.OURS, "The hub itself had trouble; its operators see what in the log.")


def _parcel(destination: Destination, delivery: Delivery) -> push.Parcel:
    return push.Parcel(
        identity=f"ipshare-{destination.pk}-{delivery.name}",
        attempt=delivery.attempts,
        files=tuple(push.Outgoing(**one) for one in delivery.files),
        networks=authorized.conditions_of(destination.authorization).networks,
    )


def _may_leave(delivery: Delivery, seen: View, right: Right) -> bool:
    """Whether conditions and groups are those under which it was made, and still let every record of it out."""
    if preparing.edition_of(seen) != delivery.edition:
        return False
    if not delivery.puts:
        return True
    blocked = {number for of, number in blocks.pending(seen) if of == right.value}
    if blocked.intersection(delivery.puts):
        return False
    return within.count(seen, right, delivery.puts) == len(delivery.puts)


def _holds(
    destination: Destination, delivery: Delivery, seen: View, right: Right, *, at: datetime
) -> bool:
    """Whether what is being sent may go on leaving."""
    here = Destination.objects.filter(pk=destination.pk, paused_at=None, removed_at=None)
    if not here.exists() or preparing.view_of(destination, right, at) != seen:
        return False
    return not {number for _, number in blocks.pending(seen)}.intersection(delivery.puts)


def _about_to_leave(
    destination: Destination, delivery: Delivery, seen: View, right: Right, *, at: datetime
) -> None:
    """Write down that bytes may leave from now on, in the ledger too, before any does."""
    with transaction.atomic():
        if delivery.sent_at is None:
            delivery.sent_at = at
            for numbers, withdrawn in ((delivery.puts, False), (delivery.withdrawn, True)):
                if numbers:
                    ledger.write(
                        seen,
                        right,
                        numbers,
                        size=0 if withdrawn else delivery.size,
                        at=at,
                        client=destination.name,
                        channel=Channel.PUSH,
                        request=delivery.name,
                        withdrawn=withdrawn,
                        upto=delivery.last_position,
                    )
        delivery.attempts += 1
        delivery.state = DeliveryState.SENDING.value
        delivery.save(update_fields=["sent_at", "attempts", "state"])


def _acknowledge(destination: Destination, delivery: Delivery, *, at: datetime) -> None:
    """The destination has it: its line goes on behind it."""
    cursors = destination.cursors
    cursors[delivery.right] = {"cursor": delivery.cursor, "complete": delivery.complete}
    with transaction.atomic():
        delivery.state = DeliveryState.DELIVERED.value
        delivery.ended_at = at
        delivery.trouble = delivery.trouble_words = ""
        delivery.save(update_fields=["state", "ended_at", "trouble", "trouble_words"])
        if destination.failures >= destinations.FAILING:
            _tell("destination.recovered", destination, at=at)
        Destination.objects.filter(pk=destination.pk).update(
            cursors=cursors,
            last_right=delivery.right,
            last_delivered_at=at,
            due_at=at,
            failures=0,
            failing_since=None,
            trouble="",
            trouble_words="",
        )
    objects.delete_folder(preparing.folder(destination))


def _settle(destination: Destination, delivery: Delivery, *, clock: Clock) -> bool:
    """Its conditions have ended while it may have been on its way: ask what became of it, and send nothing more."""
    client = destinations.CLIENTS[DestinationKind(destination.kind)]
    try:
        work = client.stored(
            destinations.address_of(destination),
            destinations.secret_of(destination),
            _parcel(destination, delivery),
        )
        there = push.run(work, holds=lambda: True, seconds=_SETTLING)
    except PushError as trouble:
        if trouble.trouble is not Trouble.NAME_TAKEN:
            _failed(destination, delivery, trouble, at=clock())
            return False
        there = False
    except Exception as trouble:  # noqa: BLE001 (nothing of one destination may stop the others)
        _failed(destination, delivery, _told(trouble), at=clock())
        return False
    if there:
        _acknowledge(destination, delivery, at=clock())
    else:
        words = "The conditions changed before it was acknowledged."
        _abandon(destination, delivery, words, again=there is None, at=clock())
    return True


def _abandon(
    destination: Destination, delivery: Delivery, words: str, *, again: bool, at: datetime
) -> None:
    """Give a delivery up. ``again``: the third party may have it, so its right is erased there and begun again."""
    with transaction.atomic():
        delivery.state = DeliveryState.ABANDONED.value
        delivery.ended_at = at
        delivery.trouble_words = words
        delivery.save(update_fields=["state", "ended_at", "trouble_words"])
        if again:
            destination.cursors[delivery.right] = {"again": True}
            Destination.objects.filter(pk=destination.pk).update(cursors=destination.cursors)
    objects.delete_folder(preparing.folder(destination))


def _let_go(destination: Destination, *, at: datetime) -> None:
    for delivery in destination.deliveries.filter(state__in=_OPEN):
        _abandon(destination, delivery, "The destination was removed.", again=False, at=at)


def _failed(
    destination: Destination, delivery: Delivery, trouble: PushError, *, at: datetime
) -> None:
    """Wait longer each time; say why, in words."""
    failures = destination.failures + 1
    wait = max(BACK_OFF[min(failures, len(BACK_OFF)) - 1], trouble.wait or 0)
    words = str(trouble)
    with transaction.atomic():
        delivery.trouble, delivery.trouble_words = trouble.trouble.value, words
        delivery.save(update_fields=["trouble", "trouble_words"])
        Destination.objects.filter(pk=destination.pk).update(
            failures=failures,
            failing_since=destination.failing_since or at,
            trouble=trouble.trouble.value,
            trouble_words=words,
            due_at=at + timedelta(seconds=wait),
        )
        if trouble.trouble is Trouble.GONE:
            Destination.objects.filter(pk=destination.pk).update(paused_at=at)
            _tell("destination.paused", destination, at=at, reason=words)
        elif failures == destinations.FAILING:
            _tell("destination.failing", destination, at=at, reason=words)


def _tell(event: str, destination: Destination, *, at: datetime, **more: object) -> None:
    audit.write(
        event,
        at=at,
        actor="hub",
        office=destination.authorization.office_id,
        subject=destination.name,
        third_party=destination.authorization.third_party.name,
        **more,
    )


def _rest(destination: Destination, *, at: datetime) -> None:
    """Look again in a while, or when the conditions begin or end."""
    conditions = authorized.conditions_of(destination.authorization)
    moments = [moment for moment in (conditions.starts_at, conditions.ends_at) if moment]
    due = min([at + LOOK_AGAIN, *(moment for moment in moments if moment > at)])
    Destination.objects.filter(pk=destination.pk).update(due_at=due)


def wake_due(*, at: datetime) -> int:
    """Let those go on whose time has come; how many these were."""
    due = Destination.objects.filter(due_at__lte=at, paused_at=None, removed_at=None)
    found = list(due.values_list("pk", flat=True))
    for number in found:
        waking.deliver(number)
    return len(found)
