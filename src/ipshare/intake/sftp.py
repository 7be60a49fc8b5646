"""The SFTP server: listens, keeps its host key, stops cleanly. ``ipshare sftpd`` runs main()."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh
import django

from ipshare.accounts.host_key import NAME
from ipshare.intake.limits import Limits

if TYPE_CHECKING:
    from ipshare.intake.door import Shelves
    from ipshare.intake.visitor import Visitor

log = logging.getLogger(__name__)

# Only what is sound today: no SHA-1, no CBC, no group below 3072 bits. AES-GCM is the fastest here, CTR is for
# clients that lack it; chacha20-poly1305 (Terrapin, CVE-2023-48795) is slower and every client has another.
KEX = [
    "mlkem768x25519-sha256",
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
]
CIPHERS = [
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-ctr",
    "aes256-ctr",
]
MACS = ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256"]
SIGNATURES = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
]
WINDOW = 4 * 1024 * 1024
PACKET = 32 * 1024


def host_key(folder: Path) -> Path:
    """The server's ed25519 key in the data folder (mode 0600): made at the first start, kept for ever."""
    kept = folder / NAME
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"{kept.name}.{os.getpid()}"
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(fresh, kept)  # whoever comes first wins
        fresh.unlink()
    return kept


def host_fingerprint(folder: Path) -> str:
    """What an office compares at its first connection, e.g. ``SHA256:…``."""
    return asyncssh.read_private_key(host_key(folder)).get_fingerprint()


async def _listen(
    host: str, port: int, visitor: Callable[[], Visitor], key: Path, limits: Limits
) -> asyncssh.SSHAcceptor:
    """Files over SFTP and nothing else, under what is sound today."""
    return await asyncssh.listen(
        host,
        port,
        server_factory=visitor,
        server_host_keys=[key],
        server_version="ipshare",
        kex_algs=KEX,
        encryption_algs=CIPHERS,
        mac_algs=MACS,
        signature_algs=SIGNATURES,
        compression_algs=["none"],
        allow_pty=False,
        agent_forwarding=False,
        x11_forwarding=False,
        allow_scp=False,
        gss_host=None,
        window=WINDOW,
        max_pktsize=PACKET,
        login_timeout=limits.sign_in_seconds,
        keepalive_interval=limits.keepalive_seconds,
        keepalive_count_max=3,
        backlog=128,
    )


async def serve(  # noqa: PLR0913 (where, with what limits, and how to stop)
    host: str,
    port: int,
    data_folder: Path,
    *,
    uploads_folder: Path | None = None,
    limits: Limits | None = None,
    shelves: Shelves | None = None,
    stop: asyncio.Event | None = None,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Serve until ``stop`` is set: then nobody new is let in, and what was begun is ended.

    ``ready`` is told the port (``port`` 0 takes a free one). Files closed before a kill land first. ``shelves``
    is what third parties see; without it none is let in.
    """
    from ipshare.intake import arrivals  # noqa: PLC0415 (models: after django.setup)
    from ipshare.intake.door import Door  # noqa: PLC0415
    from ipshare.intake.visitor import Visitor  # noqa: PLC0415

    limits = limits or Limits()
    root = uploads_folder or data_folder / "uploads"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    door = Door(root, limits, shelves)
    for landed in await door.run(arrivals.recover, root):
        log.warning("landed after a kill: %s as %s", landed.name, landed.reference)
    acceptor = await _listen(host, port, lambda: Visitor(door), host_key(data_folder), limits)
    watch = asyncio.create_task(door.watch())
    log.info("SFTP on %s port %d", host, acceptor.get_port())
    if ready:
        ready(acceptor.get_port())
    try:
        await (stop or asyncio.Event()).wait()
    finally:
        acceptor.close()
        watch.cancel()
        await door.close()
        await acceptor.wait_closed()
        log.info("SFTP stopped")


async def _until_signal(
    host: str, port: int, data: Path, uploads: Path, shelves: Shelves | None
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    await serve(host, port, data, uploads_folder=uploads, shelves=shelves, stop=stop)


def main(argv: Sequence[str] | None = None, *, shelves: Shelves | None = None) -> int:
    """Run the SFTP server until SIGTERM or Ctrl-C."""
    django.setup()
    from django.conf import settings  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="ipshare sftpd", description=main.__doc__)
    parser.add_argument(
        "--host", default=settings.SFTP_HOST, help="address to listen on (%(default)s)"
    )
    parser.add_argument(
        "--port", type=int, default=settings.SFTP_PORT, help="port to listen on (%(default)s)"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=settings.DATA,
        help="folder with the host key (%(default)s)",
    )
    chosen = parser.parse_args(argv)
    logging.getLogger("asyncssh").setLevel(logging.ERROR)
    try:
        asyncio.run(_until_signal(chosen.host, chosen.port, chosen.data, settings.UPLOADS, shelves))
    except OSError as trouble:
        log.critical("cannot listen on %s port %d: %s", chosen.host, chosen.port, trouble)
        return 1
    return 0
