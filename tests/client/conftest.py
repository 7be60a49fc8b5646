"""A hub that answers over HTTP on the tests' database, and clients of it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from client.wire import Wire
from ipshare.client.copy import Copy
from ipshare.client.hub import Hub
from ipshare.client.pull import Pull
from share.histories import a_reader

PATIENCE = 60


class Web:
    """``ipshare web`` as a process of its own, on the database of the tests."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        parts = urlsplit(os.environ["DATABASE_URL"])
        self.environment = {
            **os.environ,
            "DATABASE_URL": urlunsplit(parts._replace(path="/" + connection.settings_dict["NAME"])),
            "IPSHARE_DATA": str(settings.DATA),
            "IPSHARE_HTTP_PORT": str(self.port),
        }
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ipshare", "web"],
            env=self.environment,
            start_new_session=True,
        )
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/api/v1/openapi.yaml", timeout=5).close()  # noqa: S310
                return self
            assert self.process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture(scope="session")
def web(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        web = Web()
    yield web
    if web.process:
        web.kill()


@pytest.fixture
def hub(web, transactional_db, cast):
    """The hub, up; what tests publish it serves."""
    if web.process is None or web.process.poll() is not None:
        web.start()
    return web


@pytest.fixture
def wire(hub):
    wire = Wire(hub.port)
    yield wire
    wire.close()


@dataclass
class Told:
    """What a client was told while it pulled."""

    pages: int = 0
    waits: list = field(default_factory=list)
    erasures: list = field(default_factory=list)
    nothing: list = field(default_factory=list)

    def page(self, done):  # noqa: ARG002
        self.pages += 1

    def waiting(self, why, seconds):
        self.waits.append((why, seconds))

    def erased(self, part, records, groups):
        self.erasures.append((part.office, part.right, records, groups))

    def nothing_shared(self, office, records):
        self.nothing.append((office, records))


@pytest.fixture
def pulling(hub, tmp_path):
    """Makes a client with a copy of its own; its reader holds the authorization."""
    copies = []

    def make(reader=None, *, url=None, folder="copy", **more):
        reader = reader or a_reader()
        copy = Copy(tmp_path / folder)
        copies.append(copy)
        told = Told()
        one = Hub(url or hub.url, reader.client_id, reader.secret)
        pull = Pull(one, copy, told, sleep=lambda _: None, **more)
        pull.claim()
        pull.told, pull.reader = told, reader
        return pull

    yield make
    for copy in copies:
        copy.close()
