"""What leaves is in the ledger before it leaves, and in the access log when it has left; both say the same."""

from __future__ import annotations

import json
import logging
import socket
import threading
from dataclasses import dataclass
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.db.models import Sum

from ipshare.domain.digest import digest
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.ops.sample import pictures
from ipshare.share import feed, items, ledger, sending
from ipshare.store import objects
from ipshare.store.models.disclosures import Disclosure
from ipshare.store.stage import ImageFile
from share.histories import a_reader, a_record, allow, publish, withdrawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
LINES = "application/x-ndjson"


@pytest.fixture
def log():
    """The access log's lines, parsed."""
    lines = []
    handler = logging.Handler()
    handler.emit = lambda entry: lines.append(json.loads(entry.getMessage()))
    access = logging.getLogger("ipshare.access")
    access.addHandler(handler)
    yield lines
    access.removeHandler(handler)


def total():
    return Disclosure.objects.aggregate(Sum("size"))["size__sum"] or 0


def test_every_answer_with_records_or_files_is_in_the_ledger_and_the_log_and_nothing_else_is(
    tmp_path, settings, log
):
    settings.OBJECTS_URL = str(tmp_path)
    content = pictures.jpeg("test", 1, 1)
    objects.put("package", content)
    picture = ImageFile(
        name="1.jpg", object="package", place=0, stored_size=len(content), size=len(content), method=0,
        digest=digest(content), format="JPEG", width=1, height=1,
    )  # fmt: skip
    publish(
        1, [a_record(n, text="t", media="m", images=("1.jpg",)) for n in "12"], images=[picture]
    )
    publish(2, [a_record("1", right=Right.DESIGN)], right=Right.DESIGN)
    reader = a_reader(excluded={G.EXAMINATION})
    received = 0
    for media in ("application/json", LINES):
        body = reader.get("/api/v1/changes", Accept=media).getvalue()
        parts = json.loads(body)["items"] if media != LINES else body.splitlines()[:-1]
        assert len(parts) == 3
    received += 2 * sum(map(len, body.splitlines()[:-1]))
    whole = reader.get("/api/v1/trademarks/XA/1")
    received += len(whole.content)
    received += len(reader.get("/api/v1/trademarks/XA/1", Accept="application/xml").content)
    image = "/api/v1/images/XA/trademark/1.jpg"
    received += len(reader.get(image).getvalue())
    received += len(reader.get(image, Range="bytes=2-5").getvalue())
    # These carry nothing.
    reader.get("/api/v1/trademarks/XA/1", **{"If-None-Match": whole["ETag"]})
    bearer = {"Authorization": f"Bearer {reader.token}"}
    assert reader.browser.head("/api/v1/changes", headers=bearer).getvalue() == b""
    for address in ("/api/v1/trademarks/XA/9", "/api/v1/whoami", "/api/v1/policy"):
        reader.get(address)
    assert total() == received
    assert sum(line["disclosed"] for line in log) == received
    assert {line["id"] for line in log if line["disclosed"]} == {
        row.request for row in Disclosure.objects.all()
    }
    assert [line["status"] for line in log] == [200, 200, 200, 200, 200, 206, 304, 200, 404, 200, 200]  # fmt: skip
    assert {line["route"] for line in log} == {"changes", "record", "image", "whoami", "policy"}
    assert all(line["client"] == reader.client_id for line in log)
    assert log[2]["bytes"] == log[2]["disclosed"] == len(whole.content)
    assert log[0]["bytes"] > log[0]["disclosed"]
    rows = ledger.of_record("XA", Right.TRADEMARK, "1")
    assert [bool(row.files) for row in rows] == [True, True, False, False, False, False]
    assert rows[0].numbers == ["1", "2"]  # both refer to the picture
    assert {row.groups & G.EXAMINATION.bit for row in rows} == {0}


def test_pages_say_under_which_version_each_record_left_and_withdrawals_carry_no_groups():
    odd = 'a "quoted" \\ number/é'
    publish(1, [a_record("1", text="t"), a_record(odd, text="t")])
    reader = a_reader()
    reader.pull_all()
    allow(reader.authorization, excluded={G.TEXT})
    publish(2, [withdrawn("1"), a_record(odd, goods="g")])
    reader.pull_all()
    for ready in (False, True):
        if ready:
            items.make_ready("XA")
        reader.cursor = None
        reader.pull_all()
    one = [
        (row.version, row.groups & G.TEXT.bit, row.groups == 0)
        for row in ledger.of_record("XA", Right.TRADEMARK, "1")
    ]
    assert one[-2:] == [(2, 0, True), (1, G.TEXT.bit, False)]
    versions = [row.version for row in ledger.of_record("XA", Right.TRADEMARK, odd)]
    assert versions[-1] == 1
    assert set(versions[:-1]) == {2}
    assert versions.count(2) >= 3


def test_an_item_that_nobody_knows_does_not_leave():
    with pytest.raises(ValueError, match="nobody knows"):
        sending._write_part(None, {}, [b'{"type":"new"}'])


def test_a_large_page_is_a_few_rows(monkeypatch):
    monkeypatch.setattr(sending, "PART", 40_000)
    monkeypatch.setattr(feed, "_BATCH", 20_000)
    publish(1, [a_record(f"{n:03}", text="t" * 1000) for n in range(200)])
    reader = a_reader()
    reader.pull_all()
    rows = Disclosure.objects.order_by("pk")
    assert 4 <= len(rows) <= 6
    assert [number for row in rows for number in row.numbers] == [f"{n:03}" for n in range(200)]
    assert len({row.request for row in rows}) == 1
    assert [row.first_position for row in rows] == [int(row.numbers[0]) + 1 for row in rows]
    assert [row.last_position for row in rows] == [int(row.numbers[-1]) + 1 for row in rows]


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args):
        pass


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, *_args):
        pass


@dataclass
class Served:
    """A hub on a real socket; ``ended`` is set when an answer has been closed."""

    port: int
    ended: threading.Event


@pytest.fixture
def served(transactional_db):
    ended = threading.Event()
    application = get_wsgi_application()

    def watched(environ, start):
        answer = application(environ, start)
        close = answer.close

        def closed():
            close()
            connection.close()
            ended.set()

        answer.close = closed
        return answer

    server = make_server("127.0.0.1", 0, watched, server_class=_Server, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Served(server.server_port, ended)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_breaks_in_the_middle_of_a_page_leaves_no_less_in_the_ledger(served, log):
    with transaction.atomic():
        publish(1, [a_record(f"{n:05}", text="t" * 9000) for n in range(3000)])
    reader = a_reader()
    log.clear()
    with socket.create_connection(("127.0.0.1", served.port)) as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        request = [
            "GET /api/v1/changes?limit=5000 HTTP/1.0",
            "Host: localhost",
            f"Accept: {LINES}",
            f"Authorization: Bearer {reader.token}",
        ]
        peer.sendall("\r\n".join([*request, "", ""]).encode())
        body = b""
        while len(body) < 5_000_000:
            body += peer.recv(65_536)
    assert served.ended.wait(60)
    lines = body.partition(b"\r\n\r\n")[2].split(b"\n")[:-1]
    received = [json.loads(line)["number"] for line in lines]
    assert 400 < len(received) < 3000
    rows = Disclosure.objects.order_by("pk")
    written = [number for row in rows for number in row.numbers]
    assert written[: len(received)] == received
    assert len(written) < 3000  # and not the whole page either
    assert total() >= sum(map(len, lines))
    [line] = log
    assert line["disclosed"] == total()
    assert line["bytes"] >= sum(map(len, lines))
    assert line["id"] == rows[0].request
