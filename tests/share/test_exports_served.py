"""Exports by a real worker and a real web server: a worker killed, a download cut and resumed, a right taken away."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings as present

from client.conftest import Web
from ipshare.share import authorizations
from ipshare.share.bulk import exports
from ipshare.store.models.exports import Export
from line import drain
from share.exporting import ask, download, items_of, look
from share.histories import a_reader, a_record, publish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]
RECORDS = 3000
CUT = 100_000
PATIENCE = 60


@pytest.fixture
def register():
    """Records that do not compress well."""
    dice = random.Random(1)  # noqa: S311
    publish(1, [a_record(str(n), text=dice.randbytes(500).hex()) for n in range(RECORDS)])


@pytest.fixture
def worker():
    """Starts workers that end with the test."""
    started = []

    def start():
        environment = {**Web().environment, "IPSHARE_EXPORT_PART_BYTES": "20000"}
        started.append(
            subprocess.Popen([sys.executable, "-m", "ipshare", "worker"], env=environment)
        )
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.wait()


@pytest.fixture
def web():
    """A web server that ends with the test."""
    web = Web().start()
    yield web
    web.kill()


def until(process, done):
    """Look again and again until it is done, while the process lives."""
    watched = os.pidfd_open(process.pid)
    end = time.monotonic() + PATIENCE
    try:
        while not (found := done()):
            gone, _, _ = select.select([watched], [], [], 0.01)
            assert not gone
            assert time.monotonic() < end
        return found
    finally:
        os.close(watched)


@pytest.mark.usefixtures("register")
def test_the_export_of_a_killed_worker_is_made_again_and_never_half(worker):
    reader = a_reader()
    address = ask(reader)["Location"]
    folder = Path(present.OBJECTS_URL) / exports.folder(Export.objects.get().pk)
    first = worker()
    until(first, lambda: len(list(folder.rglob("*.zst"))) > 2)
    first.send_signal(signal.SIGKILL)
    first.wait()
    export = look(reader, address)
    assert export["state"] == "running"
    assert "manifest" not in export
    second = worker()
    until(second, lambda: look(reader, address)["state"] == "finished")
    manifest = look(reader, address)["manifest"]
    found = [item["number"] for part in download(reader, manifest).values() for item in items_of(part)]  # fmt: skip
    assert sorted(found, key=int) == [str(n) for n in range(RECORDS)]
    kept = {path.name.removesuffix(".numbers") for path in folder.rglob("*") if path.is_file()}
    assert kept == {part["name"] for part in manifest["parts"]}
    assert not (Path(present.DATA) / "exports" / folder.name).exists()


@pytest.mark.usefixtures("register")
def test_curl_goes_on_where_it_was_cut(web, tmp_path):
    reader = a_reader()
    address = ask(reader)["Location"]
    drain()
    [part] = look(reader, address)["manifest"]["parts"]
    file = tmp_path / "part"
    curl = ["curl", "-sS", "--fail", "-H", f"Authorization: Bearer {reader.token}"]
    address = web.url + part["href"]
    with subprocess.Popen([*curl, address], stdout=subprocess.PIPE) as cut:
        file.write_bytes(cut.stdout.read(CUT))
        cut.kill()
    assert part["size"] > CUT
    subprocess.run([*curl, "-C", "-", "-o", file, address], check=True, timeout=PATIENCE)
    assert sha256(file.read_bytes()).hexdigest() == part["sha256"]


@pytest.mark.alone
def test_a_download_ends_with_the_authorization(web):
    publish(1, [a_record("1")])
    reader = a_reader()
    address = ask(reader)["Location"]
    drain()
    [part] = look(reader, address)["manifest"]["parts"]
    export = Export.objects.get()
    size = 1 << 30  # a part that takes longer than a second; it has holes, so it costs no disk
    os.truncate(
        Path(present.OBJECTS_URL) / exports.part_key(export.pk, export.attempt, part["name"]), size
    )
    Export.objects.update(parts=[part | {"size": size}])
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
    connection.request("GET", part["href"], headers={"Authorization": f"Bearer {reader.token}"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Content-Length")) == (200, str(size))
    got = len(answer.read(1 << 20))
    authorizations.end(reader.authorization, by="officer", reason="", at=datetime.now(UTC))
    ended = time.monotonic()
    with contextlib.suppress(http.client.IncompleteRead, ConnectionResetError):
        while piece := answer.read(1 << 20):
            got += len(piece)
    assert got < size
    assert time.monotonic() - ended < 1
    connection.close()
    refused = http.client.HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
    refused.request("GET", part["href"], headers={"Authorization": f"Bearer {reader.token}"})
    assert json.loads(refused.getresponse().read())["status"] in {401, 403, 404}
    refused.close()
