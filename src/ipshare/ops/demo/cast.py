"""The demo's offices, people and keys; made once, found again the next time."""

from __future__ import annotations

import json
import secrets
import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ipshare.accounts import keys, offices, people, sftp
from ipshare.accounts.region import OFFICES
from ipshare.domain.office import root_folder
from ipshare.ops.refusal import RefusalError
from ipshare.store.models.accounts import SftpAccount, SftpKey, User

OPERATOR = "operator"
_BY = "ipshare demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How a person signs in to the portal."""

    email: str
    password: str
    place: str


def enter(data: Path, *, at: datetime) -> list[SignIn]:
    """The offices of the region, an officer of each, an operator, and a key for each SFTP account."""
    kept = data / "sign-ins.json"
    passwords: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    sign_ins = []
    for code, known in OFFICES.items():
        offices.enter(code, known.name, known.languages, at=at, by=_BY)
        sign_ins.append(_person(code, f"Officer {code}", passwords, at=at))
        _key(data, code, at=at)
    sign_ins.append(_person(None, "Hub operator", passwords, at=at))
    _key(data, None, at=at)
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(passwords, indent=2))
    return sign_ins


def key_file(data: Path, code: str | None) -> Path:
    """The private key of an office's machine in the demo."""
    return data / "keys" / (root_folder(code) if code else OPERATOR)


def _person(code: str | None, name: str, passwords: dict[str, str], *, at: datetime) -> SignIn:
    email = f"officer@{code.lower()}.example" if code else "operator@hub.example"
    known = email in passwords
    password = passwords.setdefault(email, f"demo-{secrets.token_hex(6)}")
    person = User.objects.filter(email=email).first()
    if person is None:
        people.add(email, name, code, password, at, by=_BY)
    elif not known:  # the file of sign-ins is gone
        person.set_password(password)
        person.save(update_fields=["password"])
    return SignIn(email=email, password=password, place=code or "all offices")


def _key(data: Path, code: str | None, *, at: datetime) -> None:
    private = key_file(data, code)
    public = private.with_name(f"{private.name}.pub")
    if not public.exists():
        private.parent.mkdir(mode=0o700, exist_ok=True)
        private.unlink(missing_ok=True)
        make = [
            "ssh-keygen",
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-C",
            private.name,
            "-f",
            str(private),
        ]
        try:
            subprocess.run(make, check=True, capture_output=True)  # noqa: S603 (our own words)
        except FileNotFoundError as absent:
            raise RefusalError(
                "the demo uploads with the OpenSSH client, which is not installed; "
                "install it, e.g.: apt-get install openssh-client"
            ) from absent
    account = SftpAccount.objects.filter(office_id=code).first()
    if account is None:
        account = sftp.open_account(code, at=at, by=_BY)
    text = public.read_text()
    if not SftpKey.objects.filter(account=account, fingerprint=keys.read(text).fingerprint):
        keys.add(account, text, "demo machine", at, by=_BY)
