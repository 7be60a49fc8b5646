"""Reads the environment, and fails loudly: every variable is listed in docs/settings.md."""

from __future__ import annotations

import os
from collections.abc import Callable
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


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
    """The variable as a whole number from 1 on."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) < 1:
        raise SettingMissingError(f"{name} is {value!r}; it must be a whole number from 1 on")
    return int(value)


def yes_or_no(name: str, *, default: bool) -> bool:
    """The variable as ``yes`` or ``no``."""
    value = text(name, "yes" if default else "no").strip().lower()
    if value not in {"yes", "no"}:
        raise SettingMissingError(f"{name} is {value!r}; it must be yes or no")
    return value == "yes"


_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def log_level(name: str) -> str:
    """The variable as a level of Python's logging; WARNING where it is not set."""
    value = text(name, "WARNING")
    if value not in _LEVELS:
        known = f"{', '.join(_LEVELS[:-1])} or {_LEVELS[-1]}"
        raise SettingMissingError(f"{name} is {value!r}; it must be {known}")
    return value


def origin(name: str, default: str) -> str:
    """The variable as ``http://host`` or ``https://host``, with a port or without; a slash at its end goes."""
    value = text(name, default)
    found = value.removesuffix("/")
    parts = urlsplit(found)
    try:
        whole = f"{parts.scheme}://{parts.netloc}"
        plain = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # a port that is none
        plain = None
    if not plain or whole != found or parts.username is not None:
        raise SettingMissingError(
            f"{name} is {value!r}; it must be an address like https://hub.example"
        )
    return found


def host_and_port(name: str, default: str) -> str:
    """The variable as ``host:port``."""
    value = text(name, default)
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit():
        raise SettingMissingError(f"{name} is {value!r}; it must be host:port")
    return value


def networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The variable as addresses and CIDR ranges, separated by spaces; none where it is not set."""
    value = text(name, "")
    try:
        return tuple(ip_network(one) for one in value.split())
    except ValueError as trouble:
        raise SettingMissingError(
            f"{name} is {value!r}; it must be addresses or CIDR ranges separated by spaces ({trouble})"
        ) from trouble


_MAIL_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


def mail_server(name: str) -> dict[str, Any]:
    """The variable as Django's settings of a mail server: ``smtp://user:password@host:587``, or ``console:``.

    ``smtp`` sends nothing before STARTTLS, ``smtps`` speaks TLS from the first byte; ``smtp+plain`` is
    for a relay that is reached without a wire in between, and knows no password.
    """
    value = text(name, "console:")
    if value == "console:":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    try:
        parts = urlsplit(value)
        port = parts.port or _MAIL_PORTS[parts.scheme]
        host = parts.hostname
    except (ValueError, KeyError):
        host, port = None, 0
    if not host or parts.path not in {"", "/"} or parts.query or parts.fragment:
        # The value is not repeated: it may hold a password.
        raise SettingMissingError(
            f"{name} cannot be read; it must be console:, smtp://user:password@host:587, "
            "smtps://user:password@host:465 or smtp+plain://host:25 (special characters as %XX)"
        )
    if parts.scheme == "smtp+plain" and parts.password:
        raise SettingMissingError(f"{name} would send a password in the clear; use smtp: or smtps:")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": host,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }


def mail_sender(name: str, default: str | None) -> str:
    """The variable as the sender of letters: an address, or ``Name <address>``."""
    value = text(name, default)
    local, _, domain = parseaddr(value)[1].rpartition("@")
    if not local or not domain or "\n" in value:
        raise SettingMissingError(
            f"{name} is {value!r}; it must be an e-mail address, or: Name <address>"
        )
    return value


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
