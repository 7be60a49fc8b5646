"""From notices to letters: the first at once, what follows soon after gathered in one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from ipshare.accounts import letters
from ipshare.domain.notice import Topic
from ipshare.notices import readers, topics
from ipshare.store.models.accounts import User
from ipshare.store.models.notices import Notice

WINDOW = timedelta(minutes=10)
"""A person gets at most one letter in so long; what comes meanwhile goes into the next one."""
MOST_LISTED = 50
SETTINGS = "/notifications"
_URGENT = [topic for topic, facts in topics.TOPICS.items() if facts.urgent]


def write(*, at: datetime) -> int:
    """Queue the letters that are due; how many these were. Notice and letter commit together."""
    waiting = Notice.objects.filter(lettered_at=None).values_list("person", flat=True)
    return sum(_write_to(number, at=at) for number in sorted(set(waiting)))


def _write_to(number: int, *, at: datetime) -> int:
    with transaction.atomic():
        free = User.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        person = free.filter(pk=number).prefetch_related("memberships").first()
        if person is None:  # another writer is about to
            return 0
        waiting = list(Notice.objects.filter(person=person, lettered_at=None).order_by("at", "pk"))
        void = [one.pk for one in waiting if not readers.may_still(person, one)]
        Notice.objects.filter(pk__in=void).delete()
        left = [one for one in waiting if one.pk not in void]
        alone = [[one] for one in left if one.topic in _URGENT]
        gathered = [one for one in left if one.topic not in _URGENT]
        due = [*alone, gathered] if gathered and _free_to_write(person, at) else alone
        for bundle in due:
            _letter(person, bundle, at=at)
    return len(due)


def _free_to_write(person: User, at: datetime) -> bool:
    sent = Notice.objects.filter(person=person).exclude(topic__in=_URGENT)
    last = sent.aggregate(last=Max("lettered_at"))["last"]
    return last is None or at - last >= WINDOW


def _letter(person: User, bundle: Sequence[Notice], *, at: datetime) -> None:
    subject, body = _single(bundle[0]) if len(bundle) == 1 else _gathered(bundle)
    letter = letters.send(person.email, subject, f"{body}\n\n{_foot()}", at=at)
    Notice.objects.filter(pk__in=[one.pk for one in bundle]).update(letter=letter, lettered_at=at)


def _single(one: Notice) -> tuple[str, str]:
    return _headed(one.title, [one]), f"{one.title}.\n\n{one.text}\n\n{address(one.path)}"


def _gathered(bundle: Sequence[Notice]) -> tuple[str, str]:
    counts = Counter(one.topic for one in bundle)
    by_topic = {topic: facts.name for topic, facts in topics.TOPICS.items() if counts[topic]}
    sums = ", ".join(f"{counts[topic]} {name.lower()}" for topic, name in by_topic.items())
    parts = [f"{len(bundle)} things have happened: {sums}."]
    listed = 0
    for topic, name in by_topic.items():
        lines = [one for one in bundle if one.topic == topic][: MOST_LISTED - listed]
        listed += len(lines)
        if lines:
            said = "\n".join(f"- {one.title}\n  {address(one.path)}" for one in lines)
            parts.append(f"{name} ({counts[topic]}). {topics.TOPICS[Topic(topic)].hint}.\n{said}")
    if listed < len(bundle):
        parts.append(f"And {len(bundle) - listed} more; all of them: {address(SETTINGS)}#told")
    return _headed(f"{len(bundle)} notices: {sums}", bundle), "\n\n".join(parts)


def _headed(words: str, bundle: Sequence[Notice]) -> str:
    offices = {one.office_id for one in bundle if one.office_id}
    return f"[ipshare {offices.pop()}] {words}" if len(offices) == 1 else f"[ipshare] {words}"


def _foot() -> str:
    return (
        "-- \nYou get this letter because of what you have chosen, or what your role has by default."
        f" Choose what you are told, or turn it off:\n{address(SETTINGS)}"
    )


def address(path: str) -> str:
    """The permanent address of a page of the portal."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"
