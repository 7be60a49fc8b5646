"""Keep single records from one third party or from all: a court order, a publication deferred.

A block acts at once: the doors ask for blocks that the register does not know of yet (``pending``). A job
writes it into the register, as a change that readers of the feed see as the record's leaving.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from ipshare.domain.authorization import View
from ipshare.domain.office import Right
from ipshare.ingest import waking
from ipshare.share import authorized, queue, statements
from ipshare.store import access, audit, within
from ipshare.store import blocks as registry
from ipshare.store.models.accounts import Office
from ipshare.store.models.sharing import Authorization, RecordBlock


class AlreadyBlockedError(ValueError):
    """A record is kept from somebody already, otherwise; the message says so to people."""


def block(  # noqa: PLR0913 (what is blocked, from whom, why, until when, and who says so)
    office: str,
    right: Right,
    number: str,
    *,
    authorization: Authorization | None,
    reason: str,
    until: datetime | None,
    by: str,
    at: datetime,
) -> RecordBlock:
    """Keep a record from a third party (None: from all) from now on; it need not be in the register yet.

    The same again changes nothing; where it is kept from them for another reason or until another day, that is an
    AlreadyBlockedError.
    """
    if authorization is not None and authorization.office_id != office:
        raise ValueError(f"authorization {authorization.pk} is not one of {office}")
    what = {
        "office_id": office,
        "right": right.value,
        "number": number,
        "authorization": authorization,
    }
    with transaction.atomic():
        Office.objects.select_for_update(no_key=True).get(pk=office)  # two at a time are one
        there = RecordBlock.objects.filter(**what, lifted_at=None).first()
        if there is not None:
            if (there.reason, there.until) != (reason, until):
                raise AlreadyBlockedError(
                    "This record is blocked in this way already; lift that block first to change it."
                )
            return there
        losing = _losing(office, right, number, authorization, at=at)
        held = RecordBlock.objects.create(
            **what, reason=reason, blocked_at=at, blocked_by=by, until=until
        )
        audit.write(
            "record.blocked",
            at=at,
            actor=by,
            office=office,
            subject=number[:200],
            right=right.value,
            third_party=authorization.third_party.name if authorization else "",
            until=until.isoformat() if until else "",
            reason=reason,
        )
        for one in losing:
            held_to = authorized.conditions_of(one)
            statements.of_block(one, right, number, conditions=held_to, by=by, at=at)
        queue.apply_blocks(office)
        queue.sweep_exports()
    return held


def _losing(
    office: str, right: Right, number: str, only: Authorization | None, *, at: datetime
) -> list[Authorization]:
    """Those that let the record out at present, of the office's authorizations or only of one."""
    found = Authorization.objects.filter(office=office).select_related("third_party").order_by("pk")
    if only is not None:
        found = found.filter(pk=only.pk)
    views = [(one, authorized.view_at(one, at)) for one in found]
    return [
        one
        for one, seen in views
        if within.count(seen, right, [number]) and (right.value, number) not in pending(seen)
    ]


def lift(block: RecordBlock, *, by: str, at: datetime) -> None:
    """End a block; lifting it twice changes nothing."""
    with transaction.atomic():
        held = RecordBlock.objects.select_for_update().get(pk=block.pk)
        if held.lifted_at is not None:
            return
        held.lifted_at, held.lifted_by, held.applied_at = at, by, None
        held.save(update_fields=["lifted_at", "lifted_by", "applied_at"])
        audit.write(
            "record.unblocked",
            at=at,
            actor=by,
            office=held.office_id,
            subject=held.number[:200],
            right=held.right,
        )
        queue.apply_blocks(held.office_id)


def lift_ended(*, at: datetime) -> int:
    """End the blocks whose time is over; how many these were."""
    ended = list(RecordBlock.objects.filter(Q(lifted_at=None) & Q(until__lte=at)))
    for one in ended:
        lift(one, by="hub", at=at)
    return len(ended)


def apply(office: str, *, at: datetime) -> None:
    """Let the register follow the blocks that are new, and those that have ended."""
    for one in RecordBlock.objects.filter(office_id=office, applied_at=None).order_by("pk"):
        with transaction.atomic():
            registry.bring_to(office, one.right, one.number, at=at)
            # unless it was lifted meanwhile: then it is to be applied again
            RecordBlock.objects.filter(pk=one.pk, lifted_at=one.lifted_at).update(applied_at=at)
    waking.office(office)


def pending(view: View) -> frozenset[tuple[str, str]]:
    """Right and number of the records blocked for a view that the register does not know of yet."""
    return access.blocked(view.office, view.authorization)


def in_force(office: str) -> list[RecordBlock]:
    """The blocks of an office that are in force, newest first."""
    found = RecordBlock.objects.filter(office_id=office, lifted_at=None)
    return list(found.select_related("authorization__third_party").order_by("-blocked_at", "-pk"))
