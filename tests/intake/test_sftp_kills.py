"""The law of receipt: whatever instant the server is killed at, what was answered OK landed, and landed once."""

from __future__ import annotations

import hashlib
import random
import threading
from itertools import count

import paramiko
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from intake.packages import package
from intake.sftp_clients import connected, running
from ipshare.domain.submission import State
from ipshare.intake import uploads
from ipshare.store import objects
from ipshare.store.models.submissions import Submission

FOLDER = "/ipob_xa/Patents/Full_Extraction"


def send_until_it_breaks(server, numbers, acknowledged: list[int]) -> None:
    """Send packages one after the other, under their last names or by renaming; note those that were answered OK."""
    try:
        with connected(server) as client:
            for number in numbers:
                name = f"{FOLDER}/{number}.zip"
                file = client.open(name if number % 2 else name + ".part", "wb")
                file.write(package(number, 30_000))
                file.flush()
                file.sftp._request(paramiko.sftp.CMD_CLOSE, file.handle)
                file._closed = True
                if number % 2 == 0:
                    client.posix_rename(name + ".part", name)
                acknowledged.append(number)
    except (OSError, EOFError, paramiko.SSHException):
        return


@pytest.mark.parametrize("seed", range(6))
def test_what_was_answered_ok_landed_once(people, tmp_path, seed):
    chance = random.Random(seed)  # noqa: S311
    numbers = count(seed * 1000)
    acknowledged: list[int] = []
    jobs = ProcrastinateJob.objects.filter(task_name="ingest.open_submission")
    before = jobs.count()
    for _ in range(2):
        with running(tmp_path) as server:
            client = threading.Thread(
                target=send_until_it_breaks, args=[server, numbers, acknowledged]
            )
            client.start()
            client.join(0.3 + chance.random() * 0.7)
            server.stop(9)
            client.join(60)
    with running(tmp_path) as server:
        left = uploads.waiting(server.uploads, "XA")
    digests = [hashlib.sha256(package(number, 30_000)).hexdigest() for number in acknowledged]
    landed = [*Submission.objects.values_list("sha256", flat=True)]
    assert acknowledged, "the trial was over before the first file had come"
    assert set(digests) <= set(landed)
    assert len(landed) == len(set(landed)), "a file landed twice"
    assert {*Submission.objects.values_list("state", flat=True)} == {State.RECEIVED}
    assert jobs.count() - before == len(landed)
    for submission in Submission.objects.all():
        assert objects.get(objects.received_key(submission.sha256)) == package(
            int(submission.name.removesuffix(".zip")), 30_000
        )
    assert not [
        one for one in left if str(one.place.name).removesuffix(".zip") in map(str, acknowledged)
    ]
