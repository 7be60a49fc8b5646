"""Who is told something: the people of the office who want letters on its topic, for one of its rights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from ipshare.domain.notice import Topic
from ipshare.notices import topics
from ipshare.notices.told import Told
from ipshare.store.models.accounts import User
from ipshare.store.models.notices import Notice


def people_of(office: str) -> list[User]:
    """The people of an office who can sign in, with their roles and what they chose."""
    found = User.objects.filter(
        memberships__office=office, active=True, office__active=True
    ).distinct()
    return list(found.prefetch_related("memberships", "notice_settings").order_by("pk"))


def operators() -> list[User]:
    """The hub's operators who can sign in, with what they chose."""
    found = User.objects.filter(office=None, active=True)
    return list(found.prefetch_related("memberships", "notice_settings").order_by("pk"))


def notices(
    one: Told, people: Iterable[User], *, office: str | None, at: datetime
) -> Iterator[Notice]:
    """One notice, not saved yet, for each of these people who wants to be told; office None: about the hub."""
    for person in people:
        wanted = topics.wanted(person, one.topic, at=office)
        if wanted & one.rights if one.rights else wanted:
            yield Notice(
                person=person,
                topic=one.topic,
                subject=(f"{office}: {one.subject}" if office else one.subject)[:200],
                office_id=office,
                rights=sorted(one.rights),
                title=one.title[:200],
                text=one.text,
                path=one.path,
                at=at,
            )


def may_still(person: User, notice: Notice) -> bool:
    """Whether a person may still be told: roles may have changed since the notice was written."""
    if not person.is_active:
        return False
    open_ = topics.open_to(person, Topic(notice.topic), at=notice.office_id)
    return bool(open_ & set(notice.rights) if notice.rights else open_)
