"""What may be done by whom: every route of a door names one of these, or says that it is public."""

from __future__ import annotations

from enum import StrEnum

from ipshare.domain.office import Right
from ipshare.domain.role import Role
from ipshare.store.models.accounts import User


class Permission(StrEnum):
    """One thing that a client or a person may be allowed to do."""

    CHANGES_READ = "api:changes:read"
    RECORD_READ = "api:record:read"
    IMAGE_READ = "api:image:read"
    EXPORT_MAKE = "api:export:make"
    CONDITIONS_READ = "api:conditions:read"
    FILE_SEND = "api:file:send"
    RECEIPT_READ = "api:receipt:read"
    REGISTER_READ = "portal:register:read"
    AUDIT_READ = "portal:audit:read"
    SUBMISSION_READ = "portal:submission:read"
    SUBMISSION_SEND = "portal:submission:send"
    SUBMISSION_DECIDE = "portal:submission:decide"
    AUTHORIZATION_READ = "portal:authorization:read"
    AUTHORIZATION_SAVE = "portal:authorization:save"
    SENDER_MANAGE = "portal:sender:manage"
    ACCOUNT_MANAGE = "portal:account:manage"
    PEOPLE_MANAGE = "portal:people:manage"
    SELF_MANAGE = "portal:self:manage"
    HUB_OPERATE = "portal:hub:operate"


OF_CLIENTS = frozenset(
    {
        Permission.CHANGES_READ,
        Permission.RECORD_READ,
        Permission.IMAGE_READ,
        Permission.EXPORT_MAKE,
        Permission.CONDITIONS_READ,
    }
)
"""What third parties' clients may do; what each receives is a matter of its authorizations."""
OF_SENDERS = frozenset({Permission.FILE_SEND, Permission.RECEIPT_READ})
"""What an office's own clients may do, for the rights that each was made for."""
TO_LOOK = frozenset(
    {
        Permission.REGISTER_READ,
        Permission.AUDIT_READ,
        Permission.SUBMISSION_READ,
        Permission.AUTHORIZATION_READ,
    }
)
"""What every role of an office includes, and the hub's operators have at every office."""
OF_ROLES = {
    Role.VIEWER: TO_LOOK,
    Role.DATA_OFFICER: TO_LOOK
    | {Permission.SUBMISSION_SEND, Permission.SUBMISSION_DECIDE, Permission.SENDER_MANAGE},
    Role.AUTHORIZATION_OFFICER: TO_LOOK | {Permission.AUTHORIZATION_SAVE},
    Role.ADMINISTRATOR: TO_LOOK
    | {Permission.ACCOUNT_MANAGE, Permission.PEOPLE_MANAGE, Permission.SENDER_MANAGE},
}
"""What a role lets a person do at the office, for the rights that it is held for."""
OF_OPERATORS = TO_LOOK | {
    Permission.PEOPLE_MANAGE,
    Permission.HUB_OPERATE,
}
"""What the hub's operators may do for any office: to send, to decide and to authorize is the office's own."""
OF_ALL = frozenset({Permission.SELF_MANAGE})
"""What is about the person alone: whoever has signed in may do it."""


def rights(person: User, permission: Permission, *, at: str) -> frozenset[Right]:
    """The rights for which a person may do this at the office ``at``; empty: not at all."""
    if person.is_operator:
        return frozenset(Right) if permission in OF_OPERATORS else frozenset()
    held = (one for office, one in person.roles if office == at)
    return frozenset(
        right for one in held if permission in OF_ROLES[one.role] for right in one.rights
    )


def known(person: User, *, at: str) -> frozenset[Right]:
    """The rights of the office ``at`` that a person has any role for; of others they learn nothing."""
    if person.is_operator:
        return frozenset(Right)
    return frozenset(right for office, one in person.roles if office == at for right in one.rights)


def in_general(person: User, permission: Permission) -> bool:
    """Whether a person may do this somewhere: what a page of no office asks."""
    if permission in OF_ALL:
        return True
    if person.is_operator:
        return permission in OF_OPERATORS
    return any(permission in OF_ROLES[one.role] for _, one in person.roles)
