"""What is still kept back of an office's records: those whose newest submission kept them back.

A row of ``kept_back`` names a record, the submission and the groups that it kept back; a bit of identity stands for
the whole record. It comes and goes as submissions are published, and a Full_Extraction begins anew, so nobody has to
look through submissions for it. ``kept_back_sum`` has the counts of a right, and the Full_Extraction since which
they are counted. Records that have no number of the register cannot be told apart: they are counted until the next
Full_Extraction, as ``unplaced``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from ipshare.domain.finding import KeptBack
from ipshare.domain.group import ElementGroup, groups_in
from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.store.models.submissions import Finding, Submission

_WHOLE = ElementGroup.IDENTITY.bit


class Sum(NamedTuple):
    """How many records of a right are kept back whole and in part, and how many have no number to be kept under.

    Since when it is counted: number and time of the last Full_Extraction; None where there was none.
    """

    whole: int = 0
    partly: int = 0
    unplaced: int = 0
    since: int | None = None
    since_at: datetime | None = None

    @property
    def records(self) -> int:
        """Those that are listed, one by one."""
        return self.whole + self.partly


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One record that is kept back: by which submission, as a whole or in which groups, and the findings that do it."""

    number: str
    submission: Submission
    kept: KeptBack
    groups: frozenset[ElementGroup]
    findings: Sequence[Finding]


def follow(submission: Submission) -> None:
    """Bring what is kept back to what publishing a submission has left of it, in the transaction of its ``delta``."""
    full = submission.kind == Kind.FULL_EXTRACTION
    names: dict[str, Any] = {
        "office": submission.office_id,
        "right": submission.right,
        "submission": submission.pk,
        "full": full,
    }
    sent = "SELECT number FROM delta WHERE operation <> 'repainted'"  # not those of which only a picture came
    with connection.cursor() as cursor:
        cursor.execute(
            'DELETE FROM kept_back WHERE office = %(office)s AND "right" = %(right)s'
            + ("" if full else f" AND number IN ({sent})"),
            names,
        )
        cursor.execute(
            f"""
            INSERT INTO kept_back (office, "right", number, submission_id, groups)
            SELECT %(office)s, %(right)s, number, %(submission)s,
                   CASE operation WHEN 'withheld' THEN {_WHOLE} ELSE withheld END
            FROM delta WHERE operation = 'withheld' OR withheld <> 0
            """,
            names,
        )
        cursor.execute(
            f"""
            INSERT INTO kept_back_sum AS k (office, "right", since, whole, partly, unplaced)
            SELECT %(office)s, %(right)s, CASE WHEN %(full)s THEN %(submission)s END,
                   count(*) FILTER (WHERE groups & {_WHOLE} <> 0),
                   count(*) FILTER (WHERE groups & {_WHOLE} = 0), %(unplaced)s
            FROM kept_back WHERE office = %(office)s AND "right" = %(right)s
            ON CONFLICT (office, "right") DO UPDATE SET
              since = coalesce(excluded.since, k.since), whole = excluded.whole, partly = excluded.partly,
              unplaced = excluded.unplaced + CASE WHEN %(full)s THEN 0 ELSE k.unplaced END
            """,
            names | {"unplaced": submission.unplaced},
        )


SUM = "coalesce(k.whole, 0), coalesce(k.partly, 0), coalesce(k.unplaced, 0), b.number, b.ended_at"
"""A Sum in a statement: of kept_back_sum as ``k`` and its Full_Extraction as ``b``."""


def sums(office: str) -> dict[Right, Sum]:
    """The counts of each right of an office."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT k."right", {SUM} FROM kept_back_sum k LEFT JOIN store_submission b ON b.id = k.since'
            " WHERE k.office = %s",
            [office],
        )
        found = {Right(right): Sum(*counted) for right, *counted in cursor.fetchall()}
    return dict.fromkeys(Right, Sum()) | found


def rules(office: str, right: Right) -> dict[str, int]:
    """The rules that keep records of a right back, and how many records each; what keeps back most comes first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT f.rule, count(DISTINCT k.number) FROM kept_back k
            JOIN store_finding f ON f.submission_id = k.submission_id AND f.record = k.number AND f.withholds <> 0
            WHERE {_OF_RIGHT} GROUP BY 1 ORDER BY 2 DESC, 1
            """,
            {"office": office, "right": right.value},
        )
        return dict(cursor.fetchall())


def count(office: str, right: Right, *, words: str = "", rule: str = "") -> int:
    """How many records are kept back whose number holds some text, by a rule or by any."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM kept_back k WHERE {_OF_RIGHT} {_LIKE} {_BY_RULE}",
            {"office": office, "right": right.value, "words": words, "rule": rule},
        )
        [found] = cursor.fetchone()
    return int(found)


def lines(  # noqa: PLR0913 (what is looked for, and where the reader is)
    office: str, right: Right, *, words: str = "", rule: str = "", skip: int = 0, most: int
) -> list[Line]:
    """Those records, in the order of their numbers, each with all that keeps it back."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT number, submission_id, groups FROM kept_back k WHERE {_OF_RIGHT} {_LIKE} {_BY_RULE}
            ORDER BY number OFFSET %(skip)s LIMIT %(most)s
            """,
            {
                "office": office, "right": right.value, "words": words, "rule": rule, "skip": skip, "most": most,
            },
        )  # fmt: skip
        rows = cursor.fetchall()
    came = Submission.objects.in_bulk({key for _, key, _ in rows})
    found: dict[str, list[Finding]] = {number: [] for number, *_ in rows}
    for one in _findings([key for _, key, _ in rows], [number for number, *_ in rows]):
        found[one.record].append(one)
    return [
        Line(
            number=number,
            submission=came[key],
            kept=KeptBack.of(groups),
            groups=groups_in(groups),
            findings=found[number],
        )
        for number, key, groups in rows
    ]


def sent_with(office: str, right: Right, number: str) -> Submission | None:
    """The submission that kept back a record; None where none does."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT submission_id FROM kept_back WHERE {_OF_RIGHT} AND number = %(number)s",
            {"office": office, "right": right.value, "number": number},
        )
        row = cursor.fetchone()
    return Submission.objects.filter(pk=row[0]).first() if row else None


def unplaced(office: str, right: Right, counted: Sum) -> list[Submission]:
    """The submissions that brought records without a number of the register, the newest first."""
    found = Submission.objects.filter(
        office=office, right=right.value, unplaced__gt=0, state=State.PUBLISHED,
        number__gte=counted.since or 0,
    )  # fmt: skip
    return list(found.order_by("-number"))


_OF_RIGHT = 'office = %(office)s AND "right" = %(right)s'
_BY_RULE = """AND (%(rule)s = '' OR EXISTS (
    SELECT FROM store_finding f WHERE f.submission_id = k.submission_id AND f.record = k.number AND f.withholds <> 0
      AND f.rule = %(rule)s))"""
_LIKE = "AND (%(words)s = '' OR strpos(upper(number), upper(%(words)s)) > 0)"


def _findings(submissions: list[int], numbers: list[str]) -> list[Finding]:
    """What keeps some records back, each in its own submission."""
    query = """
        SELECT f.* FROM unnest(%s::bigint[], %s::text[]) AS k (submission, number)
        JOIN store_finding f ON f.submission_id = k.submission AND f.record = k.number AND f.withholds <> 0
        ORDER BY f.id
    """
    return list(Finding.objects.raw(query, [submissions, numbers]))
