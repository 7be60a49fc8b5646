"""Operators invite operators: by a letter, in the audit, and nobody else does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from ipshare.accounts import invitations
from ipshare.store.models.accounts import User
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.invitations import Invitation
from ipshare.store.models.letters import Letter

pytestmark = pytest.mark.django_db
INVITED = {"name": "Rina Tan", "email": "rina.tan@hub.example"}


def link():
    return re.search(r"http://\S+?(/invitations/\S+)", Letter.objects.latest("pk").body)[1]


def invite(client, **changes):
    return client.post("/hub/operators/invite", INVITED | changes)


def test_an_invitation_becomes_an_operator(operator):
    assert invite(operator)["Location"] == "/hub/operators"
    letter = Letter.objects.latest("pk").body
    assert "invites you to operate ipshare" in letter
    assert "Your part there" not in letter
    page = operator.get("/hub/operators").content
    assert b"rina.tan@hub.example" in page
    stranger, address = Client(), link()
    assert b"be an operator of the hub" in stranger.get(address).content
    answer = stranger.post(address, {"name": "Tan Rina", "password": "four quiet grey herons"})
    assert answer.status_code == 302
    made = User.objects.get(email="rina.tan@hub.example")
    assert made.is_operator
    assert made.roles == ()
    assert stranger.get("/hub/operators").status_code == 200
    assert Client().get(address).status_code == 404  # it works once
    events = AuditEvent.objects.filter(subject="rina.tan@hub.example").order_by("pk")
    assert [(event.event, event.office_id) for event in events if "person.s" not in event.event] == [
        ("invitation.sent", None), ("person.added", None), ("invitation.accepted", None),
    ]  # fmt: skip
    assert events[0].actor == "operator@hub.example"


def test_it_is_sent_again_and_taken_back(operator):
    invite(operator)
    first, one = link(), Invitation.objects.get(office=None)
    assert operator.post(f"/hub/operators/{one.pk}/again").status_code == 302
    assert Client().get(first).status_code == 404
    second = link()
    assert Client().get(second).status_code == 200
    token = second.removeprefix("/invitations/")
    one.refresh_from_db()
    assert invitations.of_link(token, at=one.expires_at + timedelta(seconds=1)) is None
    assert operator.post(f"/hub/operators/{one.pk}/revoke").status_code == 302
    assert Client().get(second).status_code == 404
    assert operator.post(f"/hub/operators/{one.pk}/again").status_code == 404


def test_nobody_is_invited_twice_and_what_cannot_be_says_why(operator):
    invite(operator)
    assert b"is invited already" in invite(operator, email="RINA.tan@hub.example").content
    known = invite(operator, email="operator@hub.example")
    assert (known.status_code, b"has an account as an operator already" in known.content) == (422, True)  # fmt: skip
    assert invite(operator, email="nobody").status_code == 422
    assert Invitation.objects.filter(office=None).count() == 1


def test_an_office_invites_no_operator(sokha, operator):
    invite(operator)
    one = Invitation.objects.get(office=None)
    for path in ("invite", f"{one.pk}/again", f"{one.pk}/revoke"):
        assert sokha.post(f"/hub/operators/{path}", INVITED).status_code == 404
    assert sokha.post(f"/people/kh/invitations/{one.pk}/revoke").status_code == 404
    assert sokha.get("/hub/operators").status_code == 404
    assert operator.post(f"/people/kh/invitations/{one.pk}/revoke").status_code == 404


def test_it_has_to_be_confirmed(operator):
    session = operator.session
    session["account_authentication_methods"] = [
        one | {"at": one["at"] - 3600} for one in session["account_authentication_methods"]
    ]
    session.save()
    asked = invite(operator)
    assert b"confirm-password" in asked.content
    assert not Invitation.objects.filter(office=None).exists()
