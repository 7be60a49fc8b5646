"""The operations of SFTP on the tree of offices: what is allowed where, and how it is answered (docs/sftp.md)."""

# ruff: noqa: ARG002 (the arguments are asyncssh's)
from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import asyncssh
from asyncssh import SFTPAttrs, SFTPName
from asyncssh.constants import FXF_APPEND, FXF_CREAT, FXF_EXCL, FXF_TRUNC, FXF_WRITE
from django.utils import timezone

from ipshare.intake import answers, arrivals, listing, tree, uploads
from ipshare.intake.door import Door
from ipshare.store.models.accounts import SftpAccount

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
KEPT = "files that were received are kept as they are"
NO_LINKS = "the hub keeps no links"
READS_ONLY = "operators read everything and write nothing"
FIXED = "the folders are fixed; put files into Full_Extraction, Updates or Test of a right"


class OfficeTree(asyncssh.SFTPServer):
    """The tree as one account sees it."""

    def __init__(self, chan: Any, door: Door, account: SftpAccount) -> None:
        """A session of an account, of an office or of operators, that has signed in."""
        if account.third_party_id is not None:
            raise ValueError(f"{account.username} is of a third party; its tree is ShelfTree")
        super().__init__(chan)
        self._door = door
        self._account = account
        self._office: str | None = account.office_id
        self._open: set[answers.Reading | uploads.Upload] = set()
        self.ended = False

    # --- Where a path leads

    def _locate(self, path: bytes) -> tree.Place:
        try:
            place = tree.locate(path)
            if isinstance(place, tree.FilePlace):
                tree.check_name(place.name)
        except tree.NameRefusedError as trouble:
            raise asyncssh.SFTPInvalidFilename(str(trouble)) from trouble
        if place is None or not tree.sees(self._office, place):
            raise asyncssh.SFTPNoSuchFile("there is no such file or folder")
        return place

    def _file(self, path: bytes) -> tree.FilePlace:
        """The place of an upload that this account may write."""
        place = self._locate(path)
        if self._office is None:
            raise asyncssh.SFTPPermissionDenied(READS_ONLY)
        if not isinstance(place, tree.FilePlace):
            raise asyncssh.SFTPPermissionDenied(FIXED)
        return place

    def _target(self, path: bytes) -> tree.FilePlace:
        """The same, for a file that is to land under this name, if that is not a temporary one."""
        place = self._file(path)
        try:
            tree.check_format(place)
        except tree.NameRefusedError as trouble:
            raise asyncssh.SFTPInvalidFilename(str(trouble)) from trouble
        return place

    async def _run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await self._door.run(function, *args, **kwargs)
        except Exception as trouble:  # noqa: BLE001 (it is logged there)
            answers.refuse(trouble)

    async def _entry(self, path: bytes) -> listing.Entry:
        found = await self._run(listing.entry, self._door.root, self._locate(path), self._office)
        if found is None:
            raise asyncssh.SFTPNoSuchFile("there is no such file or folder")
        return found

    # --- Files

    async def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> object:
        """Open a file: to read what is there, or to write an upload."""
        if len(self._open) >= self._door.limits.handles:
            raise asyncssh.SFTPFailure(
                f"{len(self._open)} files are open; close one before opening the next"
            )
        file: answers.Reading | uploads.Upload
        if pflags & (FXF_WRITE | FXF_APPEND | FXF_CREAT | FXF_TRUNC):
            file = await self._run(self._begin, self._target(path), pflags)
        else:
            file = await self._open_to_read(path)
        self._open.add(file)
        return file

    async def _open_to_read(self, path: bytes) -> answers.Reading | uploads.Upload:
        place = self._locate(path)
        found = await self._entry(path)
        if found.folder:
            raise asyncssh.SFTPFailure("this is a folder")
        if found.object:
            return answers.Reading(found)
        return await self._run(_open_incomplete, self._door.root, place)

    def _begin(self, place: tree.FilePlace, pflags: int) -> uploads.Upload:
        """Start or resume an upload. A received file is never written to: a new version starts beside it."""
        root = self._door.root
        incomplete = uploads.find(root, place)
        if incomplete is None and listing.received(place) is not None:
            if pflags & FXF_EXCL:
                raise FileExistsError(place.name)
            if not pflags & FXF_TRUNC:
                raise PermissionError(
                    f"{place.name} was received whole; send a new version from its start"
                )
        upload = uploads.begin(
            root,
            place,
            create=bool(pflags & FXF_CREAT),
            truncate=bool(pflags & FXF_TRUNC),
            exclusive=bool(pflags & FXF_EXCL and pflags & FXF_CREAT),
            appending=bool(pflags & FXF_APPEND),
        )
        try:  # counted now, since what is sent anew from its start counts no more
            upload.allowance = self._door.ledger.rest(self._account)
        except BaseException:
            upload.release()
            raise
        return upload

    async def close(self, file_obj: object) -> None:
        """The client closed a file, or (``ended``) its session ended without that."""
        file: Any = file_obj
        self._open.discard(file)
        if isinstance(file, answers.Reading):
            return
        if self.ended or file.readonly:
            await self._run(file.release)
            return
        landed = await self._run(
            arrivals.finish,
            file,
            root=self._door.root,
            sender=self._account.username,
            at=timezone.now(),
        )
        if landed:
            log.debug("landed: %s as %s", tree.path_of(file.place), landed.reference)

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """Read from a file."""
        file: Any = file_obj
        if isinstance(file, uploads.Upload):
            return file.read(offset, min(size, answers.AHEAD))
        piece: bytes | None = file.have(offset, size)
        if piece is None:
            return await self._run(file.fetch, offset, size, len(self._open))
        return piece

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Write to an upload, at once: a thread for each block costs more than the writing."""
        if not isinstance(file_obj, uploads.Upload) or file_obj.readonly:
            raise asyncssh.SFTPPermissionDenied("the file was opened for reading")
        try:
            return file_obj.write(offset, data)
        except (OSError, uploads.UploadError) as trouble:
            answers.refuse(trouble)

    async def fsync(self, file_obj: object) -> None:
        """Put what was written on disk."""
        if isinstance(file_obj, uploads.Upload):
            await self._run(os.fsync, file_obj.fd)

    # --- Attributes

    async def lstat(self, path: bytes) -> SFTPAttrs:
        """The attributes of a place."""
        return answers.attributes(await self._entry(path))

    async def stat(self, path: bytes) -> SFTPAttrs:
        """The attributes of a place; there are no links to follow."""
        return answers.attributes(await self._entry(path))

    def fstat(self, file_obj: object) -> SFTPAttrs:
        """The attributes of an open file."""
        file: Any = file_obj
        if isinstance(file, answers.Reading):
            return answers.attributes(file.entry)
        changed = int(os.fstat(file.fd).st_mtime)
        return answers.attributes(
            listing.Entry(
                name=file.place.name, mode=listing.INCOMPLETE, size=file.size, modified_at=changed
            )
        )

    async def setstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Take a date; pass over modes and owners, which clients send with ``put -p``."""
        place = self._locate(path)
        found = await self._entry(path)
        if self._office is None:
            raise asyncssh.SFTPPermissionDenied(READS_ONLY)
        if found.folder:
            return
        if not isinstance(place, tree.FilePlace):
            raise asyncssh.SFTPPermissionDenied("reports cannot be changed")
        if found.object and attrs.size is not None and attrs.size != found.size:
            raise asyncssh.SFTPPermissionDenied(KEPT)
        await self._run(_change, self._door.root, place, attrs)

    async def lsetstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """As setstat; there are no links."""
        await self.setstat(path, attrs)

    async def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        """As setstat, for an open file."""
        if not isinstance(file_obj, uploads.Upload) or file_obj.readonly:
            raise asyncssh.SFTPPermissionDenied("the file was opened for reading")
        try:
            _change_open(file_obj, attrs)
        except (OSError, uploads.UploadError) as trouble:
            answers.refuse(trouble)

    # --- Folders

    async def names(self, path: bytes) -> list[SFTPName]:
        """List a folder."""
        place = self._locate(path)
        found = await self._run(listing.entries, self._door.root, place, self._office)
        if found is None:
            raise asyncssh.SFTPNoSuchFile("there is no such folder")
        return answers.names(listing.Entry(name="", mode=listing.FOLDER), found)

    def realpath(self, path: bytes) -> bytes:
        """The shortest absolute form of a path; paths start at the root, whatever the folder of the process."""
        return answers.realpath(path)

    async def remove(self, path: bytes) -> None:
        """Delete an incomplete upload; what was received is kept."""
        place = self._locate(path)
        if self._office is None:
            raise asyncssh.SFTPPermissionDenied(READS_ONLY)
        found = await self._entry(path)
        if found.object or not isinstance(place, tree.FilePlace):
            raise asyncssh.SFTPPermissionDenied(f"{found.name} cannot be deleted: {KEPT}")
        await self._run(uploads.remove, self._door.root, place)

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Rename an incomplete upload; a name that is not temporary ends it, so it lands when it is whole."""
        source = self._file(oldpath)
        target = self._target(newpath)
        if (await self._entry(oldpath)).object:
            raise asyncssh.SFTPPermissionDenied(f"{source.name} cannot be renamed: {KEPT}")
        landed = await self._run(
            arrivals.rename,
            self._door.root,
            source,
            target,
            sender=self._account.username,
            clock=timezone.now,
        )
        if landed:
            log.debug("landed: %s as %s", tree.path_of(target), landed.reference)

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """As rename."""
        await self.rename(oldpath, newpath)

    async def mkdir(self, path: bytes, attrs: SFTPAttrs) -> None:
        """No folder is made; those of the tree are there."""
        try:
            await self._entry(path)
        except asyncssh.SFTPNoSuchFile:
            raise asyncssh.SFTPPermissionDenied(FIXED) from None
        raise asyncssh.SFTPFileAlreadyExists("it is there already")

    async def rmdir(self, path: bytes) -> None:
        """No folder goes."""
        await self._entry(path)
        raise asyncssh.SFTPPermissionDenied(FIXED)

    def readlink(self, path: bytes) -> bytes:
        """There are no links."""
        raise asyncssh.SFTPOpUnsupported(NO_LINKS)

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        """No links are made."""
        raise asyncssh.SFTPOpUnsupported(NO_LINKS)

    def link(self, oldpath: bytes, newpath: bytes) -> None:
        """No links are made."""
        raise asyncssh.SFTPOpUnsupported(NO_LINKS)

    async def statvfs(self, path: bytes) -> asyncssh.SFTPVFSAttrs:
        """The account's quota and what is left of it."""
        await self._entry(path)
        rest = await self._run(self._door.ledger.rest, self._account)
        block = 4096
        left = max(0, rest.left) // block
        return asyncssh.SFTPVFSAttrs(
            bsize=block, frsize=block, blocks=rest.quota // block, bfree=left, bavail=left,
            namemax=tree.NAME_BYTES,
        )  # fmt: skip

    async def fstatvfs(self, file_obj: object) -> asyncssh.SFTPVFSAttrs:
        """As statvfs."""
        return await self.statvfs(b"/")

    def format_user(self, uid: int | None) -> str:
        """Whose files these are, in long listings."""
        return "office"

    def format_group(self, gid: int | None) -> str:
        """Whose files these are, in long listings."""
        return "hub"

    async def exit(self) -> None:
        """The session has ended: let go of what is still open."""
        for file in [one for one in self._open if isinstance(one, uploads.Upload)]:
            await self._run(file.release)
        self._open.clear()


def _open_incomplete(root: Path, place: tree.Place) -> uploads.Upload:
    if not isinstance(place, tree.FilePlace):
        raise FileNotFoundError
    return uploads.open_to_read(root, place)


def _change(root: Path, place: tree.FilePlace, attrs: SFTPAttrs) -> None:
    """Set date and size of a file that is not open: the size of an incomplete one only."""
    if uploads.find(root, place) is None:
        newest = listing.newest_received(place)
        if newest and attrs.mtime is not None:
            newest.modified_at = datetime.fromtimestamp(attrs.mtime, UTC)
            newest.save(update_fields=["modified_at"])
        return
    upload = uploads.begin(root, place, create=False, truncate=False)
    try:
        _change_open(upload, attrs)
    finally:
        upload.release()


def _change_open(upload: uploads.Upload, attrs: SFTPAttrs) -> None:
    if attrs.size is not None and attrs.size != upload.size:
        upload.resize(attrs.size)
    if attrs.mtime is not None:
        os.utime(upload.fd, (attrs.atime or attrs.mtime, attrs.mtime))
