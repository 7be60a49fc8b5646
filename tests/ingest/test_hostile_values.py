"""Values that no register has: a finding at most, and never the end of the other records."""

from __future__ import annotations

import struct
import zlib

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.ingest import cutting, opening
from ipshare.intake import landing
from line import send
from share.histories import a_reader
from xmlbuilders import a_mark, transaction, zipped

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cast")]


@pytest.mark.parametrize("length", [201, 20_000, 100_000, 1_000_000])
def test_a_number_that_is_too_long_is_none_and_the_feed_goes_on(tmp_path, at, length):
    marks = transaction(a_mark("X" * length), a_mark("XA/2/19"))
    done = send(tmp_path / "a.xml", marks, at=at)
    assert (done.state, done.inserted) == (State.PUBLISHED, 1)
    [finding] = done.findings.filter(rule="NUM-001")
    assert finding.value.startswith("XXXX")
    assert a_reader().pull_all(limit=1).keys() == {("trademark", "XA/2/19")}


def png(width, height):
    head = b"IHDR" + struct.pack(">2L", width, height) + b"\x08\x02\0\0\0"
    return (
        b"\x89PNG\r\n\x1a\n\0\0\0\x0d" + head + struct.pack(">L", zlib.crc32(head))
        + b"\0\0\0\0IEND\xaeB`\x82"
    )  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        png(0xFFFFFFFF, 3),
        b'<svg width="99999999999" height="4"/>',
        b'<svg viewBox="0 0 1e300 4"/>',
        b"II*\0\x08\0\0\0\x01\0\x00\x01\x04\0\x01\0\0\0\xff\xff\xff\xff",
    ],
    ids=["png", "svg", "view-box", "tiff"],
)
def test_a_picture_that_claims_billions_of_pixels_is_taken(tmp_path, at, content):
    package = zipped(a__xml=transaction(a_mark("XA/1/19")), p__png=content)
    assert send(tmp_path / "a.zip", package, at=at).state == State.PUBLISHED


@pytest.mark.parametrize("suffix", ["xml", "png"])
def test_a_path_inside_a_package_may_be_longer_than_a_name(tmp_path, at, suffix):
    name = "/".join(["f" * 60] * 8) + "__" + suffix
    content = transaction(a_mark("XA/2/19")) if suffix == "xml" else png(3, 3)
    package = zipped(**{"a__xml": transaction(a_mark("XA/1/19")), name: content})
    assert send(tmp_path / "a.zip", package, at=at).state == State.PUBLISHED


@pytest.mark.parametrize(
    "content",
    [b"XA/1/19\n" + b"x" * 200_000 + b"\nXA/2/19\n", b'"XA/1/19\nXA/2/19\n'],
    ids=["a line without end", "a quote without end"],
)
def test_a_bad_line_of_a_list_leaves_the_others(tmp_path, at, content):
    marks = [a_mark(f"XA/{n}/19") for n in (1, 2, 3)]
    send(tmp_path / "a.xml", transaction(*marks), at=at)
    done = send(tmp_path / "withdrawn.csv", content, kind=Kind.UPDATES, at=at)
    assert (done.state, done.withdrawn) == (State.PUBLISHED, 2)


def test_a_package_of_very_many_tiny_files_is_several_jobs(tmp_path, at, monkeypatch):
    monkeypatch.setattr(cutting, "PENDING", 3)
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(**{f"m{n}__xml": "<a/>" for n in range(7)}))
    landed = landing.land(
        path, office="XA", right=Right.TRADEMARK, kind=Kind.UPDATES, name=path.name, door="sftp", sender="test",
        at=at,
    )  # fmt: skip
    opening.open_submission(landed.pk, at=at)
    jobs = ProcrastinateJob.objects.filter(task_name="ingest.check_shards").order_by("pk")
    assert [(job.args["first"], job.args["last"]) for job in jobs] == [(0, 2), (3, 5), (6, 6)]
