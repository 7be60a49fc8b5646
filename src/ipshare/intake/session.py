"""One SFTP session on the wire: asyncssh's protocol, for SFTP only; it tells a close from a lost connection."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextvars import copy_context
from typing import Any

import asyncssh
from asyncssh.channel import SSHChannel
from asyncssh.constants import FXP_OPENDIR
from asyncssh.packet import SSHPacket
from asyncssh.sftp import SFTPServerHandler
from asyncssh.stream import SSHReader, SSHServerStreamSession, SSHWriter

from ipshare.intake.door import Guest
from ipshare.intake.office_tree import OfficeTree
from ipshare.intake.shelf_tree import ShelfTree
from ipshare.store.models.accounts import SftpAccount
from ipshare.trace import context, counters

_log = logging.getLogger(__name__)
SFTP_VERSION = 3  # what OpenSSH speaks
OWED = 2 * 1024 * 1024
"""Bytes of answers that wait for a client to take them; while they are more, it is not heard."""
LOOK_EVERY = 0.05
"""Seconds between two looks whether a line that was full takes more: asyncssh passes over what asyncio tells of it."""
# Extensions that are not offered are not answered either.
REFUSED = frozenset({b"copy-data", b"ranges@asyncssh.com", b"hardlink@openssh.com"})


class Session(SSHServerStreamSession[bytes]):
    """A channel that runs the subsystem ``sftp`` and refuses shells, commands and terminals."""

    def __init__(self, visitor: Guest, account: SftpAccount) -> None:
        """A channel of a visitor who has signed in."""
        super().__init__(None)
        self._visitor = visitor
        self._account = account

    def connection_made(self, chan: SSHChannel[bytes]) -> None:
        """The channel is open."""
        super().connection_made(chan)
        self._visitor.channels += 1
        counters.SFTP_SESSIONS.inc()

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel has ended."""
        self._visitor.channels -= 1
        counters.SFTP_SESSIONS.dec()
        super().connection_lost(exc)

    def pty_requested(self, *_: Any) -> bool:
        """No terminal."""
        return False

    def shell_requested(self) -> bool:
        """No shell."""
        return False

    def exec_requested(self, command: str) -> bool:  # noqa: ARG002
        """No command, and so no scp."""
        return False

    def subsystem_requested(self, subsystem: str) -> bool:
        """SFTP, nothing else."""
        return subsystem == "sftp"

    def session_started(self) -> None:
        """Speak SFTP until the client ends."""
        channel: Any = self._chan
        channel.set_encoding(None)
        channel.set_write_buffer_limits(high=OWED)
        self._encoding = None
        door = self._visitor.door
        tree: OfficeTree | ShelfTree
        if self._account.third_party_id is None:
            tree = OfficeTree(channel, door, self._account)
        else:
            tree = ShelfTree(channel, self._visitor, self._account)
        handler = Handler(
            tree, SSHReader(self, channel), SSHWriter(self, channel), SFTP_VERSION, self._visitor
        )
        # This session's tasks and threads, and no other's, work under its id.
        mine = copy_context()
        mine.run(context.bind, context.new_id(), door="sftp", account=self._account.username)
        mine.run(_log.info, "session began", extra={"address": self._visitor.address})
        task = asyncio.get_running_loop().create_task(handler.run(), context=mine)
        door.sessions.add(task)
        task.add_done_callback(door.sessions.discard)


class Handler(SFTPServerHandler):
    """asyncssh's server side of SFTP, with our limits."""

    _extensions = [one for one in SFTPServerHandler._extensions if one[0] not in REFUSED]  # noqa: SLF001, RUF012
    _packet_handlers = {  # noqa: RUF012
        name: take
        for name, take in SFTPServerHandler._packet_handlers.items()  # noqa: SLF001
        if name not in REFUSED
    }

    def __init__(
        self,
        tree: OfficeTree | ShelfTree,
        reader: SSHReader[bytes],
        writer: SSHWriter[bytes],
        version: int,
        visitor: Guest,
    ) -> None:
        """A session over an office's tree, or a third party's shelf."""
        super().__init__(tree, reader, writer, version)
        self._tree = tree
        self._visitor = visitor

    async def _process_packet(self, pkttype: int, pktid: int, packet: SSHPacket) -> None:
        self._visitor.touch()
        await super()._process_packet(pkttype, pktid, packet)
        self._visitor.touch()
        await self._room()

    async def _room(self) -> None:
        """Wait while the client takes too little of what it was answered; asyncssh would keep all of it in memory."""
        writer: Any = self._writer
        await writer.drain()
        while self._visitor.unsent() > OWED:  # noqa: ASYNC110 (there is no event to wait for)
            await asyncio.sleep(LOOK_EVERY)

    async def _open_folder(self, packet: SSHPacket) -> bytes:
        """List a folder when it is opened: asyncssh would tell a missing one at the first reading only."""
        path = packet.get_string()
        limit = self._visitor.door.limits.handles
        if len(self._dir_handles) >= limit:
            raise asyncssh.SFTPFailure(f"{limit} folders are open; close one first")
        names = await self._tree.names(path)
        handle = self._get_next_handle()
        self._dir_handles[handle] = _each(names)
        return handle

    async def _cleanup(self, exc: Exception | None) -> None:
        # From here on files are closed because the session ended, not because the client closed them.
        self._tree.ended = True
        await super()._cleanup(exc)


_HANDLERS: Any = Handler._packet_handlers  # noqa: SLF001 (a table of functions)
_HANDLERS[FXP_OPENDIR] = Handler._open_folder  # noqa: SLF001


async def _each(names: list[asyncssh.SFTPName]) -> AsyncIterator[asyncssh.SFTPName]:
    for name in names:
        yield name
