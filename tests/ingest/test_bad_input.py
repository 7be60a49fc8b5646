"""Bad input through a real worker: it ends refused with its finding, and the line of another office goes on."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from badinput import bad_cases
from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.intake import landing
from ipshare.store import objects
from xmlbuilders import a_mark, transaction, zipped

PATIENCE = 120
MEMORY = 400 << 20
# The builder of the bad file, and the rule that names what is wrong with it.
CASES = {
    "truncated_zip": "PKG-002",
    "truncated_in_the_middle": "PKG-002",
    "nested_bomb": "PKG-014",
    "nested_bomb_named_xml": "PKG-014",
    "ratio_bomb": "PKG-014",
    "gzip_bomb": "PKG-014",
    "lying_bomb": "PKG-014",
    "overlapping_bomb": "PKG-014",
    "quoted_bomb": "PKG-014",
    "million_entries": "PKG-014",
    "traversal": "PKG-014",
    "link": "PKG-014",
    "encrypted": "PKG-002",
    "duplicate_members": "PKG-014",
    "wrong_extension_xml_as_zip": "PKG-002",
    "wrong_extension_zip_as_xml": "PKG-002",
    "wrong_extension_pdf": "PKG-002",
    "empty_file": "PKG-002",
    "empty_member": "PKG-005",
    "empty_zip": "PKG-002",
    "not_xml": "PKG-005",
    "not_xml_and_large": "PKG-005",
    "binary_named_xml": "PKG-015",
    "deep_nesting": "PKG-005",
    "deep_nesting_in_a_record": "PKG-005",
    "deep_nesting_around_records": "PKG-005",
    "billion_laughs": "PKG-018",
    "external_entity": "PKG-018",
    "doctype_inside_a_record": "PKG-005",
    "undefined_entity": "PKG-005",
    "attribute_of_100_megabytes": "PKG-005",
    "attribute_of_100_megabytes_inside": "PKG-005",
    "record_of_2_gigabytes": "PKG-005",
    "gap_of_100_megabytes": "PKG-005",
    "utf_16": "PKG-015",
    "windows_874_declared_utf_8": "PKG-015",
    "nul_byte": "PKG-015",
    "control_character": "PKG-005",
    "unescaped_ampersand": "PKG-005",
    "truncated_xml": "PKG-005",
    "garbage_behind_the_root": "PKG-005",
}


pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]


@pytest.fixture
def worker(cast):
    """One ``ipshare worker``, a process that no input may end."""
    url = urlsplit(os.environ["DATABASE_URL"])
    environment = {
        **os.environ,
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}")),
        "IPSHARE_DATA": str(settings.DATA),
    }
    process = subprocess.Popen([sys.executable, "-m", "ipshare", "worker"], env=environment)
    yield process
    process.terminate()
    process.wait(PATIENCE)


def write(path: Path, case: str, monkeypatch) -> Path:
    """The bad file of a case, under the name it is sent by."""
    sent = {}

    def package(raw, name="KH_TM.zip"):
        sent[name] = [raw]
        return iter(())

    def chunks(again, name="bad.xml"):
        sent[name] = again()
        return iter(())

    monkeypatch.setattr(bad_cases, "read_package", package)
    monkeypatch.setattr(bad_cases, "read_chunks", chunks)
    list(getattr(bad_cases, case)())
    ((name, content),) = sent.items()
    with (path / name).open("wb") as out:
        out.writelines(content)
    return path / name


def land(path, office, at, kind=Kind.FULL_EXTRACTION):
    return landing.land(
        path, office=office, right=Right.TRADEMARK, kind=kind, name=path.name, door="sftp", sender="test", at=at
    )  # fmt: skip


def wait_until_ended(process, *submissions):
    """Look at the submissions until they have ended and have their reports; the worker must live on."""
    end = time.monotonic() + PATIENCE
    watched = os.pidfd_open(process.pid)
    try:
        while True:
            for one in submissions:
                one.refresh_from_db()
            if all(State(one.state).ended and one.report for one in submissions):
                return
            gone, _, _ = select.select([watched], [], [], 0.05)
            assert not gone, f"the worker ended with status {process.wait()}"
            assert time.monotonic() < end, [(one.reference, one.state) for one in submissions]
    finally:
        os.close(watched)


def peak(process) -> int:
    """The most memory that the worker ever had, in bytes (its own pages, shared libraries included)."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) << 10


def test_bad_input_is_refused_and_the_lines_of_others_go_on(worker, tmp_path, at, monkeypatch):
    """One worker, one database, one case after the other; what is wrong is told of all of them."""
    wrong = {}
    for place, case in enumerate(CASES):
        good = tmp_path / f"XB_{case}.zip"
        marks = (a_mark(f"XB/{place}{n}/19", office="XB") for n in range(5))
        good.write_bytes(zipped(a__xml=transaction(*marks)))
        path = write(tmp_path, case, monkeypatch)
        before = time.monotonic()
        bad = land(path, "XA", at)
        other = land(good, "XB", at, Kind.UPDATES)
        wait_until_ended(worker, bad, other)
        seconds = time.monotonic() - before
        rules = set(bad.findings.values_list("rule", flat=True))
        seen = (
            bad.state,
            bad.records,
            bool(bad.reason),
            CASES[case] in rules,
            other.state,
            other.inserted,
        )
        if seen != (State.REFUSED, 0, True, True, State.PUBLISHED, 5) or peak(worker) > MEMORY:
            wrong[case] = (*seen, rules, f"{peak(worker) >> 20} MiB", f"{seconds:.1f} s")
        path.unlink()
        objects.delete([objects.received_key(bad.sha256)])
    assert not wrong
    assert worker.poll() is None


def test_a_bad_file_of_updates_is_left_out_and_the_rest_is_published(worker, tmp_path, at):
    bad = tmp_path / "XA_TM.zip"
    marks = transaction(*(a_mark(f"XA/{n}/19") for n in range(5)))
    bad.write_bytes(zipped(a__xml=marks, b__xml=b"<a>" * 100_000))
    other = tmp_path / "XB_TM.xml"
    other.write_bytes(transaction(a_mark("XB/1/19", office="XB")))
    sent = land(bad, "XA", at, Kind.UPDATES), land(other, "XB", at, Kind.UPDATES)
    wait_until_ended(worker, *sent)
    assert [(one.state, one.inserted) for one in sent] == [
        (State.PUBLISHED, 5),
        (State.PUBLISHED, 1),
    ]
    assert "PKG-005" in set(sent[0].findings.values_list("rule", flat=True))
    assert worker.poll() is None
