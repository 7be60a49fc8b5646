"""The demo's hub: ``ipshare serve`` as a process of its own, on ports that are free."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from ipshare.ops import parent
from ipshare.ops.refusal import RefusalError

HOST = "127.0.0.1"
_PATIENCE = 120.0
_GRACE = 60.0


class Hub:
    """A hub in a data folder, for as long as the demo runs."""

    def __init__(self, data: Path) -> None:
        """Choose the ports, and set the environment that this process shares with the hub."""
        self.data = data
        self.http_port = _port("IPSHARE_HTTP_PORT", 8080, "the portal")
        self.sftp_port = _port("IPSHARE_SFTP_PORT", 2222, "SFTP")
        os.environ.update(
            IPSHARE_DATA=str(data),
            IPSHARE_HTTP_HOST=HOST,
            IPSHARE_HTTP_PORT=str(self.http_port),
            IPSHARE_SFTP_HOST=HOST,
            IPSHARE_SFTP_PORT=str(self.sftp_port),
            IPSHARE_PUBLIC_URL=f"http://localhost:{self.http_port}",
            DJANGO_SETTINGS_MODULE="ipshare.config.settings",
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the portal and the API answer."""
        return f"http://localhost:{self.http_port}"

    @property
    def _log(self) -> Path:
        return self.data / "log" / "serve.log"

    def start(self) -> None:
        """Start it; it takes some seconds until it is ready."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ipshare", "serve"],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, parent.PARENT: str(os.getpid())},
            )

    def wait(self) -> None:
        """Come back when it is ready; RefusalError where it does not get so far."""
        end = time.monotonic() + _PATIENCE
        while not self._ready():
            if not self.runs() or time.monotonic() > end:
                said = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
                self.stop()
                last = said[-1] if said else "it said nothing"
                raise RefusalError(last.removeprefix("ipshare: "))
            time.sleep(0.1)
        os.environ["DATABASE_URL"] = (self.data / "postgres.url").read_text(encoding="utf-8")

    def runs(self) -> bool:
        """Whether it still runs."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End it cleanly, with its database."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ready(self) -> bool:
        if not _listens(self.sftp_port):
            return False
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5) as answer:  # noqa: S310
                return bool(json.load(answer)["status"] == "ok")
        except OSError:
            return False


def _port(setting: str, usual: int, what: str) -> int:
    asked = os.environ.get(setting)
    if asked and not asked.isdigit():
        raise RefusalError(f"{setting} is {asked!r}; it must be a whole number")
    wanted = int(asked or usual)
    if not _listens(wanted) and _can_bind(wanted):
        return wanted
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = int(free.getsockname()[1])
    sys.stdout.write(f"port {wanted} is taken; {what} is on port {port} this time\n")
    return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _can_bind(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
