"""The second step: codes of an app, recovery codes, what is asked again, and who must have one."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from ipshare.accounts import attempts, second_step
from ipshare.portal import confirming
from ipshare.store.models.accounts import Office, User
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.letters import Letter
from portal import builders
from portal.conftest import signed_in

pytestmark = pytest.mark.django_db
KNOWN = "sokha.chan@moc.example"


def code_of(secret, *, steps=0):
    """What an authenticator app shows now, or some half minutes from now."""
    return f"{totp.hotp_value(secret.replace(' ', ''), int(time.time()) // 30 + steps):06}"


@pytest.fixture
def person(cast):
    return builders.a_person(KNOWN, "XA")


def add_app(client):
    """Add an app as a person does; its secret, and the recovery codes."""
    page = client.get("/security/app").content.decode()
    assert "<svg role=" in page
    secret = re.search(r'id="totp-secret">([A-Z2-7 ]+)<', page)[1]
    answer = client.post("/security/app", {"code": code_of(secret)})
    codes = re.findall(r"<li><code>(\d+)</code>", answer.content.decode())
    assert len(codes) == 10
    return secret, codes


def first_step():
    client = Client()
    answer = client.post(
        "/sign-in", {"email": KNOWN, "password": builders.PASSWORD, "next": "/submissions"}
    )
    return client, answer


def test_a_code_is_asked_for_once_an_app_was_added(person):
    secret, _ = add_app(signed_in(KNOWN))
    client, answer = first_step()
    assert answer["Location"] == "/sign-in/second-step"
    assert client.get("/submissions").status_code == 302  # the password alone opens nothing
    assert client.post("/sign-in/second-step", {"code": "000000"}).status_code == 422
    code = code_of(secret, steps=1)
    answer = client.post("/sign-in/second-step", {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/submissions")
    assert client.get("/history").status_code == 200
    again, _ = first_step()
    assert again.post("/sign-in/second-step", {"code": code}).status_code == 422  # once only
    event = AuditEvent.objects.filter(event="person.signed-in").latest("pk")
    assert event.detail["ways"] == ["code", "password"]
    assert AuditEvent.objects.filter(event="person.sign-in-failed", detail__way="code").count() == 2
    assert Letter.objects.filter(to=KNOWN, subject__contains="added to your sign-in").exists()


def test_the_code_that_an_app_was_added_with_signs_nobody_in(person):
    client = signed_in(KNOWN)
    page = client.get("/security/app").content.decode()
    code = code_of(re.search(r'id="totp-secret">([A-Z2-7 ]+)<', page)[1])
    assert client.post("/security/app", {"code": f"{code[:3]} {code[3:]}"}).status_code == 200
    other, _ = first_step()
    assert other.post("/sign-in/second-step", {"code": code}).status_code == 422


def test_a_recovery_code_stands_in_once(person):
    _, codes = add_app(signed_in(KNOWN))
    client, _ = first_step()
    assert client.post("/sign-in/second-step", {"code": codes[3]})["Location"] == "/submissions"
    assert b"9\xc2\xa0codes left" in client.get("/security").content
    again, _ = first_step()
    assert again.post("/sign-in/second-step", {"code": codes[3]}).status_code == 422
    assert AuditEvent.objects.get(event="person.recovery-code-used").detail == {"left": 9}


def test_the_second_step_pauses_after_too_many_codes_whatever_the_password_does(person):
    secret, _ = add_app(signed_in(KNOWN))
    for n in range(attempts.TRIES_PER_ACCOUNT):
        client, _ = first_step()
        assert client.post("/sign-in/second-step", {"code": f"00000{n}"}).status_code == 422
    client, _ = first_step()
    answer = client.post("/sign-in/second-step", {"code": code_of(secret, steps=1)})
    assert answer.status_code == 429
    assert b"Too many attempts" in answer.content


def test_the_second_step_is_nowhere_without_the_first(person):
    add_app(signed_in(KNOWN))
    for answer in (Client().get("/sign-in/second-step"), Client().post("/sign-in/second-step")):
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in")


def test_an_account_that_is_closed_between_the_steps_stays_out(person):
    secret, _ = add_app(signed_in(KNOWN))
    client, _ = first_step()
    User.objects.update(active=False)
    answer = client.post("/sign-in/second-step", {"code": code_of(secret, steps=1)})
    assert answer["Location"] == "/sign-in"
    assert client.get("/").status_code == 302


def test_an_office_that_is_closed_between_the_steps_keeps_its_people_out(person):
    secret, _ = add_app(signed_in(KNOWN))
    client, _ = first_step()
    Office.objects.update(active=False)
    answer = client.post("/sign-in/second-step", {"code": code_of(secret, steps=1)})
    assert answer["Location"] == "/sign-in"


@pytest.mark.parametrize("sent", ["[" * 200_000, "[" * 16_000, "9" * 6000])
def test_a_passkey_that_cannot_be_read_adds_and_confirms_nothing(person, monkeypatch, sent):
    client = signed_in(KNOWN)
    answer = client.post("/security/passkey", {"credential": sent})
    assert answer.status_code == 422
    assert b"could not read this passkey" in answer.content
    monkeypatch.setattr(confirming, "WINDOW", -confirming.WINDOW)
    fields = {"confirm": "1", "credential": sent}
    assert client.post("/security/recovery-codes", fields).status_code == 422


def test_secrets_are_kept_encrypted(person):
    secret, codes = add_app(signed_in(KNOWN))
    kept = str([*Authenticator.objects.values_list("data", flat=True)])
    assert secret.replace(" ", "") not in kept
    assert codes[0] not in kept


def test_new_codes_make_the_old_ones_void_and_the_last_step_takes_them_along(person):
    client = signed_in(KNOWN)
    _, old = add_app(client)
    new = re.findall(
        r"<li><code>(\d+)</code>", client.post("/security/recovery-codes").content.decode()
    )
    assert len(new) == 10
    assert not {*new} & {*old}
    other, _ = first_step()
    assert other.post("/sign-in/second-step", {"code": old[0]}).status_code == 422
    app = Authenticator.objects.get(type=second_step.APP)
    assert client.post(f"/security/second-step/{app.pk}/remove").status_code == 302
    assert not Authenticator.objects.exists()
    assert first_step()[1]["Location"] == "/submissions"
    events = {*AuditEvent.objects.values_list("event", flat=True)}
    assert {
        "person.second-step-added",
        "person.second-step-removed",
        "person.recovery-codes-made",
    } <= events


def test_nobody_removes_the_second_step_of_another(person):
    add_app(signed_in(KNOWN))
    builders.a_person("lina@moc.example", "XA")
    app = Authenticator.objects.get(type=second_step.APP)
    assert (
        signed_in("lina@moc.example").post(f"/security/second-step/{app.pk}/remove").status_code
        == 404
    )


@pytest.fixture
def long_ago(monkeypatch):
    """Whoever signed in did so too long ago."""
    monkeypatch.setattr(confirming, "WINDOW", -confirming.WINDOW)


def test_what_matters_is_asked_for_again_and_nothing_typed_is_lost(sokha, long_ago, monkeypatch):
    add = "/data-exchange-authorizations/kh/add"
    asked = sokha.post(add, {"name": "IPOS", "full_name": "Singapore"})
    page = asked.content.decode()
    assert "Confirm that it is you" in page
    assert '<input type="hidden" name="name" value="IPOS">' in page
    fields = {"name": "IPOS", "full_name": "Singapore", "confirm": "1"}
    wrong = sokha.post(add, fields | {"confirm-password": "wrong"})
    assert wrong.status_code == 422
    assert not AuditEvent.objects.filter(subject="IPOS").exists()
    right = sokha.post(add, fields | {"confirm-password": builders.PASSWORD}, follow=True)
    assert b"App-client-secret" in right.content
    assert AuditEvent.objects.get(event="person.confirmed").detail["way"] == "password"
    assert sokha.get("/history").status_code == 200  # to look is not asked for again
    monkeypatch.undo()
    again = sokha.post(add, {"name": "DIP", "full_name": ""}, follow=True)
    assert b"App-client-secret" in again.content


def test_a_password_typed_to_confirm_is_on_no_later_page(sokha, long_ago):
    number = sokha.get("/data-exchange-authorizations/kh").content.decode()
    jpo = re.search(r"authorizations/kh/(\d+)", number)[1]
    fields = {
        "rights": ["trademark"], "channels": ["api"], "version": 1, "reason": "a narrower agreement",
        "confirm": "1", "confirm-password": builders.PASSWORD,
    }  # fmt: skip
    preview = sokha.post(f"/data-exchange-authorizations/kh/{jpo}/save", fields)
    assert b"Before you save" in preview.content
    assert builders.PASSWORD.encode() not in preview.content
    assert b"confirm-password" not in preview.content


def test_a_code_confirms_as_well(person, long_ago, monkeypatch):
    monkeypatch.undo()
    client = signed_in(KNOWN)
    secret, _ = add_app(client)
    monkeypatch.setattr(confirming, "WINDOW", -confirming.WINDOW)
    assert b"authenticator app" in client.post("/security/recovery-codes").content
    wrong = client.post("/security/recovery-codes", {"confirm": "1", "confirm-code": "000000"})
    marked = re.search(r'<input[^>]* aria-invalid="true"', wrong.content.decode())[0]
    assert 'id="confirm-code"' in marked, "what was typed is marked, and not the password"
    fields = {"confirm": "1", "confirm-code": code_of(secret, steps=1)}
    assert b"Recovery codes" in client.post("/security/recovery-codes", fields).content


def test_where_the_hub_demands_it_a_second_step_comes_first(office, settings):
    settings.MFA_REQUIRED = True
    client = signed_in("sokha.chan@moc.example")
    for path in ("/", "/submissions", "/data-exchange-authorizations/kh"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/security")
    assert (
        client.post("/submissions/KH-000004/reject", {"reason": "because of it"})["Location"]
        == "/security"
    )
    assert b"Set up a second step first" in client.get("/security").content
    add_app(client)
    assert client.get("/").status_code == 200
    viewer = builders.a_person("dara@moc.example", "KH", "Keo Dara", builders.roles("viewer"))
    assert signed_in(viewer.email).get("/").status_code == 200
    assert signed_in("operator@hub.example").get("/")["Location"] == "/security"
