"""Runs the jobs of the line in the test's own process, through a real worker on the real queue."""

from __future__ import annotations

from pathlib import Path

from django.db import connections
from procrastinate.contrib.django import app

from ipshare.domain.office import Kind, Right
from ipshare.intake import landing


def drain() -> None:
    """Work until the queue is empty."""
    connections.settings["default"]["CONN_MAX_AGE"] = (
        0  # the worker's thread leaves none open behind it
    )
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(
            wait=False, install_signal_handlers=False, listen_notify=False, delete_jobs="successful"
        )


def send(
    path: Path,
    content: bytes,
    *,
    at,
    office="XA",
    right=Right.TRADEMARK,
    kind=Kind.FULL_EXTRACTION,
    name=None,
):
    """Land a file as the SFTP door does, and run the line to its end."""
    path.write_bytes(content)
    submission = landing.land(
        path,
        office=office,
        right=right,
        kind=kind,
        name=name or path.name,
        door="sftp",
        sender="test",
        at=at,
    )
    drain()
    submission.refresh_from_db()
    return submission
