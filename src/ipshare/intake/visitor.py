"""One connection to the SFTP door: it signs in to an account and may then open SFTP sessions, and nothing else."""

# ruff: noqa: ARG002 (the arguments are asyncssh's)
from __future__ import annotations

import asyncio
import logging
import socket
import struct
from typing import Any

import asyncssh
from django.utils import timezone

from ipshare.accounts import keys
from ipshare.accounts import sftp as accounts
from ipshare.domain import plural
from ipshare.intake.door import Door
from ipshare.intake.session import Session
from ipshare.store.models.accounts import SftpAccount

log = logging.getLogger(__name__)
AT_ONCE = struct.pack("ii", 1, 0)  # linger for no time: what the system has not sent yet is dropped


class Visitor(asyncssh.SSHServer):
    """One connection: it signs in to an account and may then open SFTP sessions, and nothing else."""

    def __init__(self, door: Door) -> None:
        """Nobody has signed in yet."""
        self.door = door
        self.account: SftpAccount | None = None
        self.key_id: int | None = None
        self.address = ""
        self.active_at = asyncio.get_running_loop().time()
        self.channels = 0
        self._found: dict[str, tuple[SftpAccount, int | None]] = {}
        self._tries = 0

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Take the connection, or say why not."""
        self._connection = conn
        self.address = str((conn.get_extra_info("peername") or ("?",))[0])
        if why := self.door.refusal(self.address):
            log.warning("connection from %s refused: %s", self.address, why)
            self.leave(why)
            return
        self.door.visitors.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self.door.visitors.discard(self)

    def leave(self, why: str) -> None:
        """End the connection with a reason that the client can show."""
        self._connection.disconnect(asyncssh.DISC_TOO_MANY_CONNECTIONS, why)

    def cut(self) -> None:
        """End the connection at once; what waits to be sent, here or in the system, is not sent any more."""
        line = self._connection.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        self._connection.abort()

    def unsent(self) -> int:
        """Bytes that the system has not taken yet; none where the connection has ended."""
        line: Any = self._connection._transport  # noqa: SLF001 (asyncssh tells of it nowhere)
        return 0 if line is None or line.is_closing() else int(line.get_write_buffer_size())

    def touch(self) -> None:
        """Something was asked: the connection is not idle."""
        self.active_at = asyncio.get_running_loop().time()

    def begin_auth(self, username: str) -> bool:
        """Everybody has to sign in; whoever failed too often has to wait first."""
        if pause := self.door.pause(self.address):
            raise asyncssh.PermissionDenied(
                f"too many failed sign-ins from {self.address};"
                f" try again in {plural.counted(max(1, round(pause / 60)), 'minute')}"
            )
        return True

    def public_key_auth_supported(self) -> bool:
        """Keys are taken."""
        return True

    def password_auth_supported(self) -> bool:
        """Passwords are taken."""
        return True

    async def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Whether a key opens an account; asyncssh then has the client prove that it holds the key."""
        line = key.export_public_key("openssh").decode("ascii", "replace")
        try:
            found = await self.door.run(keys.find, username, line)
        except Exception as trouble:  # noqa: BLE001 (it is logged there)
            self._cannot_tell(trouble)
            return False
        if found is None:
            return False
        self._found[username] = (found.account, found.pk)
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        """Whether a password opens an account, unless too many failed before."""
        now = asyncio.get_running_loop().time()
        if self.door.pause(self.address) or self.door.by_account.blocked(username[:64], now):
            log.warning("password not looked at: account %r from %s", username[:40], self.address)
            return False
        try:
            account = await self.door.check_password(username, password)
        except Exception as trouble:  # noqa: BLE001 (it is logged there)
            self._cannot_tell(trouble)
            return False
        if account is not None:
            self._found[username] = (account, None)
            return True
        self.door.failed(self.address, username)
        self._tries += 1
        if self._tries >= self.door.limits.tries_per_connection:
            raise asyncssh.PermissionDenied("too many failed sign-ins on one connection")
        return False

    def _cannot_tell(self, trouble: Exception) -> None:
        """The database does not answer: whoever signs in is told to come again, and nothing counts as a wrong try."""
        log.error("nobody can be signed in; %s is told so", self.address, exc_info=trouble)
        self.leave("the hub cannot look up who you are at present; try again in a minute")

    def auth_completed(self) -> None:
        """The client has proved who it is: take the account of the name that it signed in with."""
        found = self._found.get(self._connection.get_extra_info("username"))
        if found is None:
            self.leave("sign in again")
            return
        account, key = found
        if account.third_party_id is not None and self.door.shelves is None:
            self.leave("this server takes files of offices only")
            return
        same = sum(1 for one in self.door.visitors if one.account and one.account.pk == account.pk)
        if same >= self.door.limits.connections_per_account:
            self.leave(f"{account.username} has {same} connections; close one first")
            return
        self.account, self.key_id = account, key
        self.door.by_address.succeeded(self.address)
        if key is None:
            self.door.by_account.succeeded(account.username)
        log.info("signed in: account %s from %s", account.username, self.address)
        task = asyncio.ensure_future(self.door.run(_note_use, account, key))
        self.door.sessions.add(task)
        task.add_done_callback(self.door.sessions.discard)

    def session_requested(self) -> asyncssh.SSHServerSession[bytes] | bool:
        """A session may be opened; it takes the SFTP subsystem only."""
        if self.account is None or self.channels >= self.door.limits.channels:
            return False
        return Session(self, self.account)


def _note_use(account: SftpAccount, key: int | None) -> None:
    now = timezone.now()
    accounts.note_use(account, now)
    if key is not None:
        keys.note_use(key, now)
