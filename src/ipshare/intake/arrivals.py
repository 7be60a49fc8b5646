"""The end of an upload: a whole file leaves the uploads folder and lands, after a kill at the next start."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ipshare.domain import plural
from ipshare.domain.office import Kind, Right
from ipshare.intake import http_arrivals, landing, uploads, whole
from ipshare.intake.digesting import RunningDigest
from ipshare.intake.tree import FilePlace, KindFolder, path_of
from ipshare.store.models.accounts import Office
from ipshare.store.models.submissions import Submission

DOOR = "sftp"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
log = logging.getLogger(__name__)


def finish(upload: uploads.Upload, *, root: Path, sender: str, at: datetime) -> Submission | None:
    """The client has closed a file: land it when it is whole, else keep it and say what is missing.

    A file under a temporary name is kept without a word. The handle is closed in any case.
    """
    try:
        if upload.place.temporary:
            return None
        if upload.failed:
            raise uploads.UploadError(f"{upload.place.name} did not land: {upload.failed}")
        if upload.contiguous < upload.size:
            kept = f"the bytes from {upload.contiguous} on were not all sent"
            raise uploads.UploadError(_incomplete(upload.place, upload.contiguous, kept))
        return arrive(
            root, upload.path, upload.fd, upload.place,
            sender=sender, at=at, digest=upload.digest,
        )  # fmt: skip
    finally:
        upload.release()


def arrive(  # noqa: PLR0913 (a file, where it goes, who sent it)
    root: Path,
    path: Path,
    fd: int,
    place: FilePlace,
    *,
    sender: str,
    at: datetime,
    digest: RunningDigest | None = None,
) -> Submission:
    """Land the locked file ``fd`` at ``path`` as ``place``; UploadError when it is not whole, and it stays."""
    if lacks := whole.missing(fd, place.name):
        raise uploads.UploadError(_incomplete(place, os.fstat(fd).st_size, lacks))
    os.fsync(fd)
    digest = digest or RunningDigest(fd)
    sha256 = digest.hexdigest(os.fstat(fd).st_size)
    folder = uploads.folder_of(root, place.folder)
    micros = (at - EPOCH) // timedelta(microseconds=1)
    stage = folder / uploads.LANDING / f"{micros}.{sender}"
    while stage.exists():  # two files of one account in the same microsecond
        micros += 1
        stage = folder / uploads.LANDING / f"{micros}.{sender}"
    stage.mkdir(mode=0o700, parents=True)
    staged = stage / place.name
    path.rename(staged)
    for each in (path.parent, stage, stage.parent, folder):
        uploads.fsync_folder(each)
    try:
        return land_staged(staged, place, sha256=sha256)
    except Exception as trouble:
        log.exception("landing of %s failed", path_of(place))
        kept = _give_back(staged, path)
        stage.rmdir()
        raise uploads.UploadError(f"the hub could not take {place.name} in; {kept}") from trouble


def _give_back(staged: Path, path: Path) -> str:
    """Keep a file that did not land under the name that it had, unless somebody sends another under it by now."""
    try:
        uploads.move(staged, path)
    except FileExistsError:
        staged.unlink()
        return "another of its name is being sent meanwhile; send it again when that one has come"
    return "it is kept, send or resume it again later"


def land_staged(staged: Path, place: FilePlace, *, sha256: str | None = None) -> Submission:
    """Land a file of the landing folder, whose name says when and by whom it was closed, and clear it away.

    What was whole earlier over HTTP, of the same office and right, lands first.
    """
    micros, sender = staged.parent.name.split(".", 1)
    closed_at = EPOCH + timedelta(microseconds=int(micros))
    http_arrivals.land_earlier(place.office, place.right, before=closed_at, at=closed_at)
    submission = landing.land(
        staged,
        office=place.office,
        right=place.right,
        kind=place.kind,
        name=place.name,
        door=DOOR,
        sender=sender,
        at=closed_at,
        sha256=sha256,
        modified_at=datetime.fromtimestamp(int(staged.stat().st_mtime), UTC),
    )
    staged.unlink()
    staged.parent.rmdir()
    return submission


def recover(root: Path) -> list[Submission]:
    """Land what was closed by its client before the hub was killed, and clear away what had landed."""
    landed: list[Submission] = []
    for office in Office.objects.values_list("code", flat=True):
        for right in Right:
            folders = [KindFolder(office, right, kind) for kind in Kind]
            landed += _recover(root, folders)
            for folder in folders:
                for copy in uploads.folder_of(root, folder).glob(".copy-*"):
                    copy.unlink()
    return landed


def _recover(root: Path, folders: list[KindFolder]) -> list[Submission]:
    """The same of the folders of one right, in the order in which the files were closed."""
    landed: list[Submission] = []
    stages = [
        (stage, folder)
        for folder in folders
        for stage in uploads.stages(uploads.folder_of(root, folder))
    ]
    for stage, folder in sorted(stages, key=lambda one: one[0].name):
        for staged in stage.iterdir():
            place = FilePlace(folder.office, folder.right, folder.kind, staged.name)
            try:
                landed.append(land_staged(staged, place))
            except Exception:
                log.exception("landing of %s failed; the next start tries again", path_of(place))
        if stage.exists() and not any(stage.iterdir()):
            stage.rmdir()
    return landed


def rename(
    root: Path, source: FilePlace, target: FilePlace, *, sender: str, clock: Callable[[], datetime]
) -> Submission | None:
    """Give an incomplete upload another name or folder: a name that is not temporary ends the upload."""
    if source == target:
        if uploads.find(root, source) is None:
            raise FileNotFoundError
        return None
    path = uploads.path_of(root, source)
    fd = uploads.hold(path)
    try:
        taken = f"{target.name} is being sent already; delete or finish that upload first"
        if uploads.find(root, target) is not None:
            raise uploads.UploadError(taken)
        uploads.folder_of(root, target.folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.temporary:
            try:
                uploads.move(path, uploads.path_of(root, target))
            except FileExistsError as begun:
                raise uploads.UploadError(taken) from begun
            return None
        return arrive(root, path, fd, target, sender=sender, at=clock())
    finally:
        os.close(fd)


def _incomplete(place: FilePlace, size: int, lacks: str) -> str:
    return (
        f"{place.name} is not whole: {lacks}. Its {plural.counted(size, 'byte is|bytes are')} kept."
        f" {whole.REPUT}"
    )
