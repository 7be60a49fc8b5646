"""SFTP accounts: open one, set its password, close it, and check a password at the door."""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from ipshare.domain.office import root_folder
from ipshare.store import audit
from ipshare.store.models.accounts import Office, SftpAccount, SftpKey
from ipshare.store.models.sharing import Authorization, ThirdParty

USERNAME = re.compile(r"[a-z][a-z0-9_-]{1,38}")
LONGEST_NAME = 39
NOT_IN_NAMES = re.compile(r"[^a-z0-9_]+")
OPERATOR = "operator"
# An account of an office that is closed opens nothing, as one that is closed itself.
OPEN = Q(active=True) & (Q(office__isnull=True) | Q(office__active=True))


class AccountRefusedError(ValueError):
    """Why an account cannot be opened or changed; the message says what to do."""


def open_account(  # noqa: PLR0913 (the facts of an account and who opened it)
    office: str | None,
    *,
    at: datetime,
    username: str = "",
    password: str | None = None,
    quota_bytes: int | None = None,
    third_party: ThirdParty | None = None,
    by: str = "hub",
    only: str | None = None,
) -> SftpAccount:
    """Open an account of an office or of a third party, or (neither) of the hub's operators.

    Its name is ``ipob_kh``, ``jpo`` or ``operator`` by default. Without a password only keys open it
    (accounts.keys.add). Every office that a third party is authorized by is told, or ``only`` one.
    """
    if office and third_party:
        raise AccountRefusedError("an account is of an office or of a third party, not of both")
    name = username.strip() or _default_name(office, third_party)
    if third_party and _is_ours(name):
        raise AccountRefusedError(
            f"{name} is a name of the hub's own accounts; give the third party's account another"
        )
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
                username=name,
                office_id=code,
                third_party=third_party,
                password=_hash(password),
                created_at=at,
                **facts,
            )
            tell("sftp-account.opened", account, by=by, at=at, only=only)
    except IntegrityError as trouble:
        raise AccountRefusedError(f"there is an account {name} already") from trouble
    return account


def of_third_party(party: ThirdParty) -> SftpAccount | None:
    """The account of a third party: the oldest that is open, or else the oldest."""
    return SftpAccount.objects.filter(third_party=party).order_by("-active", "pk").first()


def set_password(
    account: SftpAccount, password: str | None, at: datetime, *, by: str = "hub"
) -> None:
    """Give an account a new password, or (None) let only keys open it.

    Connections that the password before opened are closed within a second.
    """
    with transaction.atomic():
        account.password = _hash(password)
        account.save(update_fields=["password"])
        told = "none" if password is None else "new"
        tell("sftp-account.password-set", account, by=by, at=at, password=told)


def set_quota(account: SftpAccount, bytes_: int, at: datetime, *, by: str = "hub") -> None:
    """Let an account send so many bytes in all, those that it has sent among them."""
    with transaction.atomic():
        held = SftpAccount.objects.select_for_update().get(pk=account.pk)
        was, held.quota_bytes = held.quota_bytes, bytes_
        held.save(update_fields=["quota_bytes"])
        tell("sftp-account.quota-set", held, by=by, at=at, was=was, bytes=bytes_)


def close_account(account: SftpAccount, at: datetime, *, by: str = "hub") -> None:
    """Let nothing open an account any more; connections of it are closed within a second."""
    with transaction.atomic():
        account.active = False
        account.save(update_fields=["active"])
        tell("sftp-account.closed", account, by=by, at=at)


def tell(
    event: str,
    account: SftpAccount,
    *,
    by: str,
    at: datetime,
    only: str | None = None,
    **detail: object,
) -> None:
    """The audit event of a deed on an account, for every office that it concerns (``only``: for this one)."""
    offices: list[str | None] = [account.office_id]
    if account.third_party is not None:
        detail["third_party"] = account.third_party.name
        held = Authorization.objects.filter(third_party=account.third_party)
        offices = [*held.order_by("office_id").values_list("office_id", flat=True)] or [None]
        offices = [only] if only else offices
    for office in offices:
        audit.write(event, at=at, actor=by, office=office, subject=account.username, **detail)


def goes_on(account: SftpAccount, key: int | None) -> bool:
    """Whether an account, and the key (None: a password) that opened it, are valid still."""
    if not SftpAccount.objects.filter(OPEN, pk=account.pk).exists():
        return False
    return key is None or SftpKey.objects.filter(pk=key, revoked_at=None).exists()


def authenticate_password(username: str, password: str) -> SftpAccount | None:
    """The open account with this name and password; None after about the same time in every other case."""
    account = SftpAccount.objects.filter(OPEN, username=username).first()
    if account is None or not account.password:
        make_password(password)  # as long as checking one
        return None
    return account if check_password(password, account.password) else None


def note_use(account: SftpAccount, at: datetime) -> None:
    """Remember when an account was last signed in to."""
    SftpAccount.objects.filter(pk=account.pk).update(last_used_at=at)


def _default_name(office: str | None, third_party: ThirdParty | None) -> str:
    if third_party is not None:
        name = NOT_IN_NAMES.sub("-", third_party.name.lower()).strip("-")[:LONGEST_NAME]
        fits = USERNAME.fullmatch(name) and not _is_ours(name)
        return name if fits else f"third-party-{third_party.pk}"
    return root_folder(office) if office else OPERATOR


def _is_ours(name: str) -> bool:
    """Whether a name is one that accounts of offices and of operators have by default."""
    return name == OPERATOR or name.startswith("ipob_")


def _hash(password: str | None) -> str:
    if password is None:
        return ""
    try:
        validate_password(password)
    except ValidationError as trouble:
        raise AccountRefusedError(" ".join(trouble.messages)) from trouble
    return make_password(password)
