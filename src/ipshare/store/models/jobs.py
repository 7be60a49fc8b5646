"""What the queue itself does not keep of a job: why it failed, and whose work it was."""

from __future__ import annotations

from django.db import models


class JobFailure(models.Model):
    """The last failure of a job of the queue; gone when the job went well, or is forgotten."""

    # Of procrastinate's table, which is not ours to point at.
    job = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    # In one line, without values of records (trace.log.said); where in the code, the innermost last.
    trouble = models.TextField()
    places = models.JSONField(default=list)
    reference = models.CharField(max_length=20, blank=True, default="")
    trace = models.CharField(max_length=24, blank=True, default="")
