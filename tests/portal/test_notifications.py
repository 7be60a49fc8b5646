"""The page of one's own notifications: choose by topic and right, and read what one was told."""

from __future__ import annotations

import re

import pytest

from ipshare.accounts import people
from ipshare.domain.notice import Topic
from ipshare.domain.office import Right
from ipshare.domain.role import Held, Role
from ipshare.notices import clock, topics
from ipshare.store import audit
from ipshare.store.models.accounts import User
from ipshare.store.models.audit import AuditEvent
from ipshare.store.models.notices import NoticeSetting
from portal import builders
from portal.conftest import signed_in

pytestmark = pytest.mark.django_db
HERE = "/notifications"


def checked(answer):
    return set(re.findall(r'name="want" value="([^"]+)" checked', answer.content.decode()))


def offered(answer):
    return set(re.findall(r'name="want" value="([^"]+)"', answer.content.decode()))


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_defaults_are_those_of_the_roles(office, sokha):
    everything = {f"{t}:{r}" for t in ("held", "refused", "authorization") for r in Right}
    assert checked(sokha.get(HERE)) == everything | {"sign-in"}


def test_only_the_rights_of_the_own_roles_can_be_chosen(office):
    roles = {Held(role=Role.DATA_OFFICER, right=Right.PATENT)}
    people.add("dara@mih.example", "Dara", "KH", builders.PASSWORD, builders.AT, roles=roles)
    dara = signed_in("dara@mih.example")
    assert {one.partition(":")[2] for one in offered(dara.get(HERE))} == {"patent", ""}
    sent = {"want": ["errors:patent", "errors:trademark", "nonsense", "held:", "sign-in"]}
    assert dara.post(f"{HERE}/save", sent).status_code == 302
    assert checked(dara.get(HERE)) == {"errors:patent", "sign-in"}
    person = User.objects.get(email="dara@mih.example")
    assert topics.wanted(person, Topic.ERRORS, at="KH") == {Right.PATENT}
    assert topics.wanted(person, Topic.HELD, at="KH") == set()
    event = AuditEvent.objects.get(event="person.notices-chosen")
    assert (event.office_id, event.actor, event.detail["errors"]) == (
        "KH", "dara@mih.example", ["patent"],
    )  # fmt: skip


def test_everything_can_be_turned_off_and_on_again(sokha):
    sokha.post(f"{HERE}/save", {})
    assert checked(sokha.get(HERE)) == set()
    sokha.post(f"{HERE}/save", {"want": list(offered(sokha.get(HERE)))})
    assert checked(sokha.get(HERE)) == offered(sokha.get(HERE))
    assert NoticeSetting.objects.count() == len(Topic)


def test_an_operator_chooses_about_the_own_account_and_the_hub(operator):
    everything = {"sign-in", "outage", "overdue"}
    assert offered(operator.get(HERE)) == checked(operator.get(HERE)) == everything
    operator.post(f"{HERE}/save", {"want": ["outage"]})
    assert checked(operator.get(HERE)) == {"outage"}
    assert operator.post(f"{HERE}/save", {"want": ["held:trademark"]}).status_code == 302
    assert checked(operator.get(HERE)) == set()


def test_what_was_told_is_listed_to_its_person_alone(sokha, anong, django_assert_max_num_queries):
    assert "Nothing yet" in text_of(anong.get(HERE))
    for _ in range(60):
        audit.write(
            "base-restriction.saved", at=builders.AT, actor="x", office="KH", version=_, excluded=[]
        )
    audit.write("submission.held", at=builders.AT, actor="hub", office="KH", subject="KH-000004")
    clock.look(at=builders.AT)
    with django_assert_max_num_queries(15):
        page = sokha.get(HERE)
    assert "KH-000004 is held and waits for a decision" in text_of(page)
    assert 'href="/submissions/KH-000004"' in page.content.decode()
    assert sokha.get(HERE, {"page": 2}).status_code == 200
    assert "KH-000004" not in text_of(anong.get(HERE))
