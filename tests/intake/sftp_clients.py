"""Starts an SFTP door in a process of its own, and signs in to it with paramiko and OpenSSH."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import paramiko
from django.db import connection

from ipshare.intake import uploads

PASSWORD = "correct horse battery staple"
UPDATES = "/ipob_xa/Trademarks/Updates"
KEYS: list[Path] = []


@dataclass
class Server:
    """A running door."""

    process: subprocess.Popen[str]
    port: int
    folder: Path

    @property
    def uploads(self) -> Path:
        return self.folder / "uploads"

    def stop(self, sign: int = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.process.wait(60)


def start(folder: Path, **limits) -> Server:
    here = connection.settings_dict
    url = f"postgresql://{here['USER']}:{quote(here['PASSWORD'])}@/{here['NAME']}?host={quote(here['HOST'])}"
    script = Path(__file__).with_name("sftp_server.py")
    process = subprocess.Popen(
        [sys.executable, script, folder, json.dumps(limits)],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "ipshare.config.settings",
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline()
    assert line.strip(), "the SFTP door did not start"
    return Server(process, int(line), folder)


@contextmanager
def running(folder: Path, **limits) -> Iterator[Server]:
    server = start(folder, **limits)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
        server.process.wait(60)
        server.process.stdout.close()


@contextmanager
def connected(server: Server, username: str = "ipob_xa", password: str | None = None):
    """A paramiko SFTP client, signed in with the account's key, or with a password."""
    transport = paramiko.Transport(("127.0.0.1", server.port))
    try:
        if password is None:
            key = paramiko.Ed25519Key.from_private_key_file(str(KEYS[0] / username))
            transport.connect(username=username, pkey=key)
        else:
            transport.connect(username=username, password=password)
        yield paramiko.SFTPClient.from_transport(transport)
    finally:
        transport.close()


class OpenSsh:
    """OpenSSH's sftp in batch mode."""

    def __init__(self, server: Server, key_files: Path, user: str, folder: Path) -> None:
        self.folder = folder
        self.command = [
            "sftp", "-q", "-P", str(server.port), "-i", str(key_files / user),
            "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no",
            "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "BatchMode=yes",
        ]  # fmt: skip
        self.target = f"{user}@127.0.0.1"

    def __call__(self, *lines: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*self.command, "-b", "-", self.target],
            input="\n".join(lines) + "\n",
            capture_output=True,
            text=True,
            cwd=self.folder,
            timeout=120,
            check=False,
        )
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done


def wait_for(condition, seconds: float = 30):
    """The first true answer of a condition that another process brings about."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
    return answer


def free_of_writers(root) -> int:
    """The size of XA's one incomplete upload, once nobody writes to it any more."""
    [one] = uploads.waiting(root, "XA")
    try:
        fd = uploads.hold(uploads.path_of(root, one.place))
    except uploads.UploadError:
        return 0
    os.close(fd)
    return uploads.find(root, one.place).size
