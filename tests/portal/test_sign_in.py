"""Signing in: the same answer to whoever does not get in, and a pause after too many attempts."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import ip_network
from unittest.mock import Mock

import pytest
from django.test import Client

from ipshare.accounts import attempts, people, second_step
from ipshare.accounts.people import PersonError
from ipshare.store.models.accounts import Office, User
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.signins import SignInAttempt
from portal import builders

pytestmark = pytest.mark.django_db
KNOWN = "sokha.chan@moc.example"


@pytest.fixture
def person(cast):
    return builders.a_person(KNOWN, "XA")


WRONG = "not the password"


def attempt(email, password=WRONG, client=None):
    return (client or Client()).post("/sign-in", {"email": email, "password": password})


def text(response):
    """The page without what differs between any two answers: the CSRF value and the address typed."""
    content = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r'value="[^"]*@[^"]*"', "", content)


def test_a_person_comes_in_and_goes_out(person):
    client = Client()
    answer = attempt("  Sokha.Chan@MOC.example ", builders.PASSWORD, client)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    event = AuditEvent.objects.get(event="person.signed-in")
    assert (event.actor, event.office_id, event.detail) == (
        KNOWN,
        "XA",
        {"address": "127.0.0.1", "ways": ["password"], "browser": ""},
    )
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert client.get("/").status_code == 302


def test_the_door_says_what_it_opens_after(person):
    why = "the page that you asked for opens"
    assert why in text(Client().get("/history?first=", follow=True))
    assert why not in text(Client().get("/", follow=True))
    assert why not in text(Client().get("/sign-in?next=https://elsewhere.example/"))
    assert why in text(Client().post("/sign-in", {"email": "", "next": "/history"}))


def test_unknown_wrong_and_closed_get_the_same_answer(person):
    closed = builders.a_person("gone@moc.example", "XA")
    User.objects.filter(pk=closed.pk).update(active=False)
    answers = [
        attempt(KNOWN),
        attempt("nobody@moc.example"),
        attempt("gone@moc.example", builders.PASSWORD),
        attempt("not an address", ""),
    ]
    assert {a.status_code for a in answers} == {422}
    assert len({text(a) for a in answers[:3]}) == 1
    failed = AuditEvent.objects.filter(event="person.sign-in-failed")
    assert {(e.actor, e.office_id) for e in failed} == {
        (KNOWN, "XA"), ("nobody@moc.example", None), ("gone@moc.example", "XA"),
    }  # fmt: skip


@pytest.mark.parametrize("email", [KNOWN, "nobody@moc.example"])
def test_after_five_wrong_passwords_there_is_a_pause_known_or_not(person, email):
    for _ in range(attempts.TRIES_PER_ACCOUNT):
        assert attempt(email).status_code == 422
    answer = attempt(email, builders.PASSWORD)
    assert answer.status_code == 429
    assert "Too many attempts" in text(answer)


def test_the_pause_ends_and_knocking_does_not_prolong_it(person, at):
    for _ in range(attempts.TRIES_PER_ACCOUNT):
        people.sign_in(KNOWN, "wrong", "192.0.2.1", at)
    during = at + attempts.PAUSE - timedelta(seconds=1)
    for _ in range(10):
        assert people.sign_in(KNOWN, builders.PASSWORD, "192.0.2.1", during).paused
    after = at + attempts.PAUSE + timedelta(seconds=1)
    assert people.sign_in(KNOWN, builders.PASSWORD, "192.0.2.1", after).person == person


def test_one_address_cannot_try_many_accounts(person, at):
    for n in range(attempts.TRIES_PER_ADDRESS):
        assert not people.sign_in(f"{n}@moc.example", "wrong", "192.0.2.1", at).paused
    assert people.sign_in(KNOWN, builders.PASSWORD, "192.0.2.1", at).paused
    assert people.sign_in(KNOWN, builders.PASSWORD, "192.0.2.2", at).person == person


def test_the_address_that_counts_is_the_persons_not_the_proxys(person, settings):
    behind = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}
    attempt(KNOWN, client=Client(**behind))
    settings.TRUSTED_PROXIES = (ip_network("10.0.0.0/8"),)
    attempt(KNOWN, client=Client(**behind))
    counted = SignInAttempt.objects.order_by("pk").values_list("address", flat=True)
    assert [*counted] == ["10.0.0.1", "192.0.2.7"]


def test_a_right_password_clears_the_count(person, at):
    for _ in range(3):
        for _ in range(attempts.TRIES_PER_ACCOUNT - 1):
            people.sign_in(KNOWN, "wrong", "192.0.2.1", at)
        assert people.sign_in(KNOWN, builders.PASSWORD, "192.0.2.1", at).person == person


@pytest.mark.parametrize("typed", ["second step of {}", "letter to {}@x", "passkey sign-in of {}"])
def test_nobody_types_what_other_attempts_are_counted_under(person, typed):
    answer = attempt(typed.format(person.pk))
    assert answer.status_code == 422
    assert "do not belong together" in text(answer)
    assert not SignInAttempt.objects.exists()


CREDENTIALS = ["[" * 200_000, "[" * 16_000, "9" * 6000, "1", "null", "{", '"\\ud800"']


@pytest.mark.parametrize("sent", CREDENTIALS)
def test_a_passkey_that_cannot_be_read_opens_nothing(db, sent):
    assert Client().post("/sign-in/passkey", {"credential": sent}).status_code == 422


def test_passkeys_that_were_made_up_do_not_fill_the_audit_log(db):
    client = Client()
    for _ in range(attempts.TRIES_PER_ACCOUNT):
        assert client.post("/sign-in/passkey", {"credential": "1"}).status_code == 422
    for _ in range(3):
        answer = client.post("/sign-in/passkey", {"credential": "1"})
        assert answer.status_code == 429
        assert "Too many attempts" in text(answer)
    assert AuditEvent.objects.count() == attempts.TRIES_PER_ACCOUNT
    elsewhere = Client(REMOTE_ADDR="192.0.2.8")
    assert elsewhere.post("/sign-in/passkey", {"credential": "1"}).status_code == 422


def test_a_passkey_of_a_person_of_a_closed_office_opens_nothing(person, monkeypatch, at):
    Office.objects.update(active=False)
    right = Mock(**{"extract_user_from_response.return_value": person})
    monkeypatch.setattr(second_step, "webauthn", right)
    assert Client().post("/sign-in/passkey", {"credential": "{}"}).status_code == 422
    assert second_step.check_passkey(person, {}, "192.0.2.1", at) is second_step.Checked.WRONG


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/submissions?state=held", "/submissions?state=held"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_after_signing_in_a_person_is_where_they_wanted_but_never_elsewhere(
    person, wanted, reached
):
    fields = {"email": KNOWN, "password": builders.PASSWORD, "next": wanted}
    assert Client().post("/sign-in", fields)["Location"] == reached


@pytest.mark.parametrize(
    ("email", "name", "office", "password", "why"),
    [
        ("sokha", "Sokha", "XA", builders.PASSWORD, "'sokha' is not an e-mail address"),
        (f"s@{'a.' * 99}kh", "Sokha", "XA", builders.PASSWORD, "more than 200 characters"),
        ("s@a.kh", "S" * 201, "XA", builders.PASSWORD, "more than 200 characters"),
        ("a@moc.example", " ", "XA", builders.PASSWORD, "has no name"),
        ("a@moc.example", "A", "QQ", builders.PASSWORD, "no office has the code QQ"),
        ("a@moc.example", "A", "XA", "short", "too short"),
        (KNOWN.upper(), "A", "XA", builders.PASSWORD, "has an account already"),
    ],
)
def test_who_cannot_be_added_is_told_why(person, at, email, name, office, password, why):
    with pytest.raises(PersonError, match=re.escape(why)):
        people.add(email, name, office, password, at)
    assert User.objects.count() == 1
