"""Files being written: their lock, their gaps, and what a kill leaves behind."""

from __future__ import annotations

import hashlib
import os
import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.packages import package
from ipshare.domain.office import Kind, Right
from ipshare.intake import arrivals, landing, uploads
from ipshare.intake.tree import FilePlace
from ipshare.store import objects
from ipshare.store.models.submissions import Submission

PLACE = FilePlace("XA", Right.TRADEMARK, Kind.UPDATES, "a.zip")


def begun(root, *, place=PLACE, truncate=False, **more):
    return uploads.begin(root, place, create=True, truncate=truncate, **more)


@settings(max_examples=25, deadline=None)
@given(st.integers(min_value=0))
def test_the_digest_that_runs_along_is_that_of_the_file(tmp_path_factory, seed):
    chance = random.Random(seed)  # noqa: S311
    upload = begun(tmp_path_factory.getbasetemp() / "digests", truncate=True)
    try:
        for _ in range(chance.randrange(1, 8)):
            start = chance.choice([upload.size, upload.size, chance.randrange(upload.size + 1)])
            upload.write(start, chance.randbytes(chance.choice([10, 9_000_000])))
            if chance.random() < 0.1:
                upload.resize(chance.randrange(upload.size + 1))
        expected = hashlib.sha256(upload.read(0, upload.size)).hexdigest()
        assert upload.digest.hexdigest(upload.size) == expected
    finally:
        upload.release()


@given(st.randoms(use_true_random=False), st.integers(min_value=1, max_value=40))
def test_blocks_in_any_order_leave_no_gap(tmp_path_factory, chance: random.Random, blocks):
    root = tmp_path_factory.getbasetemp() / "any-order"
    upload = begun(root, truncate=True)
    order = [*range(blocks)]
    chance.shuffle(order)
    left_out = order.pop() if chance.random() < 0.5 else None
    for block in order:
        upload.write(block * 7, bytes([block + 1]) * 7)
    if left_out is None:
        assert upload.contiguous == upload.size == blocks * 7
    else:
        assert upload.contiguous == left_out * 7
    upload.release()
    expected = (blocks if left_out is None else left_out) * 7
    assert uploads.find(root, PLACE).size == expected


def test_a_second_writer_is_refused_until_the_first_has_ended(tmp_path):
    first = begun(tmp_path)
    with pytest.raises(uploads.UploadError, match=r"a\.zip is being written by another connection"):
        begun(tmp_path)
    with pytest.raises(uploads.UploadError, match="being written"):
        uploads.remove(tmp_path, PLACE)
    first.release()
    begun(tmp_path).release()


def test_resuming_goes_on_where_the_file_ends(tmp_path):
    upload = begun(tmp_path)
    upload.write(0, b"12345")
    upload.release()
    again = begun(tmp_path)
    assert (again.size, again.contiguous) == (5, 5)
    again.write(5, b"678")
    assert again.contiguous == 8
    assert again.digest.hexdigest(8) == hashlib.sha256(b"12345678").hexdigest()
    again.release()


@pytest.mark.parametrize("came", [4096, 8192, 9000])
def test_the_hole_of_a_killed_upload_must_be_sent_again(tmp_path, came):
    """It begins at a whole block of the disk; what stands in the block before it may not all have come."""
    path = uploads.path_of(tmp_path, PLACE)
    path.parent.mkdir(parents=True)
    fd = os.open(path, os.O_CREAT | os.O_RDWR)
    os.pwrite(fd, b"1" * came, 0)
    os.pwrite(fd, b"3" * 4096, 1024 * 1024)
    if os.lseek(fd, 0, os.SEEK_HOLE) > 1024 * 1024:
        pytest.skip("this file system has no holes")
    os.close(fd)
    upload = begun(tmp_path)
    upload.release()
    kept = path.read_bytes()
    assert kept == b"1" * len(kept)
    assert came - 4096 <= len(kept) <= came


def test_resizing_forgets_what_was_cut_off(tmp_path):
    upload = begun(tmp_path)
    upload.write(0, b"123456")
    upload.resize(2)
    assert (upload.size, upload.contiguous) == (2, 2)
    upload.resize(10)
    assert (upload.size, upload.contiguous) == (10, 2)
    upload.write(2, b"34567890")
    assert upload.contiguous == 10
    upload.release()


def test_the_kept_object_is_never_written_to_after_a_kill(cast, tmp_path, at):
    """A kill between the link into the object store and the commit leaves one file under two names."""
    upload = begun(tmp_path)
    upload.write(0, package(1))
    upload.release()
    digest = landing.sha256_of(upload.path)
    objects.keep_file(upload.path, objects.received_key(digest))
    for truncate in (False, True):
        again = begun(tmp_path, truncate=truncate)
        again.write(0, b"other")
        again.release()
        assert objects.get(objects.received_key(digest)) == package(1)
    assert uploads.find(tmp_path, PLACE).size == 5


@pytest.mark.parametrize("killed", ["before landing", "after the commit"])
def test_a_landing_that_was_killed_ends_at_the_next_start(cast, tmp_path, at, killed):
    upload = begun(tmp_path)
    upload.write(0, package(2))
    upload.release()
    micros = (at - arrivals.EPOCH) // timedelta(microseconds=1)
    stage = uploads.folder_of(tmp_path, PLACE.folder) / uploads.LANDING / f"{micros}.ipob_xa"
    stage.mkdir(parents=True)
    upload.path.rename(stage / "a.zip")
    facts = {"office": "XA", "right": Right.TRADEMARK, "kind": Kind.UPDATES, "name": "a.zip",
             "door": "sftp", "sender": "ipob_xa", "at": at}  # fmt: skip
    if killed == "after the commit":
        landing.land(stage / "a.zip", **facts)
    assert [one.place for one in uploads.waiting(tmp_path, "XA")] == [PLACE]
    arrivals.recover(tmp_path)
    submission = Submission.objects.get()
    assert (submission.state, submission.sender, submission.received_at) == (
        "received",
        "ipob_xa",
        at,
    )
    assert uploads.waiting(tmp_path, "XA") == []
    assert not stage.exists()
    assert arrivals.recover(tmp_path) == []


def test_what_was_closed_before_a_kill_lands_in_the_order_in_which_it_was_closed(
    cast, tmp_path, at
):
    """A package of updates that came before a full extraction is not applied after it."""
    kinds = [Kind.UPDATES, Kind.FULL_EXTRACTION, Kind.UPDATES]
    for number, kind in enumerate(kinds):
        place = FilePlace("XA", Right.TRADEMARK, kind, f"{number}.zip")
        upload = begun(tmp_path, place=place)
        upload.write(0, package(number))
        upload.release()
        micros = (at - arrivals.EPOCH) // timedelta(microseconds=1) + number
        stage = uploads.folder_of(tmp_path, place.folder) / uploads.LANDING / f"{micros}.ipob_xa"
        stage.mkdir(parents=True)
        upload.path.rename(stage / place.name)
    landed = arrivals.recover(tmp_path)
    assert [(one.number, one.name) for one in landed] == [(1, "0.zip"), (2, "1.zip"), (3, "2.zip")]


def test_a_file_stays_when_the_hub_cannot_take_it_in(cast, tmp_path, at, caplog):
    upload = begun(tmp_path, place=FilePlace("ZZ", Right.TRADEMARK, Kind.UPDATES, "a.zip"))
    upload.write(0, package(3))
    with pytest.raises(uploads.UploadError, match=r"could not take a\.zip in; it is kept"):
        arrivals.finish(upload, root=tmp_path, sender="ipob_zz", at=at)
    assert upload.path.read_bytes() == package(3)
    assert [one.place.name for one in uploads.waiting(tmp_path, "ZZ")] == ["a.zip"]
