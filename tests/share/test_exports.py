"""Bulk exports over HTTP, made by real jobs: parts, manifest, cursor, and what ends them."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from intake.sftp_clients import wait_for
from ipshare.domain.authorization import Channel, Conditions
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import authorizations, blocks, organisations
from ipshare.share.bulk import exports, making
from ipshare.store import objects
from ipshare.store.models.disclosures import Disclosure
from ipshare.store.models.exports import Export
from line import drain
from share.exporting import ask, delete, download, items_of, load, look, rows_of
from share.histories import ALL, AT, Reader, a_reader, a_record, allow, publish, withdrawn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]


@pytest.fixture(autouse=True)
def store(tmp_path, settings):
    """An object store of the test's own."""
    settings.OBJECTS_URL = str(tmp_path / "objects")
    return tmp_path / "objects"


def kept(store):
    """The objects of exports that there are."""
    return sorted(path.name for path in store.rglob("exports/*/*/*"))


def fill(count=3):
    publish(1, [a_record(str(n), text="t", examination="x") for n in range(count)])
    publish(2, [a_record("P1", right=Right.PATENT, text="p")], right=Right.PATENT)


def finished(reader, form="ndjson", **more):
    """An export made to its end."""
    address = ask(reader, form, **more)["Location"]
    drain()
    export = look(reader, address)
    assert export["state"] == "finished", export
    return address, export


def test_a_snapshot_and_the_feed_from_its_cursor():
    fill()
    reader = a_reader(excluded={G.EXAMINATION})
    answer = ask(reader)
    assert (answer.status_code, answer["Retry-After"]) == (202, "5")
    waiting = answer.json()
    assert (waiting["state"], waiting["records"]) == ("waiting", 0)
    assert "manifest" not in waiting
    assert look(reader, answer["Location"]) == waiting
    drain()
    publish(3, [withdrawn("0"), a_record("9", text="new", examination="y")])
    export = look(reader, answer["Location"])
    manifest = export["manifest"]
    assert (export["state"], export["records"]) == ("finished", 4)
    assert [(part["name"], part["right"], part["records"]) for part in manifest["parts"]] == [
        ("XA-trademark-00001.ndjson.zst", "trademark", 3),
        ("XA-patent-00001.ndjson.zst", "patent", 1),
    ]
    assert (manifest["version"], manifest["records"]) == (1, 4)
    load(reader, manifest)
    assert reader.records["trademark", "0"] == {"identity": "0", "text": "t"}
    reader.pull_all()
    assert reader.records == {
        **{("trademark", n): {"identity": n, "text": "t"} for n in "12"},
        ("trademark", "9"): {"identity": "9", "text": "new"},
        ("patent", "P1"): {"identity": "P1", "text": "p"},
    }


def test_an_export_of_one_right_goes_on_with_all_of_them():
    fill()
    reader = a_reader()
    _, export = finished(reader, rights=["patent"])
    assert (export["rights"], export["records"]) == (["patent"], 1)
    publish(3, [a_record("P1", right=Right.PATENT, text="q")], right=Right.PATENT)
    publish(4, [a_record("7")])
    load(reader, export["manifest"])
    assert reader.pull_all() == {
        **{("trademark", n): {"identity": n, "text": "t", "examination": "x"} for n in "012"},
        ("trademark", "7"): {"identity": "7"},
        ("patent", "P1"): {"identity": "P1", "text": "q"},
    }


def test_a_register_without_records_is_an_export_without_parts():
    reader = a_reader()
    _, export = finished(reader)
    assert export["manifest"]["parts"] == []
    publish(1, [a_record("1")])
    load(reader, export["manifest"])
    assert reader.pull_all() == {("trademark", "1"): {"identity": "1"}}


def test_parts_end_by_the_bytes_that_are_seen(settings):
    settings.EXPORT_PART_BYTES = 250
    fill(7)
    reader = a_reader(excluded={G.EXAMINATION})
    _, export = finished(reader)
    parts = export["manifest"]["parts"]
    assert [part["records"] for part in parts if part["right"] == "trademark"] == [3, 3, 1]
    found = map(items_of, download(reader, export["manifest"]).values())
    assert sorted(item["number"] for items in found for item in items) == [
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "P1",
    ]


def test_parquet_has_columns_to_find_records_by():
    publish(1, [a_record("1", text="t")])
    reader = a_reader()
    _, export = finished(reader, "parquet")
    [content] = download(reader, export["manifest"]).values()
    [row] = rows_of(content)
    assert (row["office"], row["right"], row["number"]) == ("XA", "trademark", "1")
    assert json.loads(row["record"]) == {"identity": "1", "text": "t"}
    assert row["application_date"] is None


def test_the_same_request_is_answered_by_the_export_that_is_being_made():
    reader, other = a_reader(), a_reader(name="XC")
    first = ask(reader, rights=["patent", "trademark"]).json()["id"]
    assert ask(reader, rights=["trademark", "patent"]).json()["id"] == first
    assert ask(reader, "parquet", rights=["trademark", "patent"]).json()["id"] != first
    assert ask(reader).json()["id"] != first
    assert ask(other, rights=["patent", "trademark"]).json()["id"] != first
    drain()
    assert ask(reader, rights=["patent", "trademark"]).json()["id"] != first
    listed = [one["id"] for one in reader.get("/api/v1/exports").json()["exports"]]
    assert len(listed) == 4
    assert first in listed


def test_a_client_has_a_bounded_number_of_exports(monkeypatch):
    monkeypatch.setattr(exports, "KEPT", 2)
    reader = a_reader()
    kept_ones = [ask(reader, "ndjson")["Location"], ask(reader, "st96")["Location"]]
    refused = ask(reader, "parquet")
    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-exports")
    assert ask(reader, "st96").status_code == 202  # it is being made already
    assert delete(reader, kept_ones[0]).status_code == 204
    assert ask(reader, "parquet").status_code == 202


def test_a_deleted_export_is_gone_with_its_parts_and_is_not_made(store):
    fill()
    reader = a_reader()
    address, _ = finished(reader)
    assert len(kept(store)) == 4
    assert delete(reader, address).status_code == 204
    assert kept(store) == []
    assert reader.get(address).status_code == 404
    assert delete(reader, address).status_code == 404
    address = ask(reader)["Location"]
    delete(reader, address)
    drain()
    assert (Export.objects.count(), kept(store)) == (0, [])


def narrowed(reader):
    allow(reader.authorization, excluded={G.TEXT})


def ended(reader):
    authorizations.end(reader.authorization, by="officer", reason="", at=timezone.now())


def from_all(reader):
    authorizations.save_base("XA", frozenset({G.TEXT}), by="officer", reason="", at=timezone.now())


def without_bulk(reader):
    conditions = Conditions(rights=ALL, channels=frozenset({Channel.API}))
    authorizations.save(reader.authorization, conditions, by="officer", reason="", at=timezone.now())  # fmt: skip


def record_blocked(reader):
    blocks.block(
        "XA", Right.TRADEMARK, "1", authorization=reader.authorization, reason="", until=None, by="officer",
        at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize("happens", [narrowed, ended, from_all, without_bulk, record_blocked])
def test_an_export_ends_with_its_conditions(happens, store):
    fill()
    reader = a_reader()
    address, export = finished(reader)
    part = export["manifest"]["parts"][0]["href"]
    stream = reader.get(part)
    happens(reader)
    refused = [reader.get(there).status_code for there in (part, address)]
    assert set(refused) <= {401, 403, 404}
    assert stream.status_code == 200
    if 404 in refused:  # else it was refused at the door; then the worker sweeps
        assert kept(store) == []
    drain()
    assert kept(store) == []
    assert not Export.objects.exists()


def test_an_export_whose_job_is_done_again_stays_whole():
    """A worker that is killed after the end of an export has its job put back into the queue."""
    fill()
    reader = a_reader()
    address, export = finished(reader)
    making.make(Export.objects.get().pk, at=timezone.now())
    assert look(reader, address) == export
    assert download(reader, export["manifest"])


def test_a_part_that_goes_in_this_instant_is_no_failure():
    fill()
    reader = a_reader()
    _, export = finished(reader)
    objects.delete_folder(exports.folder(Export.objects.get().pk))
    assert reader.get(export["manifest"]["parts"][0]["href"]).status_code == 404


def test_a_block_that_is_just_being_made_is_not_missed_beside_one_of_another_office():
    """It has its number before anybody sees it, and one with a higher number may be seen before."""
    fill()
    reader = a_reader()
    address = ask(reader)["Location"]
    [export] = Export.objects.values_list("pk", flat=True)
    begun, end = threading.Event(), threading.Event()

    def block(office):
        blocks.block(
            office, Right.TRADEMARK, "1", authorization=None, reason="", until=None, by="officer",
            at=timezone.now(),
        )  # fmt: skip

    def block_slowly():
        with transaction.atomic():
            block("XA")
            begun.set()
            assert end.wait(30)
        connection.close()

    def make():
        making.make(export, at=timezone.now())
        connection.close()

    def waits():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock')"
            )
            return cursor.fetchone()[0]

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(block_slowly)
        assert begun.wait(30)
        block("XB")
        made = pool.submit(make)
        wait_for(lambda: made.done() or waits())
        end.set()
        slow.result()
        made.result()
    drain()
    answer = reader.get(address)
    parts = download(reader, answer.json()["manifest"]) if answer.status_code == 200 else {}
    assert "1" not in {
        item["number"]
        for name, part in parts.items()
        if "trademark" in name
        for item in items_of(part)
    }


def test_a_block_of_what_the_client_never_saw_ends_nothing():
    fill()
    reader = a_reader()
    address, _ = finished(reader)
    for authorization, number in (
        (None, "not there"),
        (a_reader(name="XC").authorization, "1"),
    ):
        blocks.block(
            "XA", Right.TRADEMARK, number, authorization=authorization, reason="", until=None, by="officer",
            at=timezone.now(),
        )  # fmt: skip
    drain()
    assert look(reader, address)["state"] == "finished"


def test_an_export_expires(store):
    fill()
    reader = a_reader()
    address, _ = finished(reader)
    week = timezone.now() + timedelta(days=7)
    exports.sweep_all(at=week - timedelta(minutes=1))
    assert look(reader, address)["state"] == "finished"
    exports.sweep_all(at=week)
    assert reader.get(address).status_code == 404
    assert kept(store) == []


def test_an_export_is_of_its_client_alone():
    fill()
    reader, other = a_reader(), a_reader(name="XC")
    address, export = finished(reader)
    for there in (address, export["manifest"]["parts"][0]["href"], address + "/parts/none"):
        answer = other.get(there)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        assert reader.browser.get(there).status_code == 401
    assert delete(other, address).status_code == 404
    assert other.get("/api/v1/exports").json() == {"exports": []}
    assert reader.get(address + "/parts/none").status_code == 404
    assert reader.get("/api/v1/exports/XA/none").status_code == 404


def test_a_client_over_offices_has_exports_of_each_of_them():
    publish(1, [a_record("1")])
    publish(2, [a_record("C1", office="XC")], office="XC")
    mine, theirs = a_reader().authorization, a_reader(office="XC").authorization
    client, secret = organisations.add_client("XB", by="operator", at=AT)
    reader = Reader(None, client.client_id, secret).sign_in()
    for one in (mine, theirs):
        organisations.decide(one, allowed=True, by="officer", at=AT)
    assert ask(reader).json()["code"] == "parameter-not-valid"
    address = ask(reader, office="XC")["Location"]
    other = ask(reader, office="XA")["Location"]
    drain()
    [content] = download(reader, look(reader, address)["manifest"]).values()
    assert [item["number"] for item in items_of(content)] == ["C1"]
    assert reader.get(address.replace("/XC/", "/XA/")).status_code == 404
    organisations.decide(theirs, allowed=False, by="officer", at=AT)
    assert reader.get(address).status_code == 403
    drain()
    assert look(reader, other)["state"] == "finished"
    exports.sweep_all(at=timezone.now())
    assert Export.objects.count() == 1


def test_what_cannot_be_asked_for():
    reader = a_reader(rights={Right.TRADEMARK})
    for more, code in (
        ({"format": "xml"}, "parameter-not-valid"),
        ({"format": "ndjson", "more": 1}, "parameter-not-valid"),
        ({"format": "ndjson", "rights": []}, "parameter-not-valid"),
        ({"format": "ndjson", "rights": ["copyright"]}, "parameter-not-valid"),
        ({"format": "ndjson", "rights": ["patent"]}, "no-authorization"),
        ({"format": "x" * 5000}, "parameter-not-valid"),
    ):
        assert ask(reader, **more, form=more.pop("format")).json()["code"] == code
    told = ask(reader, form="csv").json()["detail"]
    assert "Invalid enum value 'csv'" in told
    assert told.rstrip(".").endswith("it is one of ndjson, st96, parquet")
    told = ask(reader, form="ndjson", rights=["copyright"]).json()["detail"]
    assert told.rstrip(".").endswith("it is one of trademark, patent, design")
    bearer = {"Authorization": f"Bearer {reader.token}"}
    for body, kind, status in (
        ("{", "application/json", 400),
        ('"\xff"', "application/json", 400),
        ("[]", "application/json", 400),
        ("format=ndjson", "application/x-www-form-urlencoded", 415),
        ("", "application/json", 411),  # as chunks come without a length
    ):
        headers = bearer | {"Content-Type": kind}
        answer = reader.browser.post("/api/v1/exports", body, content_type=kind, headers=headers)
        assert answer.status_code == status
    assert ask(a_reader(name="XC", rights=())).json()["code"] == "no-authorization"
    put = reader.browser.put("/api/v1/exports", headers=bearer)
    assert (put.status_code, put["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")


def test_a_part_by_range_and_by_etag():
    fill()
    reader = a_reader()
    _, export = finished(reader)
    part = export["manifest"]["parts"][0]
    whole = reader.get(part["href"])
    content = whole.getvalue()
    assert (whole["Content-Type"], whole["Accept-Ranges"]) == ("application/zstd", "bytes")
    later = reader.get(part["href"], Range="bytes=10-")
    assert (later.status_code, later.getvalue()) == (206, content[10:])
    assert later["Content-Range"] == f"bytes 10-{len(content) - 1}/{len(content)}"
    assert reader.get(part["href"], **{"If-None-Match": whole["ETag"]}).status_code == 304
    beyond = reader.get(part["href"], Range=f"bytes={len(content)}-")
    assert (beyond.status_code, beyond.json()["code"]) == (416, "range-not-satisfiable")
    changed = reader.get(part["href"], Range="bytes=10-", **{"If-Range": '"other"'})
    assert (changed.status_code, changed.getvalue()) == (200, content)
    head = reader.browser.head(part["href"], headers={"Authorization": f"Bearer {reader.token}"})
    assert (head.status_code, head["Content-Length"]) == (200, str(len(content)))
    bearer = {"Authorization": f"Bearer {reader.token}", "Range": "bytes=10-"}
    head = reader.browser.head(part["href"], headers=bearer)  # ranges are of GET alone
    assert (head.status_code, head["Content-Length"]) == (200, str(len(content)))


def test_the_ledger_has_the_records_of_a_part_once_its_bytes_leave():
    fill()
    reader = a_reader()
    _, export = finished(reader)
    part = export["manifest"]["parts"][0]
    assert not Disclosure.objects.exists()
    reader.browser.head(part["href"], headers={"Authorization": f"Bearer {reader.token}"})
    assert not Disclosure.objects.exists()
    reader.get(part["href"], Range="bytes=5-9").getvalue()
    reader.get(part["href"], Range="bytes=10-").getvalue()
    first, second = Disclosure.objects.order_by("pk")
    assert (first.channel, first.right, first.records, first.size) == ("bulk", "trademark", 3, 5)
    assert (sorted(first.numbers), first.files) == (["0", "1", "2"], [])
    assert (second.records, second.numbers, second.files) == (0, [], [part["name"]])
    assert second.size == part["size"] - 10
    assert first.version == export["version"]


def test_a_failing_export_is_told_to_its_client_and_can_be_asked_for_again(monkeypatch, caplog):
    fill()
    reader = a_reader()
    with monkeypatch.context() as broken:
        broken.setattr(objects, "keep_file", lambda *_: 1 / 0)
        address = ask(reader)["Location"]
        drain()
    assert look(reader, address)["state"] == "failed"
    assert "ZeroDivisionError" in caplog.text
    assert finished(reader)[1]["records"] == 4
