"""The newest submissions of each right of an office, found from the end: a long history costs nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

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
) k
JOIN store_submission s ON s.id = k.id
ORDER BY s.number
"""
_CONDITIONS = {
    "newest": "s.state <> 'repeated'",
    "published": "s.state = 'published'",
    "sent": "s.state NOT IN ('refused', 'rejected', 'repeated')",
}


@dataclass(slots=True)
class Latest:
    """The newest submission of a right, the newest published one, the newest that counts as sent, and those held.

    Tests say nothing about the register, and neither does what was sent before. Refused and rejected files do not
    count as sent.
    """

    newest: Submission | None = None
    published: Submission | None = None
    sent: Submission | None = None
    held: list[Submission] = field(default_factory=list)


def of(office: str) -> dict[Right, Latest]:
    """Those of every right of an office."""
    ones = "UNION ALL".join(
        _ONE.format(role=role, condition=condition) for role, condition in _CONDITIONS.items()
    )
    found = {right: Latest() for right in Right}
    names = {"office": office, "rights": [right.value for right in Right]}
    for submission in Submission.objects.raw(_ALL.format(ones=ones), names):
        latest, role = found[Right(submission.right)], submission.role  # type: ignore[attr-defined]
        if role == "held":
            latest.held.append(submission)
        else:
            setattr(latest, role, submission)
    return found
