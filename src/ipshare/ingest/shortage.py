"""Whether a failure is of a full disk: that passes, and no office's file is to blame for it."""

from __future__ import annotations

import errno

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job
from psycopg.errors import DiskFull

WAIT = 30
_SAID = "No space left on device"  # the object store and Django's wrapping keep the words only


def is_shortage(trouble: BaseException | None) -> bool:
    """Whether there was no room, somewhere down the chain of causes."""
    while trouble is not None:
        full = isinstance(trouble, OSError) and trouble.errno in {errno.ENOSPC, errno.EDQUOT}
        if full or isinstance(trouble, DiskFull) or _SAID in str(trouble):
            return True
        trouble = trouble.__cause__ or trouble.__context__
    return False


class Retry(BaseRetryStrategy):
    """At once and a few times for what may be our fault; for as long as it takes where the disk is full."""

    def __init__(self, most: int) -> None:
        """``most`` is how often a failure of our own is tried again."""
        self.most = most

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Whether, and when."""
        if is_shortage(exception):
            return RetryDecision(retry_in={"seconds": WAIT})
        return RetryDecision(retry_in={"seconds": 0}) if job.attempts < self.most else None
