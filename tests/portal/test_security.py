"""Password, forgotten password, sessions: changed by whoever they belong to, and told to them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from ipshare.accounts import attempts, sessions
from ipshare.store.models.accounts import Office, User
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.letters import Letter
from portal import builders
from portal.conftest import signed_in
from portal.test_second_step import KNOWN

pytestmark = pytest.mark.django_db
NEW = "seven bells at the temple"


@pytest.fixture
def person(cast):
    return builders.a_person(KNOWN, "XA")


def asked(email=KNOWN):
    return Client().post("/forgotten", {"email": email})


def link():
    return re.search(r"http://\S+?(/forgotten/\S+)", Letter.objects.latest("pk").body)[1]


def test_a_changed_password_ends_every_other_session_and_is_told(person):
    client, other = signed_in(KNOWN), signed_in(KNOWN)
    fields = {"present": builders.PASSWORD, "password": NEW}
    assert client.post("/security/password", fields)["Location"] == "/security"
    assert client.get("/security").status_code == 200
    assert other.get("/security").status_code == 302
    assert Client().post("/sign-in", {"email": KNOWN, "password": NEW}).status_code == 302
    assert AuditEvent.objects.get(event="person.password-changed").actor == KNOWN
    assert Letter.objects.get(subject="Your password was changed").to == KNOWN


@pytest.mark.parametrize(
    ("present", "password", "said"),
    [
        ("wrong", NEW, b"This is not your present password"),
        (builders.PASSWORD, "short", b"too short"),
        (builders.PASSWORD, "sokha.chan@moc.example", b"too similar"),
        (builders.PASSWORD, "", b"Choose a password"),
    ],
)
def test_a_password_that_is_not_good_enough_is_refused_with_its_reason(
    person, present, password, said
):
    client = signed_in(KNOWN)
    answer = client.post("/security/password", {"present": present, "password": password})
    assert answer.status_code == 422
    assert said in answer.content
    person.refresh_from_db()
    assert person.check_password(builders.PASSWORD)


def test_a_forgotten_password_comes_back_by_a_letter_once(person):
    other = signed_in(KNOWN)
    assert asked().status_code == 200
    address = link()
    client = Client()
    assert b"New password" in client.get(address).content
    assert client.post(address, {"password": "short"}).status_code == 422
    assert client.post(address, {"password": NEW})["Location"] == "/sign-in"
    assert b"Sign in with it." in client.get("/sign-in").content
    assert other.get("/").status_code == 302
    assert client.post("/sign-in", {"email": KNOWN, "password": NEW}).status_code == 302
    assert Client().get(address).status_code == 404
    assert Client().post(address, {"password": NEW + "!"}).status_code == 404


def test_the_letter_of_a_forgotten_password_is_good_for_an_hour(person, settings):
    asked()
    address = link()
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert Client().get(address).status_code == 404


def test_nobody_learns_who_has_an_account(person):
    builders.a_person("gone@moc.example", "XA")
    User.objects.filter(email="gone@moc.example").update(active=False)
    pages = set()
    for email in (KNOWN, "gone@moc.example", "nobody@moc.example"):
        page = re.sub(r'value="\w{20,}"', "", asked(email).content.decode()).replace(email, "")
        pages.add(page)
    assert len(pages) == 1
    assert {*Letter.objects.values_list("to", flat=True)} == {KNOWN}


def test_people_of_a_closed_office_get_no_letter_and_their_link_opens_nothing(person):
    asked()
    address = link()
    Office.objects.update(active=False)
    assert Client().get(address).status_code == 404
    assert asked().status_code == 200
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("email", [KNOWN, "nobody@moc.example"])
def test_letters_are_not_sent_without_end(person, email):
    for _ in range(attempts.TRIES_PER_ACCOUNT):
        assert asked(email).status_code == 200
    assert asked(email).status_code == 429
    assert Letter.objects.count() <= attempts.TRIES_PER_ACCOUNT


@pytest.mark.parametrize("number", ["1", "999999", "9" * 30])
def test_a_link_that_was_made_up_opens_nothing(person, number):
    assert Client().get(f"/forgotten/{number}/c7a1-0123456789abcdef").status_code == 404


def test_a_person_sees_and_ends_sessions(person):
    client = signed_in(KNOWN)
    phone = Client(HTTP_USER_AGENT="Mozilla/5.0 (Android 15; Mobile) Firefox/140.0")
    phone.post("/sign-in", {"email": KNOWN, "password": builders.PASSWORD})
    page = client.get("/security").content.decode()
    assert "Firefox on Android" in page
    number = re.search(r'name="session" value="(\d+)"', page)[1]
    assert client.post("/security/sessions/end", {"session": number}).status_code == 302
    assert phone.get("/").status_code == 302
    assert client.get("/").status_code == 200
    assert client.post("/security/sessions/end", {"session": number}).status_code == 404
    third = signed_in(KNOWN)
    assert client.post("/security/sessions/end", {"session": "others"}).status_code == 302
    assert third.get("/").status_code == 302
    counts = AuditEvent.objects.filter(event="person.sessions-ended").values_list(
        "detail__count", flat=True
    )
    assert [*counts] == [1, 1]


def test_nobody_ends_the_session_of_another(person):
    signed_in(KNOWN)
    builders.a_person("lina@moc.example", "XA")
    lina = signed_in("lina@moc.example")
    theirs = UserSession.objects.get(user=person)
    assert lina.post("/security/sessions/end", {"session": theirs.pk}).status_code == 404


def test_a_session_in_use_says_when_it_was_seen(person):
    client = signed_in(KNOWN)
    client.get("/security")
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(days=3))
    session = client.session
    session["seen"] = 0
    session.save()
    client.get("/security")
    assert UserSession.objects.get().last_seen_at > timezone.now() - timedelta(minutes=1)


def test_sessions_that_are_over_are_deleted_and_the_others_go_on(person):
    over, goes_on = signed_in(KNOWN), signed_in(KNOWN)
    past = timezone.now() - timedelta(seconds=1)
    Session.objects.filter(pk=over.session.session_key).update(expire_date=past)
    assert sessions.clear(at=timezone.now()) == 1
    assert goes_on.get("/security").status_code == 200
    assert over.get("/security").status_code == 302
    kept = [one.session_key for one in UserSession.objects.all()]
    assert kept == [goes_on.session.session_key]
