"""A copy that is not what the hub has signed is found out, record by record."""

from __future__ import annotations

import json
import sqlite3

import pytest

from client.test_pull import MARKS, command, fill
from ipshare.client import verify
from ipshare.client.copy import Part
from ipshare.client.trouble import NotInStepError, PullError
from ipshare.domain import proof
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import proof as proving
from share.histories import a_reader, a_record, allow, publish, withdrawn

TIMEOUT = 120


def compared(pull, part=MARKS):
    pull.catch_up()
    return verify.compare(pull.hub, pull.copy, part)


def test_a_copy_in_step_is_proved(pulling):
    pull = pulling()
    fill()
    publish(2, [a_record("P/1ក", right=Right.PATENT, text="ភាសា")], right=Right.PATENT)
    assert compared(pull).equal
    assert compared(pull, Part("XA", "patent")).count == 1
    assert compared(pull, Part("XA", "design")).count == 0
    publish(3, [a_record("00003", text="changed"), withdrawn("00004"), a_record("N")])
    outcome = compared(pull)
    assert outcome.equal
    assert outcome.count == 30


def test_each_kind_of_difference_is_named(pulling):
    pull = pulling()
    fill()
    pull.catch_up()
    base = sqlite3.connect(pull.copy.path)
    with base:
        base.execute(
            "UPDATE record SET record = replace(record, 'a mark', 'A mark') WHERE number = '00007'"
        )
        base.execute("DELETE FROM record WHERE number IN ('00009', '00011')")
        base.execute("UPDATE record SET number = 'invented' WHERE number = '00013'")
    base.close()
    outcome = compared(pull)
    assert not outcome.equal
    assert outcome.different == ["00007"]
    assert sorted(outcome.missing) == ["00009", "00011", "00013"]
    assert outcome.additional == ["invented"]


def test_a_tampered_copy_is_told_by_the_command(hub, tmp_path):
    reader = a_reader()
    fill()
    done = command(reader, hub.url, tmp_path, "--verify")
    said, _ = done.communicate(timeout=TIMEOUT)
    assert done.returncode == 0, said
    assert "verified: XA trademarks, 30 records as the hub signed on 2" in said
    with sqlite3.connect(tmp_path / "copy.sqlite") as base:
        base.execute("UPDATE record SET record = '{}' WHERE number = '00007'")
    base.close()
    done = command(reader, hub.url, tmp_path, "--verify")
    said, _ = done.communicate(timeout=TIMEOUT)
    assert done.returncode == 1, said
    assert "XA trademarks DIFFER from what the hub signed on" in said
    assert "  other content: 00007\n" in said
    assert "with --restart the copy is emptied and read again" in said
    done = command(reader, hub.url, tmp_path, "--verify", "--restart")
    assert done.communicate(timeout=TIMEOUT)
    assert done.returncode == 0


def test_a_proof_is_only_of_the_state_that_the_reader_has(pulling):
    pull = pulling()
    fill()
    pull.catch_up()
    publish(2, [a_record("00003", text="changed")])
    with pytest.raises(NotInStepError):
        verify.compare(pull.hub, pull.copy, MARKS)
    assert compared(pull).equal
    publish(3, [a_record("00003", text="changed", unclassified="hidden")])
    assert verify.compare(pull.hub, pull.copy, MARKS).equal  # nothing that it sees has changed


@pytest.mark.parametrize("step", ["narrow", "widen"])
def test_other_conditions_are_proved_after_they_were_read(pulling, step):
    before, after = ({G.EXAMINATION}, set()) if step == "widen" else (set(), {G.EXAMINATION})
    pull = pulling()
    allow(pull.reader.authorization, excluded=before)
    fill()
    assert compared(pull).equal
    allow(pull.reader.authorization, excluded=after)
    assert compared(pull).equal


def test_many_leaves_are_made_by_the_job(pulling, monkeypatch):
    pull = pulling()
    fill()
    monkeypatch.setattr(proving, "_BATCH", 7)
    proving.make_ready("XA")
    assert compared(pull).equal
    publish(
        2, [a_record("00003", text="changed"), withdrawn("00004"), a_record("00005", media="x")]
    )
    proving.make_ready("XA")
    assert compared(pull).equal


def test_what_the_hub_has_not_signed_is_not_believed(pulling, monkeypatch):
    pull = pulling()
    fill(3)
    pull.catch_up()
    ask = pull.hub.read

    def lying(path, **query):
        said = ask(path, **query)
        if path == "/api/v1/proof":
            said["count"] = 2
        return said

    monkeypatch.setattr(pull.hub, "read", lying)
    with pytest.raises(PullError, match="signature is on another proof"):
        verify.compare(pull.hub, pull.copy, MARKS)

    def forging(path, **query):
        said = ask(path, **query)
        if path == "/api/v1/proof":
            head, payload, signature = said["signed"].split(".")
            said["signed"] = (
                f"{head}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
            )
        return said

    monkeypatch.setattr(pull.hub, "read", forging)
    with pytest.raises(PullError, match="is not signed by the hub"):
        verify.compare(pull.hub, pull.copy, MARKS)


def test_the_page_for_third_parties_computes_the_same():
    records = {"KH/1/13": b'{"a":1}', "KH/2/13": '{"b":"ភាសា"}'.encode()}
    hanging = [[] for _ in range(65536)]
    for number, record in records.items():
        hanging[proof.place(number)].append(proof.leaf(number, record))
    branches = [
        proof.branch([proof.twig(hanging[256 * b + t]) for t in range(256)]) for b in range(256)
    ]
    assert json.loads(records["KH/1/13"]) == {"a": 1}
    assert len(proof.root(branches)) == proof.SIZE
