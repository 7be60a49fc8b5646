"""Machines of an office (tuspy, curl) against the web process, which is killed at any instant; a file lands once."""

from __future__ import annotations

import hashlib
import http.client
import io
import random
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from intake.packages import package
from intake.senders import a_sender
from intake.sftp_clients import wait_for
from ipshare.accounts import senders
from ipshare.intake import forgetting, http_arrivals, over_http
from ipshare.store import objects
from ipshare.store.models.accounts import Office
from ipshare.store.models.sharing import Client as ApiClient
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload
from portal import builders, web_process

pytestmark = pytest.mark.django_db(transaction=True)
CURL = shutil.which("curl")
NAME = "KH_TM_Updates_20261127.zip"
KILLS = 2


@pytest.fixture(scope="module")
def shared_web(django_db_setup):
    with web_process.running() as process:
        yield process


@pytest.fixture
def web(transactional_db, monkeypatch, shared_web):
    monkeypatch.setitem(connections.databases["default"], "CONN_MAX_AGE", 0)
    builders.an_office("KH", "Cambodia")
    if shared_web.process.poll() is not None:
        shared_web.start()
    return shared_web


@pytest.fixture
def machine(web):
    return a_sender("KH")


def bearer(machine):
    return {"Authorization": f"Bearer {machine.token}"}


def landed_once(content):
    for upload in HttpUpload.objects.filter(ended_at=None):
        http_arrivals.land(upload.pk, at=builders.AT)
    submission = Submission.objects.get()
    assert submission.sha256 == hashlib.sha256(content).hexdigest()
    assert objects.get(objects.received_key(submission.sha256)) == content
    assert Office.objects.get().next_submission == 2


def test_tuspy_killed_and_begun_anew_each_time_lands_once(web, machine):
    """The machine keeps nothing: it announces the same file again, and is told where to go on."""
    seed = random.randrange(1000)  # noqa: S311
    chance = random.Random(seed)  # noqa: S311
    content = package(seed, 8_000_000)
    metadata = {
        "filename": NAME, "right": "trademark", "kind": "Updates", "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    kills, offset = 0, 0
    while offset < len(content):
        timer = None
        try:
            client = TusClient(f"{web.url}/api/v1/submissions", headers=bearer(machine))
            uploader = client.uploader(
                file_stream=io.BytesIO(content),
                metadata=metadata,
                chunk_size=chance.choice([500_000, 4_000_000]),
            )
            uploader.set_url(uploader.create_url())
            assert uploader.get_offset() >= offset, (
                "what was told to be there is not there any more"
            )
            uploader.offset = offset = uploader.get_offset()
            if kills < KILLS:
                kills += 1
                timer = threading.Timer(chance.random() * 0.2, web.kill)
                timer.start()
                uploader.stop_at = offset + (len(content) - offset) // 2
            while uploader.offset < (uploader.stop_at or len(content)):
                uploader.upload_chunk()
                offset = uploader.offset
        except (TusCommunicationError, TusUploadFailed, TypeError, OSError):
            pass  # TypeError: tuspy read no offset from an answer that was cut
        finally:
            if timer:
                timer.join()
                if web.process.poll() is not None:
                    web.start()
    assert kills == KILLS, seed
    landed_once(content)


def curl(web, machine, file, *more):
    """``curl -T`` of a file; the status that it prints at the end."""
    address = f"{web.url}/api/v1/submissions/trademark/Updates/"
    command = [
        CURL, "-sS", "-T", file, "-H", f"Authorization: Bearer {machine.token}", "-w", "\n%{http_code}", *more, address,
    ]  # fmt: skip
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    return done.stdout.rpartition("\n")[2]


@pytest.mark.skipif(CURL is None, reason="curl is not installed")
def test_curl_killed_at_any_instant_and_sent_again_lands_once(web, machine, tmp_path):
    content = package(21, 6_000_000)
    file = tmp_path / NAME
    file.write_bytes(content)
    chance = random.Random(21)  # noqa: S311
    for _ in range(KILLS):
        timer = threading.Timer(chance.random() * 0.25, web.kill)
        timer.start()
        curl(web, machine, file, "--limit-rate", "40M")
        timer.join()
        web.start()
    status = curl(web, machine, file)
    assert status in {"200", "201"}
    landed_once(content)
    assert curl(web, machine, file) == "200"
    landed_once(content)


@pytest.mark.skipif(CURL is None, reason="curl is not installed")
@pytest.mark.parametrize("how", ["PUT", "PATCH"])
def test_an_ended_client_sends_not_even_the_rest(web, machine, how):
    """The line is open and half of the file has come when the office ends its client."""
    content = package(50)
    address, more = f"/api/v1/submissions/trademark/Updates/{NAME}", {}
    if how == "PATCH":
        address = machine.begin(content)["Location"]
        more = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        }
    ApiClient.objects.update(last_used_at=None)
    line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
    line.putrequest(how, address)
    for name, value in {**bearer(machine), **more, "Content-Length": len(content)}.items():
        line.putheader(name, value)
    line.endheaders()
    line.send(content[:10])
    web_process.until(lambda: ApiClient.objects.exclude(last_used_at=None).exists())
    senders.end(machine.client, by="officer", at=builders.AT)
    line.send(content[10:])
    answer = line.getresponse()
    assert (answer.status, b"token-not-valid" in answer.read()) == (401, True)
    line.close()
    forgetting.sweep(at=timezone.now())
    assert not Submission.objects.exists()
    assert not HttpUpload.objects.exclude(closed_at=None).exists()


def test_curl_of_a_cut_file_and_of_nobody(web, machine, tmp_path):
    file = tmp_path / NAME
    file.write_bytes(package(22)[:-40])
    assert curl(web, machine, file) == "422"
    machine.token = "unknown"
    assert curl(web, machine, file) == "401"
    assert not Submission.objects.exists()


def begun(web, machine, content, *, sent):
    """A request whose first bytes are on their way."""
    line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
    line.putrequest("PUT", f"/api/v1/submissions/trademark/Updates/{NAME}")
    for name, value in {**bearer(machine), "Content-Length": str(len(content))}.items():
        line.putheader(name, value)
    line.endheaders()
    line.send(content[:sent])
    return line


def ended(line, rest=b""):
    line.send(rest)
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status


def test_a_request_that_stalls_on_the_wire_brings_nothing_older_back(web, machine):
    older, newer = package(31), package(32)
    folder = over_http.path_of(HttpUpload(office_id="KH")).parent
    stalled = begun(web, machine, older, sent=100)
    wait_for(lambda: folder.is_dir() and list(folder.iterdir()))
    sent_again = [ended(begun(web, machine, one, sent=len(one))) for one in (older, newer)]
    assert sent_again == [201, 201]
    assert ended(stalled, older[100:]) == 200
    found = Submission.objects.order_by("number").values_list("sha256", flat=True)
    assert list(found) == [hashlib.sha256(one).hexdigest() for one in (older, newer)]


def test_the_same_bytes_from_many_machines_at_once_land_once(web, machine):
    machines = [machine, *(a_sender("KH", name=f"server {number}") for number in range(3))]
    for turn in range(10):
        content = package(40 + turn)
        lines = [begun(web, machines[n % 4], content, sent=len(content) - 1) for n in range(8)]
        with ThreadPoolExecutor(len(lines)) as pool:
            said = list(pool.map(ended, lines, [content[-1:]] * len(lines)))
        assert Submission.objects.count() == turn + 1, said
