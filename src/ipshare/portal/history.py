"""The list of submissions: which ones fit a filter, and the same list as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import Q, QuerySet

from ipshare.accounts import permissions
from ipshare.domain.office import Right
from ipshare.domain.submission import State
from ipshare.portal import guard, words
from ipshare.store.models.accounts import User
from ipshare.store.models.submissions import Submission

PAGE = 50
STATES = {
    "running": ("Running", words.RUNNING),
    "held": ("Held", frozenset({State.HELD})),
    "published": ("Published", frozenset({State.PUBLISHED})),
    "tested": ("Tested", frozenset({State.TESTED})),
    "refused": ("Refused", frozenset({State.REFUSED})),
    "rejected": ("Rejected", frozenset({State.REJECTED})),
    "repeated": ("Sent before", frozenset({State.REPEATED})),
}
COLUMNS = (
    "reference", "office", "right", "kind", "name", "state", "door", "sender", "size", "sha256",
    "received_at", "opened_at", "checked_at", "ended_at", "records", "inserted", "updated",
    "withdrawn", "unchanged", "withheld", "errors", "warnings", "infos", "decided_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the list is narrowed to; empty means everything."""

    right: str = ""
    kind: str = ""
    state: str = ""
    office: str = ""
    words: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return self != Filter()


def visible(who: User) -> QuerySet[Submission]:
    """All submissions that a person may see: of the own office and the rights served, or for operators all."""
    everything = Submission.objects.select_related("repeats")
    if who.office_id is None:
        return everything
    known = permissions.known(who, at=who.office_id)
    own = everything.filter(office=who.office_id)
    return own if known == frozenset(Right) else own.filter(right__in=known)


def fitting(who: User, wanted: Filter, zone: tzinfo) -> QuerySet[Submission]:
    """The submissions that fit, newest first; days begin in the person's zone."""
    found = visible(who)
    if wanted.right:
        found = found.filter(right=wanted.right)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.office:
        found = found.filter(office=wanted.office)
    if wanted.state:
        found = found.filter(state__in=STATES[wanted.state][1])
    if wanted.first:
        found = found.filter(received_at__gte=_midnight(wanted.first, zone))
    if wanted.last and wanted.last < date.max:
        found = found.filter(received_at__lt=_midnight(wanted.last, zone) + timedelta(days=1))
    if wanted.words:
        found = found.filter(_named(wanted.words))
    return found.order_by("-received_at", "-pk")


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _named(text: str) -> Q:
    """A part of the file's name, a reference, or the beginning of a SHA-256."""
    names = Q(name__icontains=text)
    if parts := guard.REFERENCE.fullmatch(text.upper()):
        names |= Q(office=parts[1], number=int(parts[2]))
    if len(text) >= 8:  # noqa: PLR2004 (shorter prefixes are words)
        names |= Q(sha256__startswith=text.lower())
    return names


class _Line:
    """What csv writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def as_csv(found: QuerySet[Submission]) -> Iterator[str]:
    """The list as CSV (RFC 4180), times in UTC (ISO 8601)."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for submission in found.iterator(chunk_size=500):
        yield writer.writerow([_cell(submission, column) for column in COLUMNS])


def _cell(submission: Submission, column: str) -> str:
    value = submission.office_id if column == "office" else getattr(submission, column)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    text = str(value)
    # A name may begin like a formula; a spreadsheet must not run it.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
