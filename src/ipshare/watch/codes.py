"""Values of code lists that offices sent and the standards' tables do not know: what somebody has to map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db import connection

from ipshare.store.models.submissions import ABOUT_CODES

LISTS = MappingProxyType(
    {
        "STA-002": "Statuses",
        "STA-008": "Patent events (ST.27)",
        "TMK-002": "Kinds of mark (ST.96)",
        "TMK-011": "Nice classes",
        "TMK-020": "Vienna codes",
        "PAT-010": "Kinds of patent document (ST.16)",
        "PAT-017": "Offices of priorities (ST.3)",
        "PTY-004": "Countries (ISO 3166-1)",
        "TXT-002": "Languages (ISO 639-1)",
    }
)
"""The code list that each rule of ABOUT_CODES compares with."""
SAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmapped:
    """One value of one office; ``records`` counts each record once, however often it was sent."""

    office: str
    rule: str
    value: str
    proposed: str
    records: int
    findings: int
    first_at: datetime
    last_at: datetime
    samples: Sequence[str]

    @property
    def code_list(self) -> str:
        """The name of the code list."""
        return LISTS[self.rule]


def unmapped(*, office: str = "", rule: str = "", words: str = "") -> list[Unmapped]:
    """The values, those of most records first; narrowed to an office, a list, a part of the value."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.office_id, f.rule, f.value, max(f.proposed), count(DISTINCT f.record), count(*),
                   min(s.received_at), max(s.received_at),
                   (array_agg(DISTINCT f.record ORDER BY f.record))[1:%(samples)s]
            FROM store_finding f JOIN store_submission s ON s.id = f.submission_id
            WHERE f.rule = ANY(%(rules)s) AND f.value <> ''
              AND (%(office)s = '' OR s.office_id = %(office)s)
              AND (%(words)s = '' OR strpos(lower(f.value), lower(%(words)s)) > 0)
            GROUP BY 1, 2, 3 ORDER BY 5 DESC, 1, 2, 3
            """,
            {
                "rules": [one for one in ABOUT_CODES if rule in {"", one}],
                "office": office,
                "words": words,
                "samples": SAMPLES,
            },
        )
        return [
            Unmapped(
                office=code,
                rule=of,
                value=value,
                proposed=proposed,
                records=records,
                findings=findings,
                first_at=first,
                last_at=last,
                samples=samples,
            )
            for code, of, value, proposed, records, findings, first, last, samples in cursor.fetchall()
        ]
