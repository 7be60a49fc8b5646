"""Files sent again, late, at once or by another machine: what lands, in which order, and what is answered."""

from __future__ import annotations

import errno
import io
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from intake.packages import package
from intake.senders import a_sender
from ipshare.domain.office import Kind, Right
from ipshare.ingest import version
from ipshare.intake import (
    announcing,
    arrivals,
    at_once,
    forgetting,
    http_arrivals,
    over_http,
    uploads,
)
from ipshare.intake.tree import FilePlace
from ipshare.store import objects
from ipshare.store.models.accounts import Office, SftpAccount
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload
from share.histories import AT

pytestmark = pytest.mark.django_db
NAME = "KH_TM_Updates_20261127.zip"
PLACE = FilePlace("KH", Right.TRADEMARK, Kind.UPDATES, NAME)


@pytest.fixture(autouse=True)
def kh(db, settings, tmp_path):
    """Office KH; files and objects of this test only."""
    settings.UPLOADS = tmp_path / "uploads"
    settings.OBJECTS_URL = str(tmp_path / "objects")
    settings.UPLOADS.mkdir()
    Office.objects.create(code="KH", name="KH", created_at=AT)


@pytest.fixture
def machine():
    return a_sender("KH")


def took(machine, content, *, read=None, now=timezone.now):
    """What a request of the machine is answered whose body comes by ``read``, by the clock ``now``."""
    return at_once.take(
        PLACE, size=len(content), sha256="", client=machine.client,
        read=read or io.BytesIO(content).read, again=lambda: None, now=now,
    )  # fmt: skip


def after(content, *happens):
    """A body that stalls before its first byte, while other things happen."""
    body, waits = io.BytesIO(content), list(happens)

    def read(most):
        while waits:
            waits.pop(0)()
        return body.read(most)

    return read


def end(state, reference=None, **facts):
    found = Submission.objects.filter(**({"number": int(reference[3:])} if reference else {}))
    found.update(state=state, ended_at=timezone.now(), **{"rules": version.version(), **facts})


def test_a_request_that_stalled_does_not_bring_older_bytes_back(machine):
    older, newer = package(1), package(2)
    sent_meanwhile = [partial(machine.put, older), partial(machine.put, newer)]
    taken = took(machine, older, read=after(older, *sent_meanwhile))
    assert (taken.submission.number, taken.upload) == (1, None)
    assert Submission.objects.count() == 2


def test_nor_where_the_older_bytes_stood_when_it_began(machine):
    older, newer = package(3), package(4)
    machine.put(older)
    taken = took(machine, older, read=after(older, partial(machine.put, newer)))
    assert (taken.submission.number, taken.upload) == (1, None)
    assert Submission.objects.count() == 2
    assert machine.put(older).status_code == 201, "begun after the newer one it is a return"


def test_what_a_stalled_request_sent_is_not_brought_back_after_a_rejection(machine):
    content = package(5)
    taken = took(
        machine, content, read=after(content, partial(machine.put, content), partial(end, "rejected"))
    )  # fmt: skip
    assert (taken.submission.state, Submission.objects.count()) == ("rejected", 1)


@pytest.mark.parametrize(
    ("state", "rules", "status"),
    [
        ("held", "older", 200),
        ("published", None, 200),
        ("published", "older", 201),
        ("tested", None, 200),
        ("tested", "older", 201),
        ("refused", None, 200),
        ("refused", "older", 201),
        ("rejected", None, 201),
    ],
)
def test_sent_again_it_is_the_old_answer_only_where_the_hub_would_give_it_today(
    machine, state, rules, status
):
    content = package(6)
    machine.put(content)
    end(state, rules=rules or version.version())
    announced = machine.get(machine.begin(content)["Location"]).json()["state"]
    assert announced == ("landed" if status == 200 else "incomplete")
    HttpUpload.objects.filter(ended_at=None).delete()
    assert machine.put(content).status_code == status


def test_where_the_hub_itself_failed_it_lands_anew(machine):
    content = package(7)
    machine.put(content)
    end("refused")
    Submission.objects.get().findings.create(
        rule="HUB-001", severity="error", effect="refuse", message="Our fault."
    )
    assert machine.put(content).status_code == 201


@pytest.mark.parametrize(("state", "rules"), [("published", "older"), ("rejected", None)])
def test_a_repetition_is_the_answer_as_long_as_what_it_repeats(machine, state, rules):
    content = package(8)
    first = machine.put(content, name="first.zip").json()["reference"]
    end("published")
    assert machine.put(content).json()["repeats"] == first
    assert machine.put(content).status_code == 200
    end(state, first, rules=rules or version.version())
    again = machine.put(content)
    assert (again.status_code, again.json()["state"]) == (201, "received")


def test_the_same_file_twice_at_once_lands_once(machine):
    """The other request lands all of it after this one has looked whether it did."""
    content, told = package(9), []

    def clock():
        told.append(1)
        if len(told) == 2:  # the first instant is that of the beginning, the second that of the row
            assert machine.put(content).status_code == 201
        return timezone.now()

    taken = took(machine, content, now=clock)
    assert (taken.submission.number, taken.upload) == (1, None)
    assert Submission.objects.count() == HttpUpload.objects.count() == 1
    assert not list(over_http.path_of(HttpUpload.objects.get()).parent.iterdir())


@pytest.mark.django_db(transaction=True)
def test_not_one_more_begins_than_may_however_many_come_at_once(machine, monkeypatch):
    monkeypatch.setattr(announcing, "MOST", 3)
    SftpAccount.objects.create(username="ipob_kh", office_id="KH", quota_bytes=100, created_at=AT)

    def begin(number, size):
        place = FilePlace("KH", Right.TRADEMARK, Kind.UPDATES, f"{number}.zip")
        try:
            announcing.begin(place, size=size, sender=machine.client, at=AT)
        except announcing.NotTakenError as refused:
            return type(refused)
        finally:
            connection.close()
        return None

    for size, begun, rest in ((1, 3, announcing.TooManyError), (60, 1, announcing.TooLargeError)):
        with ThreadPoolExecutor(8) as many:
            told = Counter(many.map(begin, range(8), [size] * 8))
        assert told == {None: begun, rest: 8 - begun}
        assert len(list(over_http.path_of(HttpUpload(office_id="KH")).parent.iterdir())) == begun
        for upload in HttpUpload.objects.all():
            forgetting.cancel(upload, by="officer", at=AT)


def test_what_the_quota_does_not_leave_any_more_is_not_taken_when_it_has_come(machine):
    SftpAccount.objects.create(username="ipob_kh", office_id="KH", quota_bytes=2_500, created_at=AT)
    other = package(21, 1_200)
    content = package(22, 1_200)

    def meanwhile():
        assert machine.put(other, name="other.zip").status_code == 201

    with pytest.raises(announcing.TooLargeError, match="the office's quota leaves"):
        took(machine, content, read=after(content, meanwhile))
    assert Submission.objects.get().name == "other.zip"
    assert not list(over_http.path_of(HttpUpload.objects.get()).parent.iterdir())


def sent_over_sftp(root, content, name, at):
    folder = uploads.folder_of(root, PLACE.folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    with path.open("rb") as file:
        place = FilePlace("KH", Right.TRADEMARK, Kind.UPDATES, name)
        return arrivals.arrive(root, path, file.fileno(), place, sender="ipob_kh", at=at)


def test_a_file_over_sftp_lands_after_what_was_whole_before_over_http(machine, settings):
    content = package(10)
    other = machine.begin(content, filename="design.zip", right="design")["Location"]
    machine.append(other, 0, content)
    where = machine.begin(content)["Location"]
    machine.append(where, 0, content)
    sent_over_sftp(settings.UPLOADS, package(11), "sftp.zip", timezone.now())
    later = machine.begin(content, filename="late.zip")["Location"]
    machine.append(later, 0, content)
    found = Submission.objects.order_by("number").values_list("name", "door")
    assert list(found) == [(NAME, "api"), ("sftp.zip", "sftp")]
    states = [machine.get(one).json()["state"] for one in (other, where, later)]
    assert states == ["whole", "landed", "whole"]


def test_another_machine_gets_an_upload_of_its_own_for_what_has_landed(machine):
    content = package(12)
    machine.put(content)
    second = a_sender("KH", name="second server")
    where = second.begin(content)["Location"]
    head = second.tus("HEAD", where)
    assert (head.status_code, head["Upload-Offset"]) == (200, "0")
    second.append(where, 0, content)
    http_arrivals.land(HttpUpload.objects.get(ended_at=None).pk, at=timezone.now())
    told = second.get(where).json()
    assert (told["state"], told["submission"]["state"]) == ("landed", "repeated")
    assert second.begin(content)["Location"] == where


def test_a_body_that_stalls_until_its_beginning_is_cleared_away_is_cut(machine, settings):
    content = package(8)

    def an_hour_later():
        forgetting.sweep(at=timezone.now() + timedelta(hours=2))

    with pytest.raises(at_once.CutError):
        took(machine, content, read=after(content, an_hour_later))
    assert not [file for file in settings.UPLOADS.rglob("*") if file.is_file()]
    assert machine.put(content).status_code == 201


def test_a_whole_file_whose_bytes_are_gone_is_no_failure_of_the_next(machine):
    content = package(9)
    where = machine.begin(content, filename=NAME)["Location"]
    machine.append(where, 0, content)
    over_http.path_of(HttpUpload.objects.get()).unlink()
    answer = machine.put(content)
    assert (answer.status_code, answer.json()["code"]) == (409, "upload-in-the-way")
    late = HttpUpload.objects.get()
    forgetting.sweep(at=late.closed_at + forgetting.LATE + timedelta(seconds=1))
    assert machine.put(content).status_code == 201


def test_a_full_disk_at_the_landing_loses_nothing_that_was_taken(machine, monkeypatch):
    content = package(13)

    def full(*_a, **_k):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(objects, "keep_file", full)
        answer = machine.put(content)
    assert (answer.status_code, Submission.objects.count()) == (202, 0), answer.content
    assert "room" in answer.json()["detail"]
    assert machine.get(answer["Location"]).json()["state"] == "whole"
    http_arrivals.land(HttpUpload.objects.get().pk, at=timezone.now())
    assert machine.get(answer["Location"]).json()["state"] == "landed"


def test_a_full_disk_while_the_body_comes_keeps_nothing(machine, monkeypatch):
    def full(*_a, **_k):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("ipshare.intake.receiving.receive", full)
    answer = machine.put(package(14))
    assert (answer.status_code, answer.json()["code"]) == (507, "storage-full")
    assert "nothing was kept" in answer.json()["detail"]
    assert not HttpUpload.objects.exists()


def test_a_small_file_does_not_wait_for_a_large_one_of_its_name(machine, monkeypatch):
    large = package(15)
    where = machine.begin(large)["Location"]
    machine.append(where, 0, large)
    monkeypatch.setattr(at_once, "LARGEST", len(large) - 1)
    answer = machine.put(b"<a/>")
    assert (answer.status_code, answer.json()["code"]) == (409, "upload-in-the-way")
    assert "lands soon" in answer.json()["detail"]
    assert machine.get(where).json()["state"] == "whole"
    http_arrivals.land(HttpUpload.objects.get().pk, at=timezone.now())
    assert machine.put(b"<a/>").status_code == 201


def test_what_waits_for_a_large_file_is_answered_by_its_address_as_often_as_it_is_sent(
    machine, monkeypatch
):
    large = package(16)
    machine.append(machine.begin(large, filename="large.zip")["Location"], 0, large)
    monkeypatch.setattr(at_once, "LARGEST", len(large) - 1)
    first, again = machine.put(b"<a/>"), machine.put(b"<a/>")
    assert [one.status_code for one in (first, again)] == [202, 202]
    assert first["Location"] == again["Location"]
    assert a_sender("KH", name="second server").put(b"<a/>").status_code == 409
    assert HttpUpload.objects.count() == 2
