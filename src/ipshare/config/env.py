"""Reads the environment, and fails loudly: every variable is listed in docs/settings.md."""

from __future__ import annotations

import os
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path


class SettingMissingError(RuntimeError):
    """A setting is absent or cannot be read; the message names it and what to do."""


def text(name: str, default: str | None = None) -> str:
    """The variable ``name``, or the content of the file that ``name_FILE`` names, or ``default``."""
    value = os.environ.get(name)
    if value is None and (file := os.environ.get(f"{name}_FILE")):
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except OSError as trouble:
            raise SettingMissingError(
                f"{name}_FILE names {file}, which cannot be read: {trouble}"
            ) from trouble
    if value is None:
        value = default
    if value is None:
        raise SettingMissingError(f"set {name} (see docs/settings.md)")
    return value


def number(name: str, default: int) -> int:
    """The variable as a whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as trouble:
        raise SettingMissingError(f"{name} is {value!r}; it must be a whole number") from trouble


def networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The variable as addresses and CIDR ranges, separated by spaces; none where it is not set."""
    value = text(name, "")
    try:
        return tuple(ip_network(one) for one in value.split())
    except ValueError as trouble:
        raise SettingMissingError(
            f"{name} is {value!r}; it must be addresses or CIDR ranges separated by spaces ({trouble})"
        ) from trouble


def data_folder() -> Path:
    """Where the hub keeps everything: database, objects, uploads, keys."""
    return Path(text("IPSHARE_DATA", "var/hub")).resolve()


def secret(name: str, folder: Path, make: Callable[[], str] | None = None) -> str:
    """The variable, or a value kept in the data folder from the first start on (mode 0600).

    ``make`` makes that value; without it, it is random.
    """
    value = os.environ.get(name) or os.environ.get(f"{name}_FILE")
    if value is not None:
        return text(name)
    kept = folder / name.lower().removeprefix("ipshare_")
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(make() if make else os.urandom(48).hex(), encoding="ascii")
        try:
            os.link(fresh, kept)  # whoever comes first wins; the others read what it kept
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return kept.read_text(encoding="ascii")


def signing_key(name: str, folder: Path) -> str:
    """An Ed25519 private key as PEM (PKCS #8): the variable, or one kept in the data folder."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    pem = secret(name, folder, _new_ed25519)
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError) as trouble:
        raise SettingMissingError(
            f"{name} cannot be read as a private key in PEM without a password"
        ) from trouble
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingMissingError(
            f"{name} is no Ed25519 key; make one with: openssl genpkey -algorithm ed25519"
        )
    return pem


def _new_ed25519() -> str:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    return (
        Ed25519PrivateKey.generate()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode("ascii")
    )
