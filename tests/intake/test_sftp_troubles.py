"""The database fails while a file lands, and others send the same name meanwhile: nobody's bytes become another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from intake.packages import package
from intake.sftp_clients import UPDATES, connected, wait_for
from intake.test_sftp_behaviours import close, get, states
from ipshare.domain.submission import State
from ipshare.store import objects
from ipshare.store.models.accounts import Office
from ipshare.store.models.submissions import Submission

FILE = f"{UPDATES}/a.zip"


def waiting_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def end(pids):
    with connection.cursor() as cursor:
        for pid in pids:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])


def begin(client, content, path=FILE):
    file = client.open(path, "wb")
    file.write(content)
    file.flush()
    return file


def test_a_sign_in_while_the_database_fails_says_so(openssh):
    def rename(table, name):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")

    openssh.command.remove("-q")  # which passes over what a server says at the end
    assert openssh("ls").returncode == 0
    rename("store_sftpkey", "elsewhere")
    try:
        refused = openssh("ls", check=False)
    finally:
        rename("elsewhere", "store_sftpkey")
    assert refused.returncode
    assert "the hub cannot look up who you are at present; try again in a minute" in refused.stderr
    assert openssh("ls").returncode == 0


@pytest.mark.parametrize("name", [FILE, f"{FILE}.part"], ids=["a close", "a rename"])
def test_a_landing_that_fails_leaves_alone_what_was_begun_under_its_name(server, xa, name):
    def deliver():
        file = begin(xa, package(1), name)
        if name == FILE:
            close(file)
        else:
            file.close()
            xa.rename(name, FILE)

    with connected(server) as second, ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            Office.objects.select_for_update().get(pk="XA")
            first = thread.submit(deliver)
            pids = wait_for(waiting_for_a_lock)
            newer = begin(second, package(2)[:500], name)
            end(pids)
            with pytest.raises(OSError, match=r"could not take a\.zip in"):
                first.result(60)
        newer.write(package(2)[500:])
        if name == FILE:
            close(newer)
        else:
            newer.close()
            second.rename(name, FILE)
        assert get(second) == package(2)
    for one in Submission.objects.all():
        assert objects.get(objects.received_key(one.sha256)) == package(2)
    assert states() == [("a.zip", State.RECEIVED)]
