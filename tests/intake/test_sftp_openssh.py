"""The door as OpenSSH's own clients see it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess

import pytest

from intake.packages import package
from intake.sftp_clients import UPDATES, OpenSsh, free_of_writers, wait_for
from ipshare.domain.submission import State
from ipshare.intake import uploads
from ipshare.store import objects
from ipshare.store.models.submissions import Submission

NAME = "XA_TM_Updates_20261123.zip"


def test_a_put_lands_and_stays_listed_with_its_bytes(openssh, tmp_path):
    (tmp_path / NAME).write_bytes(package())
    openssh(f"put {NAME} {UPDATES}/")
    submission = Submission.objects.get()
    assert (submission.office_id, submission.right, submission.kind) == (
        "XA",
        "trademark",
        "Updates",
    )
    assert (submission.state, submission.door, submission.sender) == (
        State.RECEIVED,
        "sftp",
        "ipob_xa",
    )
    assert objects.get(objects.received_key(submission.sha256)) == package()
    listed = openssh(f"ls -l {UPDATES}").stdout
    assert "-r--r--r--" in listed
    assert NAME in listed
    openssh(f"get {UPDATES}/{NAME} back.zip")
    assert (tmp_path / "back.zip").read_bytes() == package()


def test_the_tree_is_the_office_s_own(openssh):
    assert openssh("ls -1 /").stdout.split() == ["sftp>", "ls", "-1", "/", "/ipob_xa"]
    shown = openssh("cd ipob_xa", "pwd", "ls -1").stdout
    assert "Remote working directory: /ipob_xa" in shown
    assert shown.splitlines()[-4:] == ["Designs", "Feedback", "Patents", "Trademarks"]
    for right in ("Designs", "Patents", "Trademarks"):
        shown = openssh(f"cd ipob_xa/{right}", "ls -1").stdout
        assert shown.splitlines()[-3:] == ["Full_Extraction", "Test", "Updates"]


def test_put_with_p_keeps_the_date(openssh, tmp_path):
    (tmp_path / "a.zip").write_bytes(package())
    os.utime(tmp_path / "a.zip", (1_600_000_000, 1_600_000_000))
    openssh(f"put -p a.zip {UPDATES}/a.zip", f"get -p {UPDATES}/a.zip b.zip")
    assert (tmp_path / "b.zip").stat().st_mtime == 1_600_000_000


def test_a_folder_goes_up_and_comes_back_whole(openssh, tmp_path):
    out = tmp_path / "Updates"
    out.mkdir()
    for number in range(5):
        (out / f"{number}.zip").write_bytes(package(number))
    openssh("put -r Updates /ipob_xa/Trademarks/")
    assert Submission.objects.filter(state=State.RECEIVED).count() == 5
    openssh(f"get -r {UPDATES} back")
    for number in range(5):
        assert (tmp_path / "back" / f"{number}.zip").read_bytes() == package(number)


def test_a_cut_file_stays_and_put_a_ends_it(openssh, server, tmp_path):
    (tmp_path / "a.zip").write_bytes(package(1, 500_000)[:300_000])
    refused = openssh(f"put a.zip {UPDATES}/a.zip", check=False)
    assert refused.returncode != 0
    assert not Submission.objects.exists()
    listed = openssh(f"ls -l {UPDATES}").stdout
    assert "-rw-------" in listed
    assert " 300000 " in listed
    (tmp_path / "a.zip").write_bytes(package(1, 500_000))
    openssh(f"put -a a.zip {UPDATES}/a.zip")
    assert Submission.objects.get().size == len(package(1, 500_000))
    assert uploads.waiting(server.uploads, "XA") == []


def test_reput_ends_a_cut_file(openssh, tmp_path):
    content = package(2, 300_000)
    (tmp_path / "a.zip").write_bytes(content[:100])
    openssh(f"put a.zip {UPDATES}/a.zip", check=False)
    (tmp_path / "a.zip").write_bytes(content)
    openssh(f"reput a.zip {UPDATES}/a.zip", f"get {UPDATES}/a.zip b.zip")
    assert (tmp_path / "b.zip").read_bytes() == content


def test_a_client_killed_on_the_way_leaves_an_incomplete_file_to_resume(openssh, server, tmp_path):
    content = package(3, 30_000_000)
    (tmp_path / "a.zip").write_bytes(content)
    killed = subprocess.Popen(
        [*openssh.command, "-l", "40000", "-b", "-", openssh.target],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        cwd=tmp_path, start_new_session=True,
    )  # fmt: skip
    killed.stdin.write(f"put a.zip {UPDATES}/a.zip\n".encode())
    killed.stdin.close()
    wait_for(lambda: sum(one.size for one in uploads.waiting(server.uploads, "XA")) > 1_000_000)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert not Submission.objects.exists()
    kept = wait_for(lambda: free_of_writers(server.uploads))
    assert 1_000_000 < kept < len(content)
    openssh(f"put -a a.zip {UPDATES}/a.zip", f"get {UPDATES}/a.zip b.zip")
    assert (tmp_path / "b.zip").read_bytes() == content
    assert Submission.objects.get().state == State.RECEIVED


def test_an_interrupted_client_that_closes_nicely_does_not_land(openssh, server, tmp_path):
    """OpenSSH's sftp cuts the file and closes it when it gets Ctrl-C: only the structure tells."""
    (tmp_path / "a.zip").write_bytes(package(3, 30_000_000))
    client = subprocess.Popen(
        [*openssh.command, "-l", "40000", "-b", "-", openssh.target],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path,
    )  # fmt: skip
    client.stdin.write(f"put a.zip {UPDATES}/a.zip\n".encode())
    client.stdin.close()
    wait_for(lambda: sum(one.size for one in uploads.waiting(server.uploads, "XA")) > 1_000_000)
    client.send_signal(signal.SIGINT)
    client.wait()
    assert wait_for(lambda: free_of_writers(server.uploads)) > 0
    assert not Submission.objects.exists()


def test_the_same_file_again_is_repeated(openssh, tmp_path):
    (tmp_path / "a.zip").write_bytes(package())
    openssh(f"put a.zip {UPDATES}/a.zip", f"put a.zip {UPDATES}/a.zip")
    states = [*Submission.objects.order_by("number").values_list("state", flat=True)]
    assert states == [State.RECEIVED, State.REPEATED]


def test_only_sftp_is_spoken(openssh, server, key_files):
    ssh = [
        "ssh",
        *openssh.command[2:2],
        "-p",
        str(server.port),
        *openssh.command[4:],
        openssh.target,
    ]
    shell = subprocess.run(
        ssh, input="id\n", capture_output=True, text=True, timeout=60, check=False
    )
    command = subprocess.run([*ssh, "id"], capture_output=True, text=True, timeout=60, check=False)
    other = subprocess.run(
        [*ssh[:-1], "-s", ssh[-1], "shell"], capture_output=True, text=True, timeout=60, check=False
    )
    forward = subprocess.run(
        [*ssh[:-1], "-W", "127.0.0.1:22", ssh[-1]],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    remote = subprocess.run(
        [*ssh[:-1], "-o", "ExitOnForwardFailure=yes", "-N", "-R", "0:127.0.0.1:22", ssh[-1]],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    for refused in (shell, command, other, forward, remote):
        assert refused.returncode != 0
        assert "uid=" not in refused.stdout


def test_scp_without_sftp_is_refused(openssh, server, key_files, tmp_path):
    (tmp_path / "a.zip").write_bytes(package())
    options = [one for one in openssh.command[1:] if one != "-q"]
    old = subprocess.run(
        ["scp", "-O", *options, "a.zip", f"{openssh.target}:{UPDATES}/a.zip"],
        cwd=tmp_path, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert old.returncode != 0
    assert not Submission.objects.exists()


def test_a_key_of_nobody_and_a_key_of_another_account_are_refused(server, key_files, tmp_path):
    for user, key in (("ipob_xa", "stranger"), ("ipob_xa", "ipob_xb"), ("nobody", "ipob_xa")):
        client = OpenSsh(server, key_files, key, tmp_path)
        client.target = f"{user}@127.0.0.1"
        refused = client("ls /", check=False)
        assert refused.returncode != 0
        assert not refused.stdout.strip().endswith("/ipob_xa")


def test_lftp_sends_renames_resumes_and_mirrors(server, tmp_path):
    lftp = shutil.which("lftp")
    if lftp is None:
        pytest.skip("lftp is not installed")

    def run(*commands: str) -> None:
        settings = (
            "set sftp:auto-confirm yes; set net:max-retries 1; set cmd:fail-exit yes; set sftp:connect-program "
            "'ssh -a -x -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR'; "
        )
        target = f"open -u ipob_xa,'correct horse battery staple' sftp://127.0.0.1:{server.port}; "
        subprocess.run(
            [lftp, "--norc", "-c", settings + target + "; ".join(commands)],
            cwd=tmp_path, check=True, capture_output=True, timeout=120,
        )  # fmt: skip

    (tmp_path / "a.zip").write_bytes(package(1))
    run(f"put a.zip -o {UPDATES}/a.zip.part", f"mv {UPDATES}/a.zip.part {UPDATES}/a.zip")
    assert Submission.objects.get().name == "a.zip"
    content = package(2, 400_000)
    (tmp_path / "b.zip").write_bytes(content[:150_000])
    run(f"put b.zip -o {UPDATES}/b.zip.part")
    (tmp_path / "b.zip").write_bytes(content)
    run(f"put -c b.zip -o {UPDATES}/b.zip.part", f"mv {UPDATES}/b.zip.part {UPDATES}/b.zip")
    assert Submission.objects.get(name="b.zip").size == len(content)
    (tmp_path / "a.zip").write_bytes(package(3))
    run(f"put a.zip -o {UPDATES}/a.zip")
    assert Submission.objects.filter(name="a.zip").count() == 2
    (tmp_path / "out").mkdir()
    for number in range(6):
        (tmp_path / "out" / f"{number}.zip").write_bytes(package(10 + number))
    run("mirror -R -P 3 out /ipob_xa/Designs/Test")
    assert Submission.objects.filter(right="design", kind="Test").count() == 6
    run("mirror -R -P 3 out /ipob_xa/Designs/Test")
    assert Submission.objects.filter(right="design").count() == 6
    run("mirror /ipob_xa/Designs/Test back")
    assert (tmp_path / "back" / "5.zip").read_bytes() == package(15)


def test_rclone_sends_passes_over_what_is_there_and_deletes_nothing(server, key_files, tmp_path):
    rclone = shutil.which("rclone")
    if rclone is None:
        pytest.skip("rclone is not installed")
    out = tmp_path / "out"
    out.mkdir()

    def run(*words: str, fails: bool = False) -> str:
        where = f":sftp,host=127.0.0.1,port={server.port},user=ipob_xa,key_file={key_files / 'ipob_xa'}:"
        done = subprocess.run(
            [rclone, "--config", "", "--retries", "1", "-v", "--sftp-disable-concurrent-writes",
             *(word.replace("HUB:", where) for word in words)],
            cwd=tmp_path, check=False, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert (done.returncode != 0) is fails, done.stderr
        return done.stdout + done.stderr

    for number in range(3):
        (out / f"{number}.zip").write_bytes(package(number, 200_000))
    run("copy", "out", f"HUB:{UPDATES}")
    assert Submission.objects.count() == 3
    for how in ([], ["--checksum"], ["--size-only"]):
        assert "There was nothing to transfer" in run("copy", *how, "out", f"HUB:{UPDATES}")
    (out / "1.zip").write_bytes(package(9, 300_000))
    run("copy", "out", f"HUB:{UPDATES}")
    assert Submission.objects.filter(name="1.zip").count() == 2
    assert Submission.objects.count() == 4
    run("check", "--download", "out", f"HUB:{UPDATES}")
    (out / "2.zip").unlink()
    refused = run("sync", "out", f"HUB:{UPDATES}", fails=True)
    assert "2.zip" in refused
    assert "2.zip" in run("lsf", f"HUB:{UPDATES}")
    assert Submission.objects.count() == 4
