"""The exact counts of a submission's findings."""

from __future__ import annotations

from django.db.models import Count

from ipshare.store.models.submissions import Submission


def count_findings(submission: Submission) -> None:
    """Set errors, warnings and infos of a submission from its findings; the caller saves."""
    counts = dict(submission.findings.values_list("severity").annotate(Count("pk")))
    submission.errors = counts.get("error", 0)
    submission.warnings = counts.get("warning", 0)
    submission.infos = counts.get("info", 0)
