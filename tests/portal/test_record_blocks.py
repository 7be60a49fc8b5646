"""Record blocks: add, find, lift; what is not in the register can be blocked, and is said to be absent."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from ipshare.domain.office import Right
from ipshare.share import blocks, proposals
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.proposals import Proposal
from ipshare.store.models.sharing import RecordBlock
from portal import builders
from portal.conftest import signed_in
from share.histories import a_reader, a_record, publish

pytestmark = pytest.mark.django_db
HERE = "/data-exchange-authorizations/xa/blocks"
WHY = "Order 14/2026 of the court"


@pytest.fixture
def officer(cast):
    builders.a_person("sokha@xa.example", "XA")
    publish(1, [a_record("XA/1", text="one"), a_record("XA/2", text="two")])
    return signed_in("sokha@xa.example")


@pytest.fixture
def jpo(officer):
    return a_reader(name="JPO", rights={Right.TRADEMARK}).sign_in()


def add(officer, **changes):
    fields = {"right": "trademark", "number": "XA/1", "party": "", "until": "", "reason": WHY}
    return officer.post(f"{HERE}/add", fields | changes, follow=True)


def text_of(answer):
    text = re.sub(r"<[^>]*>", "", answer.content.decode().split("<main", 1)[-1])
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def test_a_block_acts_at_once_and_lifting_it_as_well(officer, jpo):
    address = "/api/v1/trademarks/XA/XA/1"
    assert jpo.get(address).status_code == 200
    page = text_of(add(officer))
    assert "Blocked: XA/1 is kept from every third party from now on." in page
    assert "1 block in force" in page
    assert jpo.get(address).status_code == 404
    assert jpo.get("/api/v1/trademarks/XA/XA/2").status_code == 200
    block = RecordBlock.objects.get()
    answer = officer.post(f"{HERE}/{block.pk}/lift", follow=True)
    assert "Lifted: XA/1 goes out again where the conditions let it." in text_of(answer)
    assert "No record is blocked" in text_of(answer)
    assert jpo.get(address).status_code == 200
    ended = text_of(officer.get(f"{HERE}?ended=1"))
    assert "1 block ended" in ended
    assert "by sokha@xa.example" in ended
    again = officer.post(f"{HERE}/{block.pk}/lift", follow=True)
    assert "had ended before" in text_of(again)
    events = AuditEvent.objects.filter(event__startswith="record.").values_list("event", flat=True)
    assert sorted(events) == ["record.blocked", "record.unblocked"]


def test_a_block_may_be_for_one_third_party_alone(officer, jpo):
    other = a_reader(name="WIPO", rights={Right.TRADEMARK}).sign_in()
    page = text_of(add(officer, party=jpo.authorization.pk))
    assert "XA/1 is kept from JPO from now on" in page
    assert jpo.get("/api/v1/trademarks/XA/XA/1").status_code == 404
    assert other.get("/api/v1/trademarks/XA/XA/1").status_code == 200


def test_a_record_that_is_not_there_can_be_blocked_and_the_page_says_so(officer):
    page = text_of(add(officer, number="XA/9"))
    assert "The register holds no trademark XA/9 at present; the block waits" in page
    assert "not in the register at present" in page
    assert "not in the register at present" not in text_of(officer.get(f"{HERE}?words=XA/1"))


def test_the_same_block_for_another_reason_is_told(officer):
    add(officer)
    answer = add(officer, reason="Another order of the court")
    assert answer.status_code == 422
    assert "blocked in this way already; lift that block first" in text_of(answer)
    assert RecordBlock.objects.count() == 1


def test_the_same_block_sent_twice_is_one(officer):
    assert "Blocked: XA/1" in text_of(add(officer))
    assert "Blocked: XA/1" in text_of(add(officer))
    assert RecordBlock.objects.count() == 1
    assert AuditEvent.objects.filter(event="record.blocked").count() == 1


def at_once(do):
    """The same done by several at the same time, each on a connection of its own; what each of them gave."""
    ready = threading.Barrier(4)

    def one(_):
        try:
            ready.wait(10)
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        return [*pool.map(one, range(4))]


@pytest.mark.django_db(transaction=True)
def test_the_same_block_by_several_at_once_is_one(cast, at):
    def block():
        return blocks.block(
            "XA", Right.TRADEMARK, "XA/1", authorization=None, reason=WHY, until=None, by="a", at=at
        ).pk  # fmt: skip

    assert len(set(at_once(block))) == 1
    assert RecordBlock.objects.count() == 1
    assert AuditEvent.objects.filter(event="record.blocked").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_end_of_a_block_is_proposed_once_by_several_at_once(cast, at):
    def propose():
        try:
            return proposals.propose(
                "XA", proposals.LIFT, {"block": 7}, [Right.TRADEMARK],
                preview={"headline": "x", "lines": []}, reason="x", by="a@xa.example", at=at,
            )  # fmt: skip
        except proposals.ProposalError:
            return None

    assert len([made for made in at_once(propose) if made]) == 1
    assert Proposal.objects.count() == 1


def test_blocks_are_found_by_number(officer, at):
    for n in range(60):
        blocks.block(
            "XA", Right.DESIGN, f"XA/D/{n}", authorization=None, reason=WHY, until=None, by="a", at=at
        )  # fmt: skip
    page = text_of(officer.get(HERE))
    assert "60 blocks in force" in page
    assert "50 of 60" in page
    assert "11 blocks in force" in text_of(officer.get(f"{HERE}?words=d/5"))
    assert "No block of this number" in text_of(officer.get(f"{HERE}?words=%00nothing"))


def test_an_end_is_an_instant_of_the_office_and_is_kept(officer, at):
    add(officer, until="2096-01-01T00:00")
    assert RecordBlock.objects.get().until.isoformat() == "2096-01-01T00:00:00+00:00"
    assert "1 Jan 2096, 00:00 (UTC)" in text_of(officer.get(HERE))
    assert blocks.lift_ended(at=RecordBlock.objects.get().until + timedelta(seconds=1)) == 1
    assert "by its own end" in text_of(officer.get(f"{HERE}?ended=1"))


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ({"right": ""}, "Choose trademarks, patents or designs."),
        ({"number": " "}, "Write the application number as your office writes it."),
        ({"until": "2001-01-01T00:00"}, "This has passed: choose a later instant or none."),
        ({"until": "soon"}, "write it as 2026-11-26 09:00"),
        ({"reason": "because"}, "Write a reason of at least 10 characters."),
        ({"party": "999999"}, "Select a valid choice"),
        ({"number": "XA/1\0"}, "Null characters are not allowed."),
    ],
)
def test_a_trouble_stands_beside_its_field(officer, field, told):
    answer = add(officer, **field)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert not RecordBlock.objects.exists()
