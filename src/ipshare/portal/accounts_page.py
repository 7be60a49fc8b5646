"""The SFTP account of an office and its keys, as rows of a page; the accounts of its third parties beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q

from ipshare.accounts import host_key, keys, sftp
from ipshare.domain.authorization import Channel
from ipshare.domain.office import root_folder
from ipshare.portal.words import Verdict
from ipshare.share import authorized
from ipshare.store.models.accounts import Office, SftpAccount, SftpKey
from ipshare.store.models.sharing import Authorization

MOST_REVOKED = 50
KINDS = {
    "ssh-ed25519": "Ed25519",
    "ecdsa-sha2-nistp256": "ECDSA P-256",
    "ecdsa-sha2-nistp384": "ECDSA P-384",
    "ecdsa-sha2-nistp521": "ECDSA P-521",
    "ssh-rsa": "RSA",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One key."""

    held: SftpKey
    kind: str
    state: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """The SFTP account of a third party that the office lets read files."""

    number: int
    name: str
    account: SftpAccount | None
    keys: int


def account_of(office: str) -> SftpAccount | None:
    """The account that an office sends with: the oldest that is open, or else the oldest."""
    return SftpAccount.objects.filter(office=office).order_by("-active", "pk").first()


def rows_of(account: SftpAccount | None) -> tuple[list[Row], list[Row]]:
    """The valid keys, and the newest of those that were revoked; both newest first."""
    if account is None:
        return [], []
    valid = account.keys.filter(revoked_at=None).order_by("-pk")
    revoked = account.keys.exclude(revoked_at=None).order_by("-revoked_at", "-pk")[:MOST_REVOKED]
    return [_row(key) for key in valid], [_row(key) for key in revoked]


def _row(key: SftpKey) -> Row:
    if key.revoked_at:
        state = Verdict(tone="is-off", icon="off", word="Revoked")
    else:
        state = Verdict(tone="is-ok", icon="ok", word="Valid")
    return Row(held=key, kind=KINDS.get(key.public_key.split()[0], "SSH"), state=state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The SFTP account of an authorization's third party, as its office knows it.

    ``rows`` and ``revoked`` are the keys that the office added, for its own files; ``everywhere`` those of the
    hub's operators, which open the files of all offices. Keys of other offices are not there.
    """

    on: bool
    account: SftpAccount | None
    rows: list[Row]
    revoked: list[Row]
    everywhere: list[Row]


def shelf_of(authorization: Authorization) -> Shelf:
    """What opens the office's files over SFTP for the third party of an authorization."""
    account = sftp.of_third_party(authorization.third_party)
    own = [] if account is None else [*account.keys.filter(office=authorization.office)]
    every = [] if account is None else [*account.keys.filter(office=None, revoked_at=None)]
    gone = sorted(
        (k for k in own if k.revoked_at), key=lambda k: (k.revoked_at, k.pk), reverse=True
    )
    return Shelf(
        on=shelf_is_on(authorization),
        account=account,
        rows=[_row(k) for k in sorted(own, key=lambda k: -k.pk) if not k.revoked_at],
        revoked=[_row(k) for k in gone[:MOST_REVOKED]],
        everywhere=[_row(k) for k in sorted(every, key=lambda k: -k.pk)],
    )


def shelf_is_on(authorization: Authorization) -> bool:
    """Whether an authorization goes on, and has the channel SFTP."""
    conditions = authorized.conditions_of(authorization)
    return authorization.ended_at is None and Channel.SFTP in conditions.channels


def readers_of(office: str) -> list[Reader]:
    """The third parties that may read this office's files over SFTP, with the account of each.

    When an account was last used is not told: it may have been for another office.
    """
    listed = [
        one
        for one in authorized.list_for(office)
        if one.authorization.ended_at is None
        and one.conditions.rights
        and Channel.SFTP in one.conditions.channels
    ]
    valid = Prefetch(
        "keys", SftpKey.objects.filter(Q(office=None) | Q(office=office), revoked_at=None)
    )
    accounts = {
        one.third_party_id: one
        for one in SftpAccount.objects.filter(
            third_party__in=[one.authorization.third_party_id for one in listed], active=True
        )
        .order_by("-pk")
        .prefetch_related(valid)
    }
    return [
        Reader(
            number=one.authorization.pk,
            name=one.authorization.third_party.name,
            account=(account := accounts.get(one.authorization.third_party_id)),
            keys=len(account.keys.all()) if account else 0,
        )
        for one in listed
    ]


def server(office: Office, account: SftpAccount | None) -> dict[str, Any]:
    """What a machine needs to sign in: address, user name, host key, and the command that does it."""
    host, _, port = settings.SFTP_ADDRESS.rpartition(":")
    username = account.username if account else root_folder(office.code)
    key = host_key.public(Path(settings.DATA))
    name = host if port == "22" else f"[{host}]:{port}"
    return {
        "host": host,
        "port": port,
        "username": username,
        "fingerprint": key.fingerprint if key else "",
        "known_host": f"{name} {key.line}" if key else "",
        "command": f"sftp -P {port} -i ~/.ssh/id_ed25519 {username}@{host}",
        "folder": root_folder(office.code),
        "rsa_bits": keys.RSA_BITS,
    }
