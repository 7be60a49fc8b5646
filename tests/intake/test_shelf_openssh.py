"""A third party over SFTP: KH gives, XB receives, XC sees nothing. As received, or packages of the view."""

from __future__ import annotations

import io
import re
import subprocess
import time
import zipfile
from datetime import UTC, datetime, timedelta

import asyncssh
import paramiko
import pytest
from django.utils import timezone

from intake.sftp_clients import OpenSsh, connected, wait_for
from ipshare.accounts import keys, sftp
from ipshare.domain.authorization import Channel
from ipshare.domain.group import ALL_GROUPS, mask
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Kind, Right
from ipshare.domain.submission import State
from ipshare.intake.shelf_tree import ShelfTree
from ipshare.ops.sample import package
from ipshare.ops.sample.order import Order
from ipshare.share import authorizations, blocks, shelf_packages
from ipshare.store import objects
from ipshare.store.models.accounts import Office, SftpKey
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.disclosures import Disclosure
from ipshare.store.models.submissions import Submission
from line import drain, send
from share.histories import allow

MARKS = "/ipob_kh/Trademarks/Full_Extraction"
TM, PT = "KH_TM_Full.zip", "KH_PT_Full.zip"
RIGHTS = {Right.TRADEMARK, Right.PATENT}
HIDDEN = [
    "/ipob_kh/Feedback",
    "/ipob_kh/Feedback/KH-000001",
    "/ipob_kh/Feedback/KH-000001/report.json",
    "/ipob_kh/Trademarks/Test",
    "/ipob_kh/Trademarks/Test/KH_TM_Test.zip",
    "/ipob_kh/Designs",
    "/ipob_kh/Designs/Full_Extraction",
    "/ipob_xa",
    "/ipob_xa/Trademarks/Full_Extraction",
    f"{MARKS}/held.zip",
    f"{MARKS}/rejected.zip",
    f"{MARKS}/refused.zip",
    "/../etc/passwd",
    "/ipob_kh/../../../etc/passwd",
    "/etc/passwd",
    "/proc/self/environ",
    f"{MARKS}/../../Feedback/KH-000001/report.json",
]


def sample(folder, right, name):
    """What an office sends of a right."""
    order = Order(
        office="KH", right=right, kind=Kind.FULL_EXTRACTION, records=8, date="2026-09-30",
        as_of="2026-09-30", seed=5, defects=0.0, revised=0.0,
    )  # fmt: skip
    content = package.write(order, folder).path.read_bytes()
    at = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    sent = send(folder / f"{name}.sent", content, at=at, office="KH", right=right, name=name)
    return sent, content


@pytest.fixture
def register(people, at, tmp_path, settings):
    """KH's marks and patents are published; files of every other fate lie beside them."""
    settings.UPLOADS = tmp_path / "uploads"
    Office.objects.create(code="KH", name="Cambodia", created_at=at)
    sent = {}
    for right, name in ((Right.TRADEMARK, TM), (Right.PATENT, PT)):
        submission, sent[right] = sample(tmp_path, right, name)
        assert submission.state == State.PUBLISHED, submission.reason
    a_submission(at, "KH_TM_Test.zip", State.TESTED, kind="Test")
    for state in (State.HELD, State.REJECTED, State.REFUSED):
        a_submission(at, f"{state}.zip", state)
    return sent


def a_submission(at, name, state, **facts):
    newest = Submission.objects.filter(office="KH").order_by("number").last()
    facts = {
        "sha256": newest.sha256,
        "size": newest.size,
        "right": "trademark",
        "kind": "Full_Extraction",
    } | facts
    return Submission.objects.create(
        office_id="KH", number=newest.number + 100, name=name, door="sftp",
        sender="test", state=state, received_at=at, **facts,
    )  # fmt: skip


def a_third_party(name, key_files, at):
    """A third party of KH with an account and a key; its authorization shares nothing yet."""
    authorization, _, _ = authorizations.add_third_party("KH", name, name, by="officer", at=at)
    account = sftp.open_account(None, third_party=authorization.third_party, at=at)
    keys.add(account, (key_files / account.username).with_suffix(".pub").read_text(), "", at)
    return authorization


@pytest.fixture
def xb(register, server, key_files, at):
    """XB's authorization: KH's marks and patents, nothing left out."""
    authorization = a_third_party("XB", key_files, at)
    allow(authorization, rights=RIGHTS)
    return authorization


@pytest.fixture
def client(xb, server, key_files, tmp_path):
    """OpenSSH's sftp, signed in as XB."""
    folder = tmp_path / "xb"
    folder.mkdir()
    return OpenSsh(server, key_files, "xb", folder)


def listed(client, path):
    """The names in a folder."""
    done = client(f"cd {path}", "ls -1")
    return done.stdout.split("ls -1\n", 1)[1].split()


def render():
    """What the worker does each minute."""
    shelf_packages.fill(at=timezone.now())
    drain()


def test_a_third_party_gets_the_office_s_own_bytes(client, register, xb):
    assert listed(client, "/") == ["ipob_kh"]
    assert listed(client, "/ipob_kh") == ["Patents", "Trademarks"]
    assert listed(client, "/ipob_kh/Trademarks") == ["Full_Extraction", "Updates"]
    assert listed(client, MARKS) == [TM]
    assert listed(client, "/ipob_kh/Trademarks/Updates") == []
    assert not Disclosure.objects.exists()
    client(f"get -p {MARKS}/{TM}", f"get /ipob_kh/Patents/Full_Extraction/{PT}")
    assert (client.folder / TM).read_bytes() == register[Right.TRADEMARK]
    assert (client.folder / PT).read_bytes() == register[Right.PATENT]
    mark, _ = Disclosure.objects.order_by("pk")
    assert (mark.office_id, mark.authorization_id, mark.version) == ("KH", xb.pk, 1)
    assert (mark.client, mark.channel, mark.right) == ("xb", "sftp", "trademark")
    assert (mark.groups, mark.numbers, mark.files) == (mask(ALL_GROUPS), [], [f"KH-000001/{TM}"])
    assert mark.size == len(register[Right.TRADEMARK])


def test_the_office_is_told_of_the_account(xb):
    told = AuditEvent.objects.filter(office="KH", subject="xb").order_by("pk")
    assert [one.event for one in told] == ["sftp-account.opened", "key.added"]
    assert {one.detail["third_party"] for one in told} == {"XB"}


def test_with_an_exclusion_it_sees_packages_of_its_view_instead(client, register, xb):
    names = applicants(register[Right.TRADEMARK])
    assert names
    allow(xb, rights=RIGHTS, excluded={G.STAKEHOLDERS})
    assert listed(client, MARKS) == []
    refused = client(f"get {MARKS}/{TM}", check=False)
    assert "not found" in refused.stderr
    render()
    [name] = listed(client, MARKS)
    assert name.startswith("KH_TM_20")
    assert name.endswith("Z_1.zip")
    client(f"get {MARKS}/{name}")
    found = texts((client.folder / name).read_bytes())
    assert len(re.findall(b"<tmk:Trademark[ >]", found)) == 8
    for one in names:
        assert one not in found
    [row] = Disclosure.objects.all()
    assert (len(row.numbers), row.records, row.files, row.version) == (8, 8, [], 2)
    assert row.groups & G.STAKEHOLDERS.bit == 0
    render()
    assert listed(client, MARKS) == [name]


def texts(content):
    """All XML of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(one) for one in archive.namelist() if one.endswith(".xml"))


def applicants(content):
    """Names of persons and organisations in an office's file."""
    names = r"<com:(?:OrganizationStandardName|PersonFullName|TransliterationName)[^>]*>([^<]+)<"
    return set(re.findall(names.encode(), texts(content)))


def test_other_conditions_end_a_package_and_reget_does_not_mix_two(client, xb):
    allow(xb, rights=RIGHTS, excluded={G.STAKEHOLDERS})
    render()
    [name] = listed(client, MARKS)
    client(f"get {MARKS}/{name}")
    part = (client.folder / name).read_bytes()[:1000]
    (client.folder / name).write_bytes(part)
    allow(xb, rights=RIGHTS, excluded={G.STAKEHOLDERS, G.EXAMINATION})
    refused = client(f"reget {MARKS}/{name}", check=False)
    assert refused.returncode != 0
    assert (client.folder / name).read_bytes() == part
    time_of_name = name.split("_")[2]
    wait_for(lambda: f"{timezone.now():%Y%m%dT%H%M%SZ}" != time_of_name)
    render()
    assert name not in listed(client, MARKS)


def test_a_block_of_a_record_takes_the_file_as_received_away(client, xb, register):
    number = "never-seen-anywhere"
    blocks.block(
        "KH", Right.TRADEMARK, number, authorization=None, reason="court", until=None, by="o", at=timezone.now()
    )  # fmt: skip
    assert listed(client, MARKS) == []
    assert listed(client, "/ipob_kh/Patents/Full_Extraction") == [PT]
    render()
    assert listed(client, MARKS)[0].startswith("KH_TM_20")
    assert listed(client, "/ipob_kh/Patents/Full_Extraction") == [PT]


def test_what_is_hidden_is_as_what_is_not_there(xb, server):
    with connected(server, "xb") as there:
        nothing = [
            told(there.stat, f"{MARKS}/nothing.zip"),
            told(there.lstat, f"{MARKS}/nothing.zip"),
            told(there.listdir, "/ipob_kh/Nothing"),
            told(there.open, f"{MARKS}/nothing.zip"),
            told(there.readlink, f"{MARKS}/nothing.zip"),
        ]
        for path in HIDDEN:
            asked = (there.stat, there.lstat, there.listdir, there.open, there.readlink)
            assert [told(ask, path) for ask in asked] == nothing, path


def told(ask, *asked):
    """How a request fails."""
    with pytest.raises(OSError) as refused:  # noqa: PT011 (what it says is compared)
        ask(*asked)
    return type(refused.value), refused.value.errno, str(refused.value)


def test_xc_sees_nothing(xb, server, key_files, at, tmp_path):
    authorization = a_third_party("XC", key_files, at)
    client = OpenSsh(server, key_files, "xc", tmp_path)
    assert listed(client, "/") == []
    with connected(server, "xc") as there:
        nothing = told(there.stat, "/ipob_kh/Nothing")
        for path in ("/ipob_kh", MARKS, f"{MARKS}/{TM}", *HIDDEN):
            assert told(there.stat, path) == nothing
        for more in (
            {"rights": ()},
            {"channels": frozenset({Channel.API, Channel.BULK, Channel.PUSH})},
            {"networks": ("192.0.2.0/24",)},
            {"starts_at": timezone.now() + timedelta(days=1)},
            {"ends_at": timezone.now() - timedelta(days=1)},
        ):
            allow(authorization, **({"rights": RIGHTS} | more))
            assert there.listdir("/") == [], more
            assert told(there.stat, f"{MARKS}/{TM}") == nothing, more
        allow(authorization, rights={Right.PATENT})
        assert there.listdir("/ipob_kh") == ["Patents"]
        assert told(there.stat, f"{MARKS}/{TM}") == nothing
        authorizations.end(authorization, by="o", reason="r", at=timezone.now())
        assert there.listdir("/") == []


def test_nothing_is_written_and_the_answer_says_why(client, xb, server, register):
    (client.folder / "a.zip").write_bytes(b"x" * 100)
    for line in (
        f"put a.zip {MARKS}/a.zip",
        f"put a.zip {MARKS}/{TM}",
        f"rename {MARKS}/{TM} {MARKS}/b.zip",
        f"rm {MARKS}/{TM}",
        "mkdir /ipob_kh/New",
        "rmdir /ipob_kh/Trademarks",
        f"chmod 600 {MARKS}/{TM}",
        f"ln -s {MARKS}/{TM} {MARKS}/b.zip",
        "ln -s /etc /ipob_kh/etc",
    ):
        refused = client(line, check=False)
        assert refused.returncode != 0, line
        assert "ermission denied" in refused.stderr, (line, refused.stderr)
    words = "third parties read here and write nothing"
    with connected(server, "xb") as there:
        for path in (f"{MARKS}/{TM}", f"{MARKS}/a.zip", "/ipob_kh/Feedback/a.zip", "/a"):
            for ask in (
                lambda path: there.open(path, "w"),
                lambda path: there.open(path, "a"),
                lambda path: there.open(path, "r+"),
                there.remove,
                there.mkdir,
                there.rmdir,
                lambda path: there.rename(path, "/b"),
                lambda path: there.posix_rename("/b", path),
                lambda path: there.symlink("/etc/passwd", path),
                lambda path: there.chmod(path, 0o777),
                lambda path: there.utime(path, (1, 1)),
                lambda path: there.truncate(path, 0),
            ):
                assert words in told(ask, path)[2]
    client(f"get {MARKS}/{TM}")
    assert (client.folder / TM).read_bytes() == register[Right.TRADEMARK]


def test_the_day_s_volume_counts(xb, server, register):
    allow(xb, rights=RIGHTS, bytes_per_day=10)
    with connected(server, "xb") as there:
        there.getfo(f"{MARKS}/{TM}", io.BytesIO())
        with pytest.raises(OSError, match="10 bytes per day"):
            there.getfo(f"{MARKS}/{TM}", io.BytesIO())


def narrowed(authorization):
    allow(authorization, rights=RIGHTS, excluded={G.STAKEHOLDERS})


def ended(authorization):
    authorizations.end(authorization, by="o", reason="r", at=timezone.now())


def based(authorization):
    authorizations.save_base("KH", frozenset({G.EVENTS}), by="o", reason="r", at=timezone.now())


def blocked(authorization):
    blocks.block(
        "KH", Right.TRADEMARK, "1", authorization=authorization, reason="r", until=None, by="o", at=timezone.now()
    )  # fmt: skip


def revoked(authorization):
    keys.revoke(SftpKey.objects.get(account__username="xb"), timezone.now())


@pytest.mark.alone
@pytest.mark.parametrize(
    ("end", "line"),
    [
        (ended, []),
        (ended, ["-l", "16000"]),
        (narrowed, []),
        (based, []),
        (blocked, []),
        (revoked, []),
    ],
)
def test_a_running_download_is_cut_within_a_second(client, xb, at, tmp_path, end, line):
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(8 * 1024**3)
    sha256 = f"{end.__name__}{'slow' if line else 'fast'}".ljust(64, "0")
    objects.keep_file(big, objects.received_key(sha256))
    a_submission(at, "big.zip", State.PUBLISHED, sha256=sha256, size=8 * 1024**3)
    partial = client.folder / "big.zip"
    running = subprocess.Popen(
        [client.command[0], *line, *client.command[1:], "-b", "-", client.target],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        cwd=client.folder, text=True,
    )  # fmt: skip
    try:
        running.stdin.write(f"get {MARKS}/big.zip\n")
        running.stdin.flush()
        wait_for(lambda: partial.exists() and partial.stat().st_size > 1_000_000)
        end(xb)
        begun = time.monotonic()
        assert running.wait(10) != 0
        took = time.monotonic() - begun
    finally:
        running.kill()
        running.wait()
        running.stdin.close()
        partial.unlink(missing_ok=True)
        objects.delete([objects.received_key(sha256)])
    assert took < 1, took


@pytest.mark.alone
def test_an_open_file_gives_nothing_after_the_end(xb, server):
    def gives_nothing():
        try:
            return not file.read(10)
        except (OSError, EOFError, paramiko.SSHException):
            return True

    with connected(server, "xb") as there:
        file = there.open(f"{MARKS}/{TM}", bufsize=0)
        assert file.read(10)
        ended(xb)
        wait_for(gives_nothing, seconds=1)
        assert file.tell() < 4000  # it was not the end of the file


def test_every_request_that_asyncssh_knows_is_answered_by_the_shelf():
    asked = {name for name, one in vars(asyncssh.SFTPServer).items() if callable(one)}
    own = {
        "__init__",
        "convert_attrs",
        "format_longname",
        "_to_sftpname",
        "map_path",
        "reverse_map_path",
    }
    assert asked - own <= set(vars(ShelfTree))


def test_a_key_that_an_office_added_shows_its_files_alone_until_it_is_revoked(
    register, server, key_files, tmp_path, at
):
    authorization, _, _ = authorizations.add_third_party("KH", "XB", "XB", by="officer", at=at)
    allow(authorization, rights=RIGHTS)
    account = sftp.open_account(None, third_party=authorization.third_party, at=at)
    line = (key_files / "xb.pub").read_text()
    other = keys.add(account, line, "", at, office=Office.objects.get(code="XA"))
    client = OpenSsh(server, key_files, "xb", tmp_path)
    assert listed(client, "/") == [], "only XA has let it in"
    own = keys.add(account, line, "", at, office=Office.objects.get(code="KH"))
    assert listed(client, "/") == ["ipob_kh"]
    own.refresh_from_db()
    assert own.last_used_at is None, "nothing was read"
    client(f"get {MARKS}/{TM} mine.zip")
    own.refresh_from_db()
    other.refresh_from_db()
    assert own.last_used_at is not None
    assert other.last_used_at is None, "what KH's file was read for is no business of XA"
    keys.revoke(own, timezone.now())
    assert listed(client, "/") == [], "it goes on for XA, of which there is nothing"
