"""What docs/how-to/send-over-the-api.md tells to do does what the page says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connections

from intake.packages import package
from intake.senders import a_sender
from ipshare.store.models.submissions import Submission
from line import drain
from portal import builders, web_process
from xmlbuilders import a_mark, transaction, zipped

PAGE = Path(__file__).parents[2] / "docs/how-to/send-over-the-api.md"
[SHELL] = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
[CODE] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def environment(transactional_db, monkeypatch):
    monkeypatch.setitem(connections.databases["default"], "CONN_MAX_AGE", 0)
    builders.an_office("KH", "Cambodia")
    machine = a_sender("KH")
    with web_process.running() as web:
        yield {
            **os.environ,
            "HUB": web.url,
            "CLIENT_ID": machine.client.client_id,
            "CLIENT_SECRET": machine.secret,
        }


@pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("openssl")),
    reason="curl or openssl is not installed",
)
def test_the_shell_of_the_page_sends_a_file(environment, tmp_path):
    file = tmp_path / "KH_TM_Test_20261127.zip"
    file.write_bytes(package(1))
    done = subprocess.run(
        ["/bin/bash", "-euc", SHELL], env={**environment, "FILE": str(file)}, check=False, capture_output=True,
        timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout)["reference"] == Submission.objects.get().reference, done
    assert Submission.objects.get().name == file.name


def test_the_python_of_the_page_sends_a_file_and_tells_what_became_of_it(environment, tmp_path):
    file, script = tmp_path / "KH_TM_Updates_20261127.zip", tmp_path / "send.py"
    file.write_bytes(zipped(records__xml=transaction(a_mark("KH/1/19", office="KH"))))
    script.write_text(CODE, encoding="utf-8")
    command = [sys.executable, script, "trademark", "Updates", file]
    sending = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    over = threading.Event()

    def work():
        while not over.wait(0.5):
            drain()
        connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        said, trouble = sending.communicate(timeout=120)
    finally:
        over.set()
        worker.join()
    assert said.startswith("KH-000001 published"), trouble
