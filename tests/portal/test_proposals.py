"""A second person: what shares more waits for them, what protects does not, and nobody is their own second person."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ipshare.domain.authorization import Channel, Conditions, Filter
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.ops.refusal import RefusalError
from ipshare.share import authorizations, authorized, blocks, proposals
from ipshare.share.proposals import ProposalError, narrows
from ipshare.store.models.accounts import Office
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.letters import Letter
from ipshare.store.models.proposals import Proposal
from ipshare.store.models.sharing import Authorization, RecordBlock
from ops.test_accounts_commands import call
from portal import builders
from portal.conftest import signed_in

pytestmark = pytest.mark.django_db
BASE = "/data-exchange-authorizations/kh"
REASON = "Agreement with the JPO of 3 November"
DECISION = {"what": "approve", "reason": "Read and compared with the agreement"}


def jpo():
    return Authorization.objects.get(office="KH", third_party__name="JPO")


def now_held():
    return authorized.conditions_of(jpo())


@pytest.fixture
def two(office):
    """Two authorization officers of KH, where a second person is asked for, and nothing waits."""
    Proposal.objects.all().delete()
    builders.a_person("dara@moc.example", "KH", "Keo Dara", builders.roles("authorization-officer"))
    sokha, dara = signed_in("sokha.chan@moc.example"), signed_in("dara@moc.example")
    assert sokha.post(f"{BASE}/second-person", {"reason": REASON}).status_code == 302
    assert Office.objects.get(code="KH").second_person
    return sokha, dara


def save(client, rights=("trademark", "patent"), preset=(), **more):
    """Send conditions as the form does: first to be shown, then as they were shown."""
    one = jpo()
    fields = {
        "rights": rights, "restrictions": preset, "channels": [*Channel], "version": one.version, "reason": REASON,
        "images": "on", "documents": "on", **more,
    }  # fmt: skip
    shown = client.post(f"{BASE}/{one.pk}/save", fields).content.decode()
    seal = re.search(r'name="seen" value="([^"]+)"', shown)
    return client.post(f"{BASE}/{one.pk}/save", fields | {"seen": seal[1]}), shown


def proposed():
    return Proposal.objects.latest("pk")


def decide(client, **fields):
    return client.post(f"{BASE}/proposals/{proposed().pk}/decide", DECISION | fields, follow=True)


def test_what_shares_more_holds_once_another_has_approved(two):
    sokha, dara = two
    before = now_held()
    answer, shown = save(sokha)
    assert "Propose these changes" in shown
    assert answer["Location"] == f"{BASE}/proposals/{proposed().pk}"
    assert now_held() == before
    letter = Letter.objects.get(to="dara@moc.example", subject__contains="waits for your approval")
    assert f"/proposals/{proposed().pk}" in letter.body
    page = dara.get(f"{BASE}/proposals/{proposed().pk}").content.decode()
    assert "without stakeholder information" in page
    assert "1\xa0proposal waits" in dara.get(BASE).content.decode()
    assert b"Approved: it holds from now on" in decide(dara).content
    assert now_held().excluded == frozenset()
    version = authorized.versions_of(jpo())[0][0]
    assert version.saved_by == "sokha.chan@moc.example"
    assert "approved by dara@moc.example" in version.reason
    events = {*AuditEvent.objects.filter(office="KH").values_list("event", flat=True)}
    assert events >= {"proposal.made", "proposal.approved", "second-person.required"}


def test_nobody_approves_their_own(two):
    sokha, _ = two
    save(sokha)
    before = now_held()
    assert b"your own proposal" in sokha.get(f"{BASE}/proposals/{proposed().pk}").content
    assert b"your own proposal" in decide(sokha).content
    assert now_held() == before
    one = proposed()
    one.state, one.decided_by = "approved", one.proposed_by
    with pytest.raises(IntegrityError, match="nobody_decides_on_their_own"), transaction.atomic():
        one.save()
    decide(sokha, what="withdraw", reason="")
    assert proposed().state == "withdrawn"


def test_a_rejection_needs_its_reason_and_changes_nothing(two):
    sokha, dara = two
    save(sokha)
    before = now_held()
    assert decide(dara, what="reject", reason="no").status_code == 422
    assert decide(dara, what="dance").status_code == 422
    decide(dara, what="reject", reason="The agreement does not say so")
    assert (proposed().state, now_held()) == ("rejected", before)
    assert b"Nothing was done twice" in decide(dara).content
    assert now_held() == before


def test_what_protects_holds_at_once(two):
    sokha, _ = two
    answer, shown = save(sokha, rights=("trademark",), preset=["without-stakeholders"])
    assert "Save Changes" in shown
    assert answer["Location"] == f"{BASE}/{jpo().pk}"
    assert now_held().rights == {Right.TRADEMARK}
    sokha.post(f"{BASE}/{jpo().pk}/end", {"reason": "The agreement has ended"})
    assert jpo().ended_at is not None
    assert not Proposal.objects.exists()


def test_a_proposal_that_others_have_overtaken_cannot_be_approved(two):
    sokha, dara = two
    save(sokha)
    save(sokha, rights=("trademark",), preset=["without-stakeholders"])
    before = now_held()
    assert b"this can only be rejected" in decide(dara).content
    assert now_held() == before
    assert proposed().state == "open"


def test_one_proposal_at_a_time_for_one_authorization(two):
    sokha, dara = two
    save(sokha)
    save(dara)
    assert Proposal.objects.count() == 1


def test_to_do_without_needs_two(two):
    sokha, dara = two
    sokha.post(f"{BASE}/second-person", {"reason": REASON})
    assert Office.objects.get(code="KH").second_person
    decide(sokha)
    assert Office.objects.get(code="KH").second_person
    decide(dara)
    assert not Office.objects.get(code="KH").second_person


def test_it_is_refused_where_nobody_could_approve(sokha):
    answer = sokha.post(f"{BASE}/second-person", {"reason": REASON}, follow=True)
    assert b"There has to be a second authorization officer" in answer.content
    assert not Office.objects.get(code="KH").second_person


def test_the_base_restriction_and_blocks_do_not_get_around_it(two, at):
    sokha, dara = two
    authorizations.save_base("KH", frozenset({ElementGroup.GOODS}), by="x", reason="y", at=at)
    fields = {"version": 1, "reason": REASON}
    shown = sokha.post(f"{BASE}/base/save", fields).content.decode()
    seal = re.search(r'name="seen" value="([^"]+)"', shown)[1]
    sokha.post(f"{BASE}/base/save", fields | {"seen": seal})
    assert authorized.base_of("KH")[1] == {ElementGroup.GOODS}
    decide(dara)
    assert authorized.base_of("KH")[1] == frozenset()
    block = RecordBlock.objects.get(office="KH")
    for _ in range(2):
        sokha.post(f"{BASE}/blocks/{block.pk}/lift")
    block.refresh_from_db()
    assert block.lifted_at is None
    assert Proposal.objects.filter(kind="lift").count() == 1
    decide(dara)
    block.refresh_from_db()
    assert block.lifted_at is not None


def test_the_command_line_does_not_get_around_it(two):
    with pytest.raises(RefusalError, match="asks for a second person"):
        call("authorize KH JPO --right trademark --right patent --right design")
    call("authorize KH JPO --right trademark --restriction without-stakeholders")
    assert now_held().rights == {Right.TRADEMARK}


def test_only_who_may_save_decides_and_another_office_sees_nothing(two):
    sokha, _ = two
    save(sokha)
    builders.a_person("look@moc.example", "KH", "Ly Vanna", builders.roles("viewer"))
    builders.a_person(
        "marks@moc.example", "KH", "Ly Vanna", builders.roles("authorization-officer", right=Right.TRADEMARK)
    )  # fmt: skip
    for email in ("look@moc.example", "marks@moc.example"):
        client = signed_in(email)
        assert decide(client).status_code == 403
        page = client.get(f"{BASE}/proposals/{proposed().pk}")
        assert page.status_code == 200
        assert b"Approve" not in page.content.replace(b"Approved", b"")
    anong = signed_in("anong@dip.example")
    assert decide(anong).status_code == 404
    assert (
        anong.get(f"/data-exchange-authorizations/th/proposals/{proposed().pk}").status_code == 404
    )
    told = Letter.objects.filter(subject__contains="waits").values_list("to", flat=True)
    assert {*told} == {"dara@moc.example"}


WIDE = Conditions(rights=frozenset({Right.TRADEMARK}))
DAY = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("was", "change", "narrower"),
    [
        (WIDE, {}, True),
        (WIDE, {"rights": frozenset()}, True),
        (WIDE, {"rights": frozenset(Right)}, False),
        (WIDE, {"excluded": frozenset({ElementGroup.GOODS})}, True),
        (replace(WIDE, excluded=frozenset({ElementGroup.GOODS})), {"excluded": frozenset()}, False),
        (WIDE, {"filter": Filter(published_only=True)}, True),
        (replace(WIDE, filter=Filter(published_only=True)), {"filter": Filter()}, False),
        (WIDE, {"images": False, "documents": False}, True),
        (replace(WIDE, images=False), {"images": True}, False),
        (WIDE, {"channels": frozenset({Channel.API})}, True),
        (replace(WIDE, channels=frozenset({Channel.API})), {"channels": frozenset(Channel)}, False),
        (WIDE, {"ends_at": DAY}, True),
        (replace(WIDE, ends_at=DAY), {"ends_at": None}, False),
        (replace(WIDE, ends_at=DAY), {"ends_at": DAY + timedelta(days=1)}, False),
        (WIDE, {"starts_at": DAY}, True),
        (replace(WIDE, starts_at=DAY), {"starts_at": None}, False),
        (replace(WIDE, starts_at=DAY), {"starts_at": DAY - timedelta(days=1)}, False),
        (WIDE, {"networks": ("10.0.0.0/8",)}, True),
        (replace(WIDE, networks=("10.0.0.0/8",)), {"networks": ()}, False),
        (replace(WIDE, networks=("10.0.0.0/8",)), {"networks": ("10.0.0.0/8", "192.0.2.0/24")}, False),
        (replace(WIDE, requests_per_minute=5), {"requests_per_minute": None}, False),
        (replace(WIDE, bytes_per_day=5), {"bytes_per_day": 6}, False),
        (WIDE, {"bytes_per_day": 5}, True),
        (WIDE, {"bytes_per_day": 10**15}, False),  # where none is set, the hub's own limit holds
        (WIDE, {"requests_per_minute": 10**6}, False),
        (replace(WIDE, bytes_per_day=10**15), {"bytes_per_day": None}, True),
        (WIDE, {"terms": "free for all"}, False),
    ],
)  # fmt: skip
def test_what_narrows(was, change, narrower):
    assert narrows(was, replace(was, **change)) is narrower


def test_conditions_come_back_from_a_proposal_as_they_were(two, at):
    wanted = replace(
        WIDE, ends_at=timezone.now() + timedelta(days=9), networks=("10.0.0.0/8",),
        filter=Filter(published_only=True), channels=frozenset({Channel.API}), purpose="TMview",
    )  # fmt: skip
    made = proposals.propose(
        "KH", "conditions", proposals.conditions(wanted), [Right.TRADEMARK], authorization=jpo(),
        version=jpo().version, preview={"headline": "x"}, reason="r", by="sokha.chan@moc.example", at=at,
    )  # fmt: skip
    proposals.approve(made, by="dara@moc.example", reason="r", at=at)
    assert now_held() == wanted


@pytest.mark.django_db(transaction=True)
def test_an_end_during_an_approval_waits_and_holds(monkeypatch):
    builders.cambodia()
    one, failed, convert = Proposal.objects.get(kind="conditions"), [], proposals.msgspec.convert

    def end():
        try:
            authorizations.end(jpo(), by="dara", reason="court order", at=timezone.now())
        except Exception as trouble:  # noqa: BLE001 (told by the test's own thread)
            failed.append(trouble)
        finally:
            connection.close()

    ending = threading.Thread(target=end)

    def between(*args):
        ending.start()
        ending.join(0.5)
        return convert(*args)

    monkeypatch.setattr(proposals, "msgspec", SimpleNamespace(convert=between))
    try:
        proposals.approve(one, by="sokha.chan@moc.example", reason=REASON, at=timezone.now())
    finally:
        ending.join()
        ended, rights = jpo().ended_at, now_held().rights
    assert (failed, rights) == ([], frozenset())
    assert ended


def test_what_was_ended_a_moment_ago_is_not_opened_by_an_approval(office, monkeypatch):
    one, held = Proposal.objects.get(kind="conditions"), proposals._open

    def ended_after(proposal):
        found = held(proposal)
        authorizations.end(jpo(), by="dara", reason="court order", at=timezone.now())
        return found

    monkeypatch.setattr(proposals, "_open", ended_after)
    with pytest.raises(ProposalError, match="changed meanwhile"):
        proposals.approve(one, by="sokha.chan@moc.example", reason=REASON, at=timezone.now())


def test_a_base_restriction_lets_others_write_events_of_the_office(office):
    with CaptureQueriesContext(connection) as asked:
        authorizations.save_base(
            "KH", frozenset({ElementGroup.STATUS}), by="x", reason=REASON, at=timezone.now()
        )
    assert any("FOR NO KEY UPDATE" in one["sql"] for one in asked)


def test_a_refused_command_has_done_nothing(two, capsys):
    secrets = jpo().client.secrets.filter(revoked_at=None)
    before = [*secrets.values_list("pk", flat=True)]
    every = "--right trademark --right patent --right design"
    for line in (f"JPO {every} --new-secret --reason x", f"NEWCO {every} --reason x"):
        with pytest.raises(RefusalError, match="second person"):
            call(f"authorize KH {line}")
    assert [*secrets.values_list("pk", flat=True)] == before
    assert not Authorization.objects.filter(third_party__name="NEWCO").exists()
    assert "secret" not in capsys.readouterr().out
    assert call("authorize KH JPO --new-secret") == 0


def test_the_end_of_a_block_is_not_told_to_whoever_serves_other_rights(two):
    block = blocks.block(
        "KH", Right.PATENT, "KH/P/1", authorization=None, reason="Secret order", until=None,
        by="x", at=builders.AT,
    )  # fmt: skip
    two[0].post(f"{BASE}/blocks/{block.pk}/lift")
    one = Proposal.objects.get(kind="lift")
    builders.a_person("m@moc.example", "KH", "M", builders.roles("viewer", right=Right.TRADEMARK))
    marks = signed_in("m@moc.example")
    for state in ("open", "withdrawn"):
        Proposal.objects.filter(pk=one.pk).update(state=state)
        assert b"KH/P/1" not in marks.get(f"{BASE}/proposals").content
        assert b"KH/P/1" in two[1].get(f"{BASE}/proposals").content
    assert marks.get(f"{BASE}/proposals/{one.pk}").status_code == 404
    assert two[1].get(f"{BASE}/proposals/{one.pk}").status_code == 200


def test_the_end_of_a_block_waits_once(two):
    block = blocks.block(
        "KH", Right.PATENT, "KH/P/1", authorization=None, reason="Secret order", until=None,
        by="x", at=builders.AT,
    )  # fmt: skip
    for officer in (two[0], two[0], two[1]):
        answer = officer.post(f"{BASE}/blocks/{block.pk}/lift", follow=True)
    assert b"waits for a second person already" in answer.content
    assert Proposal.objects.filter(kind="lift").count() == 1


def test_nobody_of_a_closed_office_is_written_to(two):
    Office.objects.filter(pk="KH").update(active=False)
    assert proposals._officers("KH") == []
