"""What a person chooses: for each topic the rights that they want letters for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects

from ipshare.accounts import permissions
from ipshare.domain.notice import Topic
from ipshare.domain.office import Right
from ipshare.notices import topics
from ipshare.store import audit
from ipshare.store.models.accounts import User
from ipshare.store.models.notices import NoticeSetting


def rights_of(person: User) -> frozenset[Right]:
    """The rights that a person may choose among; an operator chooses topics alone."""
    if person.is_operator or person.office_id is None:
        return frozenset()
    return permissions.known(person, at=person.office_id)


def chosen_by(person: User) -> dict[Topic, frozenset[Right]]:
    """For each topic the rights that a person gets letters for."""
    prefetch_related_objects([person], "notice_settings")
    return {topic: topics.wanted(person, topic, at=person.office_id) for topic in topics.TOPICS}


def choose(person: User, wanted: frozenset[str], *, at: datetime) -> None:
    """Keep what is wanted: ``topic:right``, or ``topic`` for all of it; anything else counts for nothing."""
    kept: dict[Topic, frozenset[Right]] = {}
    for topic in topics.TOPICS:
        open_ = topics.open_to(person, topic, at=person.office_id)
        if topic.value in wanted:
            kept[topic] = open_
        else:
            kept[topic] = frozenset(right for right in open_ if f"{topic}:{right}" in wanted)
    with transaction.atomic():
        for topic, rights in kept.items():
            NoticeSetting.objects.update_or_create(
                person=person, topic=topic, defaults={"rights": sorted(rights)}
            )
        audit.write(
            "person.notices-chosen",
            at=at,
            actor=person.email,
            office=person.office_id,
            subject=person.email,
            **{topic.value: sorted(rights) for topic, rights in kept.items()},
        )
