"""Who received what of an office: totals by third party and right, and every disclosure of one record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django import forms
from django.db.models import QuerySet

from ipshare.domain.authorization import Channel
from ipshare.domain.group import SHAREABLE, ElementGroup, groups_in
from ipshare.domain.office import Right
from ipshare.portal import words
from ipshare.portal.sheets import Cell
from ipshare.share import ledger
from ipshare.store.disclosed import Total
from ipshare.store.models.disclosures import Disclosure
from ipshare.store.models.sharing import Authorization

PAGE = 50
PERIOD = timedelta(days=90)
CHANNELS = {
    Channel.API: "API",
    Channel.BULK: "Bulk export",
    Channel.PUSH: "Push",
    Channel.SFTP: "SFTP",
}
TOTAL_COLUMNS = (
    "third_party", "right", "month", "entries", "records", "files", "bytes", "first_version", "last_version",
    "first_position", "last_position", "last_at",
)  # fmt: skip
COLUMNS = (
    "at", "third_party", "right", "number", "what", "groups", "version", "base_version", "channel", "client",
    "request", "first_position", "last_position",
)  # fmt: skip


class FilterForm(forms.Form):
    """What the page is narrowed to; what cannot be read is named, not ignored."""

    number = forms.CharField(required=False, max_length=200)
    party = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    right = forms.TypedChoiceField(
        required=False,
        coerce=Right,
        empty_value=None,
        choices=[("", "All rights"), *((r.value, n) for r, n in words.RIGHTS.items())],
    )
    channel = forms.TypedChoiceField(
        required=False,
        coerce=Channel,
        empty_value=None,
        choices=[("", "All channels"), *((c.value, n) for c, n in CHANNELS.items())],
    )
    first = forms.DateField(
        required=False, error_messages={"invalid": "From is not a date; write it as 2026-11-26."}
    )
    last = forms.DateField(
        required=False, error_messages={"invalid": "To is not a date; write it as 2026-11-26."}
    )
    months = forms.BooleanField(required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an office asks its ledger; with ``number`` for the disclosures of one record, else for totals."""

    number: str = ""
    party: int | None = None
    right: Right | None = None
    channel: Channel | None = None
    first: date | None = None
    last: date | None = None
    months: bool = False

    @property
    def narrows(self) -> bool:
        """Whether anything but the period is left out."""
        return bool(self.number or self.party or self.right or self.channel)

    def since(self, zone: tzinfo) -> datetime | None:
        """The first instant of the period; days begin in the person's zone."""
        return _midnight(self.first, zone) if self.first else None

    def until(self, zone: tzinfo) -> datetime | None:
        """The first instant after the period."""
        if self.last is None or self.last == date.max:
            return None
        return _midnight(self.last + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(max(day, date(2000, 1, 1)), time.min, tzinfo=zone)


def wanted(form: FilterForm) -> Wanted:
    """The fields that could be read."""
    form.is_valid()
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    return Wanted(**chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One disclosure of a record in words."""

    row: Disclosure
    party: str
    channel: str
    what: str
    without: list[str]


def parties_of(office: str) -> dict[int, str]:
    """The names of the office's third parties, by authorization; ended ones too."""
    found = Authorization.objects.filter(office=office).select_related("third_party")
    return {one.pk: one.third_party.name for one in found.order_by("third_party__name")}


def totals(office: str, asked: Wanted, known: frozenset[Right]) -> list[Total]:
    """The totals that fit, of the rights that a person knows; days are those of the office."""
    return ledger.totals(
        office,
        rights=known & {asked.right} if asked.right else known,
        first=asked.first,
        last=asked.last,
        authorization=asked.party,
        channel=asked.channel,
        by_month=asked.months,
    )


def of_record(
    office: str, asked: Wanted, known: frozenset[Right], zone: tzinfo
) -> QuerySet[Disclosure]:
    """The disclosures of one record that fit, of the rights that a person knows, newest first."""
    found = ledger.of_record(office, asked.right, asked.number).filter(right__in=known)
    chosen = {
        "authorization": asked.party,
        "channel": asked.channel,
        "at__gte": asked.since(zone),
        "at__lt": asked.until(zone),
    }
    return found.filter(**{name: value for name, value in chosen.items() if value is not None})


def lines(found: Iterable[Disclosure], parties: dict[int, str]) -> Iterator[Line]:
    """Disclosures in words."""
    for row in found:
        groups = groups_in(row.groups)
        yield Line(
            row=row,
            party=parties[row.authorization_id],
            channel=CHANNELS[Channel(row.channel)],
            what=_what(row),
            without=words.withheld_in_words(SHAREABLE - groups) if groups else [],
        )


def _what(row: Disclosure) -> str:
    if row.files:
        return "File " + ", ".join(row.files)
    return "Record" if row.groups else "That it was withdrawn"


def record_rows(
    number: str, found: QuerySet[Disclosure], parties: dict[int, str]
) -> Iterator[list[Cell]]:
    """The rows of the file about one record."""
    for line in lines(found.iterator(chunk_size=500), parties):
        row = line.row
        groups = groups_in(row.groups)
        named = " ".join(group.value for group in ElementGroup if group in groups)
        yield [
            row.at, line.party, row.right, number, line.what, named, row.version, row.base, row.channel,
            row.client, row.request, row.first_position, row.last_position,
        ]  # fmt: skip


def total_rows(found: Iterable[Total], parties: dict[int, str]) -> Iterator[list[Cell]]:
    """The rows of the file of totals."""
    for one in found:
        month = one.month.strftime("%Y-%m") if one.month else None
        yield [
            parties[one.authorization], one.right, month, one.entries, one.records, one.files, one.size,
            *one.versions, *(one.positions or (None, None)), one.last_at,
        ]  # fmt: skip
