"""A copy kept by ``ipshare pull`` is what the office authorizes, whatever happens on the way."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading

import pytest
from django.db.models import Sum

from ipshare.client import feed
from ipshare.client.copy import Copy, Part
from ipshare.client.hub import Hub
from ipshare.client.trouble import PullError
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import authorizations
from ipshare.store.models.disclosures import Disclosure
from share.histories import AT, a_reader, a_record, allow, publish, withdrawn

MARKS, PATENTS = Part("XA", "trademark"), Part("XA", "patent")
TIMEOUT = 120


def fill(count=30, *, first=0, submission=1, **groups):
    groups = groups or {"text": "a mark", "examination": "a letter"}
    publish(submission, [a_record(f"{n:05}", **groups) for n in range(first, first + count)])


def held(copy, part=MARKS):
    return {number: json.loads(record) for number, record, _ in copy.records(part)}


def projection(reader):
    """What a reader of the tests that starts anew holds."""
    reader.cursor, reader.records = None, {}
    return reader.pull_all(limit=5000)


def same(pull):
    mine = {
        (part.right, number): record
        for part in pull.copy.counts()
        for number, record in held(pull.copy, part).items()
    }
    return mine == projection(pull.reader)


def command(reader, url, folder, *more, secret=None):
    environment = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("IPSHARE_", "DATABASE_", "DJANGO_"))
    }
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "ipshare",
            "pull",
            url,
            "--client-id",
            reader.client_id,
            "--into",
            folder,
            *more,
        ],
        env=environment | {"IPSHARE_CLIENT_SECRET": secret or reader.secret},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_copy_follows_the_register(pulling, monkeypatch):
    monkeypatch.setattr(feed, "LIMIT", 7)
    pull = pulling()
    fill()
    publish(2, [a_record("P 1/ក", right=Right.PATENT, text="ភាសាខ្មែរ")], right=Right.PATENT)
    assert pull.catch_up()
    assert pull.copy.counts() == {MARKS: 30, PATENTS: 1}
    counted = Disclosure.objects.aggregate(bytes=Sum("size"))
    assert pull.done.bytes == counted["bytes"], "the office is told as much as the third party"
    assert pull.told.pages == 4  # and the last, after which it is told as a whole
    assert held(pull.copy, PATENTS)["P 1/ក"]["text"] == "ភាសាខ្មែរ"
    assert same(pull)
    publish(3, [a_record("00003", text="changed"), withdrawn("00004"), a_record("00099")])
    pull.catch_up()
    assert held(pull.copy)["00003"]["text"] == "changed"
    assert pull.copy.counts()[MARKS] == 30
    assert same(pull)
    before = pull.done.put
    pull.catch_up()
    assert pull.done.put == before


def test_the_copy_can_be_read_by_anybody_meanwhile(pulling):
    pull = pulling()
    fill(3)
    pull.catch_up()
    with sqlite3.connect(f"file:{pull.copy.path}?mode=ro", uri=True) as other:
        [row] = other.execute(
            "SELECT office, \"right\", json_extract(record, '$.text'), typeof(record), received_at LIKE '20__-%+00:00' "
            "FROM record WHERE number = '00001'"
        )
    other.close()
    assert row == ("XA", "trademark", "a mark", "text", 1)


def test_narrowing_erases_at_once_and_reads_the_rest_again(pulling, monkeypatch):
    monkeypatch.setattr(feed, "LIMIT", 7)
    pull = pulling()
    fill()
    publish(2, [a_record("1", right=Right.PATENT, text="t")], right=Right.PATENT)
    pull.catch_up()
    allow(pull.reader.authorization, excluded={G.EXAMINATION})
    pull.persist(lambda: pull._apply("XA", refill=False))
    assert pull.told.erasures[0] == ("XA", "trademark", 30, ["examination", "remarks"])
    left = b"".join(file.read_bytes() for file in pull.copy.path.parent.iterdir())
    assert b"a letter" not in left  # not in the tables, nor in free pages, nor in the log
    assert pull.catch_up()
    assert pull.copy.counts() == {MARKS: 30, PATENTS: 1}
    assert all(
        "examination" not in record and "text" in record for record in held(pull.copy).values()
    )
    assert same(pull)
    assert not pull.copy.refills("XA")


def test_narrowing_again_while_the_rest_is_read_again(pulling, monkeypatch):
    monkeypatch.setattr(feed, "LIMIT", 7)
    pull = pulling()
    fill()
    pull.catch_up()
    allow(pull.reader.authorization, excluded={G.EXAMINATION})
    pull._apply("XA", refill=False)
    pull._apply("XA", refill=True)
    allow(pull.reader.authorization, excluded={G.EXAMINATION, G.TEXT})
    publish(2, [a_record("00001", goods="g"), withdrawn("00002")])
    pull._apply("XA", refill=True)
    pull.catch_up()
    assert same(pull)
    assert all("text" not in record for record in held(pull.copy).values())
    allow(pull.reader.authorization)
    pull.catch_up()
    assert same(pull)
    assert held(pull.copy)["00003"]["text"] == "a mark"


def test_an_ended_authorization_empties_the_copy_and_says_so(pulling, hub, tmp_path):
    pull = pulling()
    fill()
    pull.catch_up()
    reader = pull.reader
    authorizations.end(reader.authorization, by="officer", reason="test", at=AT)
    assert not pull.catch_up()
    assert pull.told.erasures[0] == ("XA", "trademark", 30, None)
    assert pull.copy.counts() == {}
    done = command(reader, hub.url, tmp_path / "copy")
    said, _ = done.communicate(timeout=TIMEOUT)
    assert done.returncode == 0
    assert "XA shares nothing with this client at present: the copy holds nothing of it" in said
    allow(reader.authorization)
    assert pull.catch_up()
    assert pull.copy.counts() == {MARKS: 30}


def test_a_client_killed_in_the_middle_goes_on_where_it_was(hub, wire, tmp_path):
    reader = a_reader()
    fill(200)
    wire.limit = 50
    wire.plan.put(("pass",))
    wire.plan.put(("stall", 1500))
    client = command(reader, wire.url, tmp_path)
    assert wire.stalled.wait(TIMEOUT)
    client.send_signal(signal.SIGKILL)
    client.communicate()
    wire.go_on.set()
    copy = Copy(tmp_path)
    assert copy.counts() == {MARKS: 50}  # the page that was whole, and nothing of the other
    cursor = copy.kept("cursor XA")
    copy.close()
    client = command(reader, wire.url, tmp_path)
    said, _ = client.communicate(timeout=TIMEOUT)
    assert client.returncode == 0, said
    assert "in step: XA 200 trademarks (this run: 150 received" in said
    assert wire.asked[1].endswith(f"after={cursor}")
    assert wire.asked[2] == wire.asked[1]


def test_a_hub_killed_in_the_middle_is_waited_for(hub, wire, tmp_path):
    reader = a_reader()
    fill(200, text="x" * 20_000)
    wire.limit = 150
    wire.plan.put(("stall", 5000))
    client = command(reader, wire.url, tmp_path)
    assert wire.stalled.wait(TIMEOUT)
    hub.kill()
    wire.go_on.set()
    assert "was cut" in client.stdout.readline()
    hub.start()
    said, _ = client.communicate(timeout=TIMEOUT)
    assert client.returncode == 0, said
    assert "in step: XA 200 trademarks (this run: 200 received" in said


@pytest.mark.parametrize("after", [0, 700, 2500])
def test_a_cut_page_is_asked_again_with_the_old_cursor(pulling, wire, after):
    fill()
    wire.plan.put(("cut", after))
    pull = pulling(url=wire.url)
    pull.catch_up()
    assert len(pull.told.waits) == 1
    assert wire.asked[0] == wire.asked[1]
    assert pull.done.put == 30
    assert same(pull)


def test_a_busy_hub_is_asked_again_when_it_says(pulling, wire):
    fill(3)
    wire.plan.put(("answer", 429, {"Retry-After": "77"}))
    wire.plan.put(("answer", 503, {}))
    pull = pulling(url=wire.url)
    pull.catch_up()
    assert [seconds >= 77 for _, seconds in pull.told.waits] == [True, False]
    assert pull.copy.counts() == {MARKS: 3}


def test_a_hub_that_stays_away_is_given_up_with_a_remedy(pulling, wire):
    pull = pulling(url=wire.url)
    for _ in range(8):
        wire.plan.put(("answer", 502, {}))
    with pytest.raises(
        PullError, match=r"answered 502; tried 8 times. Run it again later: it goes on"
    ):
        pull.catch_up()
    assert len(pull.told.waits) == 7


def test_a_hub_that_asks_for_hours_is_not_waited_for(pulling, wire):
    pull = pulling(url=wire.url)
    wire.plan.put(("answer", 429, {"Retry-After": "7200"}))
    with pytest.raises(PullError, match=r"answered 429. Run it again in 7200 s"):
        pull.catch_up()
    patient = pulling(pull.reader, url=wire.url, patient=True)
    wire.plan.put(("answer", 429, {"Retry-After": "7200"}))
    patient.catch_up()
    assert patient.told.waits[0][1] == 7200


def test_a_token_that_was_revoked_is_renewed(pulling):
    from oauth2_provider.models import AccessToken

    fill(3)
    pull = pulling()
    pull.catch_up()
    AccessToken.objects.all().delete()
    publish(2, [a_record("9")])
    pull.catch_up()
    assert pull.copy.counts() == {MARKS: 4}


def test_two_pulls_on_one_copy_are_told_apart(pulling, wire):
    fill(3)
    pull = pulling(url=wire.url)
    other = pulling(pull.reader, url=wire.url)
    wire.plan.put(("pause", 1))
    wire.plan.put(("pass",))
    trouble = []

    def run():
        try:
            pull.catch_up()
        except PullError as refused:
            trouble.append(str(refused))

    pull.copy._base.close()
    pull.copy._base = sqlite3.connect(pull.copy.path, isolation_level=None, check_same_thread=False)
    slow = threading.Thread(target=run)
    slow.start()
    assert wire.stalled.wait(TIMEOUT)
    other.catch_up()
    wire.go_on.set()
    slow.join(TIMEOUT)
    assert trouble == [f"another ipshare pull is at work on {pull.copy.path}; end one of them"]
    assert same(other)


def test_a_copy_is_of_one_client_of_one_hub(pulling):
    first = pulling()
    first.catch_up()
    other = a_reader(name="XC")
    with pytest.raises(PullError, match=f"is the copy of client {first.reader.client_id} of http"):
        pulling(other)
    pull = pulling(first.reader)
    pull.copy.keep("cursor XA", "of-another-hub")
    with pytest.raises(PullError, match="with --restart the copy is emptied and read again"):
        pull.catch_up()
    fill(3)
    pull.claim(restart=True)
    pull.catch_up()
    assert pull.copy.counts() == {MARKS: 3}


def test_errors_name_the_remedy(hub, tmp_path):
    reader = a_reader()
    cases = [
        (
            (reader, hub.url, tmp_path),
            {"secret": "wrong"},
            "does not accept this client id and secret",
        ),
        ((reader, "http://hub.example", tmp_path), {}, "would send the secret in clear"),
        ((reader, hub.url, tmp_path, "--office", "KH"), {}, "reads the records of XA, not of KH"),
        ((reader, hub.url, "/proc/none"), {}, "choose a folder that can be written"),
        ((reader, hub.url + "/portal", tmp_path), {}, "is this the address of a hub?"),
    ]
    for given, more, words in cases:
        done = command(*given, **more)
        said, _ = done.communicate(timeout=TIMEOUT)
        assert done.returncode == 2, said
        assert words in said
        assert "Traceback" not in said


def test_the_secret_goes_by_environment_or_file_only(hub, tmp_path):
    reader = a_reader()
    kept = tmp_path / "secret"
    kept.write_text(reader.secret + "\n")
    fill(3)
    done = command(reader, hub.url, tmp_path / "copy", "--secret-file", str(kept), secret="x")
    said, _ = done.communicate(timeout=TIMEOUT)
    assert "in step: XA 3 trademarks" in said
    assert reader.secret not in said


def test_a_hub_of_a_newer_kind_is_not_half_understood(pulling, monkeypatch):
    pull = pulling()
    fill(1)
    monkeypatch.setattr(feed, "_KNOWN", {"cursor"})
    with pytest.raises(PullError, match="use a newer ipshare"):
        pull.catch_up()
    assert pull.copy.counts() == {}


def test_parquet_files_are_as_the_copy(hub, tmp_path):
    import pyarrow.parquet as pq

    reader = a_reader()
    fill(12)
    file = tmp_path / "XA-trademark.parquet"
    done = command(reader, hub.url, tmp_path, "--format", "parquet")
    said, _ = done.communicate(timeout=TIMEOUT)
    assert done.returncode == 0, said
    table = pq.read_table(file)
    assert table.num_rows == 12
    assert json.loads(table["record"][3].as_py()) == projection(reader)["trademark", "00003"]
    written = file.stat().st_mtime_ns
    command(reader, hub.url, tmp_path, "--format", "parquet").communicate(timeout=TIMEOUT)
    assert file.stat().st_mtime_ns == written
    authorizations.end(reader.authorization, by="officer", reason="test", at=AT)
    command(reader, hub.url, tmp_path).communicate(timeout=TIMEOUT)
    assert not file.exists()


def test_following_tells_what_is_new_until_it_is_ended(hub, tmp_path):
    reader = a_reader()
    fill(3)
    client = command(reader, hub.url, tmp_path, "--follow")
    assert "in step: XA 3 trademarks" in client.stdout.readline()
    assert "Ctrl-C ends it" in client.stdout.readline()
    publish(2, [a_record("9")])
    assert "in step: XA 4 trademarks" in client.stdout.readline()
    client.send_signal(signal.SIGINT)
    said, _ = client.communicate(timeout=TIMEOUT)
    assert (client.returncode, said) == (0, "ended; the copy goes on from here the next time\n")


def test_a_hub_that_does_not_wait_is_not_asked_all_the_time(pulling):
    pauses = []
    pull = pulling()
    fill(3)
    pull.catch_up()
    pull._sleep = pauses.append
    pull._sharing = ["XA", "XB"]  # with several offices it pauses by itself
    assert not pull.look()
    assert len(pauses) == 1
    assert 20 < pauses[0] <= 30


def test_http_is_only_for_a_hub_on_this_machine():
    assert Hub("hub.example/", "c", "s").url == "https://hub.example"
    assert Hub("http://[::1]:8080", "c", "s").url == "http://[::1]:8080"
    for wrong in (
        "ftp://hub.example",
        "https://",
        "https://a:b@hub.example",
        "https://hub.example?x",
    ):
        with pytest.raises(PullError, match="no address of a hub"):
            Hub(wrong, "c", "s")
