"""The tus endpoint by itself: each answer as the protocol and HTTP have it, and never a traceback."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from intake.packages import package
from intake.sftp_clients import wait_for
from ipshare.domain.office import Kind, Right
from ipshare.intake import (
    announcing,
    forgetting,
    http_arrivals,
    over_http,
    partial,
    receiving,
    uploads,
)
from ipshare.intake.tree import FilePlace
from ipshare.portal import sending
from ipshare.store.models.accounts import Membership, Office, SftpAccount, User
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload
from portal import builders

pytestmark = pytest.mark.django_db
FILES = "/uploads/kh/files"
BODY = "application/offset+octet-stream"


@pytest.fixture
def office(db, settings, tmp_path):
    """Offices KH and TH with one submission and a person each; files come into a folder of this test."""
    settings.UPLOADS = tmp_path / "uploads"
    settings.UPLOADS.mkdir()
    builders.an_office("KH", "Cambodia")
    builders.an_office("TH", "Thailand")
    builders.a_person("sokha.chan@moc.example", "KH")
    builders.a_person("anong@dip.example", "TH", "Anong Suk")
    builders.a_submission("KH", 3)
    Office.objects.update(next_submission=100)


def said(**metadata):
    values = {"filename": "KH_TM_Updates_20261127.zip", "right": "trademark", "kind": "Updates"}
    values |= metadata
    return ",".join(
        f"{key} {base64.b64encode(value if isinstance(value, bytes) else value.encode()).decode()}"
        for key, value in values.items()
        if value is not None
    )


def tus(**more):
    return {"Tus-Resumable": "1.0.0", **more}


def announce(client, size, headers=None, at=FILES, **metadata):
    given = {"Upload-Length": str(size), "Upload-Metadata": said(**metadata), **(headers or {})}
    return client.post(at, headers=tus(**given))


def begun(client, size, **metadata):
    answer = announce(client, size, **metadata)
    assert answer.status_code == 201, answer.content
    return answer["Location"]


def patch(client, where, offset, body, content_type=BODY, **headers):
    return client.patch(
        where,
        body,
        content_type=content_type,
        headers=tus(**{"Upload-Offset": str(offset), **headers}),
    )


def test_a_file_in_three_pieces_becomes_a_submission(sokha):
    content = package(1, 5000)
    where = begun(sokha, len(content), sha256=hashlib.sha256(content).hexdigest())
    for start in (0, 1000, 2500):
        end = {0: 1000, 1000: 2500, 2500: len(content)}[start]
        head = sokha.head(where, headers=tus())
        assert (head.status_code, head["Upload-Offset"], head["Upload-Length"]) == (
            200, str(start), str(len(content)),
        )  # fmt: skip
        assert head["Cache-Control"] == "no-store"
        assert head["Tus-Resumable"] == "1.0.0"
        answer = patch(sokha, where, start, content[start:end])
        assert (answer.status_code, answer["Upload-Offset"]) == (204, str(end))
        assert ("Upload-Expires" in answer) == (end < len(content))
    upload = HttpUpload.objects.get()
    assert upload.closed_at is not None
    submission = http_arrivals.land(upload.pk, at=builders.AT)
    assert (submission.door, submission.sender) == ("browser", "sokha.chan@moc.example")
    assert submission.received_at == upload.closed_at
    assert submission.sha256 == hashlib.sha256(content).hexdigest()
    assert sokha.get(where, headers=tus()).json()["reference"] == submission.reference
    assert AuditEvent.objects.get(event="submission.received").subject == submission.reference
    assert not over_http.path_of(upload).exists()
    assert http_arrivals.land(upload.pk, at=builders.AT) is None, "it lands once"


def test_options_tell_what_is_offered(sokha):
    answer = sokha.options(FILES)
    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,expiration,checksum,termination"
    assert answer["Tus-Checksum-Algorithm"] == "sha256,sha1"
    assert int(answer["Tus-Max-Size"]) == announcing.LARGEST


@pytest.mark.parametrize("version", ["0.2.2", "1.0", "", None])
def test_another_version_is_412_with_ours(sokha, version):
    headers = {} if version is None else {"Tus-Resumable": version}
    where = begun(sokha, 10)
    for answer in (
        sokha.post(FILES, headers=headers),
        sokha.head(where, headers=headers),
        sokha.patch(where, b"x", content_type=BODY, headers=headers),
        sokha.delete(where, headers=headers),
    ):
        assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")


@pytest.mark.parametrize(
    ("headers", "metadata", "status", "words"),
    [
        ({"Upload-Length": "-1"}, {}, 400, "Upload-Length"),
        ({"Upload-Length": "ten"}, {}, 400, "Upload-Length"),
        ({"Upload-Length": "٣"}, {}, 400, "Upload-Length"),
        ({"Upload-Length": "9" * 40}, {}, 400, "Upload-Length"),
        ({"Upload-Defer-Length": "1"}, {}, 400, "not offered"),
        ({"Upload-Length": "0"}, {}, 400, "empty"),
        ({"Upload-Length": str(announcing.LARGEST + 1)}, {}, 413, "at most"),
        ({"Upload-Metadata": "filename !!!"}, {}, 400, "Base64"),
        ({"Upload-Metadata": "filename YQ==,filename YQ=="}, {}, 400, "twice"),
        ({"Upload-Metadata": ",,,"}, {}, 400, "unknown"),
        ({"Upload-Metadata": ""}, {}, 400, "must name filename"),
        ({}, {"filename": b"\xff.zip"}, 400, "UTF-8"),
        ({}, {"right": "trade"}, 400, "trademark, patent or design"),
        ({}, {"kind": "Other"}, 400, "Full_Extraction, Updates or Test"),
        ({}, {"sha256": "abc"}, 400, "64 hexadecimal"),
        ({}, {"office": "TH"}, 400, "unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_announced_is_refused_in_words(sokha, headers, metadata, status, words):
    answer = announce(sokha, 10, headers, **metadata)
    assert (answer.status_code, words in answer.content.decode()) == (status, True), answer.content
    assert answer["Tus-Resumable"] == "1.0.0"
    assert not HttpUpload.objects.exists()


ODD = [
    (".hidden.zip", "starts with a dot"),
    ("a\\b.zip", "backslash"),
    ("a\nb.zip", "U+000A"),
    ("a\x00b.zip", "U+0000"),
    ("a\x9fb.zip", "U+009F"),
    ("piz.\u202egnp.exe", "U+202E"),
    ("x" * 252 + ".zip", "256 bytes"),
    ("ក" * 85 + "x", "256 bytes"),
    (" a.zip", "space"),
    ("a.zip ", "space"),
    ("a.zip.", "dot"),
    ("", "no file name"),
    ("..", "starts with a dot"),
    ("../../TH/Trademarks/Updates/a.zip", "no file name"),
    ("a/b.zip", "no file name"),
    ("a.zip.part", "still being written"),
    ("client.html", "no format that the hub reads"),
    ("a.tar.gz", "no format that the hub reads"),
    ("a", "no format that the hub reads"),
]


@pytest.mark.parametrize(("name", "reason"), ODD)
def test_an_odd_name_is_refused_as_over_sftp(sokha, name, reason):
    answer = announce(sokha, 10, filename=name)
    assert (answer.status_code, reason in answer.content.decode()) == (400, True), answer.content
    query = {"right": "trademark", "kind": "Updates", "name": name, "size": "10"}
    assert reason in sokha.get("/uploads/kh/check", query).json()["refused"]
    assert not (settings.UPLOADS / "KH" / partial.FOLDER).exists()


@pytest.mark.parametrize("name", ["ទិន្នន័យ.zip", "dữ liệu (2).xml", "ສິດທິບັດ.zip", "a..b~.zip"])
def test_a_plain_name_of_any_script_is_taken(sokha, name):
    where = begun(sokha, 10, filename=name)
    assert HttpUpload.objects.get().name == name
    assert (
        base64.b64encode(name.encode()).decode()
        in sokha.head(where, headers=tus())["Upload-Metadata"]
    )


@pytest.mark.parametrize(
    ("offset", "body", "headers", "status"),
    [
        ("0", b"x", {"content_type": "application/octet-stream"}, 415),
        ("0", b"x", {"content_type": "multipart/form-data; boundary=x"}, 415),
        ("5", b"x", {}, 409),
        ("", b"x", {}, 400),
        ("-1", b"x", {}, 400),
        ("0", b"x" * 11, {}, 413),
        ("0", b"x", {"Upload-Checksum": "md5 AAAA"}, 400),
        ("0", b"x", {"Upload-Checksum": "sha1"}, 400),
        ("0", b"x", {"Upload-Checksum": "sha1 !!"}, 400),
        ("0", b"x", {"Upload-Checksum": "sha1 " + base64.b64encode(b"0" * 20).decode()}, 460),
        ("0", b"x", {"Upload-Checksum": "sha256 " + base64.b64encode(b"0" * 32).decode()}, 460),
    ],
)
def test_a_piece_that_does_not_fit_changes_nothing(sokha, offset, body, headers, status):
    where = begun(sokha, 10)
    answer = patch(sokha, where, offset, body, **headers)
    assert (answer.status_code, answer["Tus-Resumable"]) == (status, "1.0.0"), answer.content
    assert sokha.head(where, headers=tus())["Upload-Offset"] == "0"
    if status == 409:
        assert answer["Upload-Offset"] == "0"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_with_its_checksum_is_taken(sokha, algorithm):
    where = begun(sokha, 10)
    digest = base64.b64encode(hashlib.new(algorithm, b"12345").digest()).decode()
    answer = patch(sokha, where, 0, b"12345", **{"Upload-Checksum": f"{algorithm} {digest}"})
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "5")


def test_a_body_of_unknown_length_is_411(sokha):
    where = begun(sokha, 10)
    headers = tus(**{"Upload-Offset": "0"})
    assert sokha.generic("PATCH", where, CONTENT_TYPE=BODY, headers=headers).status_code == 411


def test_a_post_may_stand_for_a_patch_and_a_get_may_not(sokha):
    where = begun(sokha, 10)
    over = {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert sokha.post(where, b"12", content_type=BODY, headers=tus(**over)).status_code == 204
    sokha.get(where, headers=tus(**{"X-HTTP-Method-Override": "DELETE"}))
    assert sokha.head(where, headers=tus())["Upload-Offset"] == "2"
    over = {"X-HTTP-Method-Override": "DELETE"}
    assert sokha.post(where, headers=tus(**over)).status_code == 204
    over = {"X-HTTP-Method-Override": "TRACE"}
    assert sokha.post(begun(sokha, 10), headers=tus(**over)).status_code == 405


def test_a_cancelled_upload_is_gone_with_its_bytes(sokha):
    where = begun(sokha, 10)
    patch(sokha, where, 0, b"12345")
    path = over_http.path_of(HttpUpload.objects.get())
    assert sokha.delete(where, headers=tus()).status_code == 204
    assert not path.exists()
    for answer in (
        sokha.head(where, headers=tus()),
        patch(sokha, where, 5, b"67890"),
        sokha.delete(where, headers=tus()),
    ):
        assert (answer.status_code, "Upload-Offset" in answer) == (404, False)
    event = AuditEvent.objects.get(event="upload.removed")
    assert (event.actor, event.detail["received"]) == ("sokha.chan@moc.example", 5)


def test_a_name_may_have_255_characters_whatever_becomes_of_the_file(sokha):
    name = "n" * 251 + ".zip"
    assert sokha.delete(begun(sokha, 10, filename=name), headers=tus()).status_code == 204
    begun(sokha, 10, filename=name)
    forgetting.sweep(at=HttpUpload.objects.get().expires_at)
    patch(sokha, begun(sokha, 5, filename=name, sha256="0" * 64), 0, b"12345")
    upload = HttpUpload.objects.get()
    assert http_arrivals.land(upload.pk, at=builders.AT) is None
    answer = sokha.post("/uploads/kh/put-away", {"upload": str(upload.pk)})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    told = AuditEvent.objects.filter(event__startswith="upload.").order_by("pk")
    assert [one.event for one in told] == [
        "upload.removed", "upload.removed", "upload.refused", "upload.put-away",
    ]  # fmt: skip
    assert {one.detail["subject"] for one in told} == {name}


def test_what_is_whole_cannot_be_cancelled(sokha):
    where = begun(sokha, 5)
    patch(sokha, where, 0, b"12345")
    assert sokha.delete(where, headers=tus()).status_code == 409
    assert patch(sokha, where, 5, b"6").status_code == 413


def test_nobody_gets_no_further_than_the_door(sokha):
    where = begun(sokha, 10)
    client = Client()
    assert announce(client, 10).status_code == 401
    assert client.head(where, headers=tus()).status_code == 401
    assert patch(client, where, 0, b"x").status_code == 401
    assert client.delete(where, headers=tus()).status_code == 401
    assert client.get("/uploads/kh").status_code == 302


def test_who_is_signed_out_meanwhile_does_not_send_the_end(sokha, monkeypatch):
    where = begun(sokha, 3)
    receive = receiving.receive
    monkeypatch.setattr(
        receiving, "receive", lambda *given: (Session.objects.all().delete(), receive(*given))
    )
    assert patch(sokha, where, 0, b"abc").status_code == 401
    assert over_http.offset_of(HttpUpload.objects.get()) == 0


def role_ended():
    Membership.objects.filter(person__email="sokha.chan@moc.example").delete()


def office_closed():
    Office.objects.filter(code="KH").update(active=False)


@pytest.mark.parametrize("happens", [role_ended, office_closed])
def test_who_loses_the_role_meanwhile_does_not_send_the_end(sokha, monkeypatch, happens):
    where = begun(sokha, 3)
    receive = receiving.receive
    monkeypatch.setattr(receiving, "receive", lambda *given: (happens(), receive(*given)))
    answer = patch(sokha, where, 0, b"abc")
    assert answer.status_code == 403, answer.content
    assert over_http.offset_of(HttpUpload.objects.get()) == 0


def test_an_office_has_so_many_uploads_under_way(sokha, monkeypatch):
    monkeypatch.setattr(announcing, "MOST", 1)
    begun(sokha, 3)
    many = announce(sokha, 3, filename="b.zip")
    assert (many.status_code, b"finish or delete one" in many.content) == (409, True)


def test_another_office_gets_the_answer_of_an_unknown_upload(sokha, anong):
    where = begun(sokha, 10)
    unknown = f"{FILES}/{uuid4()}"
    own = f"/uploads/th/files/{where.rpartition('/')[2]}"
    for address in (where, unknown, own):
        answers = [
            anong.head(address, headers=tus()),
            anong.get(address, headers=tus()),
            patch(anong, address, 0, b"x"),
            anong.delete(address, headers=tus()),
        ]
        assert [a.status_code for a in answers] == [404] * 4
        assert len({a.content for a in answers[1:]}) == 1
    assert announce(anong, 10).status_code == 404
    assert announce(anong, 10, at="/uploads/zz/files").status_code == 404
    assert sokha.head(where, headers=tus())["Upload-Offset"] == "0"
    assert b"20261127" not in anong.get("/uploads/th").content


def test_a_colleague_sees_and_cancels_but_does_not_go_on(sokha, office):
    from portal.conftest import signed_in

    builders.a_person("dara.lim@moc.example", "KH", "Lim Dara")
    dara = signed_in("dara.lim@moc.example")
    where = begun(sokha, 10)
    assert patch(dara, where, 0, b"x").status_code == 403
    assert b"by sokha.chan@moc.example" in dara.get("/uploads/kh").content
    taken = announce(dara, 10)
    assert (taken.status_code, taken["Location"]) == (409, where)
    assert dara.delete(where, headers=tus()).status_code == 204
    assert announce(dara, 10).status_code == 201


def test_a_role_for_one_right_sends_files_of_that_right(sokha, office):
    from portal.conftest import signed_in

    roles = builders.roles("data-officer", right=Right.TRADEMARK)
    builders.a_person("dara.lim@moc.example", "KH", "Lim Dara", roles)
    dara = signed_in("dara.lim@moc.example")
    patents = begun(sokha, 10, right="patent", filename="KH_PT_Updates_1.zip")
    begun(dara, 10)
    assert announce(dara, 10, right="design").status_code == 403
    assert dara.head(patents, headers=tus()).status_code == 404
    assert patch(dara, patents, 0, b"x").status_code == 404
    page = dara.get("/uploads/kh").content
    assert b"KH_PT_Updates_1.zip" not in page
    assert b'value="trademark"' in page
    assert b'value="patent"' not in page
    values = {"right": "patent", "kind": "Test", "file": SimpleUploadedFile("a.zip", b"PK")}
    assert dara.post("/uploads/kh/send", values).status_code == 403
    assert dara.post("/uploads/kh/cancel", {"upload": patents[-36:]}).status_code == 422
    builders.a_person("vannak@moc.example", "KH", "Chea Vannak", builders.roles("viewer"))
    viewer = signed_in("vannak@moc.example")
    assert [announce(viewer, 10).status_code, viewer.get("/uploads/kh").status_code] == [403, 403]
    assert b"Send files" not in viewer.get("/history").content


def test_the_same_announcement_twice_is_one_upload_until_bytes_have_come(sokha):
    where = begun(sokha, 10)
    assert begun(sokha, 10) == where
    assert announce(sokha, 11).status_code == 409
    patch(sokha, where, 0, b"1")
    again = announce(sokha, 10)
    assert (again.status_code, again["Location"]) == (409, where)
    assert begun(sokha, 10, kind="Test") != where


def test_unsafe_requests_need_the_csrf_header(sokha):
    where = begun(sokha, 10)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = sokha.cookies
    assert announce(strict, 10, filename="b.zip").status_code == 403
    assert patch(strict, where, 0, b"x").status_code == 403
    assert strict.delete(where, headers=tus()).status_code == 403
    assert strict.head(where, headers=tus())["Upload-Offset"] == "0"
    strict.get("/uploads/kh")
    value = strict.cookies["csrftoken"].value
    assert patch(strict, where, 0, b"x", **{"X-CSRFToken": value}).status_code == 204


def test_the_quota_counts_what_is_announced_and_what_was_sent(sokha):
    sent = sum(
        Submission.objects.filter(office="KH")
        .exclude(state="repeated")
        .values_list("size", flat=True)
    )
    account = SftpAccount.objects.create(
        username="ipob_kh", office_id="KH", created_at=builders.AT, quota_bytes=sent + 100
    )
    assert announce(sokha, 101).status_code == 413
    begun(sokha, 60)
    assert announce(sokha, 41, filename="b.zip").status_code == 413
    begun(sokha, 40, filename="b.zip")
    from ipshare.intake.quota import Ledger

    own = Submission.objects.filter(office="KH", sender="ipob_kh").exclude(state="repeated")
    rest = Ledger(settings.UPLOADS).rest(account)
    assert rest.left == account.quota_bytes - sum(own.values_list("size", flat=True)) - 100


@pytest.mark.parametrize(
    ("content", "sha256", "reason"),
    [
        (package(3)[:-30], "", "its directory at the end is missing"),
        (package(3), "0" * 64, "the file was changed while it was sent"),
    ],
)
def test_a_file_that_is_not_what_was_announced_does_not_land(sokha, content, sha256, reason):
    where = begun(sokha, len(content), sha256=sha256)
    assert patch(sokha, where, 0, content).status_code == 204
    upload = HttpUpload.objects.get()
    before = Submission.objects.count()
    assert http_arrivals.land(upload.pk, at=builders.AT) is None
    assert reason in sokha.get(where, headers=tus()).json()["trouble"]
    assert Submission.objects.count() == before
    assert reason in AuditEvent.objects.get(event="upload.refused").detail["reason"]
    assert reason.encode() in sokha.get("/uploads/kh").content
    assert not over_http.path_of(upload).exists()
    begun(sokha, 10)


def two_whole(client):
    ProcrastinateJob.objects.all().delete()
    for name, content in (("A.zip", package(1, 60_000)), ("B.zip", package(2, 500))):
        where = begun(client, len(content), filename=f"KH_TM_Updates_20261127_{name}")
        assert patch(client, where, 0, content).status_code == 204
    return HttpUpload.objects.order_by("closed_at")


def test_files_of_an_office_and_right_land_in_the_order_in_which_they_were_whole(sokha):
    first, second = two_whole(sokha)
    assert http_arrivals.land(second.pk, at=builders.AT) is not None, "its job came first"
    assert http_arrivals.land(first.pk, at=builders.AT) is None, "it has landed"
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.submission.number < second.submission.number


def test_a_second_file_does_not_land_while_the_first_is_looked_at(sokha):
    two_whole(sokha)
    jobs = ProcrastinateJob.objects.filter(task_name="intake.land_upload").order_by("id")
    assert [job.lock for job in jobs] == ["land KH trademark"] * 2
    taken = "SELECT id FROM procrastinate_fetch_job_v2(ARRAY['line']::varchar[], NULL)"
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(taken)
            assert cursor.fetchone() == (jobs[0].pk,)
            cursor.execute(taken)
            assert cursor.fetchone() == (None,)
            # tried again, or put back after a kill: it keeps its place
            cursor.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE status = 'doing'")


def test_an_earlier_file_that_is_gone_does_not_keep_later_ones_from_landing(sokha):
    first, second = two_whole(sokha)
    over_http.path_of(first).unlink()
    assert http_arrivals.land(second.pk, at=builders.AT) is not None


def test_what_a_restored_hub_does_not_have_any_more_is_sent_again(sokha):
    """The folder of uploads need not be in a backup (docs/how-to/restore.md)."""
    content = package(7)
    whole = begun(sokha, len(content), filename="whole.zip")
    patch(sokha, whole, 0, content)
    begun_only = begun(sokha, len(content), filename="begun.zip")
    patch(sokha, begun_only, 0, content[:10])
    for upload in HttpUpload.objects.all():
        over_http.path_of(upload).unlink()
    late = HttpUpload.objects.get(name="whole.zip")
    forgetting.sweep(at=late.closed_at + forgetting.LATE + timedelta(seconds=1))
    late.refresh_from_db()
    assert late.trouble.startswith("whole.zip is not on the hub's disk any more")
    assert AuditEvent.objects.get(event="upload.refused").subject == "whole.zip"
    for name in ("whole.zip", "begun.zip"):
        answer = patch(sokha, begun(sokha, len(content), filename=name), 0, content)
        assert (answer.status_code, answer["Upload-Offset"]) == (204, str(len(content)))


def test_the_folders_of_the_sftp_door_do_not_show_it(sokha):
    patch(sokha, begun(sokha, 10), 0, b"12345")
    assert uploads.waiting(settings.UPLOADS, "KH") == []


def test_what_is_expired_goes_and_what_a_kill_left_whole_lands(sokha):
    where = begun(sokha, 10)
    patch(sokha, where, 0, b"12345")
    old = HttpUpload.objects.get()
    path = over_http.path_of(old)
    whole = begun(sokha, 5, filename="whole.zip")
    killed = HttpUpload.objects.get(name="whole.zip")
    with partial.Tail(over_http.path_of(killed), 0) as tail:  # all bytes came, and then a kill
        tail.write(b"12345")
    forgetting.sweep(at=old.expires_at - forgetting.LATE)
    assert path.exists()
    killed.refresh_from_db()
    assert killed.closed_at is not None
    forgetting.sweep(at=old.expires_at)
    assert not path.exists()
    assert sokha.head(where, headers=tus()).status_code == 404
    assert sokha.head(whole, headers=tus())["Upload-Offset"] == "5"
    assert AuditEvent.objects.get(event="upload.removed").detail["why"] == "expired"


def test_a_whole_upload_that_a_kill_left_open_is_closed_when_it_is_asked_for(sokha):
    where = begun(sokha, 5)
    with partial.Tail(over_http.path_of(HttpUpload.objects.get()), 0) as tail:
        tail.write(b"12345")
    assert sokha.head(where, headers=tus())["Upload-Offset"] == "5"
    assert HttpUpload.objects.get().closed_at is not None


def test_the_form_alone_sends_a_small_file(sokha):
    content = package(4)
    values = {
        "right": "design",
        "kind": "Test",
        "file": SimpleUploadedFile("KH_ID_Test.zip", content),
    }
    answer = sokha.post("/uploads/kh/send", values)
    assert (answer.status_code, answer["Location"]) == (302, "/uploads/kh")
    upload = HttpUpload.objects.get()
    assert (
        http_arrivals.land(upload.pk, at=builders.AT).sha256 == hashlib.sha256(content).hexdigest()
    )
    assert b"has come whole" in sokha.get("/uploads/kh").content


def test_the_form_alone_says_what_is_wrong(sokha):
    assert b"Choose a right, a folder and a file" in sokha.post("/uploads/kh/send").content
    values = {"right": "design", "kind": "Test", "file": SimpleUploadedFile(".zip", b"PK")}
    answer = sokha.post("/uploads/kh/send", values)
    assert answer.status_code == 422
    assert b"starts with a dot" in answer.content
    answer = sokha.post("/uploads/kh/send", values, headers={"Content-Length": str(65 * 2**20)})
    assert answer.status_code == 413


@pytest.mark.django_db(transaction=True)
def test_the_form_alone_sent_twice_at_once_says_so(sokha):
    content, name = package(6), "KH_ID_Test.zip"

    def send():
        values = {"right": "design", "kind": "Test", "file": SimpleUploadedFile(name, content)}
        try:
            return sokha.post("/uploads/kh/send", values)
        finally:
            connection.close()

    first = announcing.begin(
        FilePlace("KH", Right.DESIGN, Kind.TEST, name), size=len(content), sender=User.objects.get(office="KH"),
        at=timezone.now(),
    )  # fmt: skip
    with over_http.path_of(first).open("r+b") as file, ThreadPoolExecutor(1) as pool:
        fcntl.flock(file, fcntl.LOCK_EX)
        second = pool.submit(send)
        waits = f":{os.fstat(file.fileno()).st_ino} "
        wait_for(lambda: re.search(f"->.*{waits}", Path("/proc/locks").read_text()))
        file.write(content[:100])
        file.flush()
        fcntl.flock(file, fcntl.LOCK_UN)
        answer = second.result()
    assert answer.status_code == 422
    assert b"is being sent by another request of yours" in answer.content


def test_no_other_form_takes_a_file(office):
    values = {"file": SimpleUploadedFile("a.zip", b"x" * 3_000_000), "email": "a@b.example"}
    answer = Client().post("/sign-in", values)
    assert answer.wsgi_request.FILES == {}
    assert answer.wsgi_request._read_started


def test_the_check_names_what_came_before_and_what_the_name_says(sokha):
    known = Submission.objects.get(office="KH", number=3)
    known.received_at = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
    known.save()
    query = {"right": "trademark", "kind": "Updates", "name": "a.zip", "size": "10"}
    told = sokha.get("/uploads/kh/check", {**query, "sha256": known.sha256}).json()
    assert told["notices"][0]["words"].startswith(
        "These bytes came as KH-000003 on 21 Nov 2026, 03:30, Phnom Penh (UTC+7), to "
    )
    assert told["notices"][0]["link"] == "/submissions/KH-000003"
    told = sokha.get("/uploads/kh/check", {**query, "name": "KH_PT_Updates_1.zip"}).json()
    assert "The name says Patents" in told["notices"][0]["words"]
    told = sokha.get("/uploads/kh/check", {**query, "name": "KH_TM_Full_Extraction_1.zip"}).json()
    assert "The name says Full_Extraction" in told["notices"][0]["words"]
    assert sokha.get("/uploads/kh/check", {**query, "size": "0"}).json()["refused"]
    assert sokha.get("/uploads/kh/check", {"right": "x"}).json()["refused"]


def test_a_file_that_is_not_whole_is_shown_however_many_a_machine_sends(sokha):
    """It holds its name until its sender goes on or removes it, here."""
    assert announce(sokha, 100, filename="KH_PT_Updates_20261127.zip").status_code == 201
    begun = HttpUpload.objects.get().begun_at
    for place in range(sending.SHOWN + 5):
        HttpUpload.objects.create(
            office_id="KH", right="patent", kind="Test", name=f"{place}.xml", size=3,
            person=User.objects.get(email="sokha.chan@moc.example"), begun_at=begun + timedelta(seconds=1),
            expires_at=begun + over_http.KEPT, closed_at=begun, ended_at=begun,
        )  # fmt: skip
    page = sokha.get("/uploads/kh").content.decode()
    assert "KH_PT_Updates_20261127.zip" in page
