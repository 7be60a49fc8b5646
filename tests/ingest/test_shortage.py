"""A full disk makes the line wait; it ends no submission."""

from __future__ import annotations

import errno

import pytest
from django.db import connection

from ipshare.domain.submission import State
from ipshare.ingest import pipeline, shortage
from ipshare.store import objects
from line import drain, send
from xmlbuilders import a_mark, transaction

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (OSError(errno.ENOSPC, "full"), True),
        (
            RuntimeError("Generic LocalFileSystem error: No space left on device (os error 28)"),
            True,
        ),
        (OSError(errno.EIO, "broken"), False),
        (ValueError("our fault"), False),
    ],
)
def test_a_full_disk_is_known_by_its_error(trouble, expected):
    assert shortage.is_shortage(trouble) is expected
    wrapped = RuntimeError("wrapped")
    wrapped.__cause__ = trouble
    assert shortage.is_shortage(wrapped) is expected


def test_a_submission_outlasts_a_full_disk(tmp_path, at, monkeypatch):
    written = objects.put
    full = [True]

    def put(key, content):
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        written(key, content)

    monkeypatch.setattr(objects, "put", put)
    monkeypatch.setattr(shortage, "WAIT", 0)
    monkeypatch.setattr(
        pipeline,
        "give_up",
        lambda *_, **__: pytest.fail("a full disk is no reason to give up"),
    )
    opened = pipeline.open_submission
    tries = []

    def open_submission(*args, **kwargs):
        tries.append(1)
        if len(tries) > 6:
            full.clear()
        opened(*args, **kwargs)

    monkeypatch.setattr(pipeline, "open_submission", open_submission)
    done = send(tmp_path / "a.xml", transaction(a_mark("XA/1/19")), at=at)
    drain()
    done.refresh_from_db()
    assert (done.state, done.inserted) == (State.PUBLISHED, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        assert cursor.fetchone()[0] == 0
