"""The job that writes a submission's report: a thin, named door that may run twice (STYLE S16)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from ipshare.quality import report


@app.task(name="quality.write_report", queue="line", retry=3)
def write_report(*, submission_id: int) -> None:
    """Write the report of a submission that has ended or is held."""
    report.write(submission_id)
