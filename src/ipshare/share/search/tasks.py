"""The job of the index: a thin, named door that may run twice (STYLE S16)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from ipshare.share.search import index


@app.task(name="share.extend_search", queue="line", retry=3)
def extend_search(*, office: str) -> None:
    """Bring the changes of an office into the index of searches."""
    index.bring_up(office)
