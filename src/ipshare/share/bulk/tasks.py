"""The jobs of bulk exports: thin, named doors that may run twice (STYLE S16)."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from ipshare.ingest import shortage

RETRIES = 3


@app.task(name="share.make_export", queue="line", pass_context=True, retry=shortage.Retry(RETRIES))
def make_export(context: JobContext, *, export: str) -> None:
    """Make an export; the last failure is told to its client."""
    from ipshare.share.bulk import making  # noqa: PLC0415 (the forms are heavy to import)

    try:
        making.make(UUID(export), at=timezone.now())
    except Exception as trouble:
        if context.job.attempts >= RETRIES and not shortage.is_shortage(trouble):
            making.give_up(UUID(export))
        raise


@app.periodic(cron="* * * * *")
@app.task(name="share.sweep_exports", queue="line", queueing_lock="sweep-exports")
def sweep_exports(timestamp: int) -> None:
    """Remove exports that have expired, or whose conditions have ended."""
    from ipshare.share.bulk import exports  # noqa: PLC0415

    exports.sweep_all(at=timezone.now())
