"""The demo as a person runs it: the whole story, then the same data again."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.skipif(
    shutil.which("sftp") is None, reason="the OpenSSH client is not installed"
)


def demo(data):
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("IPSHARE_", "DATABASE_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "ipshare", "--data", data, "demo", "--records", "6", "--stop"],
        check=False,
        capture_output=True,
        text=True,
        timeout=400,
        env=environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


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
