"""From audit events to notices: each event is looked at once, in the order of commit, whatever is killed."""

from __future__ import annotations

import logging

from django.db import transaction

from ipshare.notices import places, readers, told
from ipshare.store.models.accounts import User
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.notices import EventToTell, Notice

AT_ONCE = 500
_log = logging.getLogger(__name__)


def read() -> int:
    """Write the notices of the events that nobody has looked at; how many events these were.

    Events, notices and the end of the work on them commit together. Readers side by side take different events.
    """
    people: dict[str, list[User]] = {}
    with transaction.atomic():
        waiting = EventToTell.objects.select_for_update(of=("self",), skip_locked=True)
        rows = list(waiting.select_related("event").order_by("pk")[:AT_ONCE])
        notices: list[Notice] = []
        for row in rows:
            try:
                with transaction.atomic():
                    notices += _notices(row.event, people)
            except Exception:  # noqa: BLE001 (one event that cannot be told must not keep all others back)
                _log.exception("event %d (%s) is told to nobody", row.event.pk, row.event.event)
        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        EventToTell.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _notices(event: AuditEvent, people: dict[str, list[User]]) -> list[Notice]:
    if event.event == "person.signed-in":
        return places.notices_of(event)
    one = told.of_event(event)
    if one is None:
        return []
    if event.office_id is None:
        return list(readers.notices(one, readers.operators(), office=None, at=event.at))
    if event.office_id not in people:
        people[event.office_id] = readers.people_of(event.office_id)
    return list(readers.notices(one, people[event.office_id], office=event.office_id, at=event.at))
