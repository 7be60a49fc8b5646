"""``ipshare key`` and ``ipshare account``: what opens the SFTP accounts of offices, third parties and operators."""

from __future__ import annotations

import argparse
from datetime import datetime

from django.utils import timezone

from ipshare.accounts import keys, sftp
from ipshare.ops import given, office
from ipshare.ops.refusal import RefusalError
from ipshare.store.models.accounts import SftpAccount, SftpKey
from ipshare.store.models.sharing import ThirdParty

GIGABYTE = 10**9


def add(args: argparse.Namespace) -> int:
    """Let a key open an account, which is made with its first key."""
    at = timezone.now()
    text = given.read(args.file)
    try:
        keys.read(text)
        account = opened(args, at=at)
        key = keys.add(account, text, args.label, at, by="ipshare key add")
    except (keys.KeyRefusedError, sftp.AccountRefusedError) as trouble:
        raise RefusalError(f"{args.file}: {trouble}") from trouble
    print(f"{key.fingerprint} ({key.label}) opens {account.username}")
    return 0


def show(args: argparse.Namespace) -> int:
    """List the keys."""
    found = SftpKey.objects.select_related("account").order_by("account__username", "added_at")
    if args.office:
        found = found.filter(account__office_id=args.office.upper())
    for key in found:
        of = f"for {key.office_id}'s files: " if key.office_id else ""
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "valid"
        used = f"last used {key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never used"
        print(
            f"{key.account.username:<12}  {key.fingerprint}  {state:<18}  {used}  {of}{key.label}"
        )
    return 0


def revoke(args: argparse.Namespace) -> int:
    """Let a key open nothing any more."""
    code, party = _owner(args)
    found = SftpKey.objects.filter(
        account__office_id=code, account__third_party=party, fingerprint=args.fingerprint
    )
    if not found:
        owner = code or (party.name if party else "the operators")
        raise RefusalError(f"{owner} has no key {args.fingerprint}; see: ipshare key list")
    for key in found:  # of a third party: once for each office that added it
        keys.revoke(key, timezone.now(), by="ipshare key revoke")
    print(f"{args.fingerprint} opens nothing any more")
    return 0


def set_password(args: argparse.Namespace) -> int:
    """Let a password open an account as well, or keys alone again."""
    at = timezone.now()
    lines = [] if args.remove else given.read(args.password_file).splitlines()
    if not lines and not args.remove:
        raise RefusalError(f"{args.password_file} is empty; its first line is the password")
    password = lines[0] if lines else None
    try:
        account = opened(args, at=at)
        sftp.set_password(account, password, at, by="ipshare account password")
    except sftp.AccountRefusedError as trouble:
        raise RefusalError(str(trouble)) from trouble
    print(f"{account.username}: {'keys only' if args.remove else 'the password is set'}")
    return 0


def set_quota(args: argparse.Namespace) -> int:
    """Let the account of an office send so much in all."""
    code = office.existing(args.office).code
    if args.gigabytes < 1:
        raise RefusalError(f"--gigabytes is {args.gigabytes}; give 1 or more")
    account = SftpAccount.objects.filter(office_id=code).order_by("pk").first()
    if account is None:
        raise RefusalError(
            f"{code} has no SFTP account; its first key opens one: ipshare key add --office {code} FILE"
        )
    bytes_ = args.gigabytes * GIGABYTE
    sftp.set_quota(account, bytes_, timezone.now(), by="ipshare account quota")
    print(f"{account.username}: {bytes_:,} bytes in all, with what was sent already")
    return 0


def opened(args: argparse.Namespace, *, at: datetime) -> SftpAccount:
    """The account of an office, of a third party or of the operators, made where there is none."""
    code, party = _owner(args)
    held = SftpAccount.objects.filter(office_id=code, third_party=party).order_by("pk").first()
    return held or sftp.open_account(code, third_party=party, at=at, by="ipshare key add")


def _owner(args: argparse.Namespace) -> tuple[str | None, ThirdParty | None]:
    """The office or the third party that is named; neither for the operators."""
    if args.third_party:
        party = ThirdParty.objects.filter(name=args.third_party).first()
        if party is None:
            raise RefusalError(
                f"{args.third_party} is no third party of any office: an office adds it to its "
                "authorizations first"
            )
        return None, party
    return None if args.operator else office.existing(args.office).code, None
