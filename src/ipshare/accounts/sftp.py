"""SFTP accounts: open one, set its password, close it, and check a password at the door."""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from ipshare.domain.office import root_folder
from ipshare.store import audit
from ipshare.store.models.accounts import Office, SftpAccount

USERNAME = re.compile(r"[a-z][a-z0-9_-]{1,38}")
OPERATOR = "operator"


class AccountRefusedError(ValueError):
    """Why an account cannot be opened or changed; the message says what to do."""


def open_account(  # noqa: PLR0913 (the facts of an account and who opened it)
    office: str | None,
    *,
    at: datetime,
    username: str = "",
    password: str | None = None,
    quota_bytes: int | None = None,
    by: str = "hub",
) -> SftpAccount:
    """Open an account of an office, or (office None) of the hub's operators; its name is ``ipob_kh`` by default.

    Without a password only keys open it (accounts.keys.add).
    """
    name = username.strip() or (root_folder(office) if office else OPERATOR)
    if not USERNAME.fullmatch(name):
        raise AccountRefusedError(
            f"{name[:40]!r} cannot be a user name: 2 to 39 small letters, digits, - and _, a letter first"
        )
    code = office.upper() if office else None
    if code and not Office.objects.filter(code=code).exists():
        raise AccountRefusedError(
            f"no office has the code {code}; add it with: ipshare office add {code}"
        )
    facts = {} if quota_bytes is None else {"quota_bytes": quota_bytes}
    try:
        with transaction.atomic():
            account = SftpAccount.objects.create(
                username=name, office_id=code, password=_hash(password), created_at=at, **facts
            )
            audit.write("sftp-account.opened", at=at, actor=by, office=code, subject=name)
    except IntegrityError as trouble:
        raise AccountRefusedError(f"there is an account {name} already") from trouble
    return account


def set_password(
    account: SftpAccount, password: str | None, at: datetime, *, by: str = "hub"
) -> None:
    """Give an account a new password, or (None) let only keys open it."""
    with transaction.atomic():
        account.password = _hash(password)
        account.save(update_fields=["password"])
        audit.write(
            "sftp-account.password-set",
            at=at,
            actor=by,
            office=account.office_id,
            subject=account.username,
            password="none" if password is None else "new",
        )


def close_account(account: SftpAccount, at: datetime, *, by: str = "hub") -> None:
    """Let nothing open an account any more; connections of it are closed within a minute."""
    with transaction.atomic():
        account.active = False
        account.save(update_fields=["active"])
        audit.write(
            "sftp-account.closed",
            at=at,
            actor=by,
            office=account.office_id,
            subject=account.username,
        )


def authenticate_password(username: str, password: str) -> SftpAccount | None:
    """The open account with this name and password; None after about the same time in every other case."""
    account = SftpAccount.objects.filter(username=username, active=True).first()
    if account is None or not account.password:
        make_password(password)  # as long as checking one
        return None
    return account if check_password(password, account.password) else None


def note_use(account: SftpAccount, at: datetime) -> None:
    """Remember when an account was last signed in to."""
    SftpAccount.objects.filter(pk=account.pk).update(last_used_at=at)


def _hash(password: str | None) -> str:
    if password is None:
        return ""
    try:
        validate_password(password)
    except ValidationError as trouble:
        raise AccountRefusedError(" ".join(trouble.messages)) from trouble
    return make_password(password)
