"""Around every job of a worker: the id of its work, one line in the log, its time, and why it failed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from procrastinate import JobContext

from ipshare.store.models.jobs import JobFailure
from ipshare.store.models.submissions import Submission
from ipshare.trace import context as trace
from ipshare.trace import counters
from ipshare.trace import log as lines

_log = logging.getLogger("ipshare.jobs")


def traced(call_next: Callable[[], Any], context: JobContext, worker: object) -> Any:
    """Run a job under the id of the submission that it is about, or else under an id of its own."""
    job = context.job
    id_, reference = _work_of(job.task_kwargs.get("submission_id"))
    begun = time.monotonic()
    with trace.bound(id_ or trace.new_id(), job=str(job.id), reference=reference):
        try:
            answer = call_next()
            if job.attempts:
                JobFailure.objects.filter(pk=job.id or 0).delete()
        except Exception as trouble:
            _note(job.id or 0, reference, trouble)
            _end(job.task_name, "failed", begun)
            raise
        finally:
            close_old_connections()
        _end(job.task_name, "done", begun)
        return answer


def _work_of(submission: object) -> tuple[str, str]:
    if not isinstance(submission, int):
        return "", ""
    found = Submission.objects.filter(pk=submission).only("trace", "office_id", "number").first()
    return (found.trace, found.reference) if found else ("", "")


def _end(task: str, outcome: str, begun: float) -> None:
    seconds = time.monotonic() - begun
    counters.JOB_SECONDS.labels(task, outcome).observe(seconds)
    facts = {"task": task, "outcome": outcome, "seconds": round(seconds, 3)}
    _log.info("job", extra=facts)


def _note(job: int, reference: str, trouble: Exception) -> None:
    """Keep why; where the database is what failed, the line in the log has to do."""
    _log.warning("job failed: %s", lines.said(trouble))
    info = (type(trouble), trouble, trouble.__traceback__)
    facts = {
        "at": timezone.now(),
        "trouble": lines.said(trouble),
        "places": lines.places(info),
        "reference": reference,
        "trace": trace.current(),
    }
    try:
        JobFailure.objects.update_or_create(job=job, defaults=facts)
    except DatabaseError as second:
        _log.warning("the reason is not kept: %s", lines.said(second))
