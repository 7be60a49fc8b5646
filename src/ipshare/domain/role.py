"""The roles of people at an office, and what people call them; what each may do stands in accounts.permissions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from ipshare.domain.office import Right


class Role(StrEnum):
    """What a person does for an office: for all rights, or for one."""

    VIEWER = "viewer"
    DATA_OFFICER = "data-officer"
    AUTHORIZATION_OFFICER = "authorization-officer"
    ADMINISTRATOR = "administrator"


NAMES = {
    Role.VIEWER: ("Viewer", "looks at everything of the office"),
    Role.DATA_OFFICER: ("Data officer", "sends, releases and rejects submissions"),
    Role.AUTHORIZATION_OFFICER: ("Authorization officer", "decides what third parties receive"),
    Role.ADMINISTRATOR: ("Administrator", "people, SFTP keys and API clients"),
}
"""What people call the roles, and what each does; every role looks as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A role that a person holds: for one right, or (right None) for all."""

    role: Role
    right: Right | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """The rights that it is for."""
        return frozenset(Right) if self.right is None else frozenset({self.right})


EVERYTHING = frozenset(
    Held(role=role) for role in (Role.DATA_OFFICER, Role.AUTHORIZATION_OFFICER, Role.ADMINISTRATOR)
)
"""The roles of somebody who does all of an office's work: what the first person of an office has."""


def by_role(held: Collection[Held]) -> list[tuple[Role, list[Right]]]:
    """Each role once, with the rights that it is held for; none stands for all."""
    found = []
    for role in Role:
        rights = {one.right for one in held if one.role == role}
        if rights:
            found.append((role, [] if None in rights else [r for r in Right if r in rights]))
    return found


def in_words(held: Collection[Held]) -> list[str]:
    """Roles as people read them: ``Data officer (Trademarks, Patents)``."""
    return [
        NAMES[role][0] + (f" ({', '.join(one.folder for one in rights)})" if rights else "")
        for role, rights in by_role(held)
    ]
