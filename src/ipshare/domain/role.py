"""The roles of people at an office; what each may do stands in accounts.permissions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ipshare.domain.office import Right


class Role(StrEnum):
    """What a person does for an office: for all rights, or for one."""

    VIEWER = "viewer"
    DATA_OFFICER = "data-officer"
    AUTHORIZATION_OFFICER = "authorization-officer"
    ADMINISTRATOR = "administrator"


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
