"""The API door for offices: what each request answers, what lands, and what others see of it: nothing."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from intake.packages import package
from intake.senders import a_sender
from ipshare.accounts import client_keys, clients, senders
from ipshare.domain.office import Right
from ipshare.http import waiting
from ipshare.intake import announcing, forgetting, http_arrivals, over_http, receiving
from ipshare.quality import report
from ipshare.store import objects
from ipshare.store.models.accounts import Office, SftpAccount
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload
from share.histories import AT, a_reader, allow

pytestmark = pytest.mark.django_db
LIST = "/api/v1/submissions"


@pytest.fixture(autouse=True)
def kh(db, settings, tmp_path):
    """Offices KH and TH; files and objects of this test only."""
    settings.UPLOADS = tmp_path / "uploads"
    settings.OBJECTS_URL = str(tmp_path / "objects")
    settings.UPLOADS.mkdir()
    for code in ("KH", "TH"):
        Office.objects.create(code=code, name=code, created_at=AT)


@pytest.fixture
def machine():
    return a_sender("KH")


def digest(content):
    return hashlib.sha256(content).hexdigest()


def content_digest(content):
    return {
        "Content-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"
    }


def test_a_whole_file_is_a_submission_when_the_answer_comes(machine):
    content = package(1)
    answer = machine.put(content, **content_digest(content))
    assert answer.status_code == 201, answer.content
    [one] = Submission.objects.all()
    told = answer.json()
    assert answer["Location"] == f"{LIST}/{one.reference}" == told["links"]["self"]
    assert (told["sha256"], told["state"]) == (digest(content), "received")
    assert (one.door, one.sender, one.right, one.kind) == (
        "api",
        "client export server",
        "trademark",
        "Updates",
    )
    assert objects.get(objects.received_key(one.sha256)) == content
    assert not list((over_http.path_of(HttpUpload.objects.get()).parent).iterdir())
    assert ProcrastinateJob.objects.filter(task_name="ingest.open_submission").count() == 1
    [event] = AuditEvent.objects.filter(event="submission.received")
    assert (event.actor, event.detail["door"]) == ("client export server", "api")


def test_the_same_delivery_sent_again_has_landed_once(machine):
    content = package(2)
    first = machine.put(content).json()
    again = machine.put(content)
    assert (again.status_code, again.json()["reference"]) == (200, first["reference"])
    assert "had come under this name before" in again.json()["detail"]
    assert Submission.objects.count() == 1
    begun = machine.begin(content)
    assert begun.status_code == 201
    head = machine.tus("HEAD", begun["Location"])
    assert head["Upload-Offset"] == head["Upload-Length"] == str(len(content))
    assert machine.get(begun["Location"]).json()["submission"]["reference"] == first["reference"]
    other = machine.put(content, name="KH_TM_Updates_again.zip").json()
    assert (other["state"], other["repeats"]) == ("repeated", first["reference"])
    assert first["reference"] in other["detail"]


def test_older_bytes_are_a_delivery_of_their_own_once_something_newer_was_loaded(machine):
    first, second = package(3), package(4)
    machine.put(first)
    machine.put(second)
    assert machine.put(first).status_code == 201
    assert [one.sha256 for one in Submission.objects.order_by("number")] == [
        digest(first), digest(second), digest(first),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "headers", "status", "code", "words"),
    [
        ("a.zip.part", package(), {}, 422, "file-not-taken", "still being written"),
        (".a.zip", package(), {}, 422, "file-not-taken", "starts with a dot"),
        ("a.zip", package()[:-30], {}, 422, "file-not-taken", "directory at the end is missing"),
        ("a.xml", b"<a><b></b>", {}, 422, "file-not-taken", "end tag </a>"),
        ("a.zip", b"", {}, 422, "file-not-taken", "empty"),
        ("client.html", b"<p/>", {}, 422, "file-not-taken", "withdrawn.txt) (PKG-002)"),
        ("a.zip", package(), content_digest(b"x"), 400, "digest-differs", "nothing was kept"),
        ("a.zip", package(), {"Content-Digest": "md5=:AA==:"}, 400, "header-not-valid", "RFC 9530"),
        ("a.zip", package(), {"Content-Length": "x"}, 411, "length-missing", "Content-Length"),
        ("a.zip", package(), {"Content-Length": str(2**40)}, 413, "file-too-large", "by tus"),
        ("a.zip", package(), {"Accept": "text/html"}, 406, "not-acceptable", "application/json"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_a_problem_with_its_remedy(
    machine, name, content, headers, status, code, words
):
    answer = machine.put(content, name=name, **headers)
    told = answer.json()
    assert (answer.status_code, told["code"], words in told["detail"]) == (status, code, True), told
    assert answer["Content-Type"] == "application/problem+json"
    assert not Submission.objects.exists()
    folder = over_http.path_of(HttpUpload(office_id="KH")).parent
    assert not folder.exists() or not list(folder.iterdir())


@pytest.mark.parametrize(
    "where",
    ["Patents/Test/a.zip", "patent/Tests/a.zip", "patent/a.zip", "a.zip", "patent/Test/", "patent/Test/b/a.zip"],
)  # fmt: skip
def test_a_folder_that_is_none_is_told_where_files_go(machine, where):
    answer = machine.ask("PUT", f"{LIST}/{where}", package())
    told = answer.json()
    assert (answer.status_code, told["code"]) == (404, "not-found")
    assert "trademark, patent or design" in told["detail"]
    assert "Full_Extraction, Updates or Test" in told["detail"]
    assert machine.get(f"{LIST}/{where}").status_code == 404
    machine.token = "none"
    assert machine.ask("PUT", f"{LIST}/{where}", package()).status_code == 401


def test_a_file_by_tus_resumed_and_landed(machine):
    content = package(5, 5000)
    begun = machine.begin(content)
    assert (begun.status_code, begun["Tus-Resumable"]) == (201, "1.0.0")
    where = begun["Location"]
    assert machine.append(where, 0, content[:1000])["Upload-Offset"] == "1000"
    assert machine.get(where).json()["state"] == "incomplete"
    again = machine.begin(content)
    assert (again.status_code, again["Location"]) == (201, where)
    assert machine.tus("HEAD", where)["Upload-Offset"] == "1000"
    assert machine.append(where, 1000, content[1000:])["Upload-Offset"] == str(len(content))
    assert machine.get(where).json()["state"] == "whole"
    submission = http_arrivals.land(HttpUpload.objects.get().pk, at=AT)
    told = machine.get(where).json()
    assert (told["state"], told["submission"]["reference"]) == ("landed", submission.reference)
    assert (submission.door, submission.sender) == ("api", "client export server")


def test_refusals_of_tus_are_problems(machine):
    content = package(6)
    where = machine.begin(content)["Location"]
    conflict = machine.append(where, 5, b"x")
    assert (conflict.status_code, conflict["Upload-Offset"]) == (409, "0")
    assert conflict.json()["code"] == "upload-in-the-way"
    wrong = {"Upload-Checksum": "sha1 " + base64.b64encode(b"0" * 20).decode()}
    assert machine.append(where, 0, b"x", **wrong).json()["code"] == "checksum-differs"
    plain = machine.ask("POST", LIST)
    assert (plain.status_code, "PUT a small file" in plain.json()["detail"]) == (400, True)
    old = machine.ask("HEAD", where)
    assert (old.status_code, old["Tus-Version"]) == (412, "1.0.0")
    other = machine.begin(package(7))
    assert (other.status_code, other.json()["code"]) == (409, "upload-in-the-way")
    assert machine.put(package(7)).status_code == 409
    options = machine.ask("OPTIONS", where)
    assert (options.status_code, "checksum" in options["Tus-Extension"]) == (204, True)
    assert machine.tus("DELETE", where).status_code == 204
    assert machine.tus("HEAD", where).status_code == 404
    assert AuditEvent.objects.get(event="upload.removed").actor == "client export server"


def test_a_kill_between_the_bytes_and_the_landing_costs_nothing(machine, monkeypatch):
    """The row is written, and then the process dies; the machine sends the file again."""
    content = package(8)
    with monkeypatch.context() as dead:
        dead.setattr(over_http, "close", lambda *_a, **_k: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            machine.put(content)
    assert not Submission.objects.exists()
    answer = machine.put(content)
    assert answer.status_code == 200, answer.content
    assert Submission.objects.get().sha256 == digest(content)
    assert HttpUpload.objects.count() == 1


def test_files_of_a_right_land_in_the_order_in_which_they_were_whole(machine):
    early, late = package(9), package(10)
    where = machine.begin(early, filename="early.zip")["Location"]
    machine.append(where, 0, early)
    machine.put(late)
    assert [one.name for one in Submission.objects.order_by("number")] == [
        "early.zip", "KH_TM_Updates_20261127.zip",
    ]  # fmt: skip
    assert http_arrivals.land(HttpUpload.objects.get(name="early.zip").pk, at=AT) is None


def test_a_small_file_behind_a_large_one_is_202(machine, monkeypatch):
    early = package(11)
    where = machine.begin(early, filename="early.zip")["Location"]
    machine.append(where, 0, early)
    monkeypatch.setattr("ipshare.intake.at_once.LARGEST", len(early) - 1)
    answer = machine.put(b"<a/>", name="a.xml")
    assert (answer.status_code, Submission.objects.count()) == (202, 0)
    upload = HttpUpload.objects.get(name="a.xml")
    http_arrivals.land(upload.pk, at=AT)
    assert machine.get(answer["Location"]).json()["submission"]["filename"] == "a.xml"


def test_quota_and_places_are_those_of_the_office_and_the_machine(machine, settings):
    SftpAccount.objects.create(username="ipob_kh", office_id="KH", quota_bytes=10, created_at=AT)
    answer = machine.put(package())
    assert (answer.status_code, "quota" in answer.json()["detail"]) == (413, True)
    assert machine.begin(package()).status_code == 413
    SftpAccount.objects.update(quota_bytes=10**9)
    with receiving.turn("KH", machine.client), receiving.turn("KH", machine.client):
        busy = machine.put(package())
    assert (busy.status_code, busy["Retry-After"]) == (503, "2")
    with receiving.turn("KH", 1), receiving.turn("KH", 2), receiving.turn("KH", 3):
        assert machine.put(package()).status_code == 503
        assert a_sender("TH").put(package()).status_code == 201
    settings.REQUESTS_PER_MINUTE = 1
    assert machine.put(package()).status_code == 429


def other_answers(machine, reference, where):
    return [
        machine.get(f"{LIST}/{reference}"),
        machine.get(f"{LIST}/{reference}/report/report.json"),
        machine.get(where),
        machine.tus("HEAD", where),
        machine.append(where, 0, b"x"),
        machine.tus("DELETE", where),
    ]


def test_another_office_and_a_third_party_get_what_is_not_there(machine):
    content = package(12)
    reference = machine.put(content).json()["reference"]
    where = machine.begin(package(13), filename="b.zip")["Location"]
    unknown = ("KH-000999", "/api/v1/uploads/00000000-0000-4000-8000-000000000000")
    theirs = a_sender("TH")
    reader = a_reader(office="KH")
    third = a_sender("TH", name="other")
    third.token = reader.token
    for stranger in (theirs, third):
        known, nothing = (
            [(a.status_code, a.content) for a in other_answers(stranger, *place)]
            for place in ((reference, where), unknown)
        )
        assert known == nothing
        assert {status for status, _ in known} == {404}
    assert theirs.get(LIST).json() == {"submissions": [], "next": None}
    assert third.get(LIST).status_code == 404
    assert third.put(content).status_code == 404
    assert third.begin(content).status_code == 404
    for address in ("changes", "whoami", "trademarks", "exports", "policy", "trademarks/KH/1"):
        answer = machine.get(f"/api/v1/{address}")
        assert (address, answer.status_code, answer.content) == (
            address, 404, machine.get("/api/v1/nothing").content,
        )  # fmt: skip
    nobody = Browser()
    assert nobody.get(LIST).status_code == 401
    assert nobody.put(f"{LIST}/trademark/Test/a.zip", b"x").status_code == 401
    assert machine.tus("HEAD", where).status_code == 200


def test_a_machine_of_the_same_office_does_not_touch_what_another_sends(machine):
    where = machine.begin(package(14))["Location"]
    second = a_sender("KH", name="second server")
    assert second.append(where, 0, b"x").status_code == 404
    taken = second.begin(package(14))
    assert (taken.status_code, "export server" in taken.json()["detail"]) == (409, True)


def test_a_client_for_one_right_sends_and_reads_that_right(machine):
    marks = a_sender("KH", [Right.TRADEMARK], "marks")
    patent = machine.put(package(15), right="patent").json()["reference"]
    mine = marks.put(package(16)).json()["reference"]
    refused = marks.put(package(15), right="patent")
    assert (refused.status_code, refused.json()["code"]) == (403, "right-not-sent")
    assert marks.begin(package(), right="design").status_code == 403
    assert marks.get(f"{LIST}/{patent}").status_code == 404
    assert [one["reference"] for one in marks.get(LIST).json()["submissions"]] == [mine]


def test_the_list_by_page_and_filter(machine):
    for number in range(5):
        machine.put(
            package(20 + number), name=f"{number}.zip", kind=["Updates", "Test"][number % 2]
        )
    page = machine.get(f"{LIST}?limit=2").json()
    assert [one["filename"] for one in page["submissions"]] == ["4.zip", "3.zip"]
    page = machine.get(page["next"]).json()
    assert [one["filename"] for one in page["submissions"]] == ["2.zip", "1.zip"]
    assert machine.get(page["next"]).json()["next"] is None
    tests = machine.get(f"{LIST}?kind=Test&state=received&right=trademark").json()["submissions"]
    assert [one["filename"] for one in tests] == ["3.zip", "1.zip"]
    later = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert machine.get(f"{LIST}?since={later}").json()["submissions"] == []
    for wrong in (
        "kind=x",
        "state=x",
        "right=x",
        "since=yesterday",
        "since=2026-11-27T00:00:00",
        "since=0001-01-01T00:00:00%2B23:59",
        "since=9999-12-31T23:59:59-23:59",
        "limit=0",
        "x=1",
    ):
        answer = machine.get(f"{LIST}?{wrong}")
        assert (wrong, answer.status_code) == (wrong, 400)
    assert machine.get(f"{LIST}?before=TH-000001").status_code == 404


def test_what_became_of_it_and_its_report(machine):
    reference = machine.put(package(30)).json()["reference"]
    address = f"{LIST}/{reference}"
    early = machine.get(f"{address}/report/report.json")
    assert (early.status_code, "not written yet" in early.json()["detail"]) == (404, True)
    one = Submission.objects.get()
    one.findings.create(rule="TXT-008", severity="error", effect="withhold", message="Wrong.")
    Submission.objects.update(
        state="held", reason="3 of 10 records would be withdrawn.", errors=1, checked_at=AT
    )
    report.write(one.pk)
    told = machine.get(address).json()
    assert (told["state"], told["ended"]) == ("held", False)
    assert told["detail"].startswith("held: 3 of 10 records")
    assert "in the portal" in told["detail"]
    assert told["findings"] == {"error": 1, "warning": 0, "info": 0, "byRule": {"TXT-008": 1}}
    assert [step["step"] for step in told["steps"]] == ["received", "checked"]
    one.refresh_from_db()
    for name, link in told["links"]["report"].items():
        answer = machine.get(link)
        whole = objects.get(one.report[name]["object"])
        assert answer.getvalue() == whole
        part = machine.get(link, Range="bytes=0-3")
        assert (part.status_code, part.getvalue()) == (206, whole[:4])
    assert set(told["links"]["report"]) == {
        "report.json",
        "report.txt",
        "findings.jsonl",
        "findings.csv",
    }


def test_it_waits_until_the_submission_stands_still(machine, monkeypatch):
    passed = []
    then = {
        2: lambda: Submission.objects.update(state="opened"),
        4: lambda: Submission.objects.update(state="tested"),
        6: lambda: report.write(Submission.objects.get().pk),
    }
    ended = []

    def pause(_seconds):
        passed.append(1)
        then.get(len(passed), lambda: None)()
        ended.append(machine.get(f"{LIST}/{reference}").json()["ended"])

    monkeypatch.setattr(waiting, "pause", pause)
    reference = machine.put(package(31), kind="Test").json()["reference"]
    told = machine.get(f"{LIST}/{reference}?wait=30").json()
    assert (told["state"], told["ended"], len(passed)) == ("tested", True, 6)
    assert ended == [False] * 5 + [True], "what has ended has a report"
    assert machine.get(told["links"]["report"]["report.json"]).status_code == 200
    machine.get(f"{LIST}/{reference}?wait=30")
    assert len(passed) == 6, "it had ended"
    assert machine.get(f"{LIST}/{reference}?wait=61").status_code == 400


def test_who_waits_is_sent_away_when_the_client_is_ended(machine, monkeypatch):
    reference = machine.put(package(32)).json()["reference"]
    monkeypatch.setattr(
        waiting, "pause", lambda _s: senders.end(machine.client, by="officer", at=AT)
    )
    assert machine.get(f"{LIST}/{reference}?wait=30").status_code == 401


def test_an_upload_is_waited_for(machine, monkeypatch):
    content = package(33)
    where = machine.begin(content)["Location"]
    machine.append(where, 0, content)
    monkeypatch.setattr(
        waiting, "pause", lambda _s: http_arrivals.land(HttpUpload.objects.get().pk, at=AT)
    )
    assert machine.get(f"{where}?wait=30").json()["state"] == "landed"


def test_ended_or_revoked_it_sends_nothing_any_more(machine):
    secret = machine.client.secrets.get()
    second, text = clients.add_secret(machine.client, by="officer", at=AT)
    clients.revoke_secret(secret, by="officer", at=timezone.now())
    assert machine.put(package()).status_code == 401
    machine.secret = text
    assert machine.sign_in().put(package()).status_code == 201
    assert senders.end(machine.client, by="officer", at=timezone.now()) == 1
    assert machine.get(LIST).status_code == 401
    second.refresh_from_db()
    assert second.revoked_at
    with pytest.raises(clients.CredentialRefusedError, match="was ended"):
        clients.add_secret(machine.client, by="officer", at=AT)
    with pytest.raises(clients.CredentialRefusedError, match="was ended"):
        client_keys.add(machine.client, KEY, "", by="officer", at=AT)
    assert [e.event for e in AuditEvent.objects.filter(office="KH", subject="export server").order_by("pk")] == [
        "client.secret-issued", "sender.added", "client.secret-issued", "client.secret-revoked", "sender.ended",
    ]  # fmt: skip


KEY = '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'


def test_a_closed_office_sends_nothing(machine):
    Office.objects.filter(code="KH").update(active=False)
    assert machine.put(package()).status_code == 401
    with pytest.raises(AssertionError, match="unauthorized_client"):
        machine.sign_in()


def test_no_token_of_a_sender_has_another_scope(machine):
    basic = base64.b64encode(f"{machine.client.client_id}:{machine.secret}".encode()).decode()
    for scope in ("read", "read send", "everything"):
        answer = machine.browser.post(
            "/oauth/token",
            {"grant_type": "client_credentials", "scope": scope},
            headers={"Authorization": f"Basic {basic}"},
        )
        assert (scope, answer.status_code, answer.json()["error"]) == (scope, 400, "invalid_scope")


def test_an_upload_that_is_cancelled_meanwhile_is_not_there(machine, monkeypatch):
    content = package(34)
    where = machine.begin(content)["Location"]

    def cancel(*_given):
        for one in HttpUpload.objects.all():
            forgetting.cancel(one, by="officer", at=AT)

    with monkeypatch.context() as waits:
        waits.setattr(waiting, "pause", cancel)
        gone = machine.get(f"{where}?wait=30")
    assert (gone.status_code, "cancelled" in gone.json()["detail"]) == (404, True)
    receive = receiving.receive
    where = machine.begin(content)["Location"]
    with monkeypatch.context() as after:
        after.setattr(receiving, "receive", lambda *given: (receive(*given), cancel()))
        assert machine.append(where, 0, content).status_code == 404
    close = over_http.close
    where = machine.begin(content)["Location"]
    with monkeypatch.context() as before:
        before.setattr(over_http, "close", lambda *one, at: (cancel(), close(*one, at=at)))
        assert machine.append(where, 0, content).status_code == 404
        answer = machine.put(content)
    assert (answer.status_code, "cancelled" in answer.json()["detail"]) == (409, True)
    assert not Submission.objects.exists()


def test_an_office_has_so_many_uploads_under_way(machine, monkeypatch):
    monkeypatch.setattr(announcing, "MOST", 3)
    places = [machine.begin(b"<a/>", filename=f"{number}.xml")["Location"] for number in range(3)]
    many = a_sender("KH", name="second server").begin(b"<a/>", filename="3.xml")
    assert (many.status_code, many.json()["code"]) == (409, "too-many-uploads")
    assert "finish or delete one" in many.json()["detail"]
    assert machine.begin(b"<a/>", filename="2.xml").status_code == 201, "it is there already"
    assert machine.put(b"<b/>", name="b.xml").status_code == 201
    assert a_sender("TH").begin(b"<a/>").status_code == 201
    machine.append(places[0], 0, b"<a/>")
    assert machine.begin(b"<a/>", filename="3.xml").status_code == 201
    machine.tus("DELETE", places[1])
    assert machine.begin(b"<a/>", filename="4.xml").status_code == 201
    assert machine.begin(b"<a/>", filename="5.xml").status_code == 409


def test_a_stolen_token_uses_up_nothing_of_a_third_party_here(db):
    reader = a_reader(office="KH", name="JPO")
    allow(reader.authorization, networks=["10.9.9.0/24"], requests_per_minute=3)
    reader.sign_in()
    for _ in range(4):
        assert reader.get(LIST).status_code == 404
    inside = reader.browser.get(
        "/api/v1/changes", headers={"Authorization": f"Bearer {reader.token}"}, REMOTE_ADDR="10.9.9.1"
    )  # fmt: skip
    assert inside.status_code == 200, inside.content


def test_a_machine_that_is_called_as_somebody_is_told_apart(db):
    chief = a_sender("KH", name="chief@moc.example")
    chief.put(package(35))
    a_sender("KH", name="hub").put(package(36), right="patent")
    chief.tus("DELETE", chief.begin(package(37), filename="b.zip")["Location"])
    events = AuditEvent.objects.filter(event__in=["submission.received", "upload.removed"])
    assert [one.actor for one in events.order_by("pk")] == [
        "client chief@moc.example", "client hub", "client chief@moc.example",
    ]  # fmt: skip


def test_names_and_rights_of_clients(machine):
    office = Office.objects.get(code="KH")
    for name, rights, words in (
        ("export  server", Right, "already"), ("", Right, "a name"), ("x" * 101, Right, "a name"),
        ("a", [], "one right"), ("server \u202exml", Right, r"U\+202E"), ("a\x1b[2J", Right, r"U\+001B"),
        ("a\0", Right, r"U\+0000"),
    ):  # fmt: skip
        with pytest.raises(clients.CredentialRefusedError, match=words):
            senders.add(office, name, list(rights), by="officer", at=AT)
    senders.end(machine.client, by="officer", at=AT)
    assert a_sender("KH").client.rights == ["trademark", "patent", "design"]
