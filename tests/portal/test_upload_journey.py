"""Sending files in a real Chromium, to the web process as it runs: dropped, cut, killed, resumed, published.

With IPSHARE_PICTURES=folder the states of the page are kept as pictures.
"""

from __future__ import annotations

import base64
import hashlib
import os
import random
import re
import struct
import threading
from datetime import datetime, timedelta, timezone

import pytest
from django.db import connections

from ipshare.intake import whole
from ipshare.store.models.submissions import Submission
from ipshare.store.models.uploads import HttpUpload
from line import drain
from portal import builders, web_process
from portal.test_accessibility import violations
from portal.test_browser import browser, chromium, overflow, sync_api  # noqa: F401 (a fixture)
from xmlbuilders import a_mark, transaction, zipped

pytestmark = [
    pytest.mark.skipif(chromium is None, reason="no chromium on this machine"),
    pytest.mark.django_db(transaction=True),
]
SOKHA, ANONG = "sokha.chan@moc.example", "anong@dip.example"
NAME = "KH_TM_Updates_20261127.zip"
PATIENCE = 90_000
DROP = """([content, name]) => {
  const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name));
  const event = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: data });
  document.getElementById("drop").dispatchEvent(event);
}"""


@pytest.fixture(scope="module")
def shared_web(django_db_setup):
    with web_process.running() as process:
        yield process


@pytest.fixture
def web(transactional_db, shared_web):
    builders.an_office("KH", "Cambodia")
    builders.an_office("TH", "Thailand")
    builders.a_person(SOKHA, "KH", "Chan Sokha")
    builders.a_person(ANONG, "TH", "Anong Suk")
    return shared_web


def a_package(seed, size=1_500_000, office="KH"):
    """A package that the line publishes, with a text beside its records that cannot be made smaller."""
    marks = transaction(*(a_mark(f"{office}/{n}/19", office=office) for n in range(1, 4)))
    padding = random.Random(seed).randbytes(size)  # noqa: S311
    return zipped(records__xml=marks, README=padding)


def a_tab(browser, web, email, *, width=1280, scheme="light"):  # noqa: F811
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=web.url
    )
    cookies = web_process.signed_in(email)
    context.add_cookies([{"name": n, "value": v, "url": web.url} for n, v in cookies.items()])
    tab = context.new_page()
    tab.complaints = []
    tab.on("console", lambda m: tab.complaints.append(m.text) if m.type == "error" else None)
    tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.goto("/uploads/" + ("kh" if email == SOKHA else "th"))
    return tab


def work():
    """Let a worker have its turn; not in this thread, where the browser's driver runs an event loop."""

    def turn():
        drain()
        connections.close_all()

    worker = threading.Thread(target=turn)
    worker.start()
    worker.join()


def network(wire, *, most=-1, offline=False):
    """Let the browser send no faster than this, or not at all."""
    wire.send(
        "Network.emulateNetworkConditions",
        {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": most},
    )


def slowly(tab, most):
    """The same, for a tab; what it answers can change it."""
    wire = tab.context.new_cdp_session(tab)
    wire.send("Network.enable")
    network(wire, most=most)
    return wire


def says(tab, words, **more):
    sync_api.expect(tab.locator("#list")).to_contain_text(words, timeout=PATIENCE, **more)


def choose(tab, content, name=NAME, selector="#file"):
    tab.set_input_files(selector, {"name": name, "mimeType": "application/zip", "buffer": content})


def picture(tab, name):
    if folder := os.environ.get("IPSHARE_PICTURES"):
        tab.screenshot(path=f"{folder}/{name}.png", full_page=True)


def ours(complaints):
    """What the browser complains of, but for the requests that were lost on purpose."""
    return [one for one in complaints if "Failed to load resource" not in one]


def test_a_dropped_file_survives_a_kill_of_the_hub_and_is_published(browser, web):  # noqa: F811
    content = a_package(1)
    tab = a_tab(browser, web, SOKHA)
    picture(tab, "uploads-1280")
    tab.evaluate(DROP, [base64.b64encode(content).decode(), NAME])
    says(tab, "Name, size and ending are in order.")
    says(tab, hashlib.sha256(content).hexdigest())
    assert HttpUpload.objects.count() == 0, "nothing is sent before it was looked at"
    picture(tab, "uploads-checked-1280")
    assert violations(tab) == []
    wire = slowly(tab, 300_000)
    tab.click("text=Send 1 file")
    sync_api.expect(tab.locator("#list")).to_contain_text("safe on the hub", timeout=PATIENCE)
    sync_api.expect(tab.locator("#list")).to_contain_text("/s · about", timeout=PATIENCE)
    picture(tab, "uploads-sending-1280")
    assert violations(tab) == []
    web.kill()
    says(tab, "since")
    says(tab, "nothing is lost")
    picture(tab, "uploads-no-connection-1280")
    assert violations(tab) == []
    wire.detach()
    web.start()
    says(tab, "Safe on the hub, every byte")
    work()
    tab.wait_for_url("**/submissions/KH-000001", timeout=PATIENCE)
    sync_api.expect(tab.locator("#running")).to_contain_text("Published", timeout=PATIENCE)
    assert "whole, in the browser" in tab.inner_text("#heading")
    submission = Submission.objects.get()
    assert (submission.sha256, submission.records) == (hashlib.sha256(content).hexdigest(), 3)
    assert ours(tab.complaints) == []


def test_two_offices_at_once_one_loses_its_line_and_reloads(browser, web):  # noqa: F811
    ours_, theirs = a_package(2, 3_000_000), a_package(3, 50_000, "TH")
    tab = a_tab(browser, web, SOKHA, width=390)
    there = a_tab(browser, web, ANONG)
    picture(tab, "uploads-390")
    choose(tab, ours_)
    choose(there, theirs, "TH_TM_Updates_20261127.zip")
    says(tab, "Name, size and ending are in order.")
    wire = slowly(tab, 250_000)
    tab.click("text=Send 1 file")
    says(tab, re.compile(r"[1-9]\d*.kB of 3\.0.MB safe on the hub"))
    there.click("text=Send 1 file")
    says(there, "Safe on the hub, every byte")
    network(wire, offline=True)
    zone = timezone(timedelta(hours=7))  # that of the office, wherever the browser is
    says(tab, re.compile(r"No connection since \d\d:\d\d:\d\d, Phnom Penh \(UTC\+7\)"))
    told = re.search(r"since (\d\d):(\d\d)", tab.inner_text("#list"))
    apart = (
        datetime.now(zone).hour * 60 + datetime.now(zone).minute - int(told[1]) * 60 - int(told[2])
    )
    assert apart % 1440 <= 1
    picture(tab, "uploads-offline-390")
    assert overflow(tab) == 0
    network(wire, most=250_000)
    says(tab, "/s · about")
    tab.reload()  # the browser is closed and opened again
    waiting = tab.locator("section[aria-labelledby=waiting]")
    sync_api.expect(waiting).to_contain_text("Choose the same file again to go on from")
    picture(tab, "uploads-resume-390")
    assert overflow(tab) == 0
    assert violations(tab) == []
    choose(tab, b"x" + ours_[1:], selector="[data-again]")
    sync_api.expect(waiting).to_contain_text("This is another file.")
    choose(tab, ours_, selector="[data-again]")
    says(tab, "Safe on the hub, every byte")
    work()
    tab.wait_for_url("**/submissions/KH-000001", timeout=PATIENCE)
    there.wait_for_url("**/submissions/TH-000001", timeout=PATIENCE)
    assert {(s.office_id, s.sender, s.state) for s in Submission.objects.all()} == {
        ("KH", SOKHA, "published"),
        ("TH", ANONG, "published"),
    }
    for page in (tab, there):
        assert ours(page.complaints) == []
    there.goto("/uploads/th")
    assert "KH_TM" not in there.content()
    picture(there, "uploads-ended-1280")


def test_what_speaks_against_a_file_is_said_before_it_is_sent(browser, web):  # noqa: F811
    content = a_package(4, 1000)
    known = builders.a_submission(
        "KH", 12, content=content, sha256=hashlib.sha256(content).hexdigest()
    )
    tab = a_tab(browser, web, SOKHA)
    choose(tab, content, "KH_PT_Full_Extraction_20261127.zip")
    says(tab, f"These bytes came as {known.reference}")
    says(tab, "The name says Patents; the file would go to Trademarks/Updates.")
    choose(tab, content, ".hidden.zip")
    says(tab, "Not sent: .hidden.zip starts with a dot")
    picture(tab, "uploads-notices-1280")
    assert violations(tab) == []
    assert tab.locator("#start").is_hidden()
    tab.keyboard.press("Tab")
    tab.get_by_role("button", name="Send all the same").focus()
    slowly(tab, 2000)
    tab.keyboard.press("Enter")
    says(tab, "safe on the hub")
    tab.get_by_role("button", name="Pause").press("Enter")
    says(tab, "Paused at")
    tab.get_by_role("button", name="Go on").press("Enter")
    says(tab, "safe on the hub")
    tab.get_by_role("button", name="Cancel").press("Enter")
    sync_api.expect(tab.locator("#list li")).to_have_count(1)
    tab.wait_for_function(
        "fetch('/uploads/kh').then((a) => a.text()).then((t) => !t.includes('Not whole yet'))"
    )
    assert not HttpUpload.objects.exists()
    assert ours(tab.complaints) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_script_a_small_file_is_sent_by_the_form(browser, web, scheme):  # noqa: F811
    tab = a_tab(browser, web, SOKHA, scheme=scheme)
    cookies = tab.context.cookies()
    context = browser.new_context(java_script_enabled=False, base_url=web.url, color_scheme=scheme)
    context.add_cookies(cookies)
    plain = context.new_page()
    plain.goto("/uploads/kh")
    assert "up to 64 MB" in plain.inner_text("main")
    assert "Drop files here" not in plain.inner_text("main")
    plain.check("input[name=kind][value=Test]")
    choose(plain, a_package(5, 1000))
    plain.click("form#send button[type=submit]")
    assert "has come whole" in plain.inner_text("main")
    assert "Being looked at" in plain.inner_text("main")
    work()
    plain.reload()
    assert "KH-000001" in plain.inner_text("main")
    picture(plain, f"uploads-plain-{scheme}")
    assert Submission.objects.get().kind == "Test"
    context.close()


def a_zip(flags=0, **members):
    """A zip with these members; ``flags`` are set in its directory, as a locked one has them."""
    made = bytearray(zipped(**members))
    at = made.find(b"PK\x01\x02")
    while flags and at >= 0:
        made[at + 8] |= flags
        at = made.find(b"PK\x01\x02", at + 1)
    return bytes(made)


WIDE = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF


def as_zip64(made):
    """The same zip with the end records of zip64."""
    end = len(made) - 22
    entries, size, offset = struct.unpack_from("<HLL", made, end + 10)
    wide = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, size, offset
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    narrow = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, WIDE[0], *WIDE, 0)
    return made[:end] + wide + locator + narrow


LOOKS = [
    ("cut.zip", lambda: a_package(1, 90_000)[:-30], "Not sent: the zip directory at its end is missing"),
    ("half.zip", lambda: a_package(1, 90_000)[:40_000], "Not sent: the zip directory at its end is missing"),
    ("locked.zip", lambda: a_zip(1, records__xml=b"<a/>", more__xml=b"<a/>"), "2 files inside are locked"),
    ("empty.zip", zipped, "Not sent: the zip holds nothing"),
    ("pictures.zip", lambda: zipped(KH_1="x"), "No XML file is inside"),
    ("whole.zip", lambda: a_zip(records__xml=b"<a/>"), "1 file, 1 of them XML"),
    ("wide.zip", lambda: as_zip64(a_zip(records__xml=b"<a/>")), "1 file, 1 of them XML"),
    ("text.zip", lambda: b"<a/>", "it does not begin as a zip does"),
    ("text.xml.gz", lambda: b"<a/>", "it does not begin as gzip does"),
    ("cut.xml", lambda: b"<?xml version='1.0'?><!-- x --><a:b xmlns:a='x'><c></c>", "its end tag </a:b> is missing"),
    ("whole.xml", lambda: b"\xef\xbb\xbf<a:b xmlns:a='x'><c></c></a:b >\n<!-- end -->\n", "Name, size and ending are"),
    ("alone.xml", lambda: b"<a/>", "Name, size and ending are"),
    ("empty.xml", lambda: b"", "is empty"),
    ("a.zip.part", lambda: a_package(1, 10), "still being written"),
]  # fmt: skip


def test_a_file_that_is_not_whole_or_locked_is_known_before_it_is_sent(browser, web):  # noqa: F811
    """What the page refuses the hub would not take in; what it lets through as whole, the hub takes."""
    tab = a_tab(browser, web, SOKHA)
    for name, make, words in LOOKS:
        choose(tab, make(), name)
        row = tab.locator("#list > li", has=tab.get_by_text(name, exact=True))
        sync_api.expect(row).to_contain_text(words, timeout=PATIENCE)
    picture(tab, "uploads-looked-at-1280")
    tab.set_viewport_size({"width": 390, "height": 900})
    assert overflow(tab) == 0
    picture(tab, "uploads-looked-at-390")
    assert violations(tab) == []
    assert HttpUpload.objects.count() == 0
    assert ours(tab.complaints) == []


def test_a_file_whose_folder_was_chosen_wrongly_can_be_sent_to_another(browser, web):  # noqa: F811
    """The folder was fixed when the file was chosen; only to remove it and to choose it again helped."""
    tab = a_tab(browser, web, SOKHA)
    tab.get_by_label("Designs").check()
    tab.get_by_label("Test").check()
    choose(tab, a_package(7, 1000), "KH_TM_Updates_20261127.zip")
    says(tab, "The name says Trademarks; the file would go to Designs/Test.")
    move = tab.locator("#list [data-do=move]")
    assert move.is_hidden()
    tab.get_by_label("Trademarks").check()
    sync_api.expect(move).to_have_text("Send to Trademarks/Test instead")
    picture(tab, "uploads-move-1280")
    move.press("Enter")
    says(tab, "are in order")
    says(tab, "Trademarks/Test")
    assert "The name says" not in tab.locator("#list").inner_text()
    choose(tab, b"KH/1/19\n", "withdrawn.csv")
    sync_api.expect(tab.locator("#start")).to_have_text("Send 2 files", timeout=PATIENCE)
    assert "Nothing was sent in the browser" in tab.locator("#lately").inner_text()
    tab.locator("#start").press("Enter")
    sync_api.expect(tab.locator("#list")).to_contain_text("Safe on the hub", timeout=PATIENCE)
    work()
    sync_api.expect(tab.locator("#list .is-ok")).to_have_count(1, timeout=PATIENCE)
    sync_api.expect(tab.locator("#lately")).to_contain_text("20261127.zip", timeout=PATIENCE)
    assert {one.kind for one in HttpUpload.objects.all()} == {"Test"}
    assert ours(tab.complaints) == []


def test_what_the_page_says_of_a_file_is_what_the_hub_finds(tmp_path):
    for name, make, words in LOOKS:
        file = tmp_path / name
        file.write_bytes(make())
        with file.open("rb") as opened:
            lacks = whole.missing(opened.fileno(), name)
        cut = words.startswith(("Not sent: the zip directory", "its end tag", "is empty"))
        assert (name, bool(lacks)) == (name, cut)
