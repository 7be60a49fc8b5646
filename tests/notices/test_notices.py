"""Who is told what: by role and choice, once, gathered, in words without data of records, and nothing of others."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.db import transaction

from ipshare.accounts import clients, people, senders
from ipshare.domain.authorization import Conditions
from ipshare.domain.notice import Topic
from ipshare.domain.office import Right
from ipshare.domain.role import Held, Role
from ipshare.notices import choosing, clock, places, readers, reading, watching, writing
from ipshare.share import authorizations
from ipshare.store import audit
from ipshare.store.models.accounts import Office
from ipshare.store.models.holdings import Rhythm
from ipshare.store.models.letters import Letter
from ipshare.store.models.notices import EventToTell, Notice
from ipshare.store.models.sharing import AuthorizationVersion
from portal.builders import PASSWORD, a_submission

pytestmark = pytest.mark.django_db
_numbers = itertools.count(1)


@pytest.fixture
def house(cast, at, settings):
    """XA with a data officer of marks, an authorization officer, a viewer; XC with somebody who does everything."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.PUBLIC_URL = "https://hub.example"
    for name, office, roles in (
        ("marks", "XA", {Held(role=Role.DATA_OFFICER, right=Right.TRADEMARK)}),
        ("law", "XA", {Held(role=Role.AUTHORIZATION_OFFICER)}),
        ("viewer", "XA", {Held(role=Role.VIEWER)}),
        ("stranger", "XC", {Held(role=role) for role in Role}),
    ):
        people.add(f"{name}@{office.lower()}.example", name, office, PASSWORD, at, roles=roles)
    people.add("operator@hub.example", "operator", None, PASSWORD, at)
    EventToTell.objects.all().delete()


def person(name):
    return people.User.objects.get(email__startswith=f"{name}@")


def happen(event, at, *, office="XA", right=Right.TRADEMARK, **changes):
    """A submission, and what became of it."""
    one = a_submission(office, next(_numbers), right=right, **changes)
    audit.write(event, at=at, actor="hub", office=office, subject=one.reference)
    return one


def want(name, *wanted, at):
    choosing.choose(person(name), frozenset(wanted), at=at)


def letters():
    return {(one.to, one.subject) for one in Letter.objects.all()}


def test_a_held_submission_is_told_to_whom_it_waits_for(house, at):
    one = happen("submission.held", at, state="held", withdrawn=391, updated=187, inserted=21)
    clock.look(at=at)
    (letter,) = Letter.objects.all()
    assert letter.to == "marks@xa.example"
    assert letter.subject == f"[ipshare XA] {one.reference} is held and waits for a decision"
    assert f"https://hub.example/submissions/{one.reference}" in letter.body
    assert "withdraw 391 records" in letter.body
    assert "release or reject it" in letter.body
    assert "turn it off:\nhttps://hub.example/notifications" in letter.body


def test_a_right_that_somebody_has_no_role_for_is_not_told(house, at):
    want("marks", "held:trademark", "held:patent", at=at)
    happen("submission.held", at, right=Right.PATENT, state="held")
    clock.look(at=at)
    assert letters() == set()


def test_each_chooses_topics_and_rights(house, at):
    want("marks", "errors:trademark", at=at)
    want("viewer", "held:patent", at=at)
    happen("submission.held", at, state="held")
    happen("submission.published", at, errors=12, withheld=7)
    happen("submission.published", at, errors=0)
    happen("submission.held", at, state="held", right=Right.PATENT)
    clock.look(at=at)
    assert {(to, subject.split(" ", 2)[2].split(" ", 1)[1]) for to, subject in letters()} == {
        ("marks@xa.example", "was published with 12 errors"),
        ("viewer@xa.example", "is held and waits for a decision"),
    }
    assert "7 records are kept back" in Letter.objects.get(to="marks@xa.example").body


def test_what_happens_at_one_office_is_told_at_that_office_alone(house, at):
    happen("submission.refused", at, office="XC", state="refused")
    happen("submission.refused", at, office="XA", state="refused")
    clock.look(at=at)
    assert {to for to, _ in letters()} == {"marks@xa.example", "stranger@xc.example"}
    for letter in Letter.objects.all():
        other = "XA" if letter.to.endswith("xc.example") else "XC"
        assert other not in letter.subject + letter.body


def test_nobody_is_told_the_same_thing_twice(house, at):
    one = happen("submission.held", at, state="held")
    for _ in range(3):
        clock.look(at=at)
        audit.write("submission.held", at=at, actor="hub", office="XA", subject=one.reference)
    clock.look(at=at + timedelta(hours=1))
    assert Letter.objects.count() == 1


def test_four_hundred_in_an_hour_are_seven_letters(house, at):
    want("marks", "errors:trademark", "held:trademark", at=at)
    for second in range(0, 3600, 9):
        happen("submission.published", at + timedelta(seconds=second), errors=2)
        if second % 900 == 0:
            happen("submission.held", at + timedelta(seconds=second), state="held")
        if second % 45 == 0:
            clock.look(at=at + timedelta(seconds=second))
    clock.look(at=at + timedelta(minutes=70))
    sent = list(Letter.objects.order_by("pk"))
    assert len(sent) == 7
    assert "finished with errors" in sent[1].subject
    assert "1 held" in sent[2].subject
    assert "more; all of them: https://hub.example/notifications#told" in sent[1].body
    assert Notice.objects.exclude(letter=None).count() == 404


def test_events_and_notices_commit_together(house, at):
    happen("submission.held", at, state="held")
    with transaction.atomic():
        assert reading.read() == 1
        transaction.set_rollback(True)  # killed before the commit
    assert not Notice.objects.exists()
    clock.look(at=at)
    assert Letter.objects.count() == 1
    assert not EventToTell.objects.exists()


def test_a_killed_writer_writes_again_and_not_twice(house, at):
    happen("submission.held", at, state="held")
    reading.read()
    with transaction.atomic():
        assert writing.write(at=at) == 1
        transaction.set_rollback(True)
    assert writing.write(at=at) == 1
    assert writing.write(at=at) == 0
    assert Letter.objects.count() == 1


def test_an_event_that_cannot_be_told_keeps_no_other_back(house, at, caplog):
    audit.write("submission.held", at=at, actor="hub", office="XA", subject="no reference")
    happen("submission.held", at, state="held")
    clock.look(at=at)
    assert Letter.objects.count() == 1
    assert "is told to nobody" in caplog.text


def test_who_has_left_or_lost_the_role_is_not_written_to(house, at):
    happen("submission.held", at, state="held")
    reading.read()
    person("marks").memberships.all().delete()
    assert writing.write(at=at) == 0
    happen("submission.held", at, state="held", right=Right.DESIGN)
    people.User.objects.filter(office="XA").update(active=False)
    clock.look(at=at)
    assert not Letter.objects.exists()
    assert not Notice.objects.exists()


# --- Authorizations, credentials, rights that are overdue


def an_authorization(at, *, office="XA", ends_at=None):
    made, _, _ = authorizations.add_third_party(office, "JPO", "", by="law@xa.example", at=at)
    conditions = Conditions(rights=frozenset({Right.TRADEMARK}), ends_at=ends_at)
    authorizations.save(made, conditions, by="law@xa.example", reason="agreement", at=at)
    return made


def test_a_changed_authorization_is_told_to_those_who_decide(house, at):
    made = an_authorization(at)
    clock.look(at=at)
    (letter,) = Letter.objects.all()
    assert letter.to == "law@xa.example"
    assert "What JPO receives was changed" in letter.subject
    assert f"https://hub.example/data-exchange-authorizations/xa/{made.pk}/versions" in letter.body
    authorizations.end(made, by="law@xa.example", reason="the end", at=at + timedelta(minutes=1))
    clock.look(at=at + timedelta(minutes=2))
    assert Letter.objects.count() == 1  # gathered
    clock.look(at=at + timedelta(minutes=11))
    assert "was ended" in Letter.objects.last().subject


def test_what_expires_is_told_once_to_its_own_office(house, at):
    made = an_authorization(at, ends_at=at + timedelta(days=20))
    want("law", "expiring:trademark", at=at)
    want("stranger", "expiring:trademark", at=at)
    clients.add_secret(made.client, by="x", at=at, expires_at=at + timedelta(days=9))
    for hours in range(3):
        watching.watch(at=at + timedelta(hours=hours))
    assert [one.title for one in Notice.objects.filter(topic=Topic.EXPIRING)] == [
        "Secret 2 of JPO expires on 2 December 2026"
    ]
    watching.watch(at=at + timedelta(days=7))
    told = Notice.objects.filter(topic=Topic.EXPIRING).order_by("pk")
    assert [(one.person.email, one.office_id) for one in told] == [("law@xa.example", "XA")] * 2
    assert told[1].title == "The authorization of JPO ends on 13 December 2026"
    assert AuthorizationVersion.objects.count() == 1


def test_a_secret_of_a_machine_that_expires_is_told_to_its_office(house, at):
    kh = Office.objects.get(code="XA")
    senders.add(kh, "export", [Right.TRADEMARK], by="x", at=at, expires_at=at + timedelta(days=9))
    ended, _, _ = senders.add(
        kh, "old", [Right.TRADEMARK], by="x", at=at, expires_at=at + timedelta(days=9)
    )
    senders.end(ended, by="x", at=at)
    want("law", "expiring:trademark", "expiring:design", at=at)
    want("stranger", "expiring:trademark", at=at)
    watching.watch(at=at)
    [told] = Notice.objects.filter(topic=Topic.EXPIRING)
    assert told.person.email == "law@xa.example"
    assert told.title == "Secret 1 of export expires on 2 December 2026"
    assert told.path.startswith("/keys-and-accounts/xa/senders/")


def test_a_right_is_overdue_once_until_something_comes(house, at):
    want("marks", "overdue:trademark", "overdue:design", at=at)
    for office, days in (("XA", 7), ("XC", None)):
        Rhythm.objects.create(
            office_id=office, right="trademark", days=days, saved_at=at, saved_by="x"
        )
    Rhythm.objects.create(office_id="XA", right="design", days=7, saved_at=at, saved_by="x")
    happen("submission.published", at, received_at=at - timedelta(days=8))
    happen("submission.published", at, office="XC", received_at=at - timedelta(days=800))
    happen("submission.tested", at, kind="Test", state="tested", received_at=at)
    happen("submission.refused", at, state="refused", received_at=at)
    want("operator", at=at)
    watching.watch(at=at)
    watching.watch(at=at + timedelta(days=1))
    assert [one.title for one in Notice.objects.filter(topic=Topic.OVERDUE)] == [
        "Trademarks are overdue: nothing came for 8 days"
    ]
    happen("submission.published", at, received_at=at)
    watching.watch(at=at + timedelta(days=5))
    assert Notice.objects.count() == 1
    watching.watch(at=at + timedelta(days=8))
    assert Notice.objects.count() == 2


# --- Sign-in


def sign_in(at, address, browser="Firefox on Windows", *, who="marks@xa.example", office="XA"):
    audit.write(
        "person.signed-in", at=at, actor=who, office=office, address=address, browser=browser
    )
    clock.look(at=at)


def test_a_new_place_is_told_at_once_and_a_known_one_is_not(house, at):
    sign_in(at, "203.0.113.7")
    sign_in(at, "203.0.113.99")  # the provider gave another address
    assert not Letter.objects.exists()
    sign_in(at, "198.51.100.1")
    sign_in(at, "203.0.113.7", "Chrome on Android")
    sign_in(at, "198.51.100.1", "Chrome on Android")
    sent = list(Letter.objects.order_by("pk"))
    assert [one.to for one in sent] == ["marks@xa.example"] * 2
    assert "198.51.100.1 with Firefox on Windows" in sent[0].body
    assert "end all other sessions" in sent[0].body
    sign_in(at, "2001:db8:1::1", who="operator@hub.example", office=None)
    sign_in(at, "2001:db8:2::1", who="operator@hub.example", office=None)
    assert Letter.objects.filter(to="operator@hub.example").count() == 1


def test_who_does_not_want_to_hear_of_sign_ins_does_not(house, at):
    want("marks", at=at)
    sign_in(at, "203.0.113.7")
    sign_in(at, "198.51.100.1")
    assert not Letter.objects.exists()


def test_networks():
    assert places.network_of("203.0.113.7") == "203.0.113.0/24"
    assert places.network_of("2001:db8:1:2::1") == "2001:db8:1::/48"
    assert places.network_of("testserver") == ""


def test_every_topic_has_its_words_and_offices_their_people(house):
    from ipshare.notices import told, topics

    assert set(topics.TOPICS) == set(Topic)
    assert set(told._TELLERS) | told.OF_THE_HUB | {"person.signed-in"} == audit.TOLD
    assert Office.objects.count() == 3


def test_nobody_of_a_closed_office_is_told(house, at):
    happen("submission.held", at, state="held")
    reading.read()
    Office.objects.filter(pk="XA").update(active=False)
    assert writing.write(at=at) == 0
    happen("submission.held", at, state="held", right=Right.DESIGN)
    clock.look(at=at)
    assert not Letter.objects.exists()
    assert not Notice.objects.exists()
    assert readers.people_of("XA") == []


def test_operators_are_told_of_overdue_offices_once_and_in_one_letter(house, at):
    for office in ("XA", "XC"):
        a_submission(office, next(_numbers), received_at=at - timedelta(days=20))
        Rhythm.objects.create(
            office_id=office, right="trademark", days=14, saved_at=at, saved_by="x"
        )
    for hours in (0, 1, 26):
        watching.watch(at=at + timedelta(hours=hours))
        clock.look(at=at + timedelta(hours=hours))
    (letter,) = Letter.objects.filter(to="operator@hub.example")
    assert letter.subject == "[ipshare] 2 notices: 2 overdue"
    assert "XA: Trademarks are overdue" in letter.body
    assert "https://hub.example/offices/xc" in letter.body
