"""Journeys: a key from ssh-keygen to its end at the SFTP door; letters to two people of two offices at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import quote

import psutil
import pytest
from django.conf import settings as django_settings
from django.db import connection, connections

import line
from intake import sftp_clients
from ipshare.accounts import host_key
from ipshare.store import audit
from ipshare.store.models.sharing import Authorization
from ipshare.store.models.submissions import Submission
from portal import builders
from portal.test_browser import a_tab, browser, chromium, sign_in, sync_api  # noqa: F401 (a fixture)
from smtp_server import mail_server
from xmlbuilders import a_mark, transaction

pytestmark = [
    pytest.mark.skipif(chromium is None, reason="no chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]
PATIENCE = 60


@pytest.fixture
def door(transactional_db, tmp_path, settings):
    """A real SFTP door on the database of the tests, and the portal knows where it is."""
    if shutil.which("sftp") is None:
        pytest.skip("OpenSSH's sftp is not installed")
    with sftp_clients.running(tmp_path / "door") as server:
        settings.DATA = server.folder
        settings.SFTP_ADDRESS = f"127.0.0.1:{server.port}"
        yield server


def sftp(tmp_path, server, *more):
    return [
        "sftp", "-o", "LogLevel=ERROR", *more,
        "-P", str(server.port), "-i", str(tmp_path / "id"), "-o", "IdentitiesOnly=yes",
        "-o", "StrictHostKeyChecking=yes", "-o", f"UserKnownHostsFile={tmp_path / 'known'}",
        "-o", "BatchMode=yes", "ipob_kh@127.0.0.1",
    ]  # fmt: skip


def test_a_key_is_added_used_seen_and_revoked(browser, live_server, office, door, tmp_path):  # noqa: F811
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "new export server", "-f", tmp_path / "id"],
        check=True,
    )  # fmt: skip
    complaints = []
    tab = a_tab(browser, live_server, complaints=complaints)
    sign_in(tab)
    tab.click("nav >> text=Keys and accounts")
    tab.click("text=Add a key")
    tab.fill("#key", (tmp_path / "id").read_text())
    tab.click("button:has-text('Add the key')")
    assert "This is a private key" in tab.inner_text("#key-error")
    assert tab.input_value("#key") == ""
    tab.fill("#key", (tmp_path / "id.pub").read_text())
    tab.click("button:has-text('Add the key')")
    row = tab.locator("tr", has_text="new export server").first
    assert "never used" in row.inner_text()

    tab.click("text=Line for known_hosts")
    known = tab.locator("code", has_text="ssh-ed25519 AAAA").first.inner_text()
    (tmp_path / "known").write_text(known + "\n")
    listed = subprocess.run(
        sftp(tmp_path, door, "-b", "-"), input="ls -1 /\n", text=True, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert "/ipob_kh" in listed.stdout
    tab.reload()
    assert "never used" not in tab.locator("tr", has_text="new export server").first.inner_text()

    session = subprocess.Popen(
        sftp(tmp_path, door), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    session.stdin.write("pwd\n")
    session.stdin.flush()
    while "Remote working directory" not in session.stdout.readline():
        assert session.poll() is None
    line_to_hub = psutil.Process(session.pid).children()
    assert [one.name() for one in line_to_hub] == ["ssh"]
    tab.locator("tr", has_text="new export server").first.locator("button").click()
    assert "its sessions have ended" in tab.inner_text("main")
    gone, _ = psutil.wait_procs(line_to_hub, PATIENCE)
    assert len(gone) == 1
    said, _ = session.communicate("ls\n", PATIENCE)
    assert session.returncode != 0, said
    again = subprocess.run(
        sftp(tmp_path, door, "-b", "-"), input="ls\n", text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert again.returncode != 0
    assert "Permission denied" in again.stderr
    assert [one for one in complaints if "422" not in one] == []


def test_a_third_party_reads_with_a_key_of_the_office(browser, live_server, office, door, tmp_path):  # noqa: F811
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "tokyo", "-f", tmp_path / "id"]
    subprocess.run(make, check=True)
    jpo = Authorization.objects.get(office="KH", third_party__name="JPO")
    complaints = []
    tab = a_tab(browser, live_server, complaints=complaints)
    sign_in(tab)
    tab.goto(f"/data-exchange-authorizations/kh/{jpo.pk}/credentials")
    keys = tab.locator("section[aria-labelledby=sftp]")
    tab.fill("#sftp-key", (tmp_path / "id.pub").read_text())
    keys.locator("button:has-text('Add the key')").click()
    assert "tokyo opens jpo from now on" in tab.inner_text("main")
    key, port = host_key.public(door.folder).line, door.port
    (tmp_path / "known").write_text(f"[127.0.0.1]:{port} {key}\n")
    as_jpo = [*sftp(tmp_path, door)[:-1], "jpo@127.0.0.1"]
    session = subprocess.Popen(
        as_jpo, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    session.stdin.write("pwd\n")
    session.stdin.flush()
    while "Remote working directory" not in session.stdout.readline():
        assert session.poll() is None
    line_to_hub = psutil.Process(session.pid).children()
    keys.locator("tr", has_text="tokyo").locator("button").click()
    assert "its downloads are cut" in tab.inner_text("main")
    gone, _ = psutil.wait_procs(line_to_hub, PATIENCE)
    assert len(gone) == 1
    session.communicate("ls\n", PATIENCE)
    again = subprocess.run(
        [as_jpo[0], "-b", "-", *as_jpo[1:]], input="ls\n", text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Permission denied" in again.stderr
    assert complaints == []


@contextmanager
def pusher(mail, hub):
    """``ipshare pusher`` on the database of the tests, with a mail server."""
    held = connection.settings_dict
    url = f"postgresql://{held['USER']}:{quote(held['PASSWORD'])}@/{held['NAME']}?host={quote(held['HOST'], safe='')}"
    environment = {
        **os.environ,
        "DATABASE_URL": f"{url}&port={held['PORT']}",
        "IPSHARE_DATA": str(django_settings.DATA),
        "IPSHARE_PUBLIC_URL": hub,
        "IPSHARE_EMAIL_URL": f"smtp+plain://127.0.0.1:{mail.port}",
        "IPSHARE_EMAIL_FROM": "ipshare <hub@ipshare.example>",
    }
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "ipshare", "pusher"], env=environment
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


def full_extraction(path, marks):
    """Send marks of XA through the whole line, in a thread: the browser's driver has a loop in this one."""

    def work():
        try:
            return line.send(path, transaction(*marks), office="XA", at=builders.AT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def refused_and_published(office):
    """Two events of an office: a submission that was refused, and one with errors."""
    for n, (state, errors) in enumerate((("refused", 1), ("published", 3)), start=1):
        one = builders.a_submission(office, n, state=state, errors=errors)
        audit.write(
            f"submission.{state}", at=builders.AT, actor="hub", office=office, subject=one.reference
        )


def link_of(letter, hub):
    """The first address of the hub that a letter names."""
    return next(word for word in letter.get_content().split() if word.startswith(hub))


def test_two_people_of_two_offices_each_get_their_letter_and_its_link_opens(
    browser, live_server, tmp_path, settings  # noqa: F811
):  # fmt: skip
    for code, name in (("XA", "Office XA"), ("XC", "Office XC")):
        builders.an_office(code, name)
    builders.a_person("sokha.chan@moc.example", "XA")
    builders.a_person("anong@dip.example", "XC", "Anong Suk")
    sokha, anong = a_tab(browser, live_server), a_tab(browser, live_server, width=390)
    sign_in(sokha)
    sign_in(anong, "anong@dip.example")
    sokha.goto("/notifications")
    anong.goto("/notifications")
    anong.uncheck("input[value='refused:trademark']")
    anong.check("input[value='errors:trademark']")
    anong.click("button:has-text('Save')")
    assert "Saved" in anong.inner_text("main")
    assert anong.is_checked("input[value='errors:trademark']")

    with mail_server() as mail, pusher(mail, live_server.url) as first:
        marks = [a_mark(f"XA/{n}/19") for n in range(1, 51)]
        full_extraction(tmp_path / "a.xml", marks)
        held = full_extraction(tmp_path / "b.xml", marks[:40])
        assert held.state == "held"
        mail.wait(1, PATIENCE)
        first.kill()  # whatever it had in hand: the next one goes on, and says nothing twice
    refused_and_published("XC")
    with mail_server() as later, pusher(later, live_server.url):
        end = time.monotonic() + PATIENCE
        while not later.to("anong@dip.example"):
            assert time.monotonic() < end
            later.hang.wait(0.1)

    # The kill may have come between the mail server's yes and the commit: then it came twice, as one message.
    letter, *again = mail.to("sokha.chan@moc.example") + later.to("sokha.chan@moc.example")
    assert {one["Message-ID"] for one in again} <= {letter["Message-ID"]}
    assert mail.to("anong@dip.example") == []
    assert f"{held.reference} is held" in letter["Subject"]
    assert "withdraw 10 records" in letter.get_content()
    assert "SOKHA" not in letter.get_content()  # no value of a record
    link = link_of(letter, live_server.url)
    sokha.goto(link)
    assert sokha.locator("h1").inner_text() == "b.xml"
    assert "Release" in sokha.inner_text("main")
    anong.goto(link)
    assert "no such page" in anong.inner_text("main").lower()

    (theirs,) = later.to("anong@dip.example")
    assert "XC-000002 was published with 3 errors" in theirs["Subject"]
    anong.goto(link_of(theirs, live_server.url))
    assert "XC_TM_Updates" in anong.locator("h1").inner_text()
    anong.goto("/notifications")
    assert "XC-000002" in anong.inner_text("main")
    assert held.reference not in anong.inner_text("main")
    assert Submission.objects.count() == 4
    signs_in_on_the_way(a_tab(browser, live_server), link)


def signs_in_on_the_way(tab, link):
    """The link of a letter needs a sign-in, and leads on after it."""
    tab.goto(link)
    tab.fill("#email", "sokha.chan@moc.example")
    tab.fill("#password", builders.PASSWORD)
    tab.click("button[type=submit]")
    sync_api.expect(tab.locator("h1")).to_have_text("b.xml")
