"""Authorizations: each change of conditions is a version, and leaves its audit event."""

from __future__ import annotations

import pytest

from ipshare.domain.authorization import Conditions
from ipshare.domain.group import ElementGroup as G
from ipshare.domain.group import Restriction
from ipshare.domain.office import Right
from ipshare.share import authorizations, authorized
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.sharing import AuthorizationVersion
from share.histories import allow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]


@pytest.fixture
def jpo(at):
    """XA's authorization for JPO, with nothing saved."""
    authorization, _, _ = authorizations.add_third_party(
        "XA", "JPO", "Japan Patent Office", by="officer", at=at
    )
    return authorization


def test_a_new_third_party_receives_nothing(jpo):
    assert authorized.conditions_of(jpo) == Conditions()
    [listed] = authorized.list_for("XA")
    assert (listed.authorization, listed.version, listed.conditions.rights) == (
        jpo,
        None,
        frozenset(),
    )
    assert authorized.list_for("XB") == []


def test_a_third_party_is_added_once_per_office(jpo, at):
    with pytest.raises(
        authorizations.AlreadyAddedError, match="JPO is a third party of XA already"
    ):
        authorizations.add_third_party("XA", "JPO", "", by="officer", at=at)
    other, client, _ = authorizations.add_third_party("XB", "JPO", "", by="officer", at=at)
    assert other.third_party == jpo.third_party
    assert client.client_id != jpo.client.client_id


def test_the_same_conditions_again_are_no_new_version(jpo):
    without = Restriction.WITHOUT_STAKEHOLDERS.groups
    first = allow(jpo, rights={Right.TRADEMARK}, excluded=without)
    assert allow(jpo, rights={Right.TRADEMARK}, excluded=without) == first
    assert (
        allow(jpo, rights={Right.TRADEMARK}, excluded=without | {G.IDENTITY, G.UNCLASSIFIED})
        == first
    )
    assert allow(jpo, rights={Right.TRADEMARK}).number == 2
    assert [v.number for v in AuthorizationVersion.objects.order_by("number")] == [1, 2]
    [listed] = authorized.list_for("XA")
    assert listed.version.number == 2


def test_an_end_is_a_version_without_rights_and_may_be_undone(jpo, at):
    allow(jpo, excluded={G.GOODS})
    ended = authorizations.end(jpo, by="officer", reason="contract over", at=at)
    assert (ended.number, ended.rights, ended.excluded) == (2, [], ["goods"])
    assert jpo.ended_at == at
    assert authorizations.end(jpo, by="officer", reason="again", at=at) == ended
    assert allow(jpo, excluded={G.GOODS}).number == 3
    assert jpo.ended_at is None


def test_every_step_leaves_an_audit_event(jpo, at):
    allow(jpo)
    allow(jpo)
    authorizations.rotate_secret(jpo, by="officer", at=at)
    authorizations.end(jpo, by="officer", reason="over", at=at)
    events = AuditEvent.objects.filter(office_id="XA").order_by("pk")
    assert [event.event for event in events] == [
        "third-party.added",
        "client.secret-issued",
        "authorization.saved",
        "client.secret-issued",
        "authorization.ended",
        "authorization.revocation-stated",
    ]
    assert {event.actor for event in events} == {"officer"}
    assert "secret" not in str([sorted(event.detail) for event in events])
