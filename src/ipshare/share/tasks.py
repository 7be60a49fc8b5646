"""The job that makes items of the feed ready: a thin, named door that may run twice (STYLE S16)."""

from __future__ import annotations

from procrastinate.contrib.django import app

from ipshare.share import items


@app.task(name="share.make_items_ready", queue="line", retry=3)
def make_items_ready(*, office: str) -> None:
    """Make the items of an office's feed ready for those who may read it."""
    items.make_ready(office)
