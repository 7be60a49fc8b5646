"""Roles of people: written as one set per person, never so that an office is left without an administrator."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction

from ipshare.accounts import sessions
from ipshare.domain.office import Right
from ipshare.domain.role import Held, Role
from ipshare.store import audit
from ipshare.store.models.accounts import Membership, Office, User
from ipshare.store.models.invitations import Invitation


class LastAdministratorError(ValueError):
    """The office would be left without anybody who manages its people; the message says what to do."""

    def __init__(self) -> None:
        """The same sentence for every way that leads there."""
        super().__init__(
            "This is the last administrator of the office. Make somebody else an administrator first."
        )


def combined(roles: Iterable[Role], rights: Iterable[Right]) -> frozenset[Held]:
    """Each role for each of the rights; for all rights where none is named, and where it is the administrator's."""
    limits: tuple[Right | None, ...] = tuple(rights) or (None,)
    return frozenset(
        Held(role=role, right=None if role == Role.ADMINISTRATOR else right)
        for role in roles
        for right in limits
    )


def listed(roles: Collection[Held]) -> list[str]:
    """Roles as audit events name them: ``data-officer``, or ``data-officer:patent`` for one right."""
    return sorted(f"{one.role}:{one.right}" if one.right else one.role.value for one in roles)


def read(names: Iterable[str]) -> frozenset[Held]:
    """Roles from their names; one for all rights takes those for single ones in. ValueError: no such name."""
    found = set()
    for name in names:
        role, _, right = name.partition(":")
        found.add(Held(role=Role(role), right=Right(right) if right else None))
    whole = {one.role for one in found if one.right is None}
    return frozenset(one for one in found if one.right is None or one.role not in whole)


def hold(person: User, roles: Collection[Held]) -> None:
    """Write the roles of a person at their office, in place of those held before; operators hold none."""
    person.memberships.all().delete()
    if person.office_id is None:
        return
    Membership.objects.bulk_create(
        Membership(person=person, office_id=person.office_id, role=one.role, right=one.right or "")
        for one in set(roles)
    )
    person.__dict__.pop("roles", None)


def change(person: User, roles: Collection[Held], *, by: str, at: datetime) -> None:
    """Give a person other roles; a LastAdministratorError where that leaves the office without one."""
    with transaction.atomic():
        _lock(person)
        before = listed([held for _, held in person.roles])
        managed = any(held.role == Role.ADMINISTRATOR for _, held in person.roles)
        hold(person, roles)
        _keep_an_administrator(person)
        _write("person.roles-changed", person, by=by, at=at, was=before, roles=listed(roles))
        if managed and not any(held.role == Role.ADMINISTRATOR for held in roles):
            _take_back_invitations(person, by=by, at=at)


def close(person: User, *, by: str, at: datetime) -> None:
    """Let a person in no more, at once; a LastAdministratorError where that leaves the office without one."""
    with transaction.atomic():
        _lock(person)
        person.active = False
        person.save(update_fields=["active"])
        _keep_an_administrator(person)
        _write("person.closed", person, by=by, at=at)
        sessions.end(person, sessions.of(person), by=by, at=at)
        _take_back_invitations(person, by=by, at=at)


def reopen(person: User, *, by: str, at: datetime) -> None:
    """Let a person in again, in the roles held before."""
    with transaction.atomic():
        person.active = True
        person.save(update_fields=["active"])
        _write("person.reopened", person, by=by, at=at)


def _lock(person: User) -> None:
    """Two administrators cannot take each other out at the same time."""
    Office.objects.select_for_update().get(pk=person.office_id)


def has_administrator(office: str | None) -> bool:
    """Whether somebody who may sign in manages the people of an office."""
    found = Membership.objects.filter(office=office, role=Role.ADMINISTRATOR, person__active=True)
    return found.exists()


def _keep_an_administrator(person: User) -> None:
    if not has_administrator(person.office_id):
        raise LastAdministratorError


def _take_back_invitations(person: User, *, by: str, at: datetime) -> None:
    """No invitation outlives the work of whoever sent it."""
    sent = Invitation.objects.select_for_update().filter(
        office=person.office_id, invited_by=person.email, accepted_at=None, revoked_at=None
    )
    for one in sent.order_by("pk"):
        one.revoked_at = at
        one.save(update_fields=["revoked_at"])
        audit.write(
            "invitation.revoked", at=at, actor=by, office=person.office_id, subject=one.email
        )


def _write(event: str, person: User, *, by: str, at: datetime, **detail: object) -> None:
    audit.write(event, at=at, actor=by, office=person.office_id, subject=person.email, **detail)
