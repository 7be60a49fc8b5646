"""One id from door to database: an upload over SFTP, its jobs on a worker, its audit events, its statements."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.db import connection

from intake.packages import package
from intake.sftp_clients import KEYS, OpenSsh, Server, wait_for  # noqa: F401 (KEYS is the fixtures')
from ipshare.accounts import keys, sftp
from ipshare.store.models.accounts import Office
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.jobs import JobFailure
from ipshare.store.models.submissions import Submission
from ipshare.trace import context
from portal import builders

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "XA_TM_Updates_20261123.zip"


def lines_of(text):
    """The JSON lines of a log."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def environment():
    """That of a process on this test's database."""
    here = connection.settings_dict
    url = f"postgresql://{here['USER']}@/{here['NAME']}?host={here['HOST']}"
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "ipshare.config.settings"}


def test_an_upload_keeps_its_id_from_the_door_through_the_worker_to_the_audit(tmp_path, at):
    Office.objects.create(code="XA", name="Office XA", created_at=at)
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "ipob_xa"], check=True
    )
    account = sftp.open_account("XA", at=at)
    keys.add(account, (tmp_path / "ipob_xa.pub").read_text(), "", at)
    (tmp_path / NAME).write_bytes(package())
    log = tmp_path / "sftpd.log"
    with log.open("wb") as out:
        door = subprocess.Popen(
            [sys.executable, "tests/intake/sftp_server.py", tmp_path / "door", "{}"],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=out,
            text=True,
        )
        server = Server(door, int(door.stdout.readline()), tmp_path / "door")
        OpenSsh(server, tmp_path, "ipob_xa", tmp_path)(f"put {NAME} ipob_xa/Trademarks/Updates/")
        submission = wait_for(Submission.objects.first)
        server.stop()
        door.stdout.close()
    worked = subprocess.run(
        [sys.executable, "-m", "ipshare", "worker", "--once"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert worked.returncode == 0, worked.stderr
    submission.refresh_from_db()

    id_ = submission.trace
    assert len(id_) == context.LONGEST
    at_the_door = [line["event"] for line in lines_of(log.read_text()) if line.get("id") == id_]
    assert at_the_door == ["session began", f"landed {submission.reference}"]
    jobs = [line for line in lines_of(worked.stderr) if line.get("id") == id_]
    assert {line["task"] for line in jobs} >= {"ingest.open_submission", "quality.write_report"}
    assert {line["reference"] for line in jobs} == {submission.reference}
    events = AuditEvent.objects.filter(subject=submission.reference).order_by("pk")
    assert events[0].event == "submission.received"
    assert events.count() >= 2
    assert {event.trace for event in events} == {id_}


def test_a_request_has_an_id_of_our_own_beside_the_caller_s(client, caplog):
    with caplog.at_level(logging.INFO, "ipshare.requests"):
        answer = client.get("/sign-in", headers={"X-Request-Id": "proxy-17"})
    assert len(answer["X-Request-Id"]) == context.LONGEST
    [line] = [record for record in caplog.records if record.name == "ipshare.requests"]
    assert (line.route, line.status) == ("portal:sign-in", 200)
    assert client.get("/sign-in")["X-Request-Id"] != answer["X-Request-Id"]
    assert context.current() == ""


def test_a_deed_in_the_portal_is_found_by_the_id_of_its_request(client, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    builders.an_office("KH", "Cambodia")
    answer = client.post("/sign-in", {"email": "nobody@moc.example", "password": "wrong"})
    assert AuditEvent.objects.get().trace == answer["X-Request-Id"]


def test_postgresql_sees_the_id_of_each_statement(db):
    with context.bound("c0ffee"), connection.cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()")
        assert cursor.fetchone()[0].startswith("/* c0ffee */ SELECT")


def test_why_a_job_failed_is_kept_and_forgotten_when_it_goes_well(tmp_path, at):
    from ipshare.ops import traced

    job = SimpleNamespace(id=7, attempts=0, task_name="share.extend_search", task_kwargs={})
    about = SimpleNamespace(job=job)

    def fails():
        raise OSError(28, "No space left on device", "somewhere")

    with pytest.raises(OSError, match="No space"):
        traced.traced(fails, about, None)
    kept = JobFailure.objects.get()
    assert (kept.job, kept.trouble) == (7, "OSError: No space left on device")
    assert kept.places[-1].endswith("fails")
    job.attempts = 1
    assert traced.traced(lambda: 3, about, None) == 3
    assert not JobFailure.objects.exists()
