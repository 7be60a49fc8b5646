"""Law (c): after kill -9 of doors, workers and PostgreSQL at random instants nothing is lost, doubled or half done.

``IPSHARE_KILL_SEED`` and ``IPSHARE_KILL_TRIALS`` repeat a run, or make a longer one.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
TRIALS = int(os.environ.get("IPSHARE_KILL_TRIALS", "200"))
SEED = int(os.environ.get("IPSHARE_KILL_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
PATIENCE = 1200


@pytest.fixture
def hub(tmp_path):
    """The folder of a hub of its own; what is left of its PostgreSQL is ended."""
    folder = tmp_path / "hub"
    yield folder
    with suppress(OSError, ValueError):
        pid = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)


def test_nothing_is_lost_doubled_or_half_published_after_kills(hub):
    environment = {
        name: value
        for name, value in os.environ.items()
        if name != "DATABASE_URL" and not name.startswith(("IPSHARE_", "DJANGO_"))
    }
    done = subprocess.run(
        [
            sys.executable, "-W", "ignore", "-m", "laws.kill_trials", str(hub),
            "--trials", str(TRIALS), "--databases", str(TRIALS // 5), "--seed", str(SEED),
        ],
        cwd=TESTS,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
        check=False,
    )  # fmt: skip
    said = f"IPSHARE_KILL_SEED={SEED}\n{done.stdout[-8000:]}"
    assert done.returncode == 0, said
    kills = dict(re.findall(r"'([a-z ]+, [a-z ]+)': (\d+)", done.stdout))
    assert sum(map(int, kills.values())) == TRIALS, said
    busy = sum(int(count) for blow, count in kills.items() if blow.endswith("in the midst"))
    assert busy * 2 > TRIALS, f"the kills came when nothing was done: {said}"
