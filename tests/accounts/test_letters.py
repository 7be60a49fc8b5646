"""Letters go to a real mail server: once, in plain words, later where it fails, and never in anybody's way."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

import line
from ipshare.accounts import letters, people
from ipshare.config import env
from ipshare.ingest import queue
from ipshare.store.models.letters import Letter
from ipshare.store.models.notices import Notice
from smtp_server import mail_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at():
    """Now: letters are not tried for ever, and the workers here have a clock."""
    return datetime.now(UTC)


@pytest.fixture
def post(settings):
    """A mail server that the hub's letters go to."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.DEFAULT_FROM_EMAIL = "ipshare <hub@ipshare.example>"
        yield server


def waiting():
    return ProcrastinateJob.objects.filter(task_name="accounts.deliver_letter", status="todo")


def test_a_letter_arrives_as_it_was_written(post, at):
    letters.send("sokha@moc.example", "សួស្តី\r\nBcc: all@x.example", "ឈ្មោះ: ចាន់ សុខា\n.\nEnd", at=at)
    line.drain()
    (came,) = post.letters
    assert came["To"] == "sokha@moc.example"
    assert came["From"] == "ipshare <hub@ipshare.example>"
    assert came["Subject"] == "សួស្តី Bcc: all@x.example"
    assert came["Bcc"] is None
    assert came["Auto-Submitted"] == "auto-generated"
    assert came["Message-ID"].startswith("<letter-")
    assert came.get_content_type() == "text/plain"
    assert came.get_content().splitlines() == ["ឈ្មោះ: ចាន់ សុខា", ".", "End"]
    kept = Letter.objects.get()
    assert kept.sent_at
    assert kept.body == ""


def test_a_letter_is_queued_with_the_deed_or_not_at_all(at):
    with transaction.atomic():
        letters.send("sokha@moc.example", "x", "y", at=at)
        transaction.set_rollback(True)
    assert not Letter.objects.exists()
    assert not waiting().exists()
    with pytest.raises(letters.LetterError):
        letters.send("sokha", "x", "y", at=at)


def test_a_letter_that_was_sent_is_not_sent_again(post, at):
    letter = letters.send("sokha@moc.example", "x", "y", at=at)
    line.drain()
    letters.deliver(letter.pk, at=at)
    assert len(post.letters) == 1


def test_a_mail_server_that_is_away_is_tried_again_later_and_later(post, settings, at):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, _nobody_listens()
    letter = letters.send("sokha@moc.example", "x", "y", at=at)
    pauses = []
    for _ in range(9):
        waiting().delete()
        letters.deliver(letter.pk, at=at)
        pauses.append(waiting().get().scheduled_at)
    assert all(earlier < later for earlier, later in itertools.pairwise(pauses[:6]))
    letter.refresh_from_db()
    assert letter.attempts == 9
    assert "refused" in letter.trouble.lower()
    settings.EMAIL_PORT = port
    letters.deliver(letter.pk, at=at)
    assert len(post.letters) == 1
    letter.refresh_from_db()
    assert letter.trouble == ""


def test_after_three_days_it_is_given_up(settings, at):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", _nobody_listens()
    letter = letters.send("sokha@moc.example", "x", "a link", at=at)
    waiting().delete()
    letters.deliver(letter.pk, at=at + letters.PATIENCE + timedelta(seconds=1))
    letter.refresh_from_db()
    assert letter.given_up_at
    assert letter.body == ""
    assert not waiting().exists()


def test_an_address_that_is_refused_for_good_is_given_up_and_one_that_is_busy_is_not(post, at):
    post.answers["gone@moc.example"] = "550 no such user"
    post.answers["busy@moc.example"] = "451 later"
    for name in ("gone", "busy", "there"):
        letters.send(f"{name}@moc.example", name, "y", at=at)
    line.drain()
    assert [one["Subject"] for one in post.letters] == ["there"]
    states = {
        one.to: (one.given_up_at is not None, "550" in one.trouble) for one in Letter.objects.all()
    }
    assert states["gone@moc.example"] == (True, True)
    assert states["busy@moc.example"] == (False, False)
    assert waiting().count() == 1


def test_no_password_and_no_letter_goes_to_a_server_without_starttls(post, settings, at):
    settings.EMAIL_USE_TLS = True
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "hub", "s3cret"
    letter = letters.send("sokha@moc.example", "x", "y", at=at)
    letters.deliver(letter.pk, at=at)
    assert post.users == []
    assert post.letters == []
    letter.refresh_from_db()
    assert "STARTTLS" in letter.trouble
    assert letter.given_up_at is None


def test_a_mail_server_that_hangs_keeps_no_submission_and_no_delivery_waiting(post, cast, at):
    """The letters' queue is the pusher's, and of a worker of its own in it."""
    post.hang.set()
    for n in range(4):
        letters.send(f"p{n}@moc.example", "x", "y", at=at)
    queue.discard(1)
    with ipshare("pusher", post.port):
        patience = time.monotonic() + 30
        while ProcrastinateJob.objects.filter(queue_name="letters", status="doing").count() < 2:
            assert time.monotonic() < patience
            threading.Event().wait(0.05)
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "ipshare", "worker", "--once"],
            env=environment(post.port), check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0
        assert not ProcrastinateJob.objects.filter(task_name="ingest.discard").exists()


def test_a_sender_that_is_killed_loses_no_letter(post, at):
    post.hang.set()
    for n in range(3):
        letters.send(f"p{n}@moc.example", f"{n}", "y", at=at)
    with ipshare("pusher", post.port) as process:
        patience = time.monotonic() + 30
        while not ProcrastinateJob.objects.filter(queue_name="letters", status="doing").exists():
            assert time.monotonic() < patience
            threading.Event().wait(0.05)
        process.kill()
        process.wait(10)
    post.hang.clear()
    with ipshare("pusher", post.port):
        post.wait(3)
        patience = time.monotonic() + 20
        while Letter.objects.filter(sent_at=None).exists():
            assert time.monotonic() < patience
            threading.Event().wait(0.05)
    assert sorted(one["Subject"] for one in post.letters) == ["0", "1", "2"]


def test_the_command_tries_a_letter_at_once(post, db):
    def run(port, address):
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "ipshare", "letter", "test", address],
            env=environment(port), check=False, timeout=60, capture_output=True, text=True,
        )  # fmt: skip

    done = run(post.port, "ops@hub.example")
    assert done.returncode == 0, done.stderr
    assert "took a letter to ops@hub.example" in done.stdout
    assert post.letters[0]["Subject"] == "ipshare: a test letter"
    refused = run(_nobody_listens(), "ops@hub.example")
    assert refused.returncode == 2
    assert "IPSHARE_EMAIL_URL" in refused.stderr
    assert run(post.port, "ops").returncode == 2


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("smtp://hub:p%40ss@mail.example:587", ("mail.example", 587, "hub", "p@ss", True, False)),
        ("smtps://hub:x@mail.example", ("mail.example", 465, "hub", "x", False, True)),
        ("smtp+plain://127.0.0.1", ("127.0.0.1", 25, "", "", False, False)),
    ],
)
def test_the_address_of_the_mail_server(monkeypatch, url, wanted):
    monkeypatch.setenv("IPSHARE_EMAIL_URL", url)
    read = env.mail_server("IPSHARE_EMAIL_URL")
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    assert tuple(read[f"EMAIL_{name}"] for name in names) == wanted


@pytest.mark.parametrize(
    "url",
    ["mail.example:25", "smtp://", "http://mail.example", "smtp://h:many", "smtp://h/?tls=no",
     "smtp+plain://hub:s3cret@mail.example"],
)  # fmt: skip
def test_an_address_that_cannot_be_read_stops_the_start_and_is_not_repeated(monkeypatch, url):
    monkeypatch.setenv("IPSHARE_EMAIL_URL", url)
    with pytest.raises(env.SettingMissingError, match="IPSHARE_EMAIL_URL") as told:
        env.mail_server("IPSHARE_EMAIL_URL")
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize("sender", ["hub", "@hub.example", "Hub <hub>", ""])
def test_a_sender_without_an_address_stops_the_start(monkeypatch, sender):
    monkeypatch.setenv("IPSHARE_EMAIL_FROM", sender)
    with pytest.raises(env.SettingMissingError, match="IPSHARE_EMAIL_FROM"):
        env.mail_sender("IPSHARE_EMAIL_FROM", None)


def environment(port):
    held = connection.settings_dict
    host = f"host={quote(held['HOST'], safe='')}&port={held['PORT']}"
    url = f"postgresql://{held['USER']}:{quote(held['PASSWORD'])}@/{held['NAME']}?{host}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "IPSHARE_DATA": str(django_settings.DATA),
        "IPSHARE_EMAIL_URL": f"smtp+plain://127.0.0.1:{port}",
        "IPSHARE_EMAIL_FROM": "hub@ipshare.example",
    }


class ipshare:  # noqa: N801 (reads as the command)
    """A process of the hub on the database of the tests."""

    def __init__(self, command, port):
        self.command, self.port = command, port

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "ipshare", self.command],
            env=environment(self.port),
        )
        return self.process

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(20)


def _nobody_listens():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_letters_that_left_long_ago_are_deleted_and_what_waits_stays(at, settings):
    settings.LETTER_DAYS = 90
    old = at - timedelta(days=91)
    gone = Letter.objects.create(to="a@x.example", subject="s", body="", queued_at=old, sent_at=old)
    Letter.objects.create(to="b@x.example", subject="s", body="", queued_at=old, given_up_at=old)
    Letter.objects.create(to="c@x.example", subject="s", body="b", queued_at=old)
    Letter.objects.create(to="d@x.example", subject="s", body="", queued_at=old, sent_at=at)
    person = people.add("a@x.example", "A", None, "temple bells at seven", at)
    notice = Notice.objects.create(
        person=person, topic="sign-in", subject="s", title="t", text="t", path="/", at=old, letter=gone,
        lettered_at=old,
    )  # fmt: skip
    assert letters.clear(at=at) == 2
    assert {one.to for one in Letter.objects.all()} == {"c@x.example", "d@x.example"}
    notice.refresh_from_db()
    assert (notice.letter, notice.lettered_at) == (None, old)  # it is not written again
