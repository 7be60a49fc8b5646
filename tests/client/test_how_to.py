"""The Python of docs/how-to/keep-a-copy.md does what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from client.test_pull import fill
from ipshare.domain.group import ElementGroup as G
from share.histories import a_reader, a_record, allow, publish, withdrawn

PAGE = Path(__file__).parents[2] / "docs/how-to/keep-a-copy.md"
[CODE] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


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
