"""Files over HTTP, from a browser or a machine: begun, grown, closed when whole, landed by a worker as over SFTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from procrastinate.contrib.django import app

from ipshare.domain.office import Kind, Right
from ipshare.ingest import queue
from ipshare.intake import landing, partial, quota, tree, whole
from ipshare.intake.tree import FilePlace
from ipshare.store import audit
from ipshare.store.models.accounts import Office, User
from ipshare.store.models.sharing import Client
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload

KEPT = timedelta(days=7)
"""An upload that nothing came for is deleted after this; what has ended is told about as long."""
LATE = timedelta(minutes=10)
"""A whole file that has not landed after this is given to a worker once more."""
YOUNG = timedelta(hours=1)
"""A file without a row may have its row in a moment."""
MOST = 100
"""Uploads of one office that have begun and are not whole."""
LARGEST = 1024**4
"""Bytes of one file."""
SENDER = 200  # characters that a submission keeps of an address
Sender = User | Client


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
    check_size(place, size)
    if HttpUpload.objects.filter(office=place.office, closed_at=None).count() >= MOST:
        raise TooManyError(
            f"{MOST} uploads of the office have begun and are not whole, and that is the most: "
            "finish or delete one of them first"
        )
    fresh = uuid4()
    path = partial.path_of(Path(settings.UPLOADS), place.office, fresh)
    partial.create(path)
    try:
        return announced(fresh, place, size=size, sender=sender, at=at, sha256=sha256, start=start)
    except IntegrityError:
        partial.remove(path)
        if found := under_way(place):
            return _same_or_taken(found, size, sender, sha256)
        raise


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
            expires_at=at + KEPT,
        )


def sends(sender: Sender, upload: HttpUpload) -> bool:
    """Whether it is this person, or this client, who sends an upload."""
    mine = upload.person_id if isinstance(sender, User) else upload.client_id
    return mine == sender.pk


def _same_or_taken(found: HttpUpload, size: int, sender: Sender, sha256: str) -> HttpUpload:
    same = sends(sender, found) and (found.size, found.sha256) == (size, sha256)
    resumes = (
        isinstance(sender, Client) and sha256
    )  # the same bytes, so it may go on where they end
    if same and (resumes or offset_of(found) == 0):
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
            _queue(upload)
    upload.refresh_from_db(fields=["closed_at", "expires_at", "ended_at"])


def _queue(upload: HttpUpload) -> None:
    """One file of an office and right lands at a time, in the order queued; a job tried again keeps its place."""
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
        if path_of(one).exists():  # one whose file somebody took away keeps nobody waiting
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


def _take_in(upload: HttpUpload, *, at: datetime) -> Submission | None:
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
            door=door_of(upload),
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
            _tell("upload.refused", upload, by=upload.sender, at=at, reason=trouble, sha256=digest)


def _end(
    upload: HttpUpload, *, at: datetime, submission: Submission | None = None, trouble: str = ""
) -> bool:
    """Write how an upload ended; False where somebody has written it."""
    ended = {"submission": submission, "trouble": trouble, "ended_at": at, "expires_at": at + KEPT}
    first = HttpUpload.objects.filter(pk=upload.pk, ended_at=None).update(**ended)
    upload.refresh_from_db(fields=list(ended))
    return bool(first)


def cancel(upload: HttpUpload, *, by: str, at: datetime) -> None:
    """Forget an upload and what has come of it; NotTakenError where it is whole already."""
    if not _forget(upload, by=by, at=at, why="cancelled"):
        raise NotTakenError(f"{upload.name} is whole already and cannot be cancelled any more")


def _forget(upload: HttpUpload, *, by: str, at: datetime, why: str) -> bool:
    """Delete an upload that is not whole, with its file; False where it is whole, or gone, by now."""
    with transaction.atomic():
        open_still = HttpUpload.objects.select_for_update().filter(pk=upload.pk, closed_at=None)
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
    for upload in HttpUpload.objects.filter(closed_at=None):
        if offset_of(upload) >= upload.size:
            close(upload, at=at)
        elif upload.expires_at <= at:
            _forget(upload, by="hub", at=at, why="expired")
    late = HttpUpload.objects.filter(closed_at__lt=at - LATE, ended_at=None)
    for upload in late.order_by("closed_at"):
        _queue(upload)
    HttpUpload.objects.filter(ended_at__isnull=False, expires_at__lte=at).delete()
    for office in Office.objects.values_list("code", flat=True):
        _remove_orphans(root / office / partial.FOLDER, before=at - YOUNG)


def _remove_orphans(folder: Path, *, before: datetime) -> None:
    """Delete files without a row: of uploads that have landed, or whose begin was killed."""
    if not folder.is_dir():
        return
    alive = {
        str(key) for key in HttpUpload.objects.filter(ended_at=None).values_list("pk", flat=True)
    }
    for file in list(folder.iterdir()):
        if file.name not in alive and file.stat().st_mtime < before.timestamp():
            partial.remove(file)


def _tell(event: str, upload: HttpUpload, *, by: str, at: datetime, **detail: object) -> None:
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
