"""A real tus client (tuspy) and raw connections against the web process: killed, cut, crossed, slow."""

from __future__ import annotations

import base64
import hashlib
import http.client
import io
import random
import sys
import threading
from pathlib import Path

import pytest
from django.db import connections
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from intake.packages import package
from ipshare.intake import http_arrivals, over_http, receiving
from ipshare.store import objects
from ipshare.store.models.accounts import Office
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload
from portal import builders, web_process

pytestmark = pytest.mark.django_db(transaction=True)
SOKHA = "sokha.chan@moc.example"
KILLS = 3
BODY = "application/offset+octet-stream"


@pytest.fixture
def kh(transactional_db, monkeypatch):
    monkeypatch.setitem(connections.databases["default"], "CONN_MAX_AGE", 0)
    builders.an_office("KH", "Cambodia")
    builders.a_person(SOKHA, "KH")


@pytest.fixture(scope="module")
def shared_web(django_db_setup):
    with web_process.running() as process:
        yield process


@pytest.fixture
def web(kh, shared_web):
    return shared_web


@pytest.fixture
def opened():
    """Connections of a test; each is closed at its end."""
    lines = []
    yield lines
    for line in lines:
        line.cut()


@pytest.fixture
def sokha(web):
    return web_process.headers(web_process.signed_in(SOKHA))


def metadata(content, name="KH_TM_Updates_20261127.zip"):
    digest = hashlib.sha256(content).hexdigest()
    return {"filename": name, "right": "trademark", "kind": "Updates", "sha256": digest}


def begun(web, sokha, content, name="KH_TM_Updates_20261127.zip"):
    """The address of an announced file."""
    client = TusClient(f"{web.url}/uploads/kh/files", headers=sokha)
    return client.uploader(
        file_stream=io.BytesIO(content), metadata=metadata(content, name)
    ).create_url()


def offset(web, sokha, where):
    uploader = TusClient(f"{web.url}/uploads/kh/files", headers=sokha).uploader(
        file_stream=io.BytesIO(b""), url=where
    )
    return uploader.offset


def landed(content):
    """The one submission of these bytes, after a worker had its turn."""
    upload = HttpUpload.objects.get()
    http_arrivals.land(upload.pk, at=builders.AT)
    submission = Submission.objects.get()
    assert submission.sha256 == hashlib.sha256(content).hexdigest()
    assert objects.get(objects.received_key(submission.sha256)) == content
    return submission


def test_killed_at_any_instant_and_resumed_nothing_is_lost_or_doubled(web, sokha):
    seed = random.randrange(1000)  # noqa: S311
    chance = random.Random(seed)  # noqa: S311
    content = package(seed, 24_000_000)
    client = TusClient(f"{web.url}/uploads/kh/files", headers=sokha)
    where, told, kills = "", [0], 0
    while told[-1] < len(content):
        try:
            uploader = client.uploader(
                file_stream=io.BytesIO(content), url=where or None, metadata=metadata(content),
                chunk_size=chance.choice([300_000, 2_000_000, 30_000_000]),
                upload_checksum=chance.random() < 0.3,
            )  # fmt: skip
            where = where or uploader.create_url()
            uploader.set_url(where)
            assert uploader.offset >= told[-1], "what was told to be there is not there any more"
            told.append(uploader.offset)
            timer, until = None, len(content)
            if kills < KILLS:
                kills += 1
                until = uploader.offset + (until - uploader.offset) // 3
                uploader.chunk_size = min(uploader.chunk_size, until - uploader.offset)
                timer = threading.Timer(chance.random() * 0.25, web.kill)
                timer.start()
            while uploader.offset < until:
                uploader.upload_chunk()
                told.append(uploader.offset)
        except (TusCommunicationError, TusUploadFailed, TypeError):
            pass  # TypeError: tuspy read no offset from an answer that was cut
        finally:
            if timer:
                timer.join()
                if web.process.poll() is not None:
                    web.start()
    assert kills == KILLS, seed
    assert told == sorted(told)
    landed(content)


def test_the_kill_after_the_last_byte_still_lands(web, sokha):
    """Every byte was appended, and the web process died before it could close the upload."""
    content = package(9, 300_000)
    where = begun(web, sokha, content)
    upload = HttpUpload.objects.get()
    web.kill()
    over_http.path_of(upload).write_bytes(content)
    web.start()
    assert offset(web, sokha, where) == len(content)
    landed(content)


class Line:
    """A PATCH written by hand, so that it can be slow or stop."""

    def __init__(self, opened, web, sokha, where, start, size):
        opened.append(self)
        self.connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
        self.connection.putrequest("PATCH", where.removeprefix(web.url))
        for name, value in {
            **sokha, "Tus-Resumable": "1.0.0", "Content-Type": BODY, "Upload-Offset": start, "Content-Length": size,
        }.items():  # fmt: skip
            self.connection.putheader(name, str(value))
        self.connection.endheaders()

    def send(self, body):
        self.connection.send(body)

    def status(self):
        answer = self.connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Upload-Offset")

    def cut(self):
        self.connection.close()


def test_a_cut_connection_keeps_what_was_received(web, sokha, opened):
    content = package(10, 500_000)
    where = begun(web, sokha, content)
    line = Line(opened, web, sokha, where, 0, len(content))
    line.send(content[:200_001])
    web_process.until(lambda: offset(web, sokha, where) > 0)
    line.cut()
    web_process.until(lambda: offset(web, sokha, where) == 200_001)
    rest = TusClient(f"{web.url}/uploads/kh/files", headers=sokha)
    rest.uploader(file_stream=io.BytesIO(content), url=where).upload()
    landed(content)


def test_a_connection_that_hangs_does_not_keep_its_sender_out(web, sokha, opened):
    """The old line is not known as lost; the next one goes on, and the old one finds the end moved."""
    content = package(11, 500_000)
    where = begun(web, sokha, content)
    old = Line(opened, web, sokha, where, 0, len(content))
    old.send(content[:100_000])
    web_process.until(lambda: offset(web, sokha, where) > 0)
    start = offset(web, sokha, where)
    new = Line(opened, web, sokha, where, start, len(content) - start)
    new.send(content[start:])
    assert new.status() == (204, str(len(content)))
    old.send(content[100_000:])
    assert old.status() == (409, str(len(content)))
    landed(content)


@pytest.mark.skipif(sys.platform != "linux", reason="the list of connections is Linux's")
def test_a_line_whose_other_end_vanishes_is_asked_for(web, sokha, opened):
    """The system asks a silent client whether it is there: its thread is free a minute after it vanished."""
    where = begun(web, sokha, package(14))
    line = Line(opened, web, sokha, where, 0, 1000)
    line.send(b"x")
    mine = line.connection.sock.getsockname()[1]

    def asked():
        lines = [one.split() for one in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        theirs = [
            one
            for one in lines
            if one[1].endswith(f":{web.port:04X}") and one[2].endswith(f":{mine:04X}")
        ]
        return theirs and theirs[0][5].startswith("02:")  # the timer of keepalive

    web_process.until(asked)


def test_of_two_at_once_one_wins(web, sokha, opened):
    content = package(12, 3_000_000)
    where = begun(web, sokha, content)
    lines = [Line(opened, web, sokha, where, 0, len(content)) for _ in range(2)]
    threads = [threading.Thread(target=line.send, args=[content]) for line in lines]
    for thread in threads:
        thread.start()
    answers = [line.status()[0] for line in lines]
    for thread in threads:
        thread.join()
    assert sorted(answers) == [204, 409]
    landed(content)


def test_slow_lines_do_not_block_the_pages(web, sokha, opened):
    """Sixteen files that stand still, of eight people: some are told to come later, and everybody else is served."""
    for number in range(8):
        email = f"officer{number}@moc.example"
        builders.a_person(email, "KH")
        own = web_process.headers(web_process.signed_in(email))
        for half in range(2):
            where = begun(web, own, package(), name=f"{number}-{half}.zip")
            line = Line(opened, web, own, where, 0, 1500)
            line.send(b"x")
    refused = 0
    for line in opened:
        line.connection.sock.settimeout(1)
        try:
            refused += line.status()[0] == 503
        except TimeoutError:
            continue
    assert 16 - 2 * receiving.MOST <= refused < 16
    for _ in range(8):
        connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)
        connection.request("GET", "/uploads/kh", headers=sokha)
        assert connection.getresponse().status == 200
        connection.close()


def test_a_receiver_gives_its_place_back():
    with receiving.turn("KH", 1), receiving.turn("KH", 1):
        with pytest.raises(receiving.BusyError), receiving.turn("KH", 1):
            raise NotImplementedError
        with (
            receiving.turn("KH", 2), pytest.raises(receiving.BusyError), receiving.turn("KH", 3),
        ):  # fmt: skip
            raise NotImplementedError
        with (
            receiving.turn("TH", 1), receiving.turn("TH", 1), receiving.turn("LA", 1),
            pytest.raises(receiving.BusyError), receiving.turn("VN", 1),
        ):  # fmt: skip
            raise NotImplementedError
    with receiving.turn("KH", 1):
        pass
    assert not receiving._here


def test_a_wrong_checksum_by_a_real_client_is_460(web, sokha):
    content = package(13)
    where = begun(web, sokha, content)
    wrong = {**sokha, "Upload-Checksum": "sha1 " + base64.b64encode(b"0" * 20).decode()}
    uploader = TusClient(f"{web.url}/uploads/kh/files", headers=wrong).uploader(
        file_stream=io.BytesIO(content), url=where
    )
    with pytest.raises(TusUploadFailed) as failed:
        uploader.upload()
    assert failed.value.status_code == 460
    assert offset(web, sokha, where) == 0
    assert Office.objects.get().next_submission == 1
