"""A whole file in one request (``curl -T``), answered when its bytes are on disk and its submission is written."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction

from ipshare.ingest import shortage
from ipshare.intake import announcing, http_arrivals, landing, over_http, partial, quota, receiving
from ipshare.intake.announcing import TakenError
from ipshare.intake.tree import FilePlace
from ipshare.store.models.sharing import Client
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload

LARGEST = 256 * 1024 * 1024
"""Bytes of a file that is sent in one request: what is lost on the way is sent again from its beginning."""
TRIES = 3
log = logging.getLogger(__name__)


class CutError(Exception):
    """The connection was lost before the whole file had come; nothing of it is kept."""


class DiffersError(Exception):
    """The bytes that came are not those that were announced; ``digest`` is theirs."""

    def __init__(self, digest: str) -> None:
        """SHA-256 in hexadecimal."""
        super().__init__(digest)
        self.digest = digest


class Taken(NamedTuple):
    """What became of a file: its submission; none yet where it waits for larger files, or for room on the disk.

    ``upload`` is None where the same delivery had landed before.
    """

    submission: Submission | None
    upload: HttpUpload | None


def take(  # noqa: PLR0913 (what a sender says of a file)
    place: FilePlace,
    *,
    size: int,
    sha256: str,
    client: Client,
    read: Callable[[int], bytes],
    again: Callable[[], object],
    now: Callable[[], datetime],
) -> Taken:
    """Read a body of ``size`` bytes and land it. The same file sent again within a day has landed once.

    ``sha256`` (empty: not said) is what the sender knows of the bytes; ``again`` is that of receiving.receive.
    NotTakenError and its kin say why not, BusyError that too many bodies come in.
    """
    begun = now()
    announcing.check_name(place)
    announcing.check_size(place, size)
    key = uuid4()
    path = partial.path_of(Path(settings.UPLOADS), place.office, key)
    partial.create(path)
    found: Submission | HttpUpload | None = None
    try:
        with receiving.turn(place.office, client):  # only while the body comes: landing takes long
            digest = _received(path, size, read, again)
        if sha256 and digest != sha256:
            raise DiffersError(digest)
        found = _announced(key, place, size, digest, client, begun, now)
    finally:
        if not (isinstance(found, HttpUpload) and found.pk == key):
            partial.remove(path)
    return Taken(found, None) if isinstance(found, Submission) else _landed(found, now)


def _received(
    path: Path, size: int, read: Callable[[int], bytes], again: Callable[[], object]
) -> str:
    """The SHA-256 of what was written; every byte is on disk."""
    digest = hashlib.sha256()

    def hashed(most: int) -> bytes:
        piece = read(most)
        digest.update(piece)
        return piece

    try:
        receiving.receive(path, 0, size, hashed, None, again)
        whole = partial.size_of(path) == size
    except FileNotFoundError:  # it stalled for so long that what had come was cleared away
        whole = False
    if not whole:
        raise CutError
    return digest.hexdigest()


def _announced(  # noqa: PLR0913, PLR0917 (what a sender says of a file)
    key: UUID,
    place: FilePlace,
    size: int,
    digest: str,
    client: Client,
    begun: datetime,
    now: Callable[[], datetime],
) -> Submission | HttpUpload:
    """The upload of a file that lies there whole; or what the same delivery became before, or is about to."""
    for _ in range(TRIES):
        if found := landing.delivered(place, digest, door=quota.API, begun=begun):
            return found
        try:
            with transaction.atomic():
                announcing.alone(place.office)
                announcing.check_size(place, size)  # others may have come meanwhile
                upload = announcing.announced(
                    key, place, size=size, sender=client, at=now(), sha256=digest
                )
                # The same file may have landed since it was looked for; from this row on it waits for its turn.
                if found := landing.delivered(place, digest, door=quota.API, begun=begun):
                    upload.delete()
                return found or upload
        except IntegrityError:
            if waits := _make_way(place, digest, client, at=now()):
                return waits
    raise announcing.NotTakenError(
        f"several files named {place.name} come in at once; send them in turn"
    )


def _make_way(place: FilePlace, digest: str, client: Client, *, at: datetime) -> HttpUpload | None:
    """Land what is whole of this name. TakenError where it still grows, or waits for more than a request can.

    The answer is what waits where that is this very file, of this client.
    """
    found = announcing.under_way(place)
    if found is None:
        return None
    try:
        over_http.settle(found, at=at)
    except HttpUpload.DoesNotExist:  # cancelled meanwhile
        return None
    if found.closed_at is None:
        words = f"{found.name} is being sent already, by {found.sender}: end that upload, or cancel it first"
        raise TakenError(words, found)
    words = f"{found.name}, sent by {found.sender}, is whole and lands soon: send this one again after it"
    if http_arrivals.in_front(found) + found.size > LARGEST:
        if found.sha256 == digest and over_http.sends(client, found):
            return found
        raise TakenError(words, found)
    try:
        http_arrivals.land(found.pk, at=at)
    except (
        FileNotFoundError
    ) as gone:  # its bytes are gone; it is ended in a while (forgetting.sweep)
        raise TakenError(words, found) from gone
    return None


def _landed(upload: HttpUpload, now: Callable[[], datetime]) -> Taken:
    over_http.close(upload, at=now())
    try:
        if http_arrivals.in_front(upload) <= LARGEST:
            http_arrivals.land(upload.pk, at=now())
    except Exception as trouble:
        if not shortage.is_shortage(trouble):
            raise
        log.warning("no room to land %s now; a worker lands it later", upload.name)
    upload.refresh_from_db()
    if upload.trouble:
        raise announcing.NotTakenError(upload.trouble)
    return Taken(upload.submission, upload)
