"""The operations of SFTP on a third party's shelf: it reads what is there now, and writes nothing (docs/sftp.md)."""

# ruff: noqa: ARG002 (the arguments are asyncssh's)
from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, NoReturn, ParamSpec, TypeVar

import asyncssh
from asyncssh import SFTPAttrs, SFTPName
from asyncssh.constants import FXF_APPEND, FXF_CREAT, FXF_TRUNC, FXF_WRITE
from django.utils import timezone

from ipshare.domain.office import Kind, root_folder
from ipshare.domain.shelf import ShelfFile
from ipshare.intake import answers, listing, tree
from ipshare.intake.door import Guest
from ipshare.store.models.accounts import SftpAccount

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
LOOK_EVERY = 0.4
"""Seconds after which it is looked whether the conditions of the files that are open still hold."""
LATE = 0.8
"""Seconds after the last look from which nothing of a file leaves before the next."""
READS_ONLY = "third parties read here and write nothing"
NOTHING = "there is no such file or folder"
ENDED = "the office has ended or changed the conditions of this file; list the folder again"
NO_LINKS = "the hub keeps no links"
KINDS = (Kind.FULL_EXTRACTION, Kind.UPDATES)


class Lent:
    """A file that a third party has open. ``owed`` are the bytes that the ledger has and that have not left yet."""

    def __init__(self, file: ShelfFile, loop: asyncio.AbstractEventLoop) -> None:
        """Nothing of it has left."""
        self.file = file
        self.reading = answers.Reading(_entry_of(file))
        self.owed = 0
        self.ended = False
        self._loop = loop
        self._seen_at = loop.time()

    @property
    def late(self) -> bool:
        """Whether it was not looked at for too long."""
        return self._loop.time() - self._seen_at > LATE

    def seen(self, begun: float) -> None:
        """Its conditions held when a look began."""
        self._seen_at = max(self._seen_at, begun)


class ShelfTree(asyncssh.SFTPServer):
    """The tree as one third party sees it: nothing but what its shelf has at this instant."""

    def __init__(self, chan: Any, visitor: Guest, account: SftpAccount) -> None:
        """A session of an account that has signed in."""
        super().__init__(chan)
        shelves = visitor.door.shelves
        if shelves is None:
            raise ValueError("the door has no shelves")
        self._visitor = visitor
        self._door = visitor.door
        self._shelf = shelves(account, visitor.key_id, visitor.address)
        self._open: set[Lent] = set()
        self._watch: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()
        self.ended = False

    # --- Where a path leads

    async def _run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await self._door.run(function, *args, **kwargs)
        except Exception as trouble:  # noqa: BLE001 (it is logged there)
            answers.refuse(trouble)

    async def _found(self, path: bytes) -> ShelfFile | listing.Entry:
        try:
            place = tree.locate(path)
        except tree.NameRefusedError as trouble:
            raise asyncssh.SFTPInvalidFilename(str(trouble)) from trouble
        found = await self._run(self._at, place)
        if found is None:
            raise asyncssh.SFTPNoSuchFile(NOTHING)
        return found

    def _at(self, place: tree.Place | None) -> ShelfFile | listing.Entry | None:
        """What stands at a place; None where there is nothing, for whatever reason."""
        match place:
            case tree.FilePlace(office, right, kind, name):
                files = self._shelf.files(office, right, kind, timezone.now())
                return next((one for one in files if one.name == name), None)
            case None:
                return None
        held = self._listed(place)
        if held is None:
            return None
        return _folder(tree.path_of(place).rpartition("/")[2] or "/")

    def _listed(self, place: tree.Place) -> list[listing.Entry] | None:
        """What a folder holds; None where there is no such folder."""
        at = timezone.now()
        rights = self._shelf.rights(at)
        match place:
            case tree.Root():
                return [_folder(root_folder(code)) for code in sorted({code for code, _ in rights})]
            case tree.OfficeFolder(office):
                held = [right.folder for code, right in rights if code == office]
                return [_folder(name) for name in sorted(held)] or None
            case tree.RightFolder(office, right) if (office, right) in rights:
                return [_folder(kind.value) for kind in KINDS]
            case tree.KindFolder(office, right, kind) if (
                kind in KINDS and (office, right) in rights
            ):
                return [_entry_of(one) for one in self._shelf.files(office, right, kind, at)]
        return None

    # --- Files

    async def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> object:
        """Open a file that is there, to read it."""
        if pflags & (FXF_WRITE | FXF_APPEND | FXF_CREAT | FXF_TRUNC):
            _refuse()
        if len(self._open) >= self._door.limits.handles:
            raise asyncssh.SFTPFailure(
                f"{len(self._open)} files are open; close one before opening the next"
            )
        found = await self._found(path)
        if not isinstance(found, ShelfFile):
            raise asyncssh.SFTPFailure("this is a folder")
        lent = Lent(found, self._loop)
        self._open.add(lent)
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look_after())
        return lent

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """Read from a file, as long as its conditions hold; the ledger has what leaves before it leaves."""
        lent: Any = file_obj
        wanted = max(0, min(size, lent.file.size - offset))
        if wanted > lent.owed:
            rest = lent.file.size - offset
            await self._run(self._shelf.leave, lent.file, rest, timezone.now(), goes_on=offset > 0)
            lent.owed = rest
        if lent.late:
            await self._look(lent)
        held: bytes | None = lent.reading.have(offset, size)
        among = len(self._open)
        piece = await self._run(lent.reading.fetch, offset, size, among) if held is None else held
        if lent.ended:
            raise asyncssh.SFTPPermissionDenied(ENDED)
        lent.owed -= len(piece)
        return piece

    async def close(self, file_obj: object) -> None:
        """The client closed a file, or its session ended."""
        lent: Any = file_obj
        self._open.discard(lent)

    async def _look(self, lent: Lent) -> None:
        begun = self._loop.time()
        if await self._door.run(self._shelf.holds, lent.file, timezone.now()):
            lent.seen(begun)
        else:
            lent.ended = True

    async def _look_after(self) -> None:
        """Look at what is open; cut the connection where the conditions of a file have ended.

        What was answered already may wait in a buffer for a slow line: it goes with the connection.
        """
        while self._open:
            await asyncio.sleep(LOOK_EVERY)
            for lent in list(self._open):
                try:
                    await self._look(lent)
                except Exception:
                    log.exception(
                        "looking at a file that is read failed; it is not read any further"
                    )
                    lent.ended = True
                if lent.ended and lent in self._open:
                    log.info("cut: %s, whose conditions have ended", lent.file.name)
                    self._visitor.cut()
                    return

    # --- Attributes and folders

    async def lstat(self, path: bytes) -> SFTPAttrs:
        """The attributes of a place."""
        found = await self._found(path)
        return answers.attributes(_entry_of(found) if isinstance(found, ShelfFile) else found)

    async def stat(self, path: bytes) -> SFTPAttrs:
        """The attributes of a place; there are no links to follow."""
        return await self.lstat(path)

    def fstat(self, file_obj: object) -> SFTPAttrs:
        """The attributes of an open file."""
        lent: Any = file_obj
        return answers.attributes(lent.reading.entry)

    async def names(self, path: bytes) -> list[SFTPName]:
        """List a folder."""
        try:
            place = tree.locate(path)
        except tree.NameRefusedError as trouble:
            raise asyncssh.SFTPInvalidFilename(str(trouble)) from trouble
        found = await self._run(self._listed, place) if place is not None else None
        if found is None:
            raise asyncssh.SFTPNoSuchFile(NOTHING)
        return answers.names(_folder(""), found)

    def realpath(self, path: bytes) -> bytes:
        """The shortest absolute form of a path, whether anything is there or not."""
        return answers.realpath(path)

    def format_user(self, uid: int | None) -> str:
        """Whose files these are, in long listings."""
        return "office"

    def format_group(self, gid: int | None) -> str:
        """Whose files these are, in long listings."""
        return "hub"

    async def exit(self) -> None:
        """The session has ended."""
        self._open.clear()
        if self._watch is not None:
            self._watch.cancel()

    # --- What a third party does not do: the answer is the same whether anything is there or not

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Nothing is written."""
        _refuse()

    def fsync(self, file_obj: object) -> None:
        """There is nothing to put on disk."""
        _refuse()

    def setstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Nothing is changed."""
        _refuse()

    def lsetstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Nothing is changed."""
        _refuse()

    def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        """Nothing is changed."""
        _refuse()

    def remove(self, path: bytes) -> None:
        """Nothing goes."""
        _refuse()

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Nothing moves."""
        _refuse()

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Nothing moves."""
        _refuse()

    def mkdir(self, path: bytes, attrs: SFTPAttrs) -> None:
        """No folder is made."""
        _refuse()

    def rmdir(self, path: bytes) -> None:
        """No folder goes."""
        _refuse()

    def readlink(self, path: bytes) -> bytes:
        """There are no links."""
        raise asyncssh.SFTPOpUnsupported(NO_LINKS)

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        """No links are made."""
        _refuse()

    def link(self, oldpath: bytes, newpath: bytes) -> None:
        """No links are made."""
        _refuse()

    def statvfs(self, path: bytes) -> asyncssh.SFTPVFSAttrs:
        """There is no room to tell of."""
        raise asyncssh.SFTPOpUnsupported(READS_ONLY)

    def fstatvfs(self, file_obj: object) -> asyncssh.SFTPVFSAttrs:
        """There is no room to tell of."""
        raise asyncssh.SFTPOpUnsupported(READS_ONLY)

    # --- Of later versions of the protocol, which the door does not speak: asyncssh's own would touch the disk

    def open56(self, path: bytes, desired_access: int, flags: int, attrs: SFTPAttrs) -> object:
        """Not spoken here."""
        _refuse()

    def scandir(self, path: bytes) -> NoReturn:
        """Not used: the door lists a folder when it is opened."""
        _refuse()

    def lock(self, file_obj: object, offset: int, length: int, flags: int) -> None:
        """Not spoken here."""
        _refuse()

    def unlock(self, file_obj: object, offset: int, length: int) -> None:
        """Not spoken here."""
        _refuse()


def _refuse() -> NoReturn:
    raise asyncssh.SFTPPermissionDenied(READS_ONLY)


def _folder(name: str) -> listing.Entry:
    return listing.Entry(name=name, mode=listing.CLOSED_FOLDER)


def _entry_of(file: ShelfFile) -> listing.Entry:
    return listing.Entry(
        name=file.name,
        mode=listing.RECEIVED,
        size=file.size,
        modified_at=int(file.modified_at.timestamp()),
        object=file.object,
    )
