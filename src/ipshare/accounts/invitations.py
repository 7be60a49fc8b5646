"""Invitations: an account by a link in a letter; signed, for one use, for seven days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from ipshare.accounts import letters, people, roles
from ipshare.domain import role
from ipshare.domain.role import Held
from ipshare.store import audit
from ipshare.store.models.accounts import Office, User
from ipshare.store.models.invitations import Invitation

GOOD_FOR = timedelta(days=7)
_SALT = "ipshare invitation 1"


class InvitationError(ValueError):
    """Why somebody cannot be invited; the message says so to the administrator."""


def waiting(office: str | None) -> QuerySet[Invitation]:
    """The invitations of an office (None: of operators) that were neither accepted nor taken back, the newest first."""
    found = Invitation.objects.filter(office=office, accepted_at=None, revoked_at=None)
    return found.order_by("-sent_at", "-pk")


def invite(  # noqa: PLR0913 (what a letter says, and who sends it)
    office: Office | None,
    email: str,
    name: str,
    held: Collection[Held],
    *,
    by: str,
    at: datetime,
    first: bool = False,
) -> Invitation:
    """Write to somebody who may make an account at the office, or (office None) as an operator of the hub.

    ``first``: only while nobody manages the people of the office.

    Whether the address has an account at another office is not told; the person learns it from the link.
    """
    address = email.strip().lower()
    with transaction.atomic():
        _one_at_a_time(office)
        if office and first and roles.has_administrator(office.code):
            raise InvitationError(f"{office.name} has an administrator, who invites its people.")
        if office and first and any("administrator" in one.roles for one in waiting(office.code)):
            raise InvitationError(
                "An administrator is invited already; send that invitation again, or take it back."
            )
        if User.objects.filter(email=address, office=office).exists():
            whose = f"of {office.name}" if office else "as an operator"
            raise InvitationError(f"{address} has an account {whose} already.")
        if waiting(office.code if office else None).filter(email=address).exists():
            raise InvitationError(f"{address} is invited already; send that invitation again.")
        invitation = Invitation.objects.create(
            office=office,
            email=address,
            name=name.strip(),
            roles=roles.listed(held),
            invited_by=by,
            sent_at=at,
            expires_at=at + GOOD_FOR,
        )
        _write("invitation.sent", invitation, by=by, at=at, roles=invitation.roles)
        _letter(invitation, at=at)
    return invitation


def _one_at_a_time(office: Office | None) -> None:
    """Whoever invites to the same place waits until this transaction ends."""
    if office is not None:
        Office.objects.select_for_update().get(pk=office.pk)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_SALT])


def send_again(invitation: Invitation, *, by: str, at: datetime) -> None:
    """Another letter with another link, good for seven days from now; the link before is void."""
    with transaction.atomic():
        held = _open(invitation.pk)
        if held is None:
            return
        held.sending += 1
        held.sent_at, held.expires_at = at, at + GOOD_FOR
        held.save(update_fields=["sending", "sent_at", "expires_at"])
        _write("invitation.sent-again", held, by=by, at=at)
        _letter(held, at=at)


def revoke(invitation: Invitation, *, by: str, at: datetime) -> None:
    """Take an invitation back; its link opens nothing any more."""
    with transaction.atomic():
        held = _open(invitation.pk)
        if held is None:
            return
        held.revoked_at = at
        held.save(update_fields=["revoked_at"])
        _write("invitation.revoked", held, by=by, at=at)


def of_link(token: str, *, at: datetime) -> Invitation | None:
    """The invitation that a link names, while it may be accepted."""
    try:
        number, sending = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Invitation.objects.filter(
        Q(office=None) | Q(office__active=True),
        pk=number,
        sending=sending,
        accepted_at=None,
        revoked_at=None,
        expires_at__gt=at,
    )
    return found.select_related("office").first()


def accept(invitation: Invitation, name: str, password: str, *, at: datetime) -> User:
    """The account of whoever was invited; a PersonError says why there can be none."""
    with transaction.atomic():
        held = _open(invitation.pk)
        if held is None or held.sending != invitation.sending:
            raise people.PersonError("This invitation was used or taken back meanwhile.")
        person = people.add(
            held.email,
            name,
            held.office_id,
            password,
            at,
            roles=roles.read(held.roles),
            by=held.invited_by,
        )
        held.accepted_at = at
        held.save(update_fields=["accepted_at"])
        _write("invitation.accepted", held, by=held.email, at=at)
    return person


def _open(number: int) -> Invitation | None:
    found = Invitation.objects.select_for_update(of=("self",)).select_related("office")
    return found.filter(pk=number, accepted_at=None, revoked_at=None).first()


def _letter(invitation: Invitation, *, at: datetime) -> None:
    token = signing.dumps([invitation.pk, invitation.sending], salt=_SALT)
    office = invitation.office
    letters.send(
        invitation.email,
        f"Invitation to ipshare for {office.name}" if office else "Invitation to operate ipshare",
        f"{invitation.name},\n\n{invitation.invited_by} invites you to "
        f"{f'work for {office.name} in' if office else 'operate'} ipshare, "
        "the data sharing hub of the ASEAN IP Register.\n\n"
        f"{_in_which_roles(invitation)}With this link you choose your password; it works once, for "
        f"seven days:\n\n{settings.PUBLIC_URL}/invitations/{token}\n\n"
        "If you do not expect this, do nothing.",
        at=at,
    )


def _in_which_roles(invitation: Invitation) -> str:
    """The roles with what each does and for which rights; empty where there is none, as of an operator."""
    lines = [
        f"- {role.NAMES[held][0]}, for {', '.join(one.folder for one in rights) or 'all rights'}: "
        f"{role.NAMES[held][1]}\n"
        for held, rights in role.by_role(roles.read(invitation.roles))
    ]
    return f"Your part there:\n\n{''.join(lines)}\n" if lines else ""


def _write(event: str, invitation: Invitation, *, by: str, at: datetime, **detail: object) -> None:
    audit.write(
        event, at=at, actor=by, office=invitation.office_id, subject=invitation.email, **detail
    )
