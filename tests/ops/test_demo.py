"""The demo as a person runs it: the whole story, then the same data again."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.skipif(
    shutil.which("sftp") is None, reason="the OpenSSH client is not installed"
)

ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith(("IPSHARE_", "DATABASE_"))}


def demo(data):
    done = subprocess.run(
        [sys.executable, "-m", "ipshare", "--data", data, "demo", "--records", "6", "--stop"],
        check=False,
        capture_output=True,
        text=True,
        timeout=400,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_heeds_ctrl_c_where_it_was_started_with_that_ignored(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-m", "ipshare", "--data", tmp_path / "demo", "demo"],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509 (no threads here)
    ) as running:
        assert running.stdout.readline().startswith("Starting a hub in")
        running.send_signal(signal.SIGINT)
        rest, _ = running.communicate(timeout=60)
        assert running.returncode == 0
        assert rest.rstrip().endswith("Everything has stopped. The data stays.")


def test_the_story_is_told_and_told_again_with_the_same_data(tmp_path):
    begun = time.monotonic()
    first = demo(tmp_path / "demo")
    whole = time.monotonic() - begun
    assert "Uploading 44 packages over SFTP" in first
    assert "44 of 44 packages" in first
    took = re.search(r"All of that took (\d+) s, the start of the hub with it", first)
    assert took
    assert whole - 30 < int(took[1]) <= whole, "all but the end of the hub"
    assert "/ipob_kh/Trademarks/Full_Extraction/KH_TM_Full_Extraction_" in first
    assert "/ipob_vn/Trademarks/Updates/VN_TM_Updates_" in first
    told = re.search(r"JPO received (\d+) trademarks?, (\d+) patents? of KH", first)
    assert told, first
    assert re.search(
        r"did not receive: designs; stakeholders, remarks \(.*: 0\); other offices \(0 seen\)",
        first,
    )
    assert re.search(r"officer@kh\.example +demo-", first)
    assert first.rstrip().endswith("Everything has stopped. The data stays.")

    again = demo(tmp_path / "demo")
    assert "/ipob_kh/Trademarks/Full_Extraction/KH_TM" not in again
    assert "Uploading" not in again
    assert "44 packages had been sent before" in again
    assert told[0] in again
    assert "KH lets JPO receive trademarks and patents, without stakeholders, remarks" in again
    table = re.compile(r"  [A-Z]{2}     (?:trademark|patent|design) .*")
    assert table.findall(again) == table.findall(first)
    signed = re.search(r"officer@kh\.example +demo-\S+", first)
    assert signed
    assert signed[0] in again
