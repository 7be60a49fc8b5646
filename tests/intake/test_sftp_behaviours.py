"""Each decided behaviour of docs/sftp.md, over the wire with paramiko."""

from __future__ import annotations

import errno
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import paramiko
import pytest
from django.utils import timezone

from intake.packages import package
from intake.sftp_clients import (
    PASSWORD,
    UPDATES,
    connected,
    free_of_writers,
    running,
    wait_for,
)
from ipshare.accounts import keys
from ipshare.accounts import sftp as accounts
from ipshare.domain.submission import State
from ipshare.intake import uploads
from ipshare.store import objects
from ipshare.store.models.accounts import SftpAccount
from ipshare.store.models.submissions import Submission

PATIENCE = 5
"""Within a second on a machine that has nothing else to do; the tests of others run beside."""
FILE = f"{UPDATES}/a.zip"


def put(client: paramiko.SFTPClient, content: bytes, path: str = FILE) -> None:
    file = client.open(path, "wb")
    file.set_pipelined()
    file.write(content)
    close(file)


def close(file: paramiko.SFTPFile) -> None:
    """Close a file and hear the answer: paramiko's own close passes over it."""
    file.flush()
    file.sftp._request(paramiko.sftp.CMD_CLOSE, file.handle)
    file._closed = True


def get(client: paramiko.SFTPClient, path: str = FILE) -> bytes:
    with client.open(path, "rb") as file:
        return file.read()


def states() -> list[tuple[str, str]]:
    return [*Submission.objects.order_by("number").values_list("name", "state")]


# --- Temporary names and renaming


@pytest.mark.parametrize("suffix", [".part", ".filepart", ".tmp", ".a1b2.partial"])
def test_a_temporary_name_lands_when_it_is_renamed(xa, suffix):
    put(xa, package(), FILE + suffix)
    assert states() == []
    assert xa.listdir(UPDATES) == ["a.zip" + suffix]
    xa.rename(FILE + suffix, FILE)
    assert states() == [("a.zip", State.RECEIVED)]
    assert xa.listdir(UPDATES) == ["a.zip"]
    assert get(xa) == package()


def test_posix_rename_lands_too(xa):
    put(xa, package(), FILE + ".part")
    xa.posix_rename(FILE + ".part", FILE)
    assert states() == [("a.zip", State.RECEIVED)]


def test_a_rename_of_a_file_that_is_not_whole_is_refused_and_changes_nothing(xa):
    put(xa, package()[:-10], FILE + ".part")
    with pytest.raises(OSError, match=r"a\.zip is not whole: its directory at the end is missing"):
        xa.rename(FILE + ".part", FILE)
    assert xa.listdir(UPDATES) == ["a.zip.part"]
    assert states() == []


def test_the_folder_of_the_last_name_decides(xa):
    put(xa, package(), FILE + ".part")
    xa.rename(FILE + ".part", "/ipob_xa/Patents/Test/a.zip")
    landed = Submission.objects.get()
    assert (landed.right, landed.kind) == ("patent", "Test")


def test_a_temporary_file_moves_between_temporary_names(xa):
    put(xa, package(), FILE + ".part")
    xa.rename(FILE + ".part", "/ipob_xa/Designs/Updates/b.zip.tmp")
    assert xa.listdir(UPDATES) == []
    assert xa.listdir("/ipob_xa/Designs/Updates") == ["b.zip.tmp"]


def test_a_received_file_keeps_its_name(xa):
    put(xa, package())
    with pytest.raises(PermissionError, match="received"):
        xa.rename(FILE, f"{UPDATES}/b.zip")
    with pytest.raises(PermissionError):
        xa.posix_rename(FILE, "/ipob_xa/Trademarks/Test/a.zip")
    assert xa.listdir(UPDATES) == ["a.zip"]


def test_a_rename_onto_another_upload_is_refused(xa):
    put(xa, package(1), FILE + ".part")
    put(xa, package(2), FILE + ".tmp")
    with pytest.raises(OSError, match="is being sent already"):
        xa.posix_rename(FILE + ".part", FILE + ".tmp")


def test_a_file_is_not_renamed_while_it_is_written(server, xa):
    with connected(server) as second, xa.open(FILE + ".part", "wb") as file:
        file.write(package())
        with pytest.raises(OSError, match="being written by another connection"):
            second.rename(FILE + ".part", FILE)


# --- The end of an upload


def test_a_file_that_is_not_whole_does_not_land_and_can_be_resumed(xa):
    content = package(5, 100_000)
    with pytest.raises(
        OSError, match=r"a.zip is not whole: .* 40,000 bytes are kept\. If your own file"
    ):
        put(xa, content[:40_000])
    assert xa.stat(FILE).st_size == 40_000
    assert states() == []
    with xa.open(FILE, "ab") as file:
        file.write(content[40_000:])
    assert states() == [("a.zip", State.RECEIVED)]
    assert get(xa) == content


def test_an_empty_file_does_not_land(xa):
    with pytest.raises(OSError, match="it is empty"):
        put(xa, b"")
    assert states() == []


def test_a_gap_keeps_a_file_from_landing_and_is_cut_off(xa):
    content = package(5, 100_000)
    file = xa.open(FILE, "wb")
    file.write(content[:1000])
    file.seek(50_000)
    file.write(content[50_000:])
    with pytest.raises(OSError, match="the bytes from 1000 on were not all sent"):
        close(file)
    assert xa.stat(FILE).st_size == 1000


def test_a_lost_connection_never_lands_even_a_whole_file(server, xa):
    with connected(server) as lost:
        file = lost.open(FILE, "wb")
        file.write(package())
        lost.stat(FILE)
        lost.get_channel().get_transport().sock.close()
    assert wait_for(lambda: free_of_writers(server.uploads)) == len(package())
    assert states() == []
    close(xa.open(FILE, "r+b"))
    assert states() == [("a.zip", State.RECEIVED)]


def test_a_session_ended_without_a_close_never_lands(server, xa):
    with connected(server) as polite:
        file = polite.open(FILE, "wb")
        file.write(package())
        polite.get_channel().shutdown_write()
        while polite.get_channel().recv(1000):
            pass
    assert states() == []
    assert xa.stat(FILE).st_size == len(package())


def test_bytes_written_out_of_order_land_as_they_are(xa):
    content = package(6, 200_000)
    with xa.open(FILE, "wb") as file:
        for start in reversed(range(0, len(content), 30_000)):
            file.seek(start)
            file.write(content[start : start + 30_000])
    assert get(xa) == content
    assert objects.get(objects.received_key(Submission.objects.get().sha256)) == content


# --- Two writers, new versions, deleting


def test_two_writers_on_one_name(server, xa):
    with connected(server) as second:
        first = xa.open(FILE, "wb")
        first.write(package())
        for mode in ("wb", "ab", "r+b"):
            with pytest.raises(OSError, match=r"a\.zip is being written by another connection"):
                second.open(FILE, mode)
        with pytest.raises(OSError, match="being written"):
            second.remove(FILE)
        assert get(second) == package()
        first.close()
        assert states() == [("a.zip", State.RECEIVED)]


def test_a_new_version_lands_beside_the_old_one(xa):
    put(xa, package(1))
    file = xa.open(FILE, "wb")
    file.write(package(2)[:500])
    assert xa.stat(FILE).st_size == 500
    file.write(package(2)[500:])
    file.close()
    assert states() == [("a.zip", State.RECEIVED), ("a.zip", State.RECEIVED)]
    assert xa.listdir(UPDATES) == ["a.zip"]
    assert get(xa) == package(2)
    first = Submission.objects.order_by("number")[0]
    assert objects.get(objects.received_key(first.sha256)) == package(1)


def test_an_interrupted_new_version_does_not_touch_the_old_one(xa):
    put(xa, package(1))
    with pytest.raises(OSError, match="is not whole"):
        put(xa, package(2)[:500])
    assert xa.stat(FILE).st_size == 500
    xa.remove(FILE)
    assert get(xa) == package(1)


def test_the_same_bytes_again_are_repeated(xa):
    put(xa, package(1))
    put(xa, package(1))
    assert states() == [("a.zip", State.RECEIVED), ("a.zip", State.REPEATED)]
    assert get(xa) == package(1)


@pytest.mark.parametrize("mode", ["ab", "r+b"])
def test_a_received_file_is_not_added_to(xa, mode):
    put(xa, package(1))
    with pytest.raises(PermissionError, match=r"a\.zip was received whole; send a new version"):
        xa.open(FILE, mode)
    assert get(xa) == package(1)


def test_exclusive_creation(xa):
    put(xa, package(1))
    with pytest.raises(OSError, match="there already"):
        xa.open(FILE, "xb")
    put(xa, package(2), FILE + ".part")
    with pytest.raises(OSError, match="there already"):
        xa.open(FILE + ".part", "xb")


def test_deleting(xa):
    put(xa, package(1))
    put(xa, package(2), FILE + ".part")
    with pytest.raises(
        PermissionError, match=r"a\.zip cannot be deleted: files that were received are kept"
    ):
        xa.remove(FILE)
    xa.remove(FILE + ".part")
    assert xa.listdir(UPDATES) == ["a.zip"]
    with pytest.raises(FileNotFoundError):
        xa.remove(FILE + ".part")


# --- Folders, links, attributes, names


@pytest.mark.parametrize(
    "path",
    ["/new", "/ipob_xa/new", f"{UPDATES}/new", "/ipob_xb", "/ipob_zz", "/ipob_xb/Trademarks/new"],
)
def test_no_folder_is_made(xa, path):
    with pytest.raises(PermissionError, match="the folders are fixed"):
        xa.mkdir(path)


def test_folders_stay(xa):
    with pytest.raises(OSError, match="there already"):
        xa.mkdir(UPDATES)
    with pytest.raises(PermissionError, match="fixed"):
        xa.rmdir(UPDATES)
    for path in ("/ipob_xa/Feedback", "/ipob_xa", "/", UPDATES):
        with pytest.raises(PermissionError, match="fixed"):
            xa.open(path, "wb")


def test_links_are_refused(xa):
    put(xa, package())
    with pytest.raises(OSError, match="no links"):
        xa.symlink("/etc/passwd", f"{UPDATES}/passwd")
    with pytest.raises(OSError, match="no links"):
        xa.readlink(FILE)


def test_modes_and_dates_are_taken_as_clients_send_them(xa):
    put(xa, package())
    xa.chmod(FILE, 0o777)
    xa.chown(FILE, 1, 1)
    xa.utime(FILE, (1_500_000_000, 1_500_000_000))
    found = xa.stat(FILE)
    assert (found.st_mode & 0o777, found.st_uid, found.st_mtime) == (0o444, 0, 1_500_000_000)
    put(xa, package(2), FILE + ".part")
    xa.chmod(FILE + ".part", 0o777)
    xa.utime(FILE + ".part", (1_400_000_000, 1_400_000_000))
    assert xa.stat(FILE + ".part").st_mtime == 1_400_000_000
    xa.chmod(UPDATES, 0o700)
    with pytest.raises(PermissionError, match="kept as they are"):
        xa.truncate(FILE, 3)
    xa.truncate(FILE + ".part", 3)
    assert xa.stat(FILE + ".part").st_size == 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [(b".a.zip", "dot"), (b"a\\b.zip", "backslash"), (b"a\x01.zip", r"U\+0001"), (b"\xff.zip", "UTF-8"),
     (b"x" * 256, "256 bytes"), ("\u202ezip".encode(), r"U\+202E"), (b"a.zip ", "space"), (b"a\x00.zip", r"U\+0000"),
     (b"client.html", r"no format that the hub reads; send \.zip, .* or a list of withdrawn numbers .* \(PKG-002\)"),
     (b"KH.tar.gz", "no format")],
)  # fmt: skip
def test_odd_names_are_refused_with_a_reason(xa, server, name, reason):
    with pytest.raises(OSError, match=reason):
        xa.open(UPDATES.encode() + b"/" + name, "wb")
    put(xa, package(), FILE + ".part")
    with pytest.raises(OSError, match=reason):
        xa.rename(FILE + ".part", UPDATES.encode() + b"/" + name)
    assert [one.place.name for one in uploads.waiting(server.uploads, "XA")] == ["a.zip.part"]


def test_local_names_come_back_as_sent(xa):
    for name in ("ទិន្នន័យ.zip", "dữ liệu (2).zip", "a..b~$&;'\".zip"):
        put(xa, package(len(name)), f"{UPDATES}/{name}")
        assert name in xa.listdir(UPDATES)
        assert get(xa, f"{UPDATES}/{name}") == package(len(name))


# --- What is seen


PROBES = ["/ipob_xa", "/ipob_xa/Trademarks/Updates", "/ipob_xa/Trademarks/Updates/a.zip",
          "/ipob_xa/Feedback", "/ipob_xa/Feedback/XA-000001", "/ipob_xa/Feedback/XA-000001/report.txt",
          "/ipob_xb/../ipob_xa/Trademarks/Updates/a.zip", "ipob_xa/Trademarks/Updates/a.zip"]  # fmt: skip


def answer(call, *arguments):
    """What a client gets to see of a call."""
    try:
        return call(*arguments)
    except OSError as trouble:
        return type(trouble), trouble.errno, str(trouble)


def test_xb_cannot_tell_xa_from_an_office_that_does_not_exist(xa, xb):
    put(xa, package())
    objects.put("report/1", b"text")
    report = {"report.txt": {"object": "report/1", "size": 4}}
    Submission.objects.update(report=report)
    put(xb, package(2), "/ipob_xb/Designs/Test/b.zip.part")
    assert xb.listdir("/") == ["ipob_xb"]
    for probe in PROBES:
        nobody = probe.replace("xa", "zz")
        for call in (xb.stat, xb.lstat, xb.listdir, xb.rmdir, xb.remove, xb.mkdir, xb.readlink):
            seen = answer(call, probe)
            assert seen == answer(call, nobody), (call, probe)
            assert isinstance(seen, tuple), (call, probe)
        for mode in ("rb", "wb", "ab", "r+b", "xb"):
            seen = answer(xb.open, probe, mode)
            assert seen == answer(xb.open, nobody, mode)
            assert seen[1] == errno.ENOENT
        for call in (xb.rename, xb.posix_rename):
            assert answer(call, probe, "/ipob_xb/Designs/Test/c.zip")[1] == errno.ENOENT
            assert answer(call, "/ipob_xb/Designs/Test/b.zip.part", probe)[1] == errno.ENOENT
        assert answer(xb.chmod, probe, 0o777)[1] == errno.ENOENT
    assert get(xa) == package()
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../../../etc/passwd", "/ipob_xb/Trademarks/../../../etc/passwd",
             "/ipob_xb/Trademarks/Updates/../../../../../../../../etc/passwd", "~", "/proc/self/environ",
             "/ipob_xb/Trademarks/Updates/.landing", "/ipob_xb/Trademarks/Updates/.landing/x"]
)  # fmt: skip
def test_nothing_outside_the_tree_is_reached(xb, path):
    for call in (xb.stat, xb.listdir):
        with pytest.raises(OSError, match=r"no such|starts with a dot"):
            call(path)
    with pytest.raises(OSError, match=r"no such|starts with a dot"):
        xb.open(path, "rb")


def test_operators_read_everything_and_write_nothing(xa, operator):
    put(xa, package())
    put(xa, package(2), FILE + ".part")
    assert operator.listdir("/") == ["ipob_xa", "ipob_xb", "ipob_xc"]
    assert operator.listdir(UPDATES) == ["a.zip", "a.zip.part"]
    assert get(operator) == package()
    assert get(operator, FILE + ".part") == package(2)
    for call in (
        lambda: put(operator, package(3), f"{UPDATES}/b.zip"),
        lambda: operator.remove(FILE + ".part"),
        lambda: operator.rename(FILE + ".part", FILE),
        lambda: operator.chmod(FILE, 0o777),
        lambda: operator.truncate(FILE + ".part", 0),
    ):
        with pytest.raises(PermissionError, match="operators read everything and write nothing"):
            call()
    assert operator.stat("/ipob_xc").st_mode is not None
    with pytest.raises(FileNotFoundError):
        operator.stat("/ipob_zz")


def test_feedback_holds_the_reports(xa):
    put(xa, package())
    assert xa.listdir("/ipob_xa/Feedback") == []
    text = b"x" * 10_000_000
    objects.put("report/big", text)
    Submission.objects.update(report={"report.txt": {"object": "report/big", "size": len(text)}})
    assert xa.listdir("/ipob_xa/Feedback") == ["XA-000001"]
    assert xa.listdir("/ipob_xa/Feedback/XA-000001") == ["report.txt"]
    path = "/ipob_xa/Feedback/XA-000001/report.txt"
    assert xa.stat(path).st_size == len(text)
    with xa.open(path, "rb") as file:
        file.prefetch()
        assert file.read() == text
        file.seek(5_000_000)
        assert file.read(3) == b"xxx"
    for call in (xa.remove, xa.rmdir, lambda p: xa.open(p, "wb"), lambda p: xa.truncate(p, 0)):
        with pytest.raises(PermissionError):
            call(path)
    for path in (
        "/ipob_xa/Feedback/XA-1",
        "/ipob_xa/Feedback/XB-000001",
        "/ipob_xa/Feedback/XA-000002",
    ):
        with pytest.raises(FileNotFoundError):
            xa.listdir(path)


# --- Limits


def test_a_quota_is_kept(xa):
    SftpAccount.objects.filter(username="ipob_xa").update(quota_bytes=150_000)
    put(xa, package(1, 60_000))
    put(xa, package(2, 60_000), FILE + ".part")
    with pytest.raises(OSError, match="quota of 150000 bytes is used up"):
        put(xa, package(3, 60_000), f"{UPDATES}/b.zip")
    assert states() == [("a.zip", State.RECEIVED)]
    xa.remove(FILE + ".part")
    put(xa, package(3, 60_000), f"{UPDATES}/c.zip")
    assert len(states()) == 2


def test_what_is_sent_anew_from_its_start_counts_once_for_the_quota(xa):
    SftpAccount.objects.filter(username="ipob_xa").update(quota_bytes=100_000)
    with pytest.raises(OSError, match="is not whole"):
        put(xa, package(1, 60_000)[:50_000])
    put(xa, package(1, 60_000))
    assert states() == [("a.zip", State.RECEIVED)]


def test_a_session_has_64_handles(xa):
    files = [xa.open(f"{UPDATES}/{number}.part", "wb") for number in range(64)]
    with pytest.raises(OSError, match="64 files are open"):
        xa.open(f"{UPDATES}/64.part", "wb")
    files[0].close()
    xa.open(f"{UPDATES}/64.part", "wb").close()


def test_200_parallel_files(server):
    def send(worker: int) -> None:
        with connected(server) as client:
            for number in range(worker, 200, 10):
                put(client, package(number, 20_000), f"/ipob_xa/Patents/Updates/{number}.zip")

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(send, range(10)))
    assert sorted(Submission.objects.values_list("number", flat=True)) == list(range(1, 201))
    with connected(server) as client:
        assert len(client.listdir("/ipob_xa/Patents/Updates")) == 200
        assert get(client, "/ipob_xa/Patents/Updates/137.zip") == package(137, 20_000)


def test_wrong_passwords_are_throttled(people, tmp_path):
    with running(tmp_path, tries_per_account=3, tries_per_address=6, pause_seconds=600) as server:
        for _ in range(3):
            with (
                pytest.raises(paramiko.AuthenticationException),
                connected(server, password="wrong"),
            ):
                pass
        with pytest.raises(paramiko.AuthenticationException), connected(server, password=PASSWORD):
            pass  # the right password, too late
        with connected(server, "ipob_xb", PASSWORD) as client:
            assert client.listdir("/") == ["ipob_xb"]
        for number in range(6):
            name = f"nobody{number}"
            with pytest.raises(paramiko.SSHException), connected(server, name, "wrong"):
                pass
        with pytest.raises(paramiko.SSHException), connected(server, "ipob_xb"):
            pass  # the right key, from an address that is not heard for a while


def test_a_key_goes_on_working_when_passwords_are_throttled(people, tmp_path):
    with running(tmp_path, tries_per_account=1) as server:
        with pytest.raises(paramiko.AuthenticationException), connected(server, password="wrong"):
            pass
        with pytest.raises(paramiko.AuthenticationException), connected(server, password=PASSWORD):
            pass
        with connected(server) as client:
            assert client.listdir("/") == ["ipob_xa"]


def test_connections_are_limited(people, tmp_path):
    with running(tmp_path, connections_per_account=2, connections=4) as server:
        with connected(server), connected(server):
            with pytest.raises((paramiko.SSHException, EOFError)), connected(server) as third:
                third.listdir("/")
            with (
                connected(server, "ipob_xb"),
                connected(server, "ipob_xb"),
                pytest.raises((paramiko.SSHException, EOFError)),
                connected(server, "operator"),
            ):
                pass
        wait_for(lambda: let_in(server, "operator"))  # once the hub has seen them go


def test_one_address_that_does_not_sign_in_keeps_no_other_out(people, tmp_path):
    with running(tmp_path, unknown=6, unknown_per_address=4) as server, ExitStack() as idle:
        for _ in range(8):
            line = socket.create_connection(("127.0.0.1", server.port), 20, ("127.0.0.2", 0))
            idle.enter_context(line)
            assert line.recv(100)  # a greeting, or why not
        assert let_in(server, "ipob_xa")


def let_in(server, username: str) -> bool:
    try:
        with connected(server, username) as client:
            return bool(client.listdir("/"))
    except (paramiko.SSHException, EOFError):
        return False


def test_an_idle_connection_and_a_closed_account_are_shown_out(people, tmp_path):
    with running(tmp_path, idle_seconds=1, look_seconds=0.2) as server, connected(server) as client:
        client.get_channel().settimeout(20)
        assert client.get_channel().recv(1) == b""
    with running(tmp_path, look_seconds=0.2) as server, connected(server) as client:
        SftpAccount.objects.filter(username="ipob_xa").update(active=False)
        client.get_channel().settimeout(20)
        assert client.get_channel().recv(1) == b""
        with pytest.raises(paramiko.AuthenticationException), connected(server):
            pass


@pytest.mark.parametrize("way", ["account", "key", "password", "another password"])
def test_what_is_ended_shows_its_session_out_within_a_second(server, people, way):
    password = None if way in {"account", "key"} else PASSWORD
    with connected(server, password=password) as client, connected(server, "ipob_xb") as other:
        account, at = people["ipob_xa"], timezone.now()
        began = time.monotonic()
        if way == "account":
            accounts.close_account(account, at)
        elif way == "key":
            keys.revoke(account.keys.get(), at)
        else:
            accounts.set_password(
                account, None if way == "password" else "another one, as long", at
            )
        client.get_channel().settimeout(20)
        assert client.get_channel().recv(1) == b""
        assert time.monotonic() - began < PATIENCE
        assert other.listdir("/") == ["ipob_xb"]


def test_a_new_password_leaves_the_sessions_of_keys_alone(server, people):
    with connected(server) as client, connected(server, password=PASSWORD) as by_password:
        accounts.set_password(people["ipob_xa"], None, timezone.now())
        by_password.get_channel().settimeout(20)
        assert by_password.get_channel().recv(1) == b""
        assert client.listdir("/") == ["ipob_xa"]


# --- Starting and stopping


def test_the_host_key_is_made_once_and_kept(people, tmp_path):
    seen = []
    for _ in range(2):
        with running(tmp_path) as server:
            transport = paramiko.Transport(("127.0.0.1", server.port))
            transport.start_client(timeout=30)
            seen.append(transport.get_remote_server_key().get_fingerprint())
            transport.close()
            assert server.stop() == 0
    assert seen[0] == seen[1]
    assert (tmp_path / "sftp_host_ed25519").stat().st_mode & 0o777 == 0o600


def test_sigterm_with_an_upload_in_flight_keeps_it_to_resume(people, tmp_path):
    content = package(7, 500_000)
    with running(tmp_path) as server, connected(server) as client:
        file = client.open(FILE, "wb")
        file.write(content[:200_000])
        assert server.stop() == 0
    with running(tmp_path) as server, connected(server) as client:
        assert client.stat(FILE).st_size == 200_000
        with client.open(FILE, "ab") as file:
            file.write(content[200_000:])
        assert get(client) == content


def test_a_server_killed_on_the_way_keeps_the_upload_to_resume(people, tmp_path):
    content = package(8, 500_000)
    with running(tmp_path) as server, connected(server) as client:
        file = client.open(FILE, "wb")
        file.write(content[:200_000])
        server.stop(9)
    with running(tmp_path) as server, connected(server) as client:
        assert client.stat(FILE).st_size == 200_000
        with client.open(FILE, "ab") as file:
            file.write(content[200_000:])
        assert get(client) == content
    assert states() == [("a.zip", State.RECEIVED)]
