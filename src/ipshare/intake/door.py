"""The SFTP door: who is let in, how many at once, and when they are shown out. asyncssh does the protocol."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from django.db import close_old_connections

from ipshare.accounts import sftp as accounts
from ipshare.domain.shelf import Shelf
from ipshare.intake.limits import Limits
from ipshare.intake.quota import Ledger
from ipshare.intake.throttle import Throttle
from ipshare.store.models.accounts import SftpAccount, SftpKey
from ipshare.trace import counters

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
Shelves = Callable[[SftpAccount, int | None, str], Shelf]
"""The shelf of an account of a third party, the key that opened it (None: a password), and the address."""


class Guest(Protocol):
    """One connection, as the door and its sessions see it."""

    door: Door
    address: str
    account: SftpAccount | None
    key_id: int | None
    active_at: float
    channels: int

    def unsent(self) -> int:
        """Bytes that the system has not taken yet."""
        ...

    def touch(self) -> None:
        """Something was asked: the connection is not idle."""
        ...

    def leave(self, why: str) -> None:
        """End the connection with a reason that the client can show."""
        ...

    def cut(self) -> None:
        """End the connection at once; what waits to be sent is not sent any more."""
        ...


class Door:
    """What all connections of one SFTP server share."""

    def __init__(self, root: Path, limits: Limits, shelves: Shelves | None = None) -> None:
        """Nobody is in yet; ``root`` is the folder of uploads. Without ``shelves`` no third party is let in."""
        self.root = root
        self.shelves = shelves
        self.limits = limits
        self.ledger = Ledger(root)
        self.visitors: set[Guest] = set()
        self.by_address = Throttle(limits.tries_per_address, limits.pause_seconds)
        self.by_account = Throttle(limits.tries_per_account, limits.pause_seconds)
        self.sessions: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(limits.threads, thread_name_prefix="sftp")
        self._passwords = asyncio.Semaphore(limits.passwords_at_once)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call what touches the database or waits for the disk in a thread; it always runs to its end."""
        call = partial(
            copy_context().run, _with_fresh_connections, partial(function, *args, **kwargs)
        )
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._threads, call))

    async def check_password(self, username: str, password: str) -> SftpAccount | None:
        """The account that a password opens."""
        async with self._passwords:
            return await self.run(accounts.authenticate_password, username, password)

    def refusal(self, address: str) -> str:
        """Why a new connection from an address cannot be taken; empty when it can."""
        limits = self.limits
        if len(self.visitors) >= limits.connections:
            return f"the hub has {limits.connections} connections; try again later"
        unknown = [one.address for one in self.visitors if one.account is None]
        if len(unknown) >= limits.unknown:
            return "too many connections are signing in; try again later"
        if unknown.count(address) >= limits.unknown_per_address:
            return f"too many connections from {address} are signing in; try again in a moment"
        same = Counter(one.address for one in self.visitors)
        if same[address] >= limits.connections_per_address:
            return f"{address} has {same[address]} connections; close one first"
        return ""

    def pause(self, address: str) -> float:
        """For how many seconds an address is not heard, after too many failed sign-ins."""
        return self.by_address.blocked(address, asyncio.get_running_loop().time())

    def failed(self, address: str, username: str) -> None:
        """A password was wrong."""
        now = asyncio.get_running_loop().time()
        log.warning("sign-in failed: account %r from %s", username[:40], address)
        counters.SIGN_IN_FAILURES.labels("sftp").inc()
        self.by_address.failed(address, now)
        self.by_account.failed(username[:64], now)

    async def watch(self) -> None:
        """Show out, again and again, who is idle and whose account or key was ended."""
        while True:
            await asyncio.sleep(self.limits.look_seconds)
            try:
                await self._look_round()
            except Exception:
                log.exception("looking round failed; the next look is in a moment")

    async def _look_round(self) -> None:
        now = asyncio.get_running_loop().time()
        inside = [(one, _way_of(one)) for one in self.visitors if one.account is not None]
        if not inside:
            return
        ended = await self.run(_ended, {way for _, way in inside})
        for one, way in inside:
            if way in ended:
                one.leave("the account, its key or its password was ended")
            elif now - one.active_at > self.limits.idle_seconds:
                one.leave(f"nothing was asked for {self.limits.idle_seconds:.0f} seconds")

    async def close(self) -> None:
        """Show everybody out and wait until what was begun is done."""
        for one in list(self.visitors):
            one.leave("the hub is stopping; try again in a minute")
        while self.sessions:
            await asyncio.wait(self.sessions, timeout=60)
        await asyncio.to_thread(self._threads.shutdown)


def _with_fresh_connections(call: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


Way = tuple[int, int | None, str]
"""How somebody came in: the account, the key (None: a password), and the password's hash at that time."""


def _way_of(guest: Guest) -> Way:
    if guest.account is None:
        raise ValueError("nobody has signed in")
    return guest.account.pk, guest.key_id, guest.account.password if guest.key_id is None else ""


def _ended(inside: set[Way]) -> set[Way]:
    """Which of these ways do not lead in any more."""
    ids = {account for account, _, _ in inside}
    open_ = dict(
        SftpAccount.objects.filter(accounts.OPEN, pk__in=ids).values_list("pk", "password")
    )
    key_ids = {key for _, key, _ in inside if key is not None}
    valid = set(
        SftpKey.objects.filter(pk__in=key_ids, revoked_at=None).values_list("pk", flat=True)
    )
    return {
        way
        for way in inside
        if way[0] not in open_
        or (way[1] is None and way[2] != open_[way[0]])
        or (way[1] is not None and way[1] not in valid)
    }
