"""Runs ``ipshare web`` on the database of the tests, to be killed and started again on the same port."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.parse import quote

import psutil
from django.conf import settings
from django.db import connection
from django.test import Client

from ipshare.store.models.accounts import User

PATIENCE = 60


class Web:
    """The web process with its two workers, as ``ipshare serve`` runs it."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self) -> None:
        here = connection.settings_dict
        url = f"postgresql://{here['USER']}:{quote(here['PASSWORD'])}@/{here['NAME']}?host={quote(here['HOST'])}"
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "IPSHARE_DATA": str(settings.DATA),
            "IPSHARE_HTTP_PORT": str(self.port),
            "IPSHARE_LOG_LEVEL": "ERROR",
        }
        self.process = subprocess.Popen([sys.executable, "-m", "ipshare", "web"], env=environment)
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < end, "the web process does not answer"
            assert self.process.poll() is None, "the web process has ended"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/live", timeout=2) as answer:  # noqa: S310
                return answer.status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9, all of it; returns when the port is free again."""
        family = [self.process, *psutil.Process(self.process.pid).children(recursive=True)]
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait(PATIENCE)
        psutil.wait_procs(family[1:], timeout=PATIENCE)


@contextlib.contextmanager
def running():
    """A web process for a test."""
    web = Web()
    web.start()
    try:
        yield web
    finally:
        web.kill()


def until(condition):
    """Wait for what another process does."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def signed_in(email: str) -> dict[str, str]:
    """The cookies of somebody who has signed in, and the CSRF value: sessions are in the database."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    client.get("/uploads/kh")
    return {name: client.cookies[name].value for name in ("sessionid", "csrftoken")}


def headers(cookies: dict[str, str]) -> dict[str, str]:
    """What a tus client sends beside the protocol."""
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies["csrftoken"],
    }
