"""The list of offices as operators see it, on the page and as a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from ipshare.domain.office import Right
from ipshare.domain.submission import State
from ipshare.portal import words
from ipshare.portal.sheets import Cell
from ipshare.store import holdings, latest
from ipshare.store.models.accounts import Office
from ipshare.store.models.submissions import Submission

COLUMNS = (
    "office", "name", "languages", "open", "hold_percent", "last_received", "last_published",
    "trademarks", "patents", "designs", "records_with_errors", "running", "held", "overdue",
)  # fmt: skip
SHOWN = (
    ("", "All offices"), ("open", "Open"), ("closed", "Closed"), ("overdue", "Overdue"),
    ("waiting", "With held submissions"),
)  # fmt: skip


class FilterForm(forms.Form):
    """What the list is narrowed to."""

    words = forms.CharField(required=False, max_length=100)
    shown = forms.ChoiceField(required=False, choices=SHOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRow:
    """One office in one line."""

    office: Office
    trademarks: int
    patents: int
    designs: int
    errors: int
    running: int
    waiting: int
    last_received: datetime | None
    last_published: datetime | None
    overdue: Sequence[Right]
    verdict: words.Verdict

    @property
    def late(self) -> str:
        """The rights of which nothing came for longer than is expected."""
        return ", ".join(words.RIGHTS[right].lower() for right in self.overdue)

    def cells(self) -> Sequence[Cell]:
        """The same line in a file."""
        return (
            self.office.code, self.office.name, self.office.languages,
            "yes" if self.office.active else "no", str(self.office.hold_percent),
            self.last_received, self.last_published, self.trademarks, self.patents, self.designs,
            self.errors, self.running, self.waiting, self.late,
        )  # fmt: skip


def listing(form: FilterForm, at: datetime) -> list[OfficeRow]:
    """The offices that fit the form, in the order of their codes."""
    wanted = form.cleaned_data if form.is_valid() else {}
    found = _counted()
    if asked := wanted.get("words", "").strip():
        found = found.filter(Q(name__icontains=asked) | Q(code__iexact=asked))
    match wanted.get("shown"):
        case "open":
            found = found.filter(active=True)
        case "closed":
            found = found.filter(active=False)
        case "waiting":
            waiting = Submission.objects.filter(state=State.HELD).values("office")
            found = found.filter(code__in=waiting)
    held = defaultdict(lambda: dict.fromkeys(Right, 0), holdings.counts_of_all())
    faulty = holdings.errors_of_all()
    late = _overdue(at)
    rows = [
        _row(office, held[office.code], faulty.get(office.code, 0), late.get(office.code, []))
        for office in found
    ]
    return [row for row in rows if row.overdue] if wanted.get("shown") == "overdue" else rows


def _overdue(at: datetime) -> dict[str, list[Right]]:
    """By office, the rights for which nothing came within the rhythm that was agreed."""
    late: dict[str, list[Right]] = defaultdict(list)
    for one in latest.late(at):
        late[one.office].append(one.right)
    return late


def _counted() -> QuerySet[Office]:
    """Offices with their newest submissions, read from the end of an index, and their unfinished ones."""
    mine = Submission.objects.filter(office=OuterRef("pk"))
    published = mine.filter(state=State.PUBLISHED).order_by("-number")
    unfinished = [*words.RUNNING, State.HELD]
    return Office.objects.annotate(
        last_received=Subquery(mine.order_by("-number").values("received_at")[:1]),
        last_published=Subquery(published.values("ended_at")[:1]),
        running=_count(mine.filter(state__in=unfinished).exclude(state=State.HELD)),
        held=_count(mine.filter(state=State.HELD)),
    ).order_by("code")


def _count(some: QuerySet[Submission]) -> Subquery:
    return Subquery(some.order_by().values("office").annotate(n=Count("*")).values("n"))


def _row(
    office: Office, held: dict[Right, int], errors: int, overdue: Sequence[Right]
) -> OfficeRow:
    counted = office.__dict__  # the annotations of _counted
    return OfficeRow(
        office=office,
        trademarks=held[Right.TRADEMARK],
        patents=held[Right.PATENT],
        designs=held[Right.DESIGN],
        errors=errors,
        running=counted["running"] or 0,
        waiting=counted["held"] or 0,
        last_received=counted["last_received"],
        last_published=counted["last_published"],
        overdue=overdue,
        verdict=_verdict(office, counted["held"] or 0, counted["last_received"], overdue),
    )


def _verdict(
    office: Office, held: int, received: datetime | None, overdue: Sequence[Right]
) -> words.Verdict:
    """The one state of an office for whoever runs the hub."""
    if not office.active:
        return words.Verdict(tone="is-off", icon="off", word="Closed")
    if held:
        return words.Verdict(tone="is-held", icon="held", word="Held submission")
    if overdue:
        return words.Verdict(tone="is-warn", icon="warn", word="Overdue")
    if received is None:
        return words.Verdict(tone="is-info", icon="info", word="Nothing received")
    return words.Verdict(tone="is-ok", icon="ok", word="Open")


def rows(form: FilterForm, at: datetime) -> Iterator[Sequence[Cell]]:
    """The lines of the file."""
    return (row.cells() for row in listing(form, at))
