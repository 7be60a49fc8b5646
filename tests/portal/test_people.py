"""The people of an office: invitations, roles, closed accounts; by administrators and operators, and nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from ipshare.accounts import invitations, roles
from ipshare.accounts.roles import LastAdministratorError
from ipshare.domain.office import Right
from ipshare.domain.role import Role
from ipshare.portal import urls
from ipshare.store.models.accounts import Office, User
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.invitations import Invitation
from ipshare.store.models.letters import Letter
from portal import builders, test_guard
from portal.conftest import signed_in

pytestmark = pytest.mark.django_db
INVITED = {
    "name": "Sok Lina", "email": "Lina.Sok@moc.example",
    "roles": ["data-officer:trademark", "viewer"],
}  # fmt: skip
CHOSEN = {"name": "Sok Lina", "password": "four words on a wall"}
OF_PEOPLE = {p.name for p in urls.urlpatterns if p.callback.permission == "portal:people:manage"}


def link():
    return re.search(r"http://\S+?(/invitations/\S+)", Letter.objects.latest("pk").body)[1]


def address(name, code, number):
    route = test_guard.routes()[name].pattern._route
    return "/" + route.replace("<str:code>", code).replace("<int:number>", str(number))


def invite(client, code="kh", **changes):
    return client.post(f"/people/{code}/invite", INVITED | changes)


def person():
    return User.objects.get(email="sokha.chan@moc.example")


def test_an_invitation_becomes_an_account_in_the_roles_chosen(sokha):
    assert invite(sokha)["Location"] == "/people/kh"
    page = sokha.get("/people/kh").content.decode()
    assert "lina.sok@moc.example" in page
    assert "Viewer, Data officer (Trademarks)" in page
    letter = Letter.objects.latest("pk").body
    assert (
        "- Viewer, for all rights: looks at everything of the office\n"
        "- Data officer, for Trademarks: sends, releases and rejects submissions\n" in letter
    )
    stranger = Client()
    assert b"invites you to work for Cambodia" in stranger.get(link()).content
    assert stranger.post(link(), CHOSEN | {"password": "short"}).status_code == 422
    assert stranger.post(link(), CHOSEN)["Location"] == "/"
    assert stranger.get("/submissions/KH-000004").status_code == 200
    made = User.objects.get(email="lina.sok@moc.example")
    assert roles.listed([held for _, held in made.roles]) == ["data-officer:trademark", "viewer"]
    assert Client().get(link()).status_code == 404  # once
    events = {*AuditEvent.objects.filter(subject=made.email).values_list("event", flat=True)}
    assert events >= {"invitation.sent", "invitation.accepted", "person.added"}


def test_a_link_ends_by_time_by_revocation_and_by_another_letter(sokha, at):
    invite(sokha)
    first, one = link(), Invitation.objects.get()
    assert sokha.post(f"/people/kh/invitations/{one.pk}/again").status_code == 302
    second = link()
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    token = second.removeprefix("/invitations/")
    one.refresh_from_db()
    assert invitations.of_link(token, at=one.expires_at - timedelta(seconds=1)) == one
    assert invitations.of_link(token, at=one.expires_at) is None
    assert one.expires_at - one.sent_at == timedelta(days=7)
    assert sokha.post(f"/people/kh/invitations/{one.pk}/revoke").status_code == 302
    assert Client().get(second).status_code == 404
    assert Client().post(second, CHOSEN).status_code == 404
    assert not User.objects.filter(email="lina.sok@moc.example").exists()


def test_an_invitation_to_a_closed_office_opens_nothing(sokha):
    invite(sokha)
    Office.objects.filter(code="KH").update(active=False)
    assert Client().post(link(), CHOSEN).status_code == 404
    assert not User.objects.filter(email="lina.sok@moc.example").exists()


def test_an_office_that_closes_while_an_invitation_is_accepted_lets_nobody_in(sokha, monkeypatch):
    invite(sokha)
    found = Invitation.objects.select_related("office").get()
    found.office.active = False
    monkeypatch.setattr(invitations, "of_link", lambda *_, **__: found)
    Office.objects.filter(code="KH").update(active=False)
    assert Client().post(link(), CHOSEN)["Location"] == "/sign-in"


@pytest.mark.parametrize("token", ["x", "W10:1abc:def", "WzEsMV0:1tXyZ0:" + "a" * 43, "%00"])
def test_a_link_that_was_made_up_opens_nothing(sokha, token):
    invite(sokha)
    assert Client().get(f"/invitations/{token}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"roles": []}, b"Choose at least one role"),
        ({"roles": ["administrator:patent"]}, b"not one of the available choices"),
        ({"email": "lina"}, b"not an e-mail address"),
        ({"name": ""}, b"Write the person"),
        ({"email": "SOKHA.CHAN@moc.example"}, b"has an account of Cambodia already"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_with_its_reason(sokha, changes, said):
    answer = invite(sokha, **changes)
    assert answer.status_code == 422
    assert said in answer.content
    assert not Letter.objects.exists()


def test_nobody_is_invited_twice(sokha):
    invite(sokha)
    again = invite(sokha, email="lina.sok@moc.example")
    assert b"is invited already" in again.content


def test_an_invitation_does_not_tell_who_has_an_account_elsewhere(sokha):
    assert invite(sokha, email="anong@dip.example").status_code == 302
    answer = Client().post(link(), CHOSEN)
    assert answer.status_code == 422
    assert b"has an account already" in answer.content
    assert User.objects.get(email="anong@dip.example").office_id == "TH"


def test_roles_are_changed_at_once(sokha):
    dara = builders.a_person("dara@moc.example", "KH", "Keo Dara", builders.roles("viewer"))
    client = signed_in(dara.email)
    assert client.post("/submissions/KH-000004/reject").status_code == 403
    fields = {"roles": ["data-officer:trademark", "data-officer:patent"]}
    assert sokha.post(f"/people/kh/{dara.pk}/save", fields).status_code == 302
    assert client.post("/submissions/KH-000004/reject").status_code == 422
    assert client.get("/submissions/KH-000006").status_code == 404  # a design
    event = AuditEvent.objects.get(event="person.roles-changed")
    assert (event.actor, event.subject) == (person().email, dara.email)
    assert event.detail == {
        "was": ["viewer"], "roles": ["data-officer:patent", "data-officer:trademark"],
    }  # fmt: skip


def test_a_closed_account_is_out_at_once_and_may_come_back(sokha):
    dara = builders.a_person("dara@moc.example", "KH", "Keo Dara", builders.roles("viewer"))
    client = signed_in(dara.email)
    act = f"/people/kh/{dara.pk}/act"
    sokha.post(act, {"what": "close"})
    assert client.get("/").status_code == 302
    assert (
        Client().post("/sign-in", {"email": dara.email, "password": builders.PASSWORD}).status_code
        == 422
    )
    sokha.post(act, {"what": "reopen"})
    assert signed_in(dara.email).get("/").status_code == 200
    sokha.post(act, {"what": "sessions"})
    assert sokha.post(act, {"what": "dance"}).status_code == 422


def test_the_last_administrator_stays_one(sokha, at):
    me = person()
    answer = sokha.post(f"/people/kh/{me.pk}/save", {"roles": ["viewer"]})
    assert answer.status_code == 422
    assert b"the last administrator" in answer.content
    answer = sokha.post(f"/people/kh/{me.pk}/act", {"what": "close"}, follow=True)
    assert b"the last administrator" in answer.content
    assert sokha.get("/people/kh").status_code == 200
    other = builders.a_person("dara@moc.example", "KH", "Keo Dara")
    roles.close(me, by=other.email, at=at)
    with pytest.raises(LastAdministratorError):
        roles.change(other, builders.roles("data-officer"), by=other.email, at=at)


def test_an_operator_invites_the_first_administrator(operator):
    Office.objects.create(code="LA", name="Lao PDR", created_at=builders.AT)
    assert b"Nobody yet" in operator.get("/people/la").content
    invite(operator, "la", email="khamla@moic.example", roles=["administrator"])
    khamla = Client()
    khamla.post(link(), CHOSEN | {"name": "Khamla Vong"})
    assert b"Khamla Vong" in khamla.get("/people/la").content
    assert khamla.get("/people/kh").status_code == 404


@pytest.mark.parametrize("name", sorted(OF_PEOPLE))
def test_nobody_else_reaches_the_people_of_an_office(sokha, name):
    invite(sokha)
    theirs = Invitation.objects.get().pk if "invitation" in name else person().pk
    method = "get" if name in {"people", "person", "rhythm"} else "post"
    anong = signed_in("anong@dip.example")
    known, unknown = (
        getattr(anong, method)(address(name, code, n)) for code, n in (("kh", theirs), ("zz", 9))
    )
    assert (known.status_code, unknown.status_code) == (404, 404)
    assert test_guard.content(known) == test_guard.content(unknown)
    if name not in {"people", "people-invite", "rhythm", "save-rhythm"}:
        assert getattr(anong, method)(address(name, "th", theirs)).status_code == 404
    for role in set(Role) - {Role.ADMINISTRATOR}:
        builders.a_person(f"{role}@moc.example", "KH", "Keo Dara", builders.roles(role))
        client = signed_in(f"{role}@moc.example")
        assert getattr(client, method)(address(name, "kh", theirs)).status_code == 403
    assert b"People</a>" not in client.get("/").content
    assert Client().get(address(name, "kh", theirs)).status_code == 302


def test_the_database_keeps_one_open_invitation_per_address(sokha):
    invite(sokha)
    one = Invitation.objects.get()
    one.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save(force_insert=True)


def test_a_role_for_all_rights_takes_the_single_ones_in():
    assert roles.listed(roles.read(["viewer:patent", "viewer", "data-officer:design"])) == [
        "data-officer:design", "viewer",
    ]  # fmt: skip
    assert roles.read(["viewer:patent"]) == builders.roles("viewer", right=Right.PATENT)


def test_an_operator_invites_one_administrator_at_a_time(operator):
    Office.objects.create(code="LA", name="Lao PDR", created_at=builders.AT)
    invite(operator, "la", email="one@moic.example", roles=["administrator"])
    answer = invite(operator, "la", email="two@moic.example", roles=["administrator"])
    assert answer.status_code == 422
    assert b"An administrator is invited already" in answer.content
    one = Invitation.objects.get(office="LA")
    operator.post(f"/people/la/invitations/{one.pk}/revoke")
    assert (
        invite(operator, "la", email="two@moic.example", roles=["administrator"]).status_code == 302
    )


def test_an_operator_gives_nothing_but_the_first_administrator(operator, at):
    for names in (["authorization-officer"], ["administrator"]):
        assert invite(operator, roles=names).status_code == 422
    viewer = builders.a_person("v@moc.example", "KH", "V", builders.roles("viewer"))
    save = f"/people/kh/{viewer.pk}/save"
    assert operator.post(save, {"roles": ["viewer", "administrator"]}).status_code == 422
    User.objects.filter(pk=person().pk).update(active=False)
    assert not roles.has_administrator("KH")
    assert operator.post(save, {"roles": ["viewer", "authorization-officer"]}).status_code == 422
    assert invite(operator, roles=["administrator", "viewer"]).status_code == 422
    assert operator.post(save, {"roles": ["viewer", "administrator"]}).status_code == 302


@pytest.mark.parametrize("way", ["close", "change"])
def test_an_invitation_ends_with_the_work_of_whoever_sent_it(sokha, at, way):
    other = builders.a_person("evil@moc.example", "KH", "E", builders.roles("administrator"))
    invite(signed_in(other.email), email="back@moc.example", roles=["administrator"])
    opened = link()
    invite(sokha)
    if way == "close":
        roles.close(other, by="x", at=at)
    else:
        roles.change(other, builders.roles("viewer"), by="x", at=at)
    assert Client().get(opened).status_code == 404
    assert [one.email for one in invitations.waiting("KH")] == ["lina.sok@moc.example"]
    assert AuditEvent.objects.filter(event="invitation.revoked", subject="back@moc.example")
