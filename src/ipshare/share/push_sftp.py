"""Deliveries to an SFTP server: written under a temporary name, looked at, then renamed; nothing is written over."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import PurePosixPath

import asyncssh
import msgspec

from ipshare.domain.delivery import PushError, Trouble
from ipshare.share import reach
from ipshare.share.push import ANSWER, Outgoing, Parcel
from ipshare.store import objects

TEST = ".ipshare-connection-test.part"
_PIECE = 256 * 1024
_NO_ROOM = (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded)


class Tree(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where files go: below ``folder`` come ``Trademarks/Full_Extraction`` and so on.

    ``host_key`` is the server's public key in one line; it is pinned. ``public_key`` is the hub's, where it
    signs in with a key of its own, and empty where it signs in with a password.
    """

    host: str
    username: str
    host_key: str
    port: int = 22
    folder: str = ""
    public_key: str = ""


def a_key() -> tuple[str, str]:
    """A new key pair for one destination: private in OpenSSH's form, public in one line."""
    key = asyncssh.generate_private_key("ssh-ed25519", comment="ipshare")
    return key.export_private_key().decode("ascii"), key.export_public_key().decode("ascii").strip()


def host_key(text: str) -> str:
    """A host key as people paste it (with or without a host in front), in one line; ValueError where it is none."""
    words = text.split()
    start = next((n for n, word in enumerate(words) if word.startswith(("ssh-", "ecdsa-"))), None)
    if start is None or len(words) < start + 2:
        raise ValueError("Give the server's public key in one line, as ssh-keyscan prints it.")
    try:
        key = asyncssh.import_public_key(" ".join(words[start : start + 2]))
    except asyncssh.KeyImportError as trouble:
        raise ValueError("This is no public key of an SSH server.") from trouble
    return key.export_public_key().decode("ascii").strip()


async def send(to: Tree, secret: str, parcel: Parcel) -> None:
    """Write each file, unless it lies there already."""
    async with _connected(to, secret, parcel.networks) as sftp:
        for one in parcel.files:
            target = PurePosixPath(to.folder or ".") / one.path
            await _forget(sftp, _part(target, parcel.attempt - 1))
            if await _lies_there(sftp, target, one):
                continue
            await sftp.makedirs(str(target.parent), exist_ok=True)
            part = _part(target, parcel.attempt)
            await _write(sftp, part, one)
            await _rename(sftp, part, target)
            if (await sftp.stat(str(target))).size != one.size:
                raise PushError(
                    Trouble.NOT_STORED, f"It accepted {one.path}, but did not store it whole."
                )


async def stored(to: Tree, secret: str, parcel: Parcel) -> bool | None:
    """Whether all files lie there; what was cut off is removed."""
    found = []
    async with _connected(to, secret, parcel.networks) as sftp:
        for one in parcel.files:
            target = PurePosixPath(to.folder or ".") / one.path
            await _forget(sftp, _part(target, parcel.attempt))
            found.append(await _lies_there(sftp, target, one))
    return all(found)


async def try_out(to: Tree, secret: str, *, networks: Sequence[str]) -> str:
    """Sign in, write a small file and remove it."""
    async with _connected(to, secret, networks) as sftp:
        place = PurePosixPath(to.folder or ".")
        await sftp.makedirs(str(place), exist_ok=True)
        async with sftp.open(str(place / TEST), "wb") as file:
            await file.write(b"A connection test of ipshare.\n")
        await sftp.remove(str(place / TEST))
    return "It let the hub sign in, write a file and remove it."


def _part(target: PurePosixPath, attempt: int) -> str:
    """A name of its own for every attempt: one that is still being cut off spoils no other."""
    return str(target.with_name(f".{target.name}.{attempt}.part"))


async def _forget(sftp: asyncssh.SFTPClient, path: str) -> None:
    with suppress(asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
        await sftp.remove(path)


async def _write(sftp: asyncssh.SFTPClient, part: str, one: Outgoing) -> None:
    async with sftp.open(part, "wb") as file:
        for start in range(0, one.size, _PIECE):
            piece = objects.read(one.object, start, min(_PIECE, one.size - start))
            async with asyncio.timeout(ANSWER):
                await file.write(piece)
        with suppress(asyncssh.SFTPOpUnsupported):
            await file.fsync()
    if (await sftp.stat(part)).size != one.size:
        raise PushError(Trouble.NOT_STORED, f"It accepted {one.path}, but did not store it whole.")


async def _rename(sftp: asyncssh.SFTPClient, part: str, target: PurePosixPath) -> None:
    try:
        await sftp.rename(part, str(target))
    except (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists) as trouble:
        raise PushError(Trouble.REFUSED, f"It did not rename {part} to {target.name}.") from trouble


async def _lies_there(sftp: asyncssh.SFTPClient, target: PurePosixPath, one: Outgoing) -> bool:
    """Whether our bytes lie under the name: they are read back, which happens after a cut connection only."""
    try:
        size = (await sftp.stat(str(target))).size
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
        return False
    found = hashlib.sha256()
    if size == one.size:
        async with sftp.open(str(target), "rb") as file:
            while piece := await file.read(_PIECE):
                found.update(piece if isinstance(piece, bytes) else piece.encode())
    if found.hexdigest() != one.sha256:
        raise PushError(
            Trouble.NAME_TAKEN,
            f"Another file lies at {one.path}. Move it away; the hub writes over nothing.",
        )
    return True


@asynccontextmanager
async def _connected(
    to: Tree, secret: str, networks: Sequence[str]
) -> AsyncIterator[asyncssh.SFTPClient]:
    address = await asyncio.to_thread(reach.resolve, to.host, to.port, networks=networks)
    held: asyncssh.SSHClientConnection | None = None
    try:
        held = await asyncssh.connect(
            address,
            to.port,
            config=None,
            username=to.username,
            known_hosts=([asyncssh.import_public_key(to.host_key)], [], []),
            client_keys=[asyncssh.import_private_key(secret)] if to.public_key else None,
            password=None if to.public_key else secret,
            agent_path=None,
            connect_timeout=ANSWER,
            login_timeout=ANSWER,
            keepalive_interval=ANSWER / 4,
            keepalive_count_max=3,
        )
        async with held.start_sftp_client() as sftp:
            yield sftp
    except (asyncssh.Error, OSError) as trouble:
        raise _in_words(to, trouble) from trouble
    finally:
        if held is not None:
            line = held.get_extra_info("socket")
            if line is not None:  # what is still on its way is thrown away
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            held.abort()


def _in_words(to: Tree, trouble: Exception) -> PushError:  # noqa: PLR0911 (one answer, one meaning)
    """What the server's answer means."""
    where = f"{to.host}, port {to.port}"
    if isinstance(trouble, asyncssh.HostKeyNotVerifiable):
        return PushError(
            Trouble.HOST_KEY,
            f"{to.host} shows another host key than the one that was given; nothing was sent. "
            "Ask the third party whether it was changed, then add the destination again.",
        )
    if isinstance(trouble, asyncssh.PermissionDenied):
        return PushError(Trouble.REFUSED, f"{to.host} did not let {to.username} sign in.")
    if isinstance(trouble, _NO_ROOM):
        return PushError(Trouble.FULL, "It is full.")
    if isinstance(trouble, asyncssh.SFTPPermissionDenied):
        return PushError(Trouble.REFUSED, f"{to.username} may not write there.")
    if isinstance(trouble, asyncssh.SFTPFailure):
        return PushError(
            Trouble.FULL, f"It failed to write ({trouble.reason}); a full disk is the usual reason."
        )
    if isinstance(trouble, asyncssh.SFTPError):
        return PushError(Trouble.REFUSED, f"It refused: {trouble.reason}.")
    if isinstance(trouble, TimeoutError | asyncssh.ConnectionLost):
        return PushError(Trouble.SILENT, f"{where} did not answer within {ANSWER:.0f} s.")
    if isinstance(trouble, asyncssh.Error):
        return PushError(Trouble.REFUSED, f"{where} ended the connection: {trouble.reason}.")
    return PushError(Trouble.UNREACHABLE, f"Nothing answers at {where}.")
