"""The supervisor, as a process: it starts, refuses a twin, survives kills of what it keeps, and ends cleanly."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request

import psutil
import pytest

PATIENCE = 90


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Hub:
    """A hub in a folder of its own."""

    def __init__(self, data):
        self.data = data
        self.port, self.sftp_port = free_port(), free_port()
        self.out = data.parent / "out"
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "IPSHARE_DATA"}},
            "IPSHARE_DATA": str(data),
            "IPSHARE_HTTP_PORT": str(self.port),
            "IPSHARE_SFTP_PORT": str(self.sftp_port),
            "IPSHARE_WORKERS": "1",
        }
        self.process = None

    def start(self):
        with self.out.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ipshare", "serve"],
                env=self.environment,
                stdout=out,
                stderr=out,
            )
        self.wait_until(self.ready)

    def wait_until(self, true):
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, self.out.read_text()
            assert self.process.poll() is None, self.out.read_text()
            time.sleep(0.1)

    def ready(self):
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/health/ready", timeout=2
            ) as answer:
                return json.load(answer)["status"] == "ok"
        except OSError:
            return False

    def family(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def find(self, *words):
        found = []
        for process in self.family():
            with contextlib.suppress(psutil.Error):  # it ended meanwhile
                line = " ".join(process.cmdline())
                if all(word in line for word in words):
                    found.append(process)
        return found

    def postmaster(self):
        return int((self.data / "postgres" / "postmaster.pid").read_text().split()[0])

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)

    def leftovers(self):
        mine = str(self.data)
        found = []
        for process in psutil.process_iter():
            try:
                environment = process.environ().get("IPSHARE_DATA", "")
                if process.status() != psutil.STATUS_ZOMBIE and (
                    environment == mine or mine in " ".join(process.cmdline())
                ):
                    found.append(process)
            except psutil.Error:
                continue
        return found


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    hub = Hub(tmp_path_factory.mktemp("serve") / "hub")
    hub.start()
    yield hub
    if hub.process and hub.process.poll() is None:
        hub.process.kill()
        hub.process.wait()
    for process in hub.leftovers():
        process.kill()


def test_serve_starts_everything_and_refuses_a_twin(hub):
    for role in ("web", "sftpd", "worker", "pusher"):
        assert hub.find(f"ipshare {role}"), hub.out.read_text()
    twin = subprocess.run(
        [sys.executable, "-m", "ipshare", "serve"],
        check=False,
        env=hub.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert twin.returncode == 2
    assert f"another ipshare serve (process {hub.process.pid}) uses {hub.data}" in twin.stderr
    elsewhere = {**hub.environment, "IPSHARE_DATA": f"{hub.data}-2"}
    taken = subprocess.run(
        [sys.executable, "-m", "ipshare", "serve"],
        check=False,
        env=elsewhere,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert taken.returncode == 2
    assert f"port {hub.port} on 127.0.0.1 cannot be used" in taken.stderr
    assert "IPSHARE_HTTP_PORT" in taken.stderr


def test_nothing_it_keeps_can_be_read_by_others(hub):
    for one in [hub.data, *hub.data.rglob("*")]:
        with contextlib.suppress(FileNotFoundError):  # PostgreSQL's files come and go
            mode = one.lstat().st_mode
            skipped = stat.S_ISLNK(mode) or stat.S_ISSOCK(mode)  # a socket lies in a closed folder
            assert skipped or not mode & 0o066, f"{one} {stat.filemode(mode)}"


@pytest.mark.parametrize(
    "words", [("ipshare web",), ("ipshare worker",), ("ipshare sftpd",), ("ipshare pusher",)]
)
def test_a_killed_child_is_started_again(hub, words):
    old = {process.pid for process in hub.find(*words)}
    for process in hub.find(*words):
        with contextlib.suppress(
            psutil.NoSuchProcess
        ):  # a child of the one killed before it went with it
            process.kill()
    hub.wait_until(lambda: hub.find(*words) and not old & {p.pid for p in hub.find(*words)})
    hub.wait_until(hub.ready)


def test_a_killed_postgresql_is_started_again(hub):
    old = hub.postmaster()
    os.kill(old, signal.SIGKILL)
    hub.wait_until(
        lambda: (
            (hub.data / "postgres" / "postmaster.pid").exists()
            and hub.postmaster() != old
            and hub.ready()
        )
    )


def test_a_killed_supervisor_leaves_no_child_and_the_next_goes_on(hub):
    children = [p for p in hub.family() if "postgres" not in p.name()]
    assert children
    hub.process.kill()
    hub.process.wait()
    _, alive = psutil.wait_procs(children, timeout=PATIENCE)
    assert not alive
    hub.start()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_with_its_database(hub, how):
    if hub.process.poll() is not None:
        hub.start()
    assert hub.stop(how) == 0
    assert hub.out.read_text().splitlines()[-2:] == ["stopping", "stopped"]
    assert hub.leftovers() == []
    assert not (hub.data / "postgres" / "postmaster.pid").exists()
