"""Uploads in the browser: begun, grown, closed when whole, and landed by a worker; the same landing as over SFTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from ipshare.domain.office import Kind, Right
from ipshare.ingest import queue
from ipshare.intake import landing, partial, quota, tree, whole
from ipshare.intake.tree import FilePlace
from ipshare.store import audit
from ipshare.store.models.accounts import Office, User
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import BrowserUpload

DOOR = quota.BROWSER
KEPT = timedelta(days=7)
"""An upload that nothing came for is deleted after this; what has ended is told about as long."""
LATE = timedelta(minutes=10)
"""A whole file that has not landed after this is given to a worker once more."""
YOUNG = timedelta(hours=1)
"""A file without a row may have its row in a moment."""
LARGEST = 1024**4
"""Bytes of one file."""
SENDER = 200  # characters that a submission keeps of an address


class NotTakenError(Exception):
    """Why an upload cannot begin or end; the message is for the person who sends."""


class TooLargeError(NotTakenError):
    """The file is larger than what is taken, or than what the quota leaves."""


class TakenError(NotTakenError):
    """Something of this name is being sent already."""

    def __init__(self, message: str, upload: BrowserUpload) -> None:
        """``upload`` is the one under way."""
        super().__init__(message)
        self.upload = upload


def path_of(upload: BrowserUpload) -> Path:
    """Where the bytes of an upload lie."""
    return partial.path_of(Path(settings.UPLOADS), upload.office_id, upload.pk)


def offset_of(upload: BrowserUpload) -> int:
    """How many of its bytes have come; all of them, once it has ended."""
    try:
        return partial.size_of(path_of(upload))
    except FileNotFoundError:
        return upload.size if upload.closed_at else 0


def check_name(place: FilePlace) -> None:
    """Refuse a name that the SFTP tree would refuse too; NotTakenError says why."""
    if not place.name or "/" in place.name:
        raise NotTakenError(f"{place.name[:80]!r} is no file name; give the file one without /")
    try:
        tree.check_name(place.name)
    except tree.NameRefusedError as trouble:
        raise NotTakenError(str(trouble)) from trouble
    if place.temporary:
        raise NotTakenError(
            f"{place.name} is a name of files that are still being written; rename the file when it is done"
        )


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


def under_way(place: FilePlace) -> BrowserUpload | None:
    """The upload of this name that has not ended."""
    return BrowserUpload.objects.filter(
        office=place.office, right=place.right, kind=place.kind, name=place.name, ended_at=None
    ).first()


def begin(  # noqa: PLR0913 (what a sender says of a file)
    place: FilePlace, *, size: int, person: User, at: datetime, sha256: str = "", start: str = ""
) -> BrowserUpload:
    """Announce a file. The same announcement again, before a byte has come, is answered by the same upload.

    Two uploads of one name do not go on at a time: TakenError.
    """
    check_name(place)
    if found := under_way(place):
        return _same_or_taken(found, size, person, sha256)
    check_size(place, size)
    fresh = uuid4()
    path = partial.path_of(Path(settings.UPLOADS), place.office, fresh)
    partial.create(path)
    try:
        with transaction.atomic():
            return BrowserUpload.objects.create(
                id=fresh,
                office_id=place.office,
                right=place.right,
                kind=place.kind,
                name=place.name,
                size=size,
                sha256=sha256,
                start=start,
                person=person,
                begun_at=at,
                expires_at=at + KEPT,
            )
    except IntegrityError:
        partial.remove(path)
        if found := under_way(place):
            return _same_or_taken(found, size, person, sha256)
        raise


def _same_or_taken(found: BrowserUpload, size: int, person: User, sha256: str) -> BrowserUpload:
    same = (found.size, found.person_id, found.sha256) == (size, person.pk, sha256)
    if same and offset_of(found) == 0:
        return found
    raise TakenError(
        f"{found.name} is being sent already, by {found.person.email}: go on with that upload, or cancel it first",
        found,
    )


def grown(upload: BrowserUpload, *, at: datetime) -> int:
    """Some bytes have come and are on disk: the upload is kept on, and closed when it is whole; how many there are."""
    size = offset_of(upload)
    if size >= upload.size:
        close(upload, at=at)
    else:
        BrowserUpload.objects.filter(pk=upload.pk, closed_at=None).update(expires_at=at + KEPT)
    return size


def close(upload: BrowserUpload, *, at: datetime) -> None:
    """Every byte is on disk: from here on the file lands, whatever is switched off. Harmless to repeat."""
    with transaction.atomic():
        open_still = BrowserUpload.objects.filter(pk=upload.pk, closed_at=None)
        if open_still.update(closed_at=at, expires_at=at + KEPT):
            _queue(upload)
    upload.refresh_from_db(fields=["closed_at", "expires_at", "ended_at"])


def _queue(upload: BrowserUpload) -> None:
    """One file of an office and right lands at a time, in the order queued; a job tried again keeps its place."""
    job = app.configure_task(
        "intake.land_upload",
        queue=queue.LINE,
        priority=queue.OPEN,
        lock=f"land {upload.office_id} {upload.right}",
    )
    job.defer(upload=str(upload.pk))


def land(key: UUID, *, at: datetime) -> Submission | None:
    """Make a whole file a submission, if it is what its sender said; None where it is not, and the row says why.

    May be repeated after a kill at any instant: the delivery is named by the instant of its last byte.
    What was whole earlier, of the same office and right, lands first: an older state never replaces a newer one.
    """
    upload = BrowserUpload.objects.select_related("person").filter(pk=key, ended_at=None).first()
    if upload is None or upload.closed_at is None:
        return None
    earlier = BrowserUpload.objects.select_related("person").filter(
        office=upload.office_id, right=upload.right, ended_at=None, closed_at__lt=upload.closed_at
    )
    for one in earlier.order_by("closed_at"):
        if path_of(one).exists():  # one whose file somebody took away keeps nobody waiting
            _land(one, at=at)
    return _land(upload, at=at)


def _land(upload: BrowserUpload, *, at: datetime) -> Submission | None:
    path = path_of(upload)
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
            door=DOOR,
            sender=upload.person.email[:SENDER],
            at=upload.closed_at or at,
            sha256=digest,
        )
        _end(upload, at=at, submission=submission)
    partial.remove(path)
    return submission


def _look_at(path: Path, upload: BrowserUpload) -> tuple[str, str]:
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


def _refuse(upload: BrowserUpload, trouble: str, digest: str, *, at: datetime) -> None:
    with transaction.atomic():
        _end(upload, at=at, trouble=trouble)
        _tell(
            "upload.refused", upload, by=upload.person.email, at=at, reason=trouble, sha256=digest
        )


def _end(
    upload: BrowserUpload, *, at: datetime, submission: Submission | None = None, trouble: str = ""
) -> None:
    upload.submission, upload.trouble, upload.ended_at = submission, trouble, at
    upload.expires_at = at + KEPT
    upload.save(update_fields=["submission", "trouble", "ended_at", "expires_at"])


def cancel(upload: BrowserUpload, *, by: str, at: datetime) -> None:
    """Forget an upload and what has come of it; NotTakenError where it is whole already."""
    if not _forget(upload, by=by, at=at, why="cancelled"):
        raise NotTakenError(f"{upload.name} is whole already and cannot be cancelled any more")


def _forget(upload: BrowserUpload, *, by: str, at: datetime, why: str) -> bool:
    """Delete an upload that is not whole, with its file; False where it is whole, or gone, by now."""
    with transaction.atomic():
        open_still = BrowserUpload.objects.select_for_update().filter(pk=upload.pk, closed_at=None)
        held = open_still.first()
        if held is None:
            return False
        _tell("upload.removed", held, by=by, at=at, received=offset_of(held), why=why)
        held.delete()
    partial.remove(path_of(upload))
    return True


def sweep(*, at: datetime) -> None:
    """Close and land what a kill left whole, and delete what has expired; on a machine that has the folder only."""
    root = Path(settings.UPLOADS)
    if not root.is_dir():
        return
    for upload in BrowserUpload.objects.filter(closed_at=None):
        if offset_of(upload) >= upload.size:
            close(upload, at=at)
        elif upload.expires_at <= at:
            _forget(upload, by="hub", at=at, why="expired")
    late = BrowserUpload.objects.filter(closed_at__lt=at - LATE, ended_at=None)
    for upload in late.order_by("closed_at"):
        _queue(upload)
    BrowserUpload.objects.filter(ended_at__isnull=False, expires_at__lte=at).delete()
    for office in Office.objects.values_list("code", flat=True):
        _remove_orphans(root / office / partial.FOLDER, before=at - YOUNG)


def _remove_orphans(folder: Path, *, before: datetime) -> None:
    """Delete files without a row: of uploads that have landed, or whose begin was killed."""
    if not folder.is_dir():
        return
    alive = {
        str(key) for key in BrowserUpload.objects.filter(ended_at=None).values_list("pk", flat=True)
    }
    for file in list(folder.iterdir()):
        if file.name not in alive and file.stat().st_mtime < before.timestamp():
            partial.remove(file)


def _tell(event: str, upload: BrowserUpload, *, by: str, at: datetime, **detail: object) -> None:
    audit.write(
        event,
        at=at,
        actor=by,
        office=upload.office_id,
        subject=upload.name,
        right=upload.right,
        kind=upload.kind,
        size=upload.size,
        door=DOOR,
        **detail,
    )
