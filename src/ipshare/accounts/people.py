"""People: who may sign in, and the sign-in itself with its throttle."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from ipshare.accounts import attempts, letters
from ipshare.accounts import roles as roles_
from ipshare.domain.role import EVERYTHING, Held
from ipshare.store import audit
from ipshare.store.models.accounts import Office, User


class PersonError(ValueError):
    """Why a person cannot be added; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How an attempt to sign in ended: a person, or not; ``paused`` when too many went before."""

    person: User | None = None
    paused: bool = False


LONGEST = 200
"""Characters of an address or a name: so many are kept of whoever did something."""


def add(  # noqa: PLR0913 (five facts and who did it)
    email: str,
    name: str,
    office: str | None,
    password: str,
    at: datetime,
    *,
    roles: Collection[Held] = EVERYTHING,
    by: str = "ipshare user add",
) -> User:
    """Give a person an account: in roles of one office, or (office None) as an operator of the hub."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as trouble:
        raise PersonError(f"{email!r} is not an e-mail address") from trouble
    if len(address) > LONGEST or len(name.strip()) > LONGEST:
        raise PersonError(f"{address} or its name has more than {LONGEST} characters")
    if not name.strip():
        raise PersonError(f"{address} has no name; give one with --name")
    code = office.upper() if office else None
    if code and not Office.objects.filter(code=code).exists():
        raise PersonError(f"no office has the code {code}; add it with: ipshare office add {code}")
    if code and not roles:
        raise PersonError(f"{address} has no role; choose at least one")
    try:
        validate_password(password)
    except ValidationError as trouble:
        raise PersonError(" ".join(trouble.messages)) from trouble
    try:
        with transaction.atomic():
            person = User.objects.create_person(
                email=address, password=password, name=name.strip(), office_id=code, joined_at=at
            )
            roles_.hold(person, roles)
            audit.write(
                "person.added",
                at=at,
                actor=by,
                office=code,
                subject=address,
                roles=roles_.listed(roles) if code else [],
            )
    except IntegrityError as trouble:
        raise PersonError(f"{address} has an account already") from trouble
    return person


def sign_in(email: str, password: str, address: str, at: datetime) -> SignIn:
    """Check a password, unless this account or this network address has failed too often.

    An unknown address, a wrong password and an account that is closed end alike, in about the same time.
    """
    account = email.strip().lower()[:254]
    if not attempts.begin(account, address, at):
        return SignIn(paused=True)
    person = authenticate(username=account, password=password)
    if not isinstance(person, User):
        known = User.objects.filter(email=account).first()
        failed(account, known.office_id if known else None, address, at, way="password")
        return SignIn()
    attempts.forget(account, at)
    return SignIn(person=person)


def failed(account: str, office: str | None, address: str, at: datetime, *, way: str) -> None:
    """Write down that somebody did not get in; ``way``: password, code, recovery code or passkey."""
    audit.write(
        "person.sign-in-failed",
        at=at,
        actor=account[:200],
        office=office,
        address=address,
        way=way,
    )


def signed_in(
    person: User, address: str, at: datetime, *, ways: Collection[str], browser: str = ""
) -> None:
    """Write down that a person has come in, and by what: a password, and a second step where they have one.

    ``browser`` is its name, where one is known: a new one is told to the person.
    """
    audit.write(
        "person.signed-in",
        at=at,
        actor=person.email,
        office=person.office_id,
        address=address,
        ways=sorted(ways),
        browser=browser,
    )


def change_password(person: User, password: str, at: datetime, *, by: str) -> None:
    """Give a person another password; a PersonError says what is wrong with it. Every session ends by that."""
    try:
        validate_password(password, user=person)
    except ValidationError as trouble:
        raise PersonError(" ".join(trouble.messages)) from trouble
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        audit.write(
            "person.password-changed",
            at=at,
            actor=by,
            office=person.office_id,
            subject=person.email,
        )
        letters.send(
            person.email,
            "Your password was changed",
            f"The password of {person.email} on {settings.PUBLIC_URL} was changed.\n\n"
            "If it was not you, ask for a new one at once:\n"
            f"{settings.PUBLIC_URL}/forgotten\nand tell the administrator of your office.",
            at=at,
        )
