"""What may be done by whom: every route of a door names one of these, or says that it is public."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One thing that a client or a person may be allowed to do."""

    CHANGES_READ = "api:changes:read"
    RECORD_READ = "api:record:read"
    IMAGE_READ = "api:image:read"
    EXPORT_MAKE = "api:export:make"
    CONDITIONS_READ = "api:conditions:read"
    SUBMISSION_READ = "portal:submission:read"
    SUBMISSION_SEND = "portal:submission:send"
    SUBMISSION_DECIDE = "portal:submission:decide"
    AUTHORIZATION_READ = "portal:authorization:read"
    AUTHORIZATION_SAVE = "portal:authorization:save"


OF_CLIENTS = frozenset(
    {
        Permission.CHANGES_READ,
        Permission.RECORD_READ,
        Permission.IMAGE_READ,
        Permission.EXPORT_MAKE,
        Permission.CONDITIONS_READ,
    }
)
OF_OFFICERS = frozenset(Permission) - OF_CLIENTS
"""What a person may do for their own office."""
OF_OPERATORS = frozenset(
    {
        Permission.SUBMISSION_READ,
        Permission.SUBMISSION_SEND,
        Permission.AUTHORIZATION_READ,
    }
)
"""What the hub's operators may do for any office: to decide and to authorize is the office's own."""


def of_person(office: str | None, *, at: str) -> frozenset[Permission]:
    """What a person of ``office`` (None: an operator) may do at the office ``at``."""
    if office is None:
        return OF_OPERATORS
    return OF_OFFICERS if office == at else frozenset()
