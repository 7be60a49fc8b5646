"""Files over HTTP, from a browser or a machine: whose they are, how far they are, and when they are whole.

They begin in intake.announcing, land in intake.http_arrivals, and go without that in intake.forgetting.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app

from ipshare.ingest import queue
from ipshare.intake import partial, quota
from ipshare.store import audit
from ipshare.store.models.accounts import User
from ipshare.store.models.sharing import Client
from ipshare.store.models.uploads import HttpUpload

KEPT = timedelta(days=7)
"""An upload that nothing came for is deleted after this; what has ended is told about as long."""
Sender = User | Client


def name_of(sender: Sender) -> str:
    """Who sends, as pages and events name them; a machine that is called as a person is still told apart."""
    return sender.email if isinstance(sender, User) else f"client {sender.name}"


def door_of(upload: HttpUpload) -> str:
    """Through which door an upload comes."""
    return quota.API if upload.client_id is not None else quota.BROWSER


def path_of(upload: HttpUpload) -> Path:
    """Where the bytes of an upload lie."""
    return partial.path_of(Path(settings.UPLOADS), upload.office_id, upload.pk)


def offset_of(upload: HttpUpload) -> int:
    """How many of its bytes have come; all of them, once it has ended."""
    try:
        return partial.size_of(path_of(upload))
    except FileNotFoundError:
        return upload.size if upload.closed_at else 0


def sends(sender: Sender, upload: HttpUpload) -> bool:
    """Whether it is this person, or this client, who sends an upload."""
    mine = upload.person_id if isinstance(sender, User) else upload.client_id
    return mine == sender.pk


def grown(upload: HttpUpload, *, at: datetime) -> int:
    """Some bytes have come and are on disk: the upload is kept on, and closed when it is whole; how many there are.

    HttpUpload.DoesNotExist where it was cancelled meanwhile.
    """
    size = offset_of(upload)
    if size >= upload.size:
        close(upload, at=at)
        return size
    open_still = HttpUpload.objects.filter(pk=upload.pk, closed_at=None)
    if not open_still.update(expires_at=at + KEPT):
        upload.refresh_from_db(fields=["closed_at"])
    return size


def close(upload: HttpUpload, *, at: datetime) -> None:
    """Every byte is on disk: from here on the file lands, whatever is switched off. Harmless to repeat.

    HttpUpload.DoesNotExist where it was cancelled before.
    """
    with transaction.atomic():
        open_still = HttpUpload.objects.filter(pk=upload.pk, closed_at=None)
        if open_still.update(closed_at=at, expires_at=at + KEPT):
            to_land(upload)
    upload.refresh_from_db(fields=["closed_at", "expires_at", "ended_at"])


def to_land(upload: HttpUpload) -> None:
    """Give a whole file to a worker.

    One of an office and right lands at a time, in the order queued; a job tried again keeps its place.
    """
    job = app.configure_task(
        "intake.land_upload",
        queue=queue.LINE,
        priority=queue.OPEN,
        lock=f"land {upload.office_id} {upload.right}",
    )
    job.defer(upload=str(upload.pk))


def settle(upload: HttpUpload, *, at: datetime) -> int:
    """How many bytes have come; what a kill left whole and not closed is closed here."""
    offset = offset_of(upload)
    if upload.closed_at is None and offset >= upload.size:
        close(upload, at=at)
    return offset


def tell(event: str, upload: HttpUpload, *, by: str, at: datetime, **detail: object) -> None:
    """The audit event of an upload, in the transaction of the caller."""
    audit.write(
        event,
        at=at,
        actor=by,
        office=upload.office_id,
        subject=upload.name,
        right=upload.right,
        kind=upload.kind,
        size=upload.size,
        door=door_of(upload),
        **detail,
    )
