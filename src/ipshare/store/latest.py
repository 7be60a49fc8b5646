"""The newest submissions of each right of an office, found from the end: a long history costs nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from ipshare.domain.office import Right
from ipshare.store.models.submissions import Submission

_ONE = """
(SELECT s.id, '{role}' AS role FROM store_submission s
 WHERE s.office_id = %(office)s AND s."right" = r."right" AND s.kind <> 'Test' AND {condition}
 ORDER BY s.number DESC LIMIT 1)
"""
_ALL = """
SELECT s.*, k.role FROM unnest(%(rights)s::text[]) AS r ("right")
CROSS JOIN LATERAL (
    {ones}
    UNION ALL
    SELECT s.id, 'held' FROM store_submission s
    WHERE s.office_id = %(office)s AND s."right" = r."right" AND s.state = 'held'
    UNION ALL
    (SELECT s.id, 'refused' FROM store_submission s
     WHERE s.office_id = %(office)s AND s."right" = r."right" AND s.kind <> 'Test'
     AND s.state = 'refused' AND s.put_away_at IS NULL AND NOT EXISTS (
         SELECT FROM store_submission l
         WHERE l.office_id = s.office_id AND l."right" = s."right" AND l.number > s.number
         AND (l.kind = 'Full_Extraction' AND l.state = 'published' OR l.kind = s.kind
              AND l.state IN ('published', 'held', 'rejected', 'refused')
              AND (l.kind = 'Full_Extraction' OR l.sha256 = s.sha256 OR l.name = s.name))
     )
     ORDER BY s.number DESC LIMIT %(most)s)
) k
JOIN store_submission s ON s.id = k.id
ORDER BY s.number
"""
_CONDITIONS = {
    "newest": "s.state <> 'repeated'",
    "published": "s.state = 'published'",
    "sent": "s.state NOT IN ('refused', 'rejected', 'repeated')",
}

REFUSED = 11
"""Refused submissions of one right that are told at most: ten, and that there are more."""


@dataclass(slots=True)
class Latest:
    """The newest submission of a right, the newest published one, the newest that counts as sent, and those that wait.

    Refused ones wait, the newest first and ``REFUSED`` at most, until the same file (by its bytes or its name) is
    taken, or refused anew; until a Full_Extraction brings the whole register; or until somebody puts them away.
    Tests say nothing about the register, and neither does what was sent before. Refused and rejected files do not
    count as sent.
    """

    newest: Submission | None = None
    published: Submission | None = None
    sent: Submission | None = None
    held: list[Submission] = field(default_factory=list)
    refused: list[Submission] = field(default_factory=list)


def of(office: str) -> dict[Right, Latest]:
    """Those of every right of an office."""
    ones = "UNION ALL".join(
        _ONE.format(role=role, condition=condition) for role, condition in _CONDITIONS.items()
    )
    found = {right: Latest() for right in Right}
    names = {
        "office": office,
        "rights": [right.value for right in Right],
        "most": REFUSED,
    }
    for submission in Submission.objects.raw(_ALL.format(ones=ones), names):
        latest, role = found[Right(submission.right)], submission.role  # type: ignore[attr-defined]
        if role == "held":
            latest.held.append(submission)
        elif role == "refused":
            latest.refused.insert(0, submission)
        else:
            setattr(latest, role, submission)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A right of an office for which nothing came within the agreed days."""

    office: str
    right: Right
    days: int
    came_at: datetime


_LATE = f"""
SELECT a.office_id, a."right", a.days, s.received_at
FROM store_rhythm a
JOIN store_office o ON o.code = a.office_id AND o.active
CROSS JOIN LATERAL (
    SELECT s.received_at FROM store_submission s
    WHERE s.office_id = a.office_id AND s."right" = a."right" AND s.kind <> 'Test' AND {_CONDITIONS["sent"]}
    ORDER BY s.number DESC LIMIT 1
) s
WHERE s.received_at + make_interval(days => a.days) < %s
ORDER BY a.office_id, array_position(%s::text[], a."right"::text)
"""


def late(at: datetime) -> list[Late]:
    """What is overdue at all offices; where no rhythm is agreed, or nothing ever came, nothing is late."""
    with connection.cursor() as cursor:
        cursor.execute(_LATE, [at, [right.value for right in Right]])
        return [
            Late(office=office, right=Right(right), days=days, came_at=came_at)
            for office, right, days, came_at in cursor.fetchall()
        ]
