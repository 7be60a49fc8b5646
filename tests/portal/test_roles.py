"""What a role lets a person do: every route for every role, per right, and what the pages then show."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from ipshare.accounts import permissions
from ipshare.accounts.permissions import Permission
from ipshare.domain.authorization import Conditions
from ipshare.domain.office import Right
from ipshare.domain.role import EVERYTHING, Held, Role
from ipshare.portal import urls
from ipshare.share import authorizations
from ipshare.store.models.accounts import Membership, Office, User
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.sharing import RecordBlock
from portal import builders, test_guard
from portal.conftest import signed_in

pytestmark = pytest.mark.django_db
OF = {
    **{role: frozenset({Held(role=role)}) for role in Role},
    "two": frozenset(
        {
            Held(role=Role.DATA_OFFICER, right=Right.TRADEMARK),
            Held(role=Role.AUTHORIZATION_OFFICER, right=Right.DESIGN),
        }
    ),
}
MARKS_ONLY = frozenset(
    Held(role=role, right=Right.TRADEMARK) for role in (Role.DATA_OFFICER, Role.AUTHORIZATION_OFFICER)
)  # fmt: skip


@pytest.fixture
def someone(office):
    """Makes somebody of KH with given roles, signed in."""

    def make(roles, email="dara@moc.example"):
        builders.a_person(email, "KH", "Keo Dara", roles)
        return signed_in(email)

    return make


@pytest.mark.parametrize("role", [*Role])
def test_every_route_for_every_role(someone, role):
    client = someone(OF[role])
    for pattern in urls.urlpatterns:
        wanted = pattern.callback.permission
        if wanted is None or pattern.name in test_guard.OF_ONESELF | test_guard.TUS:
            continue
        if wanted not in permissions.OF_ROLES[role]:
            expected = {404 if wanted == Permission.HUB_OPERATE else 403}
        elif pattern.name in test_guard.POSTS:
            expected = {200, 302} if pattern.name in test_guard.WITHOUT_REASON else {422}
        else:
            expected = {302} if pattern.name in test_guard.MOVED else {200}
        answer = test_guard.ask(client, pattern.name)
        assert answer.status_code in expected, (role, pattern.name)
    theirs = client.get("/data-exchange-authorizations/th")
    assert (theirs.status_code, client.get("/offices/th").status_code) == (404, 404)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR])
def test_who_only_looks_sees_no_form_and_is_refused(someone, role):
    client = someone(OF[role])
    page = client.get(f"/data-exchange-authorizations/kh/{test_guard.number()}").content
    assert b"Show what changes" not in page
    assert b"Your role does not include changing these conditions." in page
    held = client.get(f"/submissions/{test_guard.HELD}").content
    assert b"Release and withdraw" not in held
    assert b"Your role does not include releasing or rejecting it." in held
    assert b"Block a record" not in client.get("/data-exchange-authorizations/kh/blocks").content
    answer = client.post(
        f"/submissions/{test_guard.HELD}/release", {"reason": "because", "number": 391}
    )
    assert answer.status_code == 403
    assert b"An administrator of your office can change your roles." in answer.content


def test_a_role_for_one_right_leaves_the_others_unknown(someone):
    client = someone(frozenset({Held(role=Role.VIEWER, right=Right.PATENT)}))
    assert client.get("/submissions/KH-000005").status_code == 200
    theirs, unknown = client.get("/submissions/KH-000004"), client.get("/submissions/KH-000999")
    assert (theirs.status_code, unknown.status_code) == (404, 404)
    assert test_guard.content(theirs) == test_guard.content(unknown)
    for address in ("/history?first=", "/history?words=Extraction", "/history.csv?first=", "/"):
        content = client.get(address).getvalue()
        assert b"KH_TM" not in content, address
        assert b"KH-000004" not in content, address
    blocks = client.get("/data-exchange-authorizations/kh/blocks").content
    assert b"KH/1/24" not in blocks


def test_one_person_serves_two_ministries_each_in_its_role(someone):
    client = someone(OF["two"])
    assert client.post("/submissions/KH-000004/reject").status_code == 422
    assert client.get("/submissions/KH-000006").status_code == 200
    refused = client.post("/submissions/KH-000006/reject")  # a design: there they only look
    assert refused.status_code == 403
    assert b"Your role does not include this for designs." in refused.content
    assert client.get("/submissions/KH-000005").status_code == 404


def test_an_authorization_is_changed_by_whoever_has_all_of_its_rights(someone):
    client = someone(MARKS_ONLY)
    kipo_marks, jpo_both = (
        Office.objects.get(code="KH").authorizations.get(third_party__name=name).pk
        for name in ("KIPO", "JPO")
    )
    page = f"/data-exchange-authorizations/kh/{jpo_both}"
    assert b"Show what changes" not in client.get(page).content
    refused = client.post(f"{page}/end", {"reason": "the agreement has ended"})
    assert refused.status_code == 403
    assert b"for patents" in refused.content
    own = f"/data-exchange-authorizations/kh/{kipo_marks}"
    assert b"Show what changes" in client.get(own).content
    fields = {
        "rights": ["trademark", "patent"],
        "version": 2,
        "reason": "a wider agreement",
        "channels": "api",
    }
    assert client.post(f"{own}/save", fields).status_code == 403
    assert client.post(f"{own}/save", fields | {"rights": ["trademark"]}).status_code == 200
    base = "/data-exchange-authorizations/kh/base"
    assert client.post(f"{base}/save", {"reason": "for everybody, from now"}).status_code == 403


def test_a_record_is_blocked_by_whoever_has_its_right(someone):
    client = someone(frozenset({Held(role=Role.AUTHORIZATION_OFFICER, right=Right.DESIGN)}))
    fields = {"number": "D/9", "party": "", "until": "", "reason": "deferred publication"}
    add = "/data-exchange-authorizations/kh/blocks/add"
    assert client.post(add, fields | {"right": "patent"}).status_code == 403
    assert client.post(add, fields | {"right": "design"}).status_code == 302
    of_marks = RecordBlock.objects.get(number="KH/1/24").pk
    lift = f"/data-exchange-authorizations/kh/blocks/{of_marks}/lift"
    assert client.post(lift).status_code == 404


def test_roles_are_read_once_for_a_page(someone, django_assert_max_num_queries):
    client = someone(OF[Role.VIEWER])
    with django_assert_max_num_queries(15) as asked:
        client.get("/")
    assert len([q for q in asked.captured_queries if "store_membership" in q["sql"]]) == 1


def test_who_is_added_has_the_roles_that_were_asked_for(office):
    builders.a_person("lina@moc.example", "KH", "Sok Lina", MARKS_ONLY)
    event = AuditEvent.objects.get(event="person.added", subject="lina@moc.example")
    assert event.detail["roles"] == ["authorization-officer:trademark", "data-officer:trademark"]
    first = User.objects.get(email="sokha.chan@moc.example")
    assert {held for _, held in first.roles} == EVERYTHING
    assert User.objects.get(email="operator@hub.example").roles == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "administrator", "right": "patent"},
        {"role": "king", "right": ""},
        {"role": "viewer", "right": "song"},
    ],
)
def test_the_database_keeps_roles_to_the_catalogue(office, fields):
    person = User.objects.get(email="sokha.chan@moc.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(person=person, office_id="KH", **fields)


def test_people_of_before_keep_all_of_their_office(office):
    """What the migration does with people that are there already."""
    from importlib import import_module

    Membership.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("ipshare.store.migrations.0021_people")._EVERYTHING)
    first = User.objects.get(email="sokha.chan@moc.example")
    assert {held for _, held in first.roles} == EVERYTHING
    assert User.objects.get(email="operator@hub.example").roles == ()


def test_an_ended_authorization_is_of_the_rights_that_it_had(office, at):
    one, client, _ = authorizations.add_third_party("KH", "EPO", "European", by="x", at=at)
    patents = Conditions(rights=frozenset({Right.PATENT}))
    authorizations.save(one, patents, by="x", reason="r", at=at)
    authorizations.end(one, by="x", reason="r", at=at)
    held = builders.roles("authorization-officer", right=Right.TRADEMARK)
    builders.a_person("m@moc.example", "KH", "M", held)
    address = f"/data-exchange-authorizations/kh/{one.pk}/credentials/secret"
    assert signed_in("m@moc.example").post(address, {"others": "end"}).status_code == 403
    assert client.secrets.count() == 1
    assert signed_in("sokha.chan@moc.example").post(address, {"others": "end"}).status_code == 302
