"""What docs/how-to/keep-a-copy.md and read-the-feed.md tell to do does what the pages say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from client.test_pull import fill
from ipshare.domain.group import ElementGroup as G
from share.histories import a_reader, a_record, allow, publish, withdrawn

PAGES = Path(__file__).parents[2] / "docs/how-to"
PAGE = PAGES / "keep-a-copy.md"
[CODE] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
SHELL = [
    lines
    for name in ("read-the-feed.md", "keep-a-copy.md")
    for lines in re.findall(r"```sh\n(.*?)```", (PAGES / name).read_text("utf-8"), re.DOTALL)
]
[DEMO] = [one for one in SHELL if "jpo.json" in one]
[KEEP] = [one for one in SHELL if "> cursor" in one]


def test_the_python_of_the_page_keeps_a_copy_and_proves_it(hub, tmp_path):
    reader = a_reader()
    environment = {
        **os.environ,
        "HUB": hub.url,
        "OFFICE": "XA",
        "CLIENT_ID": reader.client_id,
        "CLIENT_SECRET": reader.secret,
    }
    script = tmp_path / "keep.py"
    script.write_text(CODE, encoding="utf-8")

    def keep():
        done = subprocess.run(
            [sys.executable, script, tmp_path / "copy"],
            check=False,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.stdout + done.stderr

    fill()
    assert keep() == "30 records, as the hub has signed\n"
    publish(2, [a_record("KH/1ក", text="ភាសា"), withdrawn("00003")])
    assert keep() == "30 records, as the hub has signed\n"
    allow(reader.authorization, excluded={G.EXAMINATION})
    assert keep() == "30 records, as the hub has signed\n"


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_shell_of_the_pages_reads_as_the_third_party_of_the_demo(hub, tmp_path):
    """Nothing is there but what a bare Debian has, and curl and Python."""
    reader = a_reader()
    fill()
    found = tmp_path / "bin"
    found.mkdir()
    for name, there in (
        ("python3", sys.executable),
        *((n, shutil.which(n)) for n in ("curl", "tail", "cat")),
    ):
        (found / name).symlink_to(there)
    (tmp_path / "var/demo").mkdir(parents=True)
    kept = {"client_id": reader.client_id, "secret": reader.secret}
    (tmp_path / "var/demo/jpo.json").write_text(json.dumps(kept), encoding="utf-8")

    def run(script):
        return subprocess.run(
            ["/bin/sh", "-euc", script],
            check=False,
            cwd=tmp_path,
            env={"PATH": str(found), "HUB": hub.url},
            capture_output=True,
            text=True,
            timeout=60,
        )

    done = run(DEMO)
    assert json.loads(done.stdout)["clientId"] == reader.client_id, done.stderr
    first = KEEP.replace("&after=$(cat cursor)", "").replace("office=KH", "office=XA")
    done = run(f"{DEMO}\n{first}")
    assert (done.returncode, done.stderr) == (0, "")
    assert len((tmp_path / "page").read_text("utf-8").splitlines()) == 31
    again = KEEP.replace("office=KH", "office=XA")
    assert run(f"{DEMO}\n{again}").returncode == 0
    assert len((tmp_path / "page").read_text("utf-8").splitlines()) == 1
