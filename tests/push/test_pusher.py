"""``ipshare pusher``, as a process: woken by a publication, ended while something hangs, killed, and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from ipshare.ingest import waking
from ipshare.share import destinations
from ipshare.store.models.deliveries import Delivery, Destination
from push.conftest import http
from share.histories import a_record, publish

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60


@contextmanager
def pusher():
    """The process, on the database of the tests."""
    held = connection.settings_dict
    host = f"host={quote(held['HOST'], safe='')}&port={held['PORT']}"
    url = f"postgresql://{held['USER']}:{quote(held['PASSWORD'])}@/{held['NAME']}?{host}"
    environment = {
        "DATABASE_URL": url, "IPSHARE_PUSH_NETWORKS": "127.0.0.0/8", "IPSHARE_DATA": str(settings.DATA),
        "IPSHARE_OBJECTS_URL": str(settings.OBJECTS_URL), "IPSHARE_SECRET_KEY": settings.SECRET_KEY,
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "ipshare", "pusher"],
        env={**os.environ, **environment},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(20)


def until(event, true):
    """Wait for something that another process does."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        event.wait(0.05)


def test_a_publication_is_pushed_an_end_is_clean_and_a_kill_loses_nothing(party, web):
    destination, _ = http(party, web)
    with pusher() as running:
        publish(1, [a_record("1")])
        waking.office("XA")
        until(web.stop, lambda: len(web.accepted) == 1)
        web.behave = "hang"
        publish(2, [a_record("2")])
        waking.office("XA")
        until(web.stop, lambda: Delivery.objects.filter(state="sending").exists())
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0
    with pusher() as running:
        until(web.stop, lambda: Delivery.objects.get(number=2).attempts == 2)
        running.kill()
    web.behave = "ok"
    with pusher():
        until(web.stop, lambda: len(web.accepted) == 2)
        until(web.stop, lambda: Destination.objects.get().failures == 0)
        until(web.stop, lambda: Delivery.objects.filter(state="delivered").count() == 2)
    assert sorted(name.rpartition("-")[2] for name in web.accepted) == [
        "XA_TM_000001",
        "XA_TM_000002",
    ]
    destination.refresh_from_db()
    assert destinations.state_of(destination) == "in-step"
