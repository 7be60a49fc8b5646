"""What the home page of an office says of each right: how it stands and why, what is held, how complete it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ipshare.domain import plural
from ipshare.domain.mandatory import OF_RIGHT
from ipshare.domain.office import Right, root_folder
from ipshare.domain.submission import State
from ipshare.portal import telling, words
from ipshare.store import holdings, latest
from ipshare.store.holdings import Standing
from ipshare.store.kept_back import Sum
from ipshare.store.latest import Latest
from ipshare.store.models.accounts import Office
from ipshare.store.models.holdings import Completeness
from ipshare.store.models.submissions import Submission

RHYTHMS = {
    1: "every day",
    7: "every week",
    14: "every two weeks",
    31: "every month",
    92: "every quarter",
    366: "every year",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    """How many of the records have what is asked of them, or why no figure can be told."""

    percent: str
    words: str
    lacking: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RightRow:
    """One right of an office in one line; ``late`` is how long a submission is overdue.

    ``counts`` is the newest submission that counts as sent: what was refused or rejected does not, though it may be
    the ``latest``.
    """

    right: Right
    name: str
    folder: str
    held_records: int
    with_errors: int
    waiting: list[Submission]
    refused: list[Submission]
    latest: Submission | None
    published: Submission | None
    counts: Submission | None
    kept_back: Sum
    days: int | None
    due_at: datetime | None
    age: float | None
    late: timedelta | None
    verdict: words.Verdict
    reason: str
    complete: Complete

    @property
    def change(self) -> int:
        """What the last publication did to the number of records."""
        return self.published.inserted - self.published.withdrawn if self.published else 0

    @property
    def rhythm(self) -> str:
        """How often a submission is agreed, in words."""
        return rhythm_in_words(self.days)

    @property
    def day_of(self) -> str:
        """Which day of the agreed time it is: ``day 6 of 7``; empty where none is agreed."""
        if self.days is None or self.age is None:
            return ""
        return f"day {int(self.age // 86_400) + 1} of {self.days}"


def rhythm_in_words(days: int | None) -> str:
    """``every week``; ``no rhythm agreed``."""
    if days is None:
        return "no rhythm agreed"
    return RHYTHMS.get(days, f"every {plural.counted(days, 'day')}")


def rights(office: Office, known: frozenset[Right], *, at: datetime) -> list[RightRow]:
    """The rights of an office, as far as the person who looks knows them."""
    standing, newest = holdings.standing(office.code), latest.of(office.code)
    return [
        _row(office, right, newest[right], standing[right], at=at)
        for right in Right
        if right in known
    ]


def calm(rows: Sequence[RightRow]) -> str:
    """What to say where nothing waits: only what is so, of each right."""
    said = [
        "Nothing. No submission is held, nothing is kept back, and the last publications had no errors."
    ]
    rejected = [row for row in rows if row.latest and row.latest.state == State.REJECTED]
    late = [row for row in rows if row.late]
    loose = [row for row in rows if row.days is None]
    punctual = [row for row in rows if row.due_at and not row.late and row not in rejected]
    if punctual:
        said.append(f"{_names(punctual)} are in time.")
    said += [
        f"The last submission of {row.name.lower()} was rejected by the office." for row in rejected
    ]
    if late:
        said.append(f"{_names(late)} are later than agreed.")
    if loose:
        said.append(f"No rhythm is agreed for {_names(loose).lower()}, so nothing is late there.")
    return " ".join(said)


def _names(rows: Sequence[RightRow]) -> str:
    names = [row.name if not place else row.name.lower() for place, row in enumerate(rows)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _row(
    office: Office, right: Right, newest: Latest, standing: Standing, *, at: datetime
) -> RightRow:
    sent_at, days = newest.sent.received_at if newest.sent else None, standing.days
    due_at = sent_at + timedelta(days=days) if sent_at and days else None
    late = at - due_at if due_at and due_at < at else None
    verdict, reason = _stands(newest, standing, due_at, late)
    return RightRow(
        right=right,
        name=words.RIGHTS[right],
        folder=f"/{root_folder(office.code)}/{right.folder}",
        held_records=standing.records,
        with_errors=standing.with_errors,
        waiting=newest.held,
        refused=newest.refused,
        latest=newest.newest,
        published=newest.published,
        counts=newest.sent,
        kept_back=standing.kept_back,
        days=days,
        due_at=due_at,
        age=(at - sent_at).total_seconds() if sent_at else None,
        late=late,
        verdict=verdict,
        reason=reason,
        complete=_complete(right, standing.completeness, standing.records),
    )


def _stands(  # noqa: PLR0911 (one for each way to stand)
    newest: Latest, standing: Standing, due_at: datetime | None, late: timedelta | None
) -> tuple[words.Verdict, str]:
    """The one verdict on a right, and why, in words: what waits, then what is late, then what is wrong."""
    submission, days = newest.newest, standing.days
    agreed = rhythm_in_words(days)
    if submission is None:
        off = words.Verdict(tone="is-off", icon="off", word="Nothing received")
        return off, f"Agreed: {agreed}." if days else "No rhythm is agreed."
    state, verdict = State(submission.state), words.verdict(submission)
    kind = f"{submission.kind} {submission.reference}"
    if state == State.HELD:
        return verdict, f"{kind} waits for a decision of the office."
    if state in words.RUNNING:
        before = f" Before it one was due {telling.instant(due_at)}." if late else ""
        return verdict, f"{kind} is on the line; nothing is published before it is whole.{before}"
    if late is not None and due_at is not None:
        refused = f" {kind} was {state}." if state in {State.REFUSED, State.REJECTED} else ""
        days = max(1, math.floor(late.total_seconds() / 86_400))
        word = f"Late by {plural.counted(days, 'day')}".replace(" day", "\u00a0day")
        tardy = words.Verdict(tone=words.LATE[0], icon=words.LATE[1], word=word)
        return tardy, f"Was due {telling.instant(due_at)}; agreed {agreed}.{refused}"
    due = f"Next due {telling.instant(due_at)}." if due_at else "No rhythm is agreed."
    if state in {State.REFUSED, State.REJECTED}:
        return verdict, f"{kind}: nothing of it was loaded; the state before it holds. {due}"
    if wrong := _wrong(newest, standing):
        warn = words.Verdict(tone="is-warn", icon="warn", word="Published, with errors")
        return warn, f"{wrong} {due}"
    good = words.Verdict(tone="is-ok", icon="ok", word="On time" if due_at else "Published")
    return good, f"No open error in what is held. {due}"


def _wrong(newest: Latest, standing: Standing) -> str:
    """What is to be corrected, whenever it came; empty where nothing is."""
    kept = standing.kept_back
    parts = []
    if standing.with_errors:
        parts.append(f"{plural.counted(standing.with_errors, 'record')} with open errors")
    for count, what in ((kept.records, "kept back"), (kept.unplaced, "without a number")):
        if count:
            parts.append(
                f"{count:,} {what}" if parts else f"{plural.counted(count, 'record')} {what}"
            )
    if newest.refused:
        count = len(newest.refused)
        most = count == latest.REFUSED
        parts.append(
            f"more than {count - 1} files refused"
            if most
            else f"{plural.counted(count, 'file')} refused"
        )
    return f"{', '.join(parts)}." if parts else ""


def _complete(right: Right, counted: Completeness | None, held: int) -> Complete:
    asked = ", ".join(element.value for element in OF_RIGHT[right])
    if not held:
        return Complete(percent="", words="No records are held.")
    if counted is None or not counted.records:
        why = "Not counted yet: it is counted when the right is next published."
        return Complete(percent="", words=why)
    share = math.floor(1000 * counted.complete / counted.records) / 10
    told = f"of {plural.counted(counted.records, 'record has|records have')} {asked}"
    if counted.unknown:
        told += f"; {plural.counted(counted.unknown, 'was|were')} read before this was counted"
    found = [(name, count) for name, count in counted.lacking.items() if count]
    lacking = tuple(sorted(found, key=lambda one: -one[1]))
    return Complete(percent=f"{share:.1f}\u00a0%", words=told, lacking=lacking)
