"""``ipshare serve``: one process that starts everything the hub needs, keeps it running and ends it cleanly."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from ipshare.ops import embedded, parent
from ipshare.ops.child import Child
from ipshare.ops.refusal import RefusalError

_LOOK_EVERY = 0.25
_GRACE = 30.0


def run(args: argparse.Namespace) -> int:
    """Serve until asked to stop (Ctrl-C, SIGTERM, a closed terminal)."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: stop.set())
    data = Path(settings.DATA)
    with alone(data):
        check_port(settings.HTTP_HOST, settings.HTTP_PORT, "IPSHARE_HTTP_PORT")
        check_port(settings.SFTP_HOST, settings.SFTP_PORT, "IPSHARE_SFTP_PORT")
        parent.die_with_supervisor()  # the demo starts us as its child
        parent.adopt_orphans()
        shutil.rmtree(
            os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True
        )  # counts begin anew
        Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(exist_ok=True)
        own = not os.environ.get("DATABASE_URL")
        embedded.ensure(data)
        keep_to_ourselves(data)  # as root it opens the folders above its own
        try:
            _migrate()
            _supervise(data, _children(data), stop, own=own)
        finally:
            if own:
                embedded.leave(data)
    _say("stopped")
    return 0


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Hold the data folder; a second ``ipshare serve`` on it is refused. The lock ends with the process."""
    keep_to_ourselves(data)
    with (data / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            lock.seek(0)
            raise RefusalError(
                f"another ipshare serve (process {lock.read().strip() or 'unknown'}) uses {data}; "
                "stop it, or name another folder in IPSHARE_DATA"
            ) from taken
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def keep_to_ourselves(data: Path) -> None:
    """Close the data folder, and what an earlier version left open in it, to other users of the machine.

    New files are closed by the umask; of the old ones the folders that hold them are, since objects are many.
    """
    data.mkdir(parents=True, exist_ok=True)
    folder = 0o700 if os.geteuid() else 0o711  # as root: PostgreSQL's own user passes through
    data.chmod(folder)
    for one in [*data.iterdir(), *(data / "log").glob("*")]:
        if not one.is_symlink() and one.name != "postgres":  # PostgreSQL sees to its own
            one.chmod(folder if one.is_dir() else 0o600)


def check_port(host: str, port: int, setting: str) -> None:
    """Refuse to start where another program listens."""
    try:
        address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(address[0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address[4])
    except OSError as trouble:
        raise RefusalError(
            f"port {port} on {host} cannot be used ({trouble.strerror or trouble}); "
            f"stop the program that has it, or set {setting} to another port"
        ) from trouble


def _migrate() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ipshare", "migrate"], check=False, capture_output=True, text=True
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
        raise RefusalError(f"the tables cannot be brought up to date: {lines[-1]}")


def _children(data: Path) -> list[Child]:
    log = data / "log"
    workers = [Child(f"worker-{n}", "worker", log) for n in range(1, settings.WORKERS + 1)]
    doors = [Child(name, name, log) for name in ("web", "sftpd", "pusher")]
    return [*doors, *workers]


def _supervise(data: Path, children: list[Child], stop: threading.Event, *, own: bool) -> None:
    for child in children:
        child.start()
    told = False
    try:
        while not stop.wait(_LOOK_EVERY):
            if own and not embedded.alive(data):
                _say("PostgreSQL is gone; starting it again")
                embedded.start(data)
            for child in children:
                if said := child.tend():
                    _say(said)
            _bury_orphans(children)
            if not told and (told := _ready()):
                _say_where(data)
    finally:
        _say("stopping")
        for child in children:
            child.end()
        deadline = time.monotonic() + _GRACE
        for child in children:
            child.wait(deadline)


def _bury_orphans(children: list[Child]) -> None:
    """Take the status of adopted processes, never that of a child: its own object asks for it."""
    ours = {child.pid for child in children}
    with suppress(ChildProcessError):
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended and ended.si_pid not in ours:
            os.waitpid(ended.si_pid, os.WNOHANG)


def _ready() -> bool:
    host = "127.0.0.1" if settings.HTTP_HOST in {"0.0.0.0", "::"} else settings.HTTP_HOST  # noqa: S104
    request = urllib.request.Request(
        f"http://{host}:{settings.HTTP_PORT}/health/ready", headers={"Host": "localhost"}
    )
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)  # noqa: PLR2004
    except (OSError, urllib.error.URLError):
        return False


def _say_where(data: Path) -> None:
    _say(f"portal and API  {settings.PUBLIC_URL}")
    _say(f"SFTP            {settings.SFTP_HOST} port {settings.SFTP_PORT}")
    _say(f"data and logs   {data}")
    _say("Ctrl-C stops everything")


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()
