"""What the page for sending files shows: what is on its way or has just ended, and what speaks against a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ipshare.domain.delivery import CODES
from ipshare.domain.office import Kind, Right
from ipshare.domain.zone import Zone
from ipshare.intake import over_http
from ipshare.intake.tree import FilePlace
from ipshare.portal import words
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload

SHOWN = 50
# How programs and offices name their files: KH_TM_Updates_20261120.zip
NAME = re.compile(r"[A-Za-z]{2}_(TM|PT|ID)_(?:(Full_Extraction|Updates|Test)_)?.*", re.IGNORECASE)
RIGHTS = {code: right for right, code in CODES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One upload on the page."""

    upload: HttpUpload
    offset: int
    percent: int
    own: bool

    @property
    def verdict(self) -> words.Verdict | None:
        """Where the submission stands that it became."""
        return words.verdict(self.upload.submission) if self.upload.submission else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to look at before a file is sent; ``reference`` is of the submission that it is about."""

    words: str
    reference: str = ""


def rows(office: str, person: int, rights: Iterable[Right]) -> tuple[list[Row], list[Row]]:
    """Uploads that are not whole yet, and those that are or have ended, newest first."""
    found = HttpUpload.objects.filter(office=office, right__in=list(rights))
    found = found.select_related("person", "client", "submission").order_by("-begun_at")
    # apart: machines may send any number of files while one of a person's waits for its rest, and holds its name
    growing, ended = found.filter(closed_at=None), found.exclude(closed_at=None)
    return (
        [_row(upload, person) for upload in growing[:SHOWN]],
        [_row(upload, person) for upload in ended[:SHOWN]],
    )


def _row(upload: HttpUpload, person: int) -> Row:
    offset = over_http.offset_of(upload)
    percent = 100 * offset // upload.size
    return Row(upload=upload, offset=offset, percent=percent, own=upload.person_id == person)


def notices(place: FilePlace, sha256: str, zone: Zone) -> list[Notice]:
    """What a person should know before these bytes go to this place; nothing of it forbids to send them.

    ``zone`` is that of the person's page.
    """
    return [*_of_name(place), *_of_bytes(place, sha256, zone)]


def _of_name(place: FilePlace) -> Iterable[Notice]:
    said = NAME.fullmatch(place.name)
    if said is None:
        return
    right, kind = RIGHTS[said[1].upper()], said[2] or ""
    here = f"{place.right.folder}/{place.kind.value}"
    if right != place.right:
        yield Notice(
            words=f"The name says {right.folder}; the file would go to {here}. The folder decides."
        )
    elif kind and place.kind is not Kind.TEST and kind.lower() != place.kind.value.lower():
        # a file on trial has the name that it will have
        yield Notice(
            words=f"The name says {kind}; the file would go to {here}. The folder decides."
        )


def _of_bytes(place: FilePlace, sha256: str, zone: Zone) -> Iterable[Notice]:
    if not sha256:
        return
    same = Submission.objects.filter(office=place.office, sha256=sha256, right=place.right)
    last = same.exclude(repeats__isnull=False).order_by("-number").first()
    if last is not None:
        there = last.received_at.astimezone(zone.offset)
        yield Notice(
            words=(
                f"These bytes came as {last.reference} on {there.day} {there:%b %Y, %H:%M}, {zone.label}, to "
                f"{Right(last.right).folder}/{last.kind}."
            ),
            reference=last.reference,
        )
