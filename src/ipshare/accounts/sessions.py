"""The sessions of a person: where they are signed in, and the end of a session."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef

from ipshare.store import audit
from ipshare.store.models.accounts import User


def of(person: User) -> list[UserSession]:
    """The sessions that are still good, the newest first; what has run out is forgotten by looking."""
    found = UserSession.objects.purge_and_list(person)
    return sorted(found, key=lambda one: one.last_seen_at, reverse=True)


def clear(*, at: datetime) -> int:
    """Delete the sessions that are over; how many these were."""
    over = Session.objects.filter(expire_date__lt=at)
    with transaction.atomic():
        count, _ = over.delete()
        there = Session.objects.filter(pk=OuterRef("session_key"))
        UserSession.objects.filter(~Exists(there)).delete()
    return count


def end(person: User, ending: Iterable[UserSession], *, by: str, at: datetime) -> int:
    """End sessions of a person, at once; how many."""
    with transaction.atomic():
        count = 0
        for one in ending:
            one.end()
            count += 1
        if count:
            audit.write(
                "person.sessions-ended",
                at=at,
                actor=by,
                office=person.office_id,
                subject=person.email,
                count=count,
            )
    return count
