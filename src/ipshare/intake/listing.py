"""What stands in each folder of the SFTP tree: incomplete uploads, received files, reports. Reads, never writes."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import QuerySet

from ipshare.domain.office import Kind, Right, root_folder
from ipshare.intake import tree, uploads
from ipshare.store import objects
from ipshare.store.models.accounts import Office
from ipshare.store.models.submissions import Submission

DOOR = "sftp"
FOLDER = stat.S_IFDIR | 0o755
CLOSED_FOLDER = stat.S_IFDIR | 0o555
INCOMPLETE = stat.S_IFREG | 0o600
RECEIVED = stat.S_IFREG | 0o444
REFERENCE = re.compile(r"([A-Z]{2})-(\d{6,10})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a listing. ``object`` is where the bytes of a received file or a report lie."""

    name: str
    mode: int
    size: int = 0
    modified_at: int = 0
    object: str = ""

    @property
    def folder(self) -> bool:
        """Whether the entry is a folder."""
        return stat.S_ISDIR(self.mode)


def entries(  # noqa: PLR0911 (one per kind of place)
    root: Path, place: tree.Place, office: str | None
) -> list[Entry] | None:
    """What a folder holds for an account of ``office`` (None: operators); None where there is no such folder."""
    if not _stands(place, office):
        return None
    match place:
        case tree.Root():
            return [_folder(root_folder(code)) for code in _offices(office)]
        case tree.OfficeFolder():
            names = sorted([right.folder for right in Right])
            return [*map(_folder, names), _folder(tree.FEEDBACK, CLOSED_FOLDER)]
        case tree.RightFolder():
            return [_folder(kind.value) for kind in Kind]
        case tree.KindFolder():
            by_name = {one.name: one for one in _received(place)}
            by_name |= {one.place.name: _incomplete(one) for one in uploads.waiting_in(root, place)}
            return sorted(by_name.values(), key=lambda one: one.name)
        case tree.FeedbackFolder(code):
            return [_report_folder(one) for one in _reported(code).order_by("number")]
        case tree.ReportFolder() if submission := _submission(place):
            return [_report(submission, name) for name in sorted(submission.report)]
        case tree.FilePlace() | tree.ReportFile() | tree.ReportFolder():
            return None


def entry(  # noqa: PLR0911 (one per kind of place)
    root: Path, place: tree.Place, office: str | None
) -> Entry | None:
    """The entry of one place, None where nothing stands there for this account."""
    if not _stands(place, office):
        return None
    match place:
        case tree.FilePlace():
            found = uploads.find(root, place)
            return _incomplete(found) if found else received(place)
        case tree.FeedbackFolder():
            return _folder(tree.FEEDBACK, CLOSED_FOLDER)
        case tree.ReportFolder():
            submission = _submission(place)
            return _report_folder(submission) if submission else None
        case tree.ReportFile(code, reference, name):
            submission = _submission(tree.ReportFolder(code, reference))
            if submission is None or name not in submission.report:
                return None
            return _report(submission, name)
        case _:
            return _folder(tree.path_of(place).rpartition("/")[2] or "/")


def received(place: tree.FilePlace) -> Entry | None:
    """The newest file that was received under this name."""
    newest = newest_received(place)
    return _file(newest) if newest else None


def newest_received(place: tree.FilePlace) -> Submission | None:
    """The newest submission under this name, in this folder."""
    return (
        Submission.objects.filter(
            office=place.office, right=place.right, kind=place.kind, door=DOOR, name=place.name
        )
        .order_by("-number")
        .first()
    )


def _received(place: tree.KindFolder) -> Iterator[Entry]:
    newest = (
        Submission.objects.filter(
            office=place.office, right=place.right, kind=place.kind, door=DOOR
        )
        .order_by("name", "-number")
        .distinct("name")
        .only("name", "size", "sha256", "received_at", "modified_at")
    )
    yield from map(_file, newest.iterator())


def _stands(place: tree.Place, office: str | None) -> bool:
    if not tree.sees(office, place):
        return False
    if office is not None or isinstance(place, tree.Root):
        return True
    return Office.objects.filter(code=place.office).exists()


def _offices(office: str | None) -> list[str]:
    if office is not None:
        return [office]
    return [*Office.objects.order_by("code").values_list("code", flat=True)]


def _reported(office: str) -> QuerySet[Submission]:
    return Submission.objects.filter(office=office).exclude(report={})


def _submission(place: tree.ReportFolder) -> Submission | None:
    parts = REFERENCE.fullmatch(place.reference)
    if parts is None or parts[1] != place.office:
        return None
    found: Submission | None = _reported(place.office).filter(number=int(parts[2])).first()
    return found if found and found.reference == place.reference else None


def _folder(name: str, mode: int = FOLDER) -> Entry:
    return Entry(name=name, mode=mode)


def _file(submission: Submission) -> Entry:
    return Entry(
        name=submission.name,
        mode=RECEIVED,
        size=submission.size,
        modified_at=_seconds(submission.modified_at or submission.received_at),
        object=objects.received_key(submission.sha256),
    )


def _incomplete(one: uploads.Waiting) -> Entry:
    return Entry(
        name=one.place.name, mode=INCOMPLETE, size=one.size, modified_at=int(one.modified_at)
    )


def _report_folder(submission: Submission) -> Entry:
    ended = submission.ended_at or submission.received_at
    return Entry(name=submission.reference, mode=CLOSED_FOLDER, modified_at=_seconds(ended))


def _report(submission: Submission, name: str) -> Entry:
    file = submission.report[name]
    ended = submission.ended_at or submission.received_at
    return Entry(
        name=name,
        mode=RECEIVED,
        size=file["size"],
        modified_at=_seconds(ended),
        object=file["object"],
    )


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
