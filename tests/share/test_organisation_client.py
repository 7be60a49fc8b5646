"""The client of a whole third party: every office under its own conditions, and only where the office allows it."""

from __future__ import annotations

import json

import pytest

from ipshare.accounts.clients import CredentialRefusedError
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.office import Right
from ipshare.share import authorizations, organisations
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.sharing import Authorization
from share.histories import AT, Reader, a_reader, a_record, allow, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


@pytest.fixture
def offices():
    """JPO's machines at XA and XB; each office has two marks; XC has authorized somebody else."""
    for place, office in enumerate(("XA", "XB", "XC")):
        marks = [a_record(f"{office}/{n}", office=office, text="t", goods="g") for n in (1, 2)]
        publish(place + 1, marks, office=office)
    a_reader(office="XC", name="KIPO")
    return {
        "XA": a_reader(office="XA", name="JPO", excluded={G.GOODS}),
        "XB": a_reader(office="XB", name="JPO", rights={Right.TRADEMARK}),
    }


@pytest.fixture
def jpo(offices):
    """JPO's client over offices; nobody has allowed it yet."""
    client, secret = organisations.add_client("JPO", by="operator", at=AT)
    return Reader(None, client.client_id, secret).sign_in()


def decide(reader, *, allowed=True):
    reader.authorization.refresh_from_db()
    return organisations.decide(reader.authorization, allowed=allowed, by="officer", at=AT)


def code(answer):
    return (answer.status_code, json.loads(answer.getvalue())["code"])


def test_it_reads_nothing_until_an_office_allows_it(jpo, offices):
    assert jpo.get("/api/v1/whoami").json()["offices"] == []
    assert code(jpo.get("/api/v1/changes")) == (403, "no-authorization")
    assert code(jpo.get("/api/v1/changes?office=XA")) == (403, "no-authorization")
    assert code(jpo.get("/api/v1/trademarks/XA/XA/1")) == (404, "not-found")
    assert decide(offices["XA"]) is True
    assert decide(offices["XA"]) is False
    assert [one["office"] for one in jpo.get("/api/v1/whoami").json()["offices"]] == ["XA"]
    assert jpo.get("/api/v1/trademarks/XA/XA/1").status_code == 200
    assert code(jpo.get("/api/v1/trademarks/XB/XB/1")) == (404, "not-found")


def test_each_office_is_read_under_its_own_conditions(jpo, offices):
    decide(offices["XA"])
    decide(offices["XB"])
    shown = jpo.get("/api/v1/whoami").json()
    assert shown["thirdParty"] == "JPO"
    assert "office" not in shown
    assert [(one["office"], one["withheld"], one["rights"]) for one in shown["offices"]] == [
        ("XA", ["goods", "remarks"], ["trademark", "patent", "design"]),
        ("XB", [], ["trademark"]),
    ]
    for office, number in (("XA", "XA/1"), ("XB", "XB/2")):
        address = f"/api/v1/trademarks/{office}/{number}"
        assert jpo.get(address).json() == offices[office].get(address).json()
    assert "goods" not in jpo.get("/api/v1/trademarks/XA/XA/1").json()
    for office in ("XA", "XB"):
        theirs = json.loads(jpo.get(f"/api/v1/changes?office={office}").getvalue())
        own = offices[office].page()
        assert theirs["items"] == own["items"]
        assert len(own["items"]) == 2


def test_the_office_is_named_where_there_are_several(jpo, offices):
    decide(offices["XA"])
    assert jpo.get("/api/v1/changes").status_code == 200  # there is but one
    decide(offices["XB"])
    answer = jpo.get("/api/v1/changes")
    assert code(answer) == (400, "parameter-not-valid")
    assert "add office=, one of XA, XB" in json.loads(answer.getvalue())["detail"]


def test_unknown_foreign_and_forbidden_offices_are_the_same_answer(jpo, offices):
    decide(offices["XA"])
    answers = [
        (answer.status_code, answer.getvalue().replace(office.encode(), b"??"))
        for office in ("XB", "XC", "ZZ")
        if (answer := jpo.get(f"/api/v1/changes?office={office}&after=x"))
    ]
    assert answers[0][0] == 403
    assert len(set(answers)) == 1
    answers = [
        (answer.status_code, answer.content)
        for office in ("XB", "XC", "ZZ", "xa", "X", "%00", "XA%00", "' OR 1=1")
        if (answer := jpo.get(f"/api/v1/trademarks/{office}/XB/1"))
    ]
    assert answers[0][0] == 404
    assert len(set(answers)) == 1


@pytest.mark.parametrize("office", ["", "xa", "XAB", "X%00", "%00", "1A", "XA,XB"])
def test_what_is_no_code_of_an_office_is_a_parameter_that_cannot_be_read(jpo, office):
    assert code(jpo.get(f"/api/v1/changes?office={office}")) == (400, "parameter-not-valid")


def test_a_client_of_one_authorization_may_name_its_office_and_no_other(offices):
    own = offices["XA"]
    assert own.get("/api/v1/changes?office=XA").status_code == 200
    assert code(own.get("/api/v1/changes?office=XB")) == (403, "no-authorization")
    shown = own.get("/api/v1/whoami").json()
    assert shown["office"] == "XA"
    assert [one["office"] for one in shown["offices"]] == ["XA"]


def test_a_cursor_is_of_one_client_and_one_office(jpo, offices):
    decide(offices["XA"])
    decide(offices["XB"])
    cursor = json.loads(jpo.get("/api/v1/changes?office=XA").getvalue())["next"]
    for reader, office, status in ((jpo, "XA", 200), (jpo, "XB", 400), (offices["XA"], "XA", 400)):
        answer = reader.get(f"/api/v1/changes?office={office}&after={cursor}")
        assert answer.status_code == status


def test_forbidding_it_acts_at_once_also_on_a_page_that_is_leaving(jpo, offices, monkeypatch):
    monkeypatch.setattr("ipshare.share.feed.LOOK_EVERY", -1)
    publish(9, [a_record(f"{n:03}", text="t" * 9000) for n in range(200)])
    decide(offices["XA"])
    answer = jpo.get("/api/v1/changes?office=XA", Accept="application/x-ndjson")
    assert decide(offices["XA"], allowed=False) is True
    assert len(answer.getvalue().splitlines()) < 20
    assert code(jpo.get("/api/v1/changes?office=XA")) == (403, "no-authorization")
    assert offices["XA"].get("/api/v1/changes").status_code == 200


def test_a_token_that_ends_ends_the_page_that_is_leaving(offices, monkeypatch):
    monkeypatch.setattr("ipshare.share.feed.LOOK_EVERY", -1)
    publish(9, [a_record(f"{n:03}", text="t" * 9000) for n in range(200)])
    answer = offices["XA"].get("/api/v1/changes", Accept="application/x-ndjson")
    authorizations.rotate_secret(offices["XA"].authorization, by="officer", at=AT)
    assert len(answer.getvalue().splitlines()) < 20


def test_the_end_of_one_authorization_leaves_the_others(jpo, offices):
    decide(offices["XA"])
    decide(offices["XB"])
    authorizations.end(offices["XA"].authorization, by="officer", reason="over", at=AT)
    assert code(jpo.get("/api/v1/changes?office=XA")) == (403, "no-authorization")
    assert jpo.get("/api/v1/changes?office=XB").status_code == 200
    allow(offices["XA"].authorization)
    assert jpo.get("/api/v1/changes?office=XA").status_code == 200


def test_the_office_sees_that_it_is_used(jpo, offices):
    decide(offices["XA"])
    decide(offices["XB"])
    jpo.get("/api/v1/trademarks/XA/XA/1")
    used = dict(
        Authorization.objects.filter(third_party__name="JPO").values_list(
            "office_id", "organisation_used_at"
        )
    )
    assert used["XA"] is not None
    assert used["XB"] is None


def test_every_office_concerned_is_told(jpo, offices):
    decide(offices["XA"])
    found = AuditEvent.objects.filter(event__startswith="organisation-client.").order_by("pk")
    assert [(one.event, one.office_id, one.actor) for one in found] == [
        ("organisation-client.added", "XA", "operator"),
        ("organisation-client.added", "XB", "operator"),
        ("organisation-client.allowed", "XA", "officer"),
    ]


def test_it_is_made_once_and_for_a_third_party_that_there_is(jpo):
    with pytest.raises(CredentialRefusedError, match="JPO has its client already"):
        organisations.add_client("JPO", by="operator", at=AT)
    with pytest.raises(CredentialRefusedError, match="no third party of any office"):
        organisations.add_client("EPO", by="operator", at=AT)
