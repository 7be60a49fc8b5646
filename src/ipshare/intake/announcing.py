"""The beginning of a file over HTTP: its name, folder and size are said first, and refused where they must be."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from ipshare.intake import landing, over_http, partial, quota, tree
from ipshare.intake.over_http import Sender
from ipshare.intake.tree import FilePlace
from ipshare.store.models.accounts import User
from ipshare.store.models.sharing import Client
from ipshare.store.models.uploads import HttpUpload

MOST = 100
"""Uploads of one office that have begun and are not whole."""
LARGEST = 1024**4
"""Bytes of one file."""


class NotTakenError(Exception):
    """Why an upload cannot begin or end; the message is for the person who sends."""


class TooLargeError(NotTakenError):
    """The file is larger than what is taken, or than what the quota leaves."""


class TooManyError(NotTakenError):
    """The office has begun as many uploads as may be under way."""


class TakenError(NotTakenError):
    """Something of this name is being sent already."""

    def __init__(self, message: str, upload: HttpUpload) -> None:
        """``upload`` is the one under way."""
        super().__init__(message)
        self.upload = upload


def check_name(place: FilePlace) -> None:
    """Refuse a name that the SFTP tree would refuse too; NotTakenError says why."""
    if not place.name or "/" in place.name:
        raise NotTakenError(f"{place.name[:80]!r} is no file name; give the file one without /")
    if place.temporary:
        raise NotTakenError(
            f"{place.name} is a name of files that are still being written; rename the file when it is done"
        )
    try:
        tree.check_name(place.name)
        tree.check_format(place)
    except tree.NameRefusedError as trouble:
        raise NotTakenError(str(trouble)) from trouble


def check_size(place: FilePlace, size: int) -> None:
    """Refuse what is empty, and (TooLargeError) what the quota of the office does not leave room for."""
    if size <= 0:
        raise NotTakenError(f"{place.name} is empty; send a file with content")
    if size > LARGEST:
        raise TooLargeError(f"{place.name} has {size} bytes; at most {LARGEST} are taken")
    left = quota.of_office(Path(settings.UPLOADS), place.office)
    if size > left:
        raise TooLargeError(
            f"{place.name} has {size} bytes, and the office's quota leaves {max(0, left)}; "
            "ask the hub's operators for more"
        )


def under_way(place: FilePlace) -> HttpUpload | None:
    """The upload of this name that has not ended."""
    return HttpUpload.objects.filter(
        office=place.office, right=place.right, kind=place.kind, name=place.name, ended_at=None
    ).first()


def begin(  # noqa: PLR0913 (what a sender says of a file)
    place: FilePlace, *, size: int, sender: Sender, at: datetime, sha256: str = "", start: str = ""
) -> HttpUpload:
    """Announce a file. The same announcement again, before a byte has come, is answered by the same upload.

    A machine that says the SHA-256 is answered by it later, too: its answers may get lost, and a file lands once.
    Two uploads of one name do not go on at a time: TakenError. Nor do more than MOST of one office: TooManyError.
    """
    check_name(place)
    if found := under_way(place):
        return _same_or_taken(found, size, sender, sha256)
    if isinstance(sender, Client) and (found := _landed(place, size, sender, sha256, at)):
        return found
    fresh = uuid4()
    path = partial.path_of(Path(settings.UPLOADS), place.office, fresh)
    try:
        with transaction.atomic():
            alone(place.office)
            check_size(place, size)
            _check_number(place.office)
            partial.create(path)
            return announced(
                fresh, place, size=size, sender=sender, at=at, sha256=sha256, start=start
            )
    except IntegrityError:
        partial.remove(path)
        if found := under_way(place):
            return _same_or_taken(found, size, sender, sha256)
        raise


def alone(office: str) -> None:
    """Until this transaction ends no other upload of the office begins: what is counted now stays so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"send {office}"])


def _check_number(office: str) -> None:
    if HttpUpload.objects.filter(office=office, closed_at=None).count() >= MOST:
        raise TooManyError(
            f"{MOST} uploads of the office have begun and are not whole, and that is the most: "
            "finish or delete one of them first"
        )


def announced(  # noqa: PLR0913 (what a sender says of a file)
    key: UUID,
    place: FilePlace,
    *,
    size: int,
    sender: Sender,
    at: datetime,
    sha256: str = "",
    start: str = "",
) -> HttpUpload:
    """The row of an upload whose file is there; IntegrityError where one of this name is under way."""
    with transaction.atomic():
        return HttpUpload.objects.create(
            id=key,
            office_id=place.office,
            right=place.right,
            kind=place.kind,
            name=place.name,
            size=size,
            sha256=sha256,
            start=start,
            person=sender if isinstance(sender, User) else None,
            client=sender if isinstance(sender, Client) else None,
            begun_at=at,
            expires_at=at + over_http.KEPT,
        )


def _same_or_taken(found: HttpUpload, size: int, sender: Sender, sha256: str) -> HttpUpload:
    same = over_http.sends(sender, found) and (found.size, found.sha256) == (size, sha256)
    resumes = (
        isinstance(sender, Client) and sha256
    )  # the same bytes, so it may go on where they end
    if same and (resumes or over_http.offset_of(found) == 0):
        path = over_http.path_of(found)
        if (
            found.closed_at is None and not path.exists()
        ):  # the folder was not restored: it begins anew
            with suppress(FileExistsError):
                partial.create(path)
        return found
    raise TakenError(
        f"{found.name} is being sent already, by {found.sender}: go on with that upload, or cancel it first",
        found,
    )


def _landed(
    place: FilePlace, size: int, client: Client, sha256: str, at: datetime
) -> HttpUpload | None:
    """The client's upload that has landed of the same announcement, while that is the same delivery."""
    submission = landing.delivered(place, sha256, door=quota.API, begun=at)
    if submission is None:
        return None
    return HttpUpload.objects.filter(submission=submission, size=size, client=client).first()
