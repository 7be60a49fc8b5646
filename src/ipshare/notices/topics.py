"""The topics of notices: who may be told, and who is told without having chosen."""

from __future__ import annotations

from dataclasses import dataclass

from ipshare.accounts import permissions
from ipshare.accounts.permissions import Permission
from ipshare.domain.notice import Topic
from ipshare.domain.office import Right
from ipshare.store.models.accounts import User

ANY = frozenset(Right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """About one topic."""

    name: str
    hint: str
    # Who may do something about it: told by default, where ``default`` says so.
    acts: Permission
    # Who may see what it is about, and so may choose it.
    looks: Permission
    default: bool
    # Written at once and alone, never gathered with others.
    urgent: bool = False


TOPICS = {
    Topic.HELD: Facts(
        name="Held",
        hint="A Full_Extraction would withdraw or change more than usual, and waits for a decision",
        acts=Permission.SUBMISSION_DECIDE,
        looks=Permission.SUBMISSION_READ,
        default=True,
    ),
    Topic.REFUSED: Facts(
        name="Refused",
        hint="A submission could not be taken in; nothing of it was loaded",
        acts=Permission.SUBMISSION_SEND,
        looks=Permission.SUBMISSION_READ,
        default=True,
    ),
    Topic.ERRORS: Facts(
        name="Finished with errors",
        hint="A submission was published or tested, and some of its records are wrong",
        acts=Permission.SUBMISSION_SEND,
        looks=Permission.SUBMISSION_READ,
        default=False,
    ),
    Topic.OVERDUE: Facts(
        name="Overdue",
        hint="Nothing came for longer than agreed",
        acts=Permission.SUBMISSION_SEND,
        looks=Permission.SUBMISSION_READ,
        default=False,
    ),
    Topic.AUTHORIZATION: Facts(
        name="Authorization changed",
        hint="What a third party receives was changed or ended",
        acts=Permission.AUTHORIZATION_SAVE,
        looks=Permission.AUTHORIZATION_READ,
        default=True,
    ),
    Topic.EXPIRING: Facts(
        name="Expires soon",
        hint="A secret or key of a third party or of a machine of yours, or an authorization, ends within 14 days",
        acts=Permission.AUTHORIZATION_SAVE,
        looks=Permission.AUTHORIZATION_READ,
        default=False,
    ),
    Topic.DESTINATION: Facts(
        name="Destination failing",
        hint="Deliveries to a third party's own system fail again and again",
        acts=Permission.AUTHORIZATION_SAVE,
        looks=Permission.AUTHORIZATION_READ,
        default=False,
    ),
    Topic.OUTAGE: Facts(
        name="Outage",
        hint="A part of the hub does not do its work, or does it again",
        acts=Permission.HUB_OPERATE,
        looks=Permission.HUB_OPERATE,
        default=True,
        urgent=True,
    ),
    Topic.SIGN_IN: Facts(
        name="New sign-in",
        hint="You signed in from a network or with a browser that the hub has not seen you use before",
        acts=Permission.SELF_MANAGE,
        looks=Permission.SELF_MANAGE,
        default=True,
        urgent=True,
    ),
}


OF_OPERATORS = frozenset({Topic.OUTAGE, Topic.OVERDUE})
"""What operators are written to about, over all offices: either all of it, or none."""


def open_to(person: User, topic: Topic, *, at: str | None) -> frozenset[Right]:
    """The rights of the office ``at`` for which a person may choose a topic; all where it is about themselves."""
    if topic is Topic.SIGN_IN:
        return ANY
    if person.is_operator:
        return ANY if topic in OF_OPERATORS else frozenset()
    if at is None:
        return frozenset()
    return permissions.rights(person, TOPICS[topic].looks, at=at)


def wanted(person: User, topic: Topic, *, at: str | None) -> frozenset[Right]:
    """The rights for which a person gets letters on a topic: as chosen, or as their roles have it by default."""
    open_ = open_to(person, topic, at=at)
    for setting in person.notice_settings.all():
        if setting.topic == topic:
            return open_ & {Right(right) for right in setting.rights}
    facts = TOPICS[topic]
    if person.is_operator or topic is Topic.SIGN_IN:
        return open_
    if not facts.default or at is None:
        return frozenset()
    return open_ & permissions.rights(person, facts.acts, at=at)
