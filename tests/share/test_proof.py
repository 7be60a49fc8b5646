"""The proof of a right: what a reader in step holds, nothing about what it does not see."""

from __future__ import annotations

import json

import pytest

from ipshare.domain import proof as digests
from ipshare.domain.authorization import Filter
from ipshare.domain.facets import Facets
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.http import signing
from ipshare.share import authorizations, blocks, proof, proof_api
from ipshare.store.models.sharing import Client
from share.histories import AT, a_reader, a_record, allow, publish, withdrawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]

PROOF = "/api/v1/proof"


def asked(reader, place="", *, office="XA", right="trademark", after=None):
    after = reader.cursor if after is None else after
    return reader.get(f"{PROOF}{place}?office={office}&right={right}&after={after}")


def proved(reader, **more):
    reader.pull_all()
    answer = asked(reader, **more)
    assert answer.status_code == 200, answer.content
    return answer.json()


def computed(reader, right="trademark"):
    """Number, and root, from the records that the reader can get one by one."""
    hanging = [[] for _ in range(digests.BRANCHES**2)]
    numbers = [number for of, number in reader.records if of == right]
    for number in numbers:
        body = reader.get(f"/api/v1/{right}s/XA/{number}").getvalue()
        hanging[digests.place(number)].append(digests.leaf(number, body))
    twigs = [digests.twig(leaves) for leaves in hanging]
    branches = [digests.branch(twigs[256 * n : 256 * (n + 1)]) for n in range(256)]
    return len(numbers), digests.root(branches).hex()


def agree(reader):
    found = proved(reader)
    assert (found["count"], found["root"]) == computed(reader)
    return found


def test_it_is_over_what_the_api_gives():
    reader = a_reader(excluded={G.EXAMINATION})
    publish(1, [a_record(f"{n}", text="t", examination=n) for n in range(20)])
    first = agree(reader)
    publish(2, [a_record("1", text="u"), withdrawn("2"), a_record("A/ក", goods="g")])
    assert agree(reader)["root"] != first["root"]
    publish(3, [a_record("3", text="v", goods="w")], withheld={"3": {G.TEXT}})
    agree(reader)


def test_the_way_down_leads_to_the_records():
    reader = a_reader()
    publish(1, [a_record(f"{n}", text="t") for n in range(20)])
    whole = proved(reader)
    branch, twig = divmod(digests.place("7"), 256)
    there = asked(reader, f"/{branch}").json()
    assert there["digest"] == whole["branches"][branch]
    found = asked(reader, f"/{branch}/{twig}").json()
    assert found["digest"] == there["twigs"][twig]
    assert "7" in [one["number"] for one in found["records"]]


def test_it_is_signed_for_this_client_and_cursor():
    reader = a_reader()
    publish(1, [a_record("1")])
    said = proved(reader)
    keys = reader.get("/.well-known/jwks.json").json()
    stated = signing.verify(said["signed"], keys, kind=proof_api.KIND)
    assert stated.pop("iss")
    assert stated.pop("sub") == reader.client_id
    assert stated == {
        name: value for name, value in said.items() if name not in {"branches", "signed"}
    }


def test_what_is_withheld_changes_nothing_of_it():
    hidden = {G.EXAMINATION, G.STAKEHOLDERS}
    reader = a_reader(excluded=hidden, rights={Right.TRADEMARK})
    publish(1, [a_record(f"{n}", text="t") for n in range(20)])
    before = asked(reader, after=(reader.pull_all() and reader.cursor)).getvalue()
    publish(2, [a_record(f"{n}", text="t", examination="x", unclassified="y") for n in range(20)])
    publish(3, [a_record("1", right=Right.PATENT)], right=Right.PATENT)
    publish(4, [a_record("3", text="t", stakeholders="z")])
    assert asked(reader).getvalue() == before
    proof.make_ready("XA")
    assert asked(reader).getvalue() == before


def test_many_hidden_changes_are_not_seen_in_what_is_ready(monkeypatch):
    reader = a_reader(excluded={G.EXAMINATION})
    publish(1, [a_record(f"{n}", text="t") for n in range(20)])
    proved(reader)
    monkeypatch.setattr(proof, "AT_ONCE", 5)
    publish(2, [a_record(f"{n}", text="t", examination="x") for n in range(20)])
    assert asked(reader).status_code == 200
    publish(3, [a_record(f"{n}", text="u") for n in range(20)])
    reader.pull_all()
    answer = asked(reader)
    assert (answer.status_code, answer.json()["code"]) == (503, "proof-not-ready")
    assert answer["Retry-After"] == "60"
    proof.make_ready("XA")
    agree(reader)


def test_leaves_are_kept_only_for_what_is_shared_and_held():
    from django.db import connection

    reader = a_reader(excluded={G.EXAMINATION})
    publish(1, [a_record(f"{n}", text="t") for n in range(3)])
    agree(reader)
    publish(2, [withdrawn("1")])
    allow(reader.authorization, excluded={G.TEXT})
    proof.make_ready("XA")
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT mask, number FROM proof_leaf ORDER BY number")
        kept = cursor.fetchall()
    assert [number for _, number in kept] == ["0", "2"]
    assert len({mask for mask, _ in kept}) == 1
    agree(reader)


def test_it_follows_filters_and_blocks():
    reader = a_reader()
    registered = {"1": Facets(is_registered=True)}
    publish(1, [a_record(f"{n}", text="t") for n in range(4)], facets=registered)
    assert agree(reader)["count"] == 4
    allow(reader.authorization, filter=Filter(registered_only=True))
    assert agree(reader)["count"] == len(registered)
    allow(reader.authorization)
    assert agree(reader)["count"] == 4
    blocks.block(
        "XA",
        Right.TRADEMARK,
        "2",
        authorization=None,
        reason="court",
        until=None,
        by="officer",
        at=AT,
    )
    assert asked(reader).json()["code"] == "not-in-step"  # it is about to leave
    blocks.apply("XA", at=AT)
    assert asked(reader).json()["code"] == "not-in-step"
    assert agree(reader)["count"] == 3


def test_it_is_only_for_a_reader_in_step():
    reader = a_reader()
    publish(1, [a_record("1"), a_record("2")])
    reader.pull(limit=1)
    assert asked(reader).json()["code"] == "not-in-step"
    agree(reader)
    allow(reader.authorization, excluded={G.TEXT})
    for place in ("", "/0", "/0/0"):
        answer = asked(reader, place)
        assert (answer.status_code, answer.json()["code"]) == (409, "not-in-step")
    authorizations.end(reader.authorization, by="officer", reason="test", at=AT)
    assert asked(reader.sign_in()).status_code == 404


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        (f"{PROOF}?office=XA&right=trademark", 400, "parameter-not-valid"),
        (f"{PROOF}?office=XA&right=trademark&after=x", 400, "cursor-not-valid"),
        (f"{PROOF}?office=XB&right=trademark&after=CURSOR", 404, "not-found"),
        (f"{PROOF}?office=xa&right=trademark&after=CURSOR", 404, "not-found"),
        (f"{PROOF}?office=XA&right=design&after=CURSOR", 404, "not-found"),
        (f"{PROOF}?office=XA&right=nothing&after=CURSOR", 404, "not-found"),
        (f"{PROOF}/256?office=XA&right=trademark&after=CURSOR", 404, "not-found"),
        (f"{PROOF}/0/256?office=XA&right=trademark&after=CURSOR", 404, "not-found"),
        (f"{PROOF}/9999999999?office=XA&right=trademark&after=CURSOR", 404, "not-found"),
        (f"{PROOF}/x?office=XA&right=trademark&after=CURSOR", 404, "not-found"),
        (f"{PROOF}?office=XA&right=trademark&after=CURSOR&more=1", 400, "parameter-not-valid"),
    ],
)
def test_what_cannot_be_proved_is_a_problem(address, status, code):
    reader = a_reader(rights={Right.TRADEMARK})
    publish(1, [a_record("1")])
    reader.pull_all()
    answer = reader.get(address.replace("CURSOR", reader.cursor))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_cursor_of_another_client_proves_nothing():
    mine, other = a_reader(), a_reader(name="XC")
    publish(1, [a_record("1")])
    other.pull_all()
    assert Client.objects.count() == 2
    answer = asked(mine, after=other.cursor)
    assert json.loads(answer.content)["code"] == "cursor-not-valid"


@pytest.mark.parametrize(("place", "name"), [("", "whole"), ("/1", "twigs"), ("/1/2", "leaves")])
def test_it_is_not_given_after_an_end_while_it_was_made(monkeypatch, place, name):
    publish(1, [a_record("1", text="t")])
    reader = a_reader()
    reader.pull_all()
    make = getattr(proof, name)

    def slow(*args, **more):
        found = make(*args, **more)
        authorizations.end(reader.authorization, by="officer", reason="", at=AT)
        return found

    monkeypatch.setattr(proof, name, slow)
    assert asked(reader, place).status_code == 401
