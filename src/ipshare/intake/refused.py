"""A refused submission that its office has seen: it waits on Home no more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ipshare.domain.submission import State
from ipshare.store import audit
from ipshare.store.models.submissions import Submission


def put_away(submission: Submission, *, by: str, at: datetime) -> None:
    """Somebody has seen that it was refused; harmless to repeat."""
    with transaction.atomic():
        waits = Submission.objects.filter(
            pk=submission.pk, state=State.REFUSED, put_away_at__isnull=True
        )
        if waits.update(put_away_at=at):
            audit.write(
                "submission.put-away", at=at, actor=by, office=submission.office_id,
                subject=submission.reference, name=submission.name, reason=submission.reason,
            )  # fmt: skip
