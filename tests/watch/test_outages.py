"""An outage begins once and ends once, whatever happens meanwhile; who runs the hub gets a letter for each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ipshare.accounts import people
from ipshare.notices import choosing, clock
from ipshare.ops import worker
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.letters import Letter
from ipshare.store.models.outages import Outage
from ipshare.watch import health, outages
from ipshare.watch.health import Level, Part
from portal.builders import PASSWORD

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
WORKERS = "Workers of the line"


def seen(at, minute, level, name=WORKERS):
    outages.note([Part(name=name, level=level, words="None is alive.")], at=at + minute * MINUTE)
    clock.look(at=at + minute * MINUTE)


@pytest.fixture
def operators(cast, at, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for name in ("one", "two"):
        people.add(f"{name}@hub.example", name, None, PASSWORD, at)
    people.add("officer@xa.example", "officer", "XA", PASSWORD, at)


def letters():
    return sorted((one.to, one.subject) for one in Letter.objects.all())


def test_one_letter_when_it_begins_and_one_when_it_is_over(operators, at):
    levels = "dDDoDoooDDD" + "oooooooo"  # down; well for a moment twice; then well for good
    for minute, level in enumerate(levels):
        seen(at, minute, Level.OK if level == "o" else Level.DOWN)
    assert letters() == [
        ("one@hub.example", "[ipshare] It is over: workers of the line"),
        ("one@hub.example", "[ipshare] The hub needs you: workers of the line"),
        ("two@hub.example", "[ipshare] It is over: workers of the line"),
        ("two@hub.example", "[ipshare] The hub needs you: workers of the line"),
    ]
    one = Outage.objects.get()
    assert (one.began_at, one.ended_at) == (at, at + 11 * MINUTE)
    events = AuditEvent.objects.filter(event__startswith="hub.").order_by("pk")
    assert [event.event for event in events] == ["hub.part-down", "hub.part-well"]
    body = Letter.objects.filter(subject__contains="needs you").first().body
    assert "None is alive." in body
    assert "/hub/health" in body


def test_what_fails_for_a_moment_is_no_outage(operators, at):
    for minute, level in enumerate([Level.DOWN, Level.OK, Level.DOWN, Level.OK]):
        seen(at, minute, level)
    assert not Outage.objects.exists()
    assert letters() == []


def test_of_what_is_degraded_the_queue_alone_is_told(operators, at):
    for minute in range(3):
        seen(at, minute, Level.DEGRADED, "Mail")
        seen(at, minute, Level.DEGRADED, outages.QUEUE)
    assert [one.part for one in Outage.objects.all()] == [outages.QUEUE]
    assert len(letters()) == 2


def test_an_operator_may_choose_to_be_told_of_overdue_offices_alone(operators, at):
    one = people.User.objects.get(email="one@hub.example")
    choosing.choose(one, frozenset({"overdue", "held:trademark"}), at=at)
    for minute in range(3):
        seen(at, minute, Level.DOWN)
    assert [to for to, _ in letters()] == ["two@hub.example"]


def test_it_is_the_hub_s_own_state_that_is_looked_at(operators, at):
    outages.look(at=at)
    outages.look(at=at + MINUTE)
    assert WORKERS in {one.part for one in outages.present()}
    assert outages.present()[0].began_at == at  # and not the time of the second look


@pytest.mark.django_db(transaction=True)
def test_with_workers_there_is_none(at):
    with worker.present("line") as line, worker.present("push") as push:
        worker.Presence(line).register()
        worker.Presence(push).register()
        found = [part for part in health.parts(at) if part.name.startswith("Workers")]
        outages.note(found, at=at)
        outages.note(found, at=at + MINUTE)
    assert not Outage.objects.exists()
