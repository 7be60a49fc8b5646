"""The shelf of a third party over SFTP: what it sees and may read, asked of the tables at every look."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ipshare.accounts import keys, limits, sftp
from ipshare.accounts.call import access
from ipshare.domain.authorization import Channel
from ipshare.domain.group import ALL_GROUPS
from ipshare.domain.office import Kind, Right
from ipshare.domain.shelf import ShelfFile, ShelfRefusedError
from ipshare.domain.submission import State
from ipshare.http import address as addresses
from ipshare.http.problem import Problem
from ipshare.share import authorized, ledger, shelf_packages, shelf_rules
from ipshare.share.shelf_rules import Shown
from ipshare.store import objects
from ipshare.store.models.accounts import SftpAccount
from ipshare.store.models.sharing import Authorization, Client
from ipshare.store.models.submissions import Submission

GONE = "the office has ended or changed the conditions of this file; list the folder again"


class Shelf:
    """What one connection sees: domain.shelf.Shelf, on the tables."""

    def __init__(self, account: SftpAccount, key: int | None, address: str) -> None:
        """For an account of a third party that signed in by a key (None: a password) from an address."""
        if account.third_party_id is None:
            raise ValueError(f"the account {account.username} is of no third party")
        self._account, self._key, self._address = account, key, address

    def rights(self, at: datetime) -> set[tuple[str, Right]]:
        """The offices and rights that it has folders of."""
        return {(seen.view.office, right) for seen in self._all(at) for right in seen.view.rights}

    def files(self, office: str, right: Right, kind: Kind, at: datetime) -> list[ShelfFile]:
        """The files of a folder by name; of several received files of one name the newest."""
        found: dict[str, ShelfFile] = {}
        for seen in self._all(at, office):
            if right in seen.received:
                found = {one.name: one for one in _received(seen, right, kind)}
            elif right in seen.rendered and kind is Kind.FULL_EXTRACTION:
                found = {one.name: one for one in shelf_packages.of_right(seen.view, right, at)}
        return [found[name] for name in sorted(found)]

    def holds(self, file: ShelfFile, at: datetime) -> bool:
        """Whether the conditions are still those that put the file there."""
        return self._behind(file, at) is not None

    def leave(self, file: ShelfFile, size: int, at: datetime, *, goes_on: bool) -> None:
        """Write in the ledger, and count against the day, what is about to leave; ShelfRefusedError if it may not."""
        seen = self._behind(file, at)
        if seen is None:
            raise ShelfRefusedError(GONE)
        client = Client.objects.get(authorization=seen.view.authorization)
        conditions = authorized.conditions_for(client)
        try:
            limits.check_bytes(limits.of(conditions), limits.count_bytes(client.pk, at, 0), at)
        except Problem as refused:
            raise ShelfRefusedError(str(refused)) from refused
        numbers: list[str] = []
        upto = None
        if not file.received:
            numbers, upto = shelf_packages.disclosed(file, goes_on=goes_on)
        request = secrets.token_hex(12)
        ledger.write(
            replace(seen.view, groups=ALL_GROUPS) if file.received else seen.view,
            file.right,
            numbers,
            size=size,
            at=at,
            client=self._account.username,
            channel=Channel.SFTP,
            request=request,
            files=[] if numbers else [f"{file.source}/{file.name}" if file.received else file.name],
            upto=upto,
            positions=_positions(file) if file.received else (None, None),
        )
        limits.count_bytes(client.pk, at, size)
        keys.note_read(self._account, self._key, file.office, at)
        access.info(
            "sftp",
            at=at.isoformat(timespec="milliseconds"),
            id=request,
            client=self._account.username,
            address=self._address,
            office=file.office,
            file=f"{file.right.folder}/{file.kind.value}/{file.name}",
            disclosed=size,
        )

    def _behind(self, file: ShelfFile, at: datetime) -> Shown | None:
        """The conditions under which a file is still there; None where they have changed."""
        for seen in self._all(at, file.office):
            if seen.view.edition != file.edition:
                continue
            if file.received:
                return seen if file.right in seen.received else None
            there = file.right in seen.rendered and shelf_packages.holds(file, at)
            return seen if there else None
        return None

    def _all(self, at: datetime, office: str | None = None) -> Iterator[Shown]:
        """What each office shows to this connection now; nothing once its account or key was ended."""
        if not sftp.goes_on(self._account, self._key):
            return
        held = Authorization.objects.filter(third_party=self._account.third_party_id)
        if (offices := keys.opens(self._account, self._key)) is not None:
            held = held.filter(office__in=offices)
        for one in held.filter(office=office) if office is not None else held:
            seen = shelf_rules.shown(one, at)
            if seen is None:
                continue
            if seen.networks and not addresses.inside(self._address, seen.networks):
                continue
            yield seen


def _positions(file: ShelfFile) -> tuple[int | None, int | None]:
    """The office's positions that publishing a received file took."""
    _, _, number = file.source.rpartition("-")
    found = Submission.objects.filter(office=file.office, number=int(number))
    return found.values_list("first_position", "last_position").get()


def _received(seen: Shown, right: Right, kind: Kind) -> Iterator[ShelfFile]:
    """The published files of an office, whenever they were received."""
    if kind is Kind.TEST:
        return
    held = Submission.objects.filter(
        office=seen.view.office, right=right.value, kind=kind.value, state=State.PUBLISHED.value
    )
    for one in held.order_by("name", "-number").distinct("name"):
        yield ShelfFile(
            office=seen.view.office,
            right=right,
            kind=kind,
            name=one.name,
            size=one.size,
            modified_at=one.modified_at or one.received_at,
            object=objects.received_key(one.sha256),
            received=True,
            source=one.reference,
            edition=seen.view.edition,
        )
