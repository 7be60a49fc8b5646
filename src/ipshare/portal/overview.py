"""What the home page of an office says: each right's state, what waits for a person, what is shared with whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ipshare.domain.office import Kind, Right, root_folder
from ipshare.domain.submission import State
from ipshare.portal import words
from ipshare.store import holdings
from ipshare.store.models.accounts import Office
from ipshare.store.models.submissions import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class RightRow:
    """One right of an office in one line."""

    right: Right
    name: str
    folder: str
    held_records: int
    with_errors: int
    latest: Submission | None
    published: Submission | None
    age: float | None
    verdict: words.Verdict

    @property
    def change(self) -> int:
        """What the last publication did to the number of records."""
        return self.published.inserted - self.published.withdrawn if self.published else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Something that a person of the office should look at; the most urgent first."""

    tone: str
    icon: str
    kind: str
    row: RightRow
    submission: Submission | None


def rights(office: Office, known: frozenset[Right], *, at: datetime) -> list[RightRow]:
    """The rights of an office, as far as the person who looks knows them."""
    held, faulty = holdings.counts(office.code), holdings.with_errors(office.code)
    newest = _newest(office.code)
    published = _newest(office.code, state=State.PUBLISHED)
    rows = []
    for right in (right for right in Right if right in known):
        latest, good = newest.get(right), published.get(right)
        rows.append(
            RightRow(
                right=right,
                name=words.RIGHTS[right],
                folder=f"/{root_folder(office.code)}/{right.folder}",
                held_records=held[right],
                with_errors=faulty[right],
                latest=latest,
                published=good,
                age=(at - good.ended_at).total_seconds() if good and good.ended_at else None,
                verdict=words.verdict(latest)
                if latest
                else words.Verdict(tone="is-off", icon="off", word="Nothing received"),
            )
        )
    return rows


def _newest(office: str, **conditions: str) -> dict[Right, Submission]:
    """The newest submission of each right; tests and repetitions say nothing about the register."""
    found = (
        Submission.objects.filter(office=office, **conditions)
        .exclude(kind=Kind.TEST)
        .exclude(state=State.REPEATED)
        .order_by("right", "-number")
        .distinct("right")
    )
    return {Right(submission.right): submission for submission in found}


def waiting(office: Office, rows: Iterable[RightRow]) -> list[Waiting]:
    """Held submissions, refused ones, errors of the last publication, rights never sent."""
    by_right = {row.right: row for row in rows}
    held = Submission.objects.filter(office=office.code, state=State.HELD).order_by("number")

    def thing(tone: str, icon: str, kind: str, row: RightRow, about: Submission | None) -> Waiting:
        return Waiting(tone=tone, icon=icon, kind=kind, row=row, submission=about)

    return [
        *(
            thing("is-held", "held", "held", by_right[Right(s.right)], s)
            for s in held
            if s.right in by_right
        ),
        *(
            thing("is-error", "error", "refused", row, row.latest)
            for row in by_right.values()
            if row.latest and row.latest.state == State.REFUSED
        ),
        *(
            thing("is-warn", "warn", "errors", row, row.published)
            for row in by_right.values()
            if row.published and (row.with_errors or row.published.errors)
        ),
        *(
            thing("is-info", "info", "nothing", row, None)
            for row in by_right.values()
            if row.latest is None
        ),
    ]
