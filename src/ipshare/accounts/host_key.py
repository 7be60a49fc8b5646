"""The SFTP server's own key, as people check it at their first connection; the server makes it (intake.sftp)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_private_key,
)

NAME = "sftp_host_ed25519"


@dataclass(frozen=True, slots=True)
class HostKey:
    """The public half: as a line of known_hosts has it after the name, and as ``ssh`` shows it."""

    line: str
    fingerprint: str


def public(folder: Path) -> HostKey | None:
    """The public half of the key in the data folder; None where the server has not been started there yet."""
    kept = folder / NAME
    if not kept.exists():
        return None
    half = load_ssh_private_key(kept.read_bytes(), None).public_key()
    line = half.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")
    digest = hashlib.sha256(base64.b64decode(line.split()[1])).digest()
    return HostKey(line, f"SHA256:{base64.b64encode(digest).decode('ascii').rstrip('=')}")
