"""Public keys of SFTP accounts: add, revoke, and find the account that a key opens."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from ipshare.accounts import sftp
from ipshare.store.models.accounts import Office, SftpAccount, SftpKey

RSA_BITS = 3072
LONGEST = 16 * 1024
KINDS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")  # fmt: skip
PRIVATE = ("PRIVATE KEY", "PuTTY-User-Key-File", "b3BlbnNzaC1rZXktdjE")
"""What stands in private keys and in no public one; the last is how OpenSSH's begin without their frame."""
HOW = "paste the one line of the .pub file, e.g. of ~/.ssh/id_ed25519.pub"


class KeyRefusedError(ValueError):
    """Why a key cannot be added; the message says what to do."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key as the hub keeps it: its line without the comment, and its fingerprint."""

    line: str
    fingerprint: str
    comment: str = ""


def read(text: str) -> PublicKey:
    """Read one OpenSSH public key line; KeyRefusedError for anything else."""
    if any(sign in text for sign in PRIVATE):
        raise KeyRefusedError(
            "this is a private key: never send it to anybody, and make a new pair if you sent it "
            f"to others; {HOW}"
        )
    if len(text) > LONGEST:
        raise KeyRefusedError(f"this is too long for a public key; {HOW}")
    if "BEGIN SSH2 PUBLIC KEY" in text:
        raise KeyRefusedError(
            f"this is the RFC 4716 form; convert it with: ssh-keygen -i -f FILE, and {HOW}"
        )
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        raise KeyRefusedError(f"{len(lines)} lines were given, and a public key is one line; {HOW}")
    kind, _, rest = lines[0].partition(" ")
    blob, _, comment = rest.strip().partition(" ")
    if kind not in KINDS:
        taken = "ed25519, ecdsa (nistp256, 384, 521) and rsa"
        raise KeyRefusedError(
            f"{kind[:40]!r} is not a kind of key that the hub takes ({taken}); {HOW}"
        )
    try:
        key = load_ssh_public_key(f"{kind} {blob}".encode())
        raw = base64.b64decode(blob, validate=True)
    except (ValueError, UnsupportedAlgorithm) as trouble:
        raise KeyRefusedError(f"the {kind} key cannot be read; {HOW}") from trouble
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < RSA_BITS:
        raise KeyRefusedError(
            f"the RSA key has {key.key_size} bits; make one with at least {RSA_BITS}, or better: "
            "ssh-keygen -t ed25519"
        )
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey):
        raise KeyRefusedError(f"the {kind} key cannot be used to sign in; {HOW}")
    print_ = base64.b64encode(hashlib.sha256(raw).digest()).decode().rstrip("=")
    return PublicKey(f"{kind} {blob}", f"SHA256:{print_}", comment.strip())


def add(  # noqa: PLR0913 (what a key is added with)
    account: SftpAccount,
    public_key_text: str,
    label: str,
    at: datetime,
    *,
    by: str = "hub",
    office: Office | None = None,
) -> SftpKey:
    """Let a key open an account. A key that was revoked there cannot come back: make a new pair.

    With an office it opens of a third party's account the files of that office alone; other offices, which may
    have let in the same key, learn nothing of it.
    """
    key = read(public_key_text)
    try:
        with transaction.atomic():
            added = SftpKey.objects.create(
                account=account,
                office=office,
                label=(label.strip() or key.comment or key.fingerprint)[:100],
                public_key=key.line,
                fingerprint=key.fingerprint,
                added_at=at,
                added_by=by,
            )
            sftp.tell(
                "key.added",
                account,
                by=by,
                at=at,
                only=added.office_id,
                fingerprint=key.fingerprint,
                label=added.label,
            )
    except IntegrityError as trouble:
        before = SftpKey.objects.filter(
            account=account, fingerprint=key.fingerprint, office=office
        ).first()
        if before and before.revoked_at:
            raise KeyRefusedError(
                f"{key.fingerprint} was revoked on {before.revoked_at:%Y-%m-%d}; make a new pair"
            ) from trouble
        raise KeyRefusedError(
            f"the key {key.fingerprint} opens {account.username} already"
        ) from trouble
    return added


def revoke(key: SftpKey, at: datetime, *, by: str = "hub") -> None:
    """End a key; connections that it opened are closed within a second."""
    with transaction.atomic():
        if not SftpKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
            return
        key.revoked_at = at
        sftp.tell(
            "key.revoked",
            key.account,
            by=by,
            at=at,
            only=key.office_id,
            fingerprint=key.fingerprint,
            label=key.label,
        )


def find(username: str, public_key_text: str) -> SftpKey | None:
    """The valid key of an open account that this public key is, with its account; None without a word why."""
    try:
        key = read(public_key_text)
    except KeyRefusedError:
        return None
    found = (
        SftpKey.objects.select_related("account")
        .filter(
            Q(account__office__isnull=True) | Q(account__office__active=True),
            account__username=username,
            account__active=True,
            fingerprint=key.fingerprint,
            revoked_at=None,
        )
        .order_by(F("office").asc(nulls_first=True), "pk")
        .first()
    )
    return found if found and found.public_key == key.line else None


def authenticate(username: str, public_key_text: str, at: datetime) -> SftpAccount | None:
    """The account that a key opens, and note the use. Only after the client has signed with the key."""
    key = find(username, public_key_text)
    if key is None:
        return None
    sftp.note_use(key.account, at)
    note_use(key.pk, at)
    return key.account


def note_use(key: int, at: datetime) -> None:
    """Remember when a key signed in; one of a single office is used when a file of that office is read."""
    SftpKey.objects.filter(pk=key, office=None).update(last_used_at=at)


def note_read(account: SftpAccount, key: int | None, office: str, at: datetime) -> None:
    """Remember that a third party reads a file of an office, by the key that the office let in."""
    if key is not None:
        _same(account, key).filter(office=office).update(last_used_at=at)


def opens(account: SftpAccount, key: int | None) -> frozenset[str] | None:
    """The offices whose files a key (None: a password) shows to a third party; None: those of every office.

    One public key may have been added by several offices, each for its own files.
    """
    if key is None:
        return None
    offices = set(_same(account, key).values_list("office", flat=True))
    return None if None in offices else frozenset(one for one in offices if one)


def _same(account: SftpAccount, key: int) -> QuerySet[SftpKey]:
    """The valid keys of an account that are the same public key as this one."""
    prints = SftpKey.objects.filter(pk=key).values("fingerprint")
    return SftpKey.objects.filter(account=account, fingerprint__in=prints, revoked_at=None)
