"""The end of a file over HTTP: whole, it lands in its turn, as over SFTP; or it is not taken in, with the reason."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from ipshare.domain.office import Kind, Right
from ipshare.intake import landing, over_http, partial, whole
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload

SENDER = 200  # characters that a submission keeps of an address


def in_front(upload: HttpUpload) -> int:
    """The bytes of the files of its office and right that are whole and land before it."""
    earlier = HttpUpload.objects.filter(
        office=upload.office_id,
        right=upload.right,
        ended_at=None,
        closed_at__lt=upload.closed_at,
    )
    return earlier.aggregate(total=Sum("size"))["total"] or 0


def land(key: UUID, *, at: datetime) -> Submission | None:
    """Make a whole file a submission, if it is what its sender said; None where it is not, and the row says why.

    May be repeated after a kill at any instant: the delivery is named by the instant of its last byte.
    What was whole earlier, of the same office and right, lands first: an older state never replaces a newer one.
    """
    waiting = HttpUpload.objects.select_related("person", "client").filter(ended_at=None)
    upload = waiting.filter(pk=key).first()
    if upload is None or upload.closed_at is None:
        return None
    land_earlier(upload.office_id, upload.right, before=upload.closed_at, at=at)
    return _land(upload, at=at)


def land_earlier(office: str, right: str, *, before: datetime, at: datetime) -> None:
    """Land what waits of an office and right and was whole before an instant, in the order in which it was."""
    waiting = HttpUpload.objects.select_related("person", "client").filter(ended_at=None)
    earlier = waiting.filter(office=office, right=right, closed_at__lt=before)
    for one in earlier.order_by("closed_at"):
        if over_http.path_of(
            one
        ).exists():  # one whose file somebody took away keeps nobody waiting
            _land(one, at=at)


def _land(upload: HttpUpload, *, at: datetime) -> Submission | None:
    """A worker and the answer to a whole file may land the same upload at once: the second finds it done."""
    try:
        return _take_in(upload, at=at)
    except FileNotFoundError:
        upload.refresh_from_db()
        if upload.ended_at is None:
            raise
        return upload.submission


def lost(upload: HttpUpload, *, at: datetime) -> None:
    """The bytes of a whole file are gone (the folder was not restored): its sender is told, and its name is free."""
    _refuse(upload, f"{upload.name} is not on the hub's disk any more. Send it again.", "", at=at)


def _take_in(upload: HttpUpload, *, at: datetime) -> Submission | None:
    path = over_http.path_of(upload)
    digest, trouble = _look_at(path, upload)
    if trouble:
        _refuse(upload, trouble, digest, at=at)
        partial.remove(path)
        return None
    with transaction.atomic():
        submission = landing.land(
            path,
            office=upload.office_id,
            right=Right(upload.right),
            kind=Kind(upload.kind),
            name=upload.name,
            door=over_http.door_of(upload),
            sender=upload.sender[:SENDER],
            at=upload.closed_at or at,
            sha256=digest,
        )
        _end(upload, at=at, submission=submission)
    partial.remove(path)
    return submission


def _look_at(path: Path, upload: HttpUpload) -> tuple[str, str]:
    """The SHA-256 of the file, and why it cannot be taken in (empty: it can)."""
    with path.open("rb") as file:
        lacks = whole.missing(file.fileno(), upload.name)
    if lacks:
        return "", f"{upload.name} is not whole: {lacks}. Make the file again and send it."
    digest = landing.sha256_of(path)
    if upload.sha256 and upload.sha256 != digest:
        return digest, (
            f"The bytes that came have the SHA-256 {digest}, announced was {upload.sha256}: "
            "the file was changed while it was sent. Send it again."
        )
    return digest, ""


def _refuse(upload: HttpUpload, trouble: str, digest: str, *, at: datetime) -> None:
    with transaction.atomic():
        if _end(upload, at=at, trouble=trouble):
            over_http.tell(
                "upload.refused", upload, by=upload.sender, at=at, reason=trouble, sha256=digest
            )


def _end(
    upload: HttpUpload, *, at: datetime, submission: Submission | None = None, trouble: str = ""
) -> bool:
    """Write how an upload ended; False where somebody has written it."""
    ended = {
        "submission": submission,
        "trouble": trouble,
        "ended_at": at,
        "expires_at": at + over_http.KEPT,
    }
    first = HttpUpload.objects.filter(pk=upload.pk, ended_at=None).update(**ended)
    upload.refresh_from_db(fields=list(ended))
    return bool(first)
