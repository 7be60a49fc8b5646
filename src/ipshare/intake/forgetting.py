"""Files over HTTP that do not land: cancelled, expired, put away, or left behind by a kill."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ipshare.intake import http_arrivals, over_http, partial
from ipshare.intake.announcing import NotTakenError
from ipshare.store.models.accounts import Office
from ipshare.store.models.uploads import HttpUpload

LATE = timedelta(minutes=10)
"""A whole file that has not landed after this is given to a worker once more."""
YOUNG = timedelta(hours=1)
"""A file without a row may have its row in a moment."""


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
        over_http.tell(
            "upload.removed", held, by=by, at=at, received=over_http.offset_of(held), why=why
        )
        held.delete()
    partial.remove(over_http.path_of(upload))
    return True


def put_away(upload: HttpUpload, *, by: str, at: datetime) -> None:
    """Somebody has seen that an upload was not taken in; harmless to repeat. NotTakenError where it was, or may be."""
    if not upload.trouble:
        raise NotTakenError(f"{upload.name} waits for nobody: it was taken in, or is still coming")
    with transaction.atomic():
        if HttpUpload.objects.filter(pk=upload.pk, put_away_at=None).update(put_away_at=at):
            over_http.tell(
                "upload.put-away", upload, by=by, at=at, sender=upload.sender, reason=upload.trouble
            )


def sweep(*, at: datetime) -> None:
    """Close and land what a kill left whole, and delete what has expired; on a machine that has the folder only.

    A file that is whole and late but not there any more has ended: else it would hold its name for ever.
    """
    root = Path(settings.UPLOADS)
    if not root.is_dir():
        return
    for upload in HttpUpload.objects.filter(closed_at=None):
        if over_http.offset_of(upload) >= upload.size:
            over_http.close(upload, at=at)
        elif upload.expires_at <= at:
            _forget(upload, by="hub", at=at, why="expired")
    late = HttpUpload.objects.filter(closed_at__lt=at - LATE, ended_at=None)
    for upload in late.order_by("closed_at"):
        path = over_http.path_of(upload)
        if path.parent.is_dir() and not path.exists():
            http_arrivals.lost(upload, at=at)
        else:
            over_http.to_land(upload)
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
