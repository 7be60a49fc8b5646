"""The second step of a sign-in: codes of an app, passkeys, recovery codes. What they are is django-allauth's."""

from __future__ import annotations

import json
from datetime import datetime
from enum import Enum, auto
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from ipshare.accounts import attempts, letters, people
from ipshare.store import audit
from ipshare.store.models.accounts import User

APP = Authenticator.Type.TOTP
PASSKEY = Authenticator.Type.WEBAUTHN
CODES = Authenticator.Type.RECOVERY_CODES
STEPS = (APP, PASSKEY)
"""What makes a second step; recovery codes only stand in for one."""
LONGEST_CREDENTIAL = 16 * 1024
"""Characters; what authenticators say is a few thousand."""


class Checked(Enum):
    """How a second step ended."""

    RIGHT = auto()
    WRONG = auto()
    PAUSED = auto()


def of(person: User) -> list[Authenticator]:
    """What a person has for the second step, the oldest first."""
    return [*Authenticator.objects.filter(user=person).order_by("pk")]


def name_of(one: Authenticator) -> str:
    """What its owner calls a passkey."""
    return str(one.data["name"])


def codes_left(one: Authenticator) -> int:
    """How many recovery codes were not used yet."""
    return len(RecoveryCodes(one).get_unused_codes())


def has(person: User) -> bool:
    """Whether signing in asks this person for a second step."""
    return Authenticator.objects.filter(user=person, type__in=STEPS).exists()


def check_code(person: User, code: str, address: str, at: datetime) -> Checked:
    """Judge a code of the app, or a recovery code, which is used up by that."""
    account = _account(person)
    if not attempts.begin(account, address, at):
        return Checked.PAUSED
    for one in Authenticator.objects.filter(user=person, type__in=(APP, CODES)):
        if one.wrap().validate_code(code):
            one.refresh_from_db()
            _used(one, at)
            attempts.forget(account, at)
            if one.type == CODES:
                left = codes_left(one)
                _write("person.recovery-code-used", person, by=person.email, at=at, left=left)
            return Checked.RIGHT
    people.failed(person.email, person.office_id, address, at, way="code")
    return Checked.WRONG


def read_credential(sent: str) -> Any:
    """What a browser says that its authenticator answered; None where it cannot be read."""
    if len(sent) > LONGEST_CREDENTIAL:
        return None
    try:
        return json.loads(sent)
    except (ValueError, RecursionError):
        return None


def check_passkey(
    person: User | None, credential: Any, address: str, at: datetime
) -> User | Checked:
    """The person whose passkey answered rightly; with ``person`` None whoever the passkey names.

    Nobody guesses a passkey: wrong ones alone are counted, by network address, so that they do not fill the audit
    log, and a right one comes in during the pause.
    """
    try:
        answer = webauthn.parse_authentication_response(credential)
        who = webauthn.extract_user_from_response(credential) if person is None else person
        one = webauthn.complete_authentication(who, credential)
        if person is None and not answer.response.authenticator_data.is_user_verified():
            return Checked.WRONG
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        if not attempts.begin(f"passkey sign-in of {address}", address, at):
            return Checked.PAUSED
        people.failed(
            person.email if person else "a passkey",
            person.office_id if person else None,
            address,
            at,
            way="passkey",
        )
        return Checked.WRONG
    if not isinstance(who, User) or not who.is_active:
        return Checked.WRONG
    _used(one, at)
    return who


def add_app(person: User, secret: str, code: str, *, at: datetime) -> list[str]:
    """Let an authenticator app with this secret be the second step; the recovery codes where they are new.

    ``code`` is the one that proved the app: it is used up by that, and signs nobody in.
    """
    with transaction.atomic():
        totp.TOTP.activate(person, secret).validate_code(code)
        return _added(person, "authenticator app", at=at)


def add_passkey(person: User, name: str, credential: Any, *, at: datetime) -> list[str] | None:
    """Let a passkey sign a person in; the recovery codes where they are new, None where it is not valid."""
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        return None
    with transaction.atomic():
        webauthn.WebAuthn.add(person, name, credential)
        return _added(person, f"passkey {name}", at=at)


def new_codes(person: User, *, by: str, at: datetime) -> list[str]:
    """Recovery codes in place of those before; shown once."""
    with transaction.atomic():
        Authenticator.objects.filter(user=person, type=CODES).delete()
        made = RecoveryCodes.activate(person)
        _write("person.recovery-codes-made", person, by=by, at=at)
    return made.generate_codes()


def remove(one: Authenticator, *, by: str, at: datetime) -> None:
    """Remove one way of the second step; recovery codes go with the last one."""
    person = User.objects.get(pk=one.user_id)
    with transaction.atomic():
        what = f"passkey {name_of(one)}" if one.type == PASSKEY else "authenticator app"
        one.delete()
        if not has(person):
            Authenticator.objects.filter(user=person).delete()
        _write("person.second-step-removed", person, by=by, at=at, what=what)
        _tell(person, f"{what[0].upper()}{what[1:]} removed from your sign-in", at=at)


def remove_all(person: User, *, by: str, at: datetime) -> None:
    """Let somebody who has lost their device sign in with the password alone, until they add another."""
    with transaction.atomic():
        if not Authenticator.objects.filter(user=person).delete()[0]:
            return
        _write("person.second-step-removed", person, by=by, at=at, what="everything")
        _tell(person, "The second step of your sign-in was removed", at=at)


def _added(person: User, what: str, *, at: datetime) -> list[str]:
    _write("person.second-step-added", person, by=person.email, at=at, what=what)
    _tell(person, f"{what[0].upper()}{what[1:]} added to your sign-in", at=at)
    if Authenticator.objects.filter(user=person, type=CODES).exists():
        return []
    return RecoveryCodes.activate(person).generate_codes()


def _used(one: Authenticator, at: datetime) -> None:
    one.last_used_at = at
    one.save(update_fields=["last_used_at"])


def _account(person: User) -> str:
    """What the throttle counts attempts at the second step of a person under."""
    return f"second step of {person.pk}"


def _write(event: str, person: User, *, by: str, at: datetime, **detail: object) -> None:
    audit.write(event, at=at, actor=by, office=person.office_id, subject=person.email, **detail)


def _tell(person: User, subject: str, *, at: datetime) -> None:
    letters.send(
        person.email,
        subject,
        f"{subject}: {person.email} on {settings.PUBLIC_URL}.\n\n"
        "If it was not you, change your password and tell the administrator of your office.",
        at=at,
    )
