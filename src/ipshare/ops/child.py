"""One process that the supervisor keeps running: started, logged, restarted with a growing pause, ended."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from ipshare.ops import parent

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 30.0
_STEADY = 60.0  # a child that ran so long starts again without a pause
_LOG_BYTES = 10 * 1024 * 1024
_KEPT = 5  # full logs, the newest as .log.1
_LOOK_EVERY = 10.0
_TAIL = 4096


class Child:
    """``ipshare <command>`` as a process of its own."""

    def __init__(self, name: str, command: str, log: Path) -> None:
        """Name the child; it does not run yet."""
        self.name = name
        self.log = log / f"{name}.log"
        self._command = [sys.executable, "-m", "ipshare", command]
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = 0.0
        self._due = 0.0
        self._turned = 0.0

    @property
    def pid(self) -> int | None:
        """The id of the process, while there is one."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it, in a process group of its own: a Ctrl-C reaches the supervisor alone."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._turn()
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 (our own command)
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, parent.PARENT: str(os.getpid()), "PYTHONUNBUFFERED": "1"},
            )
        self._started = time.monotonic()

    def tend(self) -> str:
        """Start it again if it ended and its pause is over; what happened, in words, or nothing."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._due:
                self.start()
            return ""
        status = self._process.poll()
        if status is None:
            if now - self._turned > _LOOK_EVERY:
                self._turn()
            return ""
        if now - self._started > _STEADY:
            self._pause = 0.0
        self._pause = min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
        self._process, self._due = None, now + self._pause
        return f"{self.name} ended ({_ending(status)}): {self._last_line()} (starting it again; {self.log})"

    def _turn(self) -> None:
        """Put a full log aside and begin again; the process goes on writing at the end of the same file.

        What it writes between the copy and the cut, mostly nothing, is lost.
        """
        self._turned = time.monotonic()
        if not self.log.exists() or self.log.stat().st_size <= _LOG_BYTES:
            return
        for number in range(_KEPT - 1, 0, -1):
            older = self.log.with_suffix(f".log.{number}")
            if older.exists():
                older.replace(self.log.with_suffix(f".log.{number + 1}"))
        shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
        os.truncate(self.log, 0)

    def end(self) -> None:
        """Ask it to end."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait for its end until ``deadline`` (monotonic); then kill it and what it started."""
        if not self._process:
            return
        try:
            self._process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _last_line(self) -> str:
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - _TAIL))
            lines = log.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def _ending(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"
