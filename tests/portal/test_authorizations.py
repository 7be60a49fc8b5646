"""Data Exchange Authorizations: add, save, new secret, end; the secret is shown once."""

from __future__ import annotations

import re

import pytest

from ipshare.accounts import clients
from ipshare.domain.group import ElementGroup
from ipshare.share import authorizations
from ipshare.store.models.audit import AuditEvent
from portal import builders
from portal.conftest import signed_in

pytestmark = pytest.mark.django_db
HERE = "/data-exchange-authorizations/xa"
WHY = "Memorandum of 3 November"


@pytest.fixture
def officer(cast):
    builders.a_person("sokha@xa.example", "XA")
    return signed_in("sokha@xa.example")


def the_one():
    return authorizations.list_for("XA")[0]


def secret_on(response):
    shown = re.search(r'id="secret".*?</dl>', response.content.decode(), re.DOTALL)
    return re.findall(r"<code>([\w-]+)</code>", shown[0])


@pytest.fixture
def added(officer):
    return officer.post(f"{HERE}/add", {"name": "JPO", "full_name": "Japan Patent Office"})


def save(officer, **changes):
    fields = {"version": 0, "reason": WHY, "rights": ["trademark"], "restrictions": []}
    return officer.post(f"{HERE}/{the_one().authorization.pk}/save", fields | changes)


def test_nothing_goes_out_before_somebody_is_added(officer):
    page = officer.get(HERE).content.decode()
    assert "<h1>Data Exchange Authorizations</h1>" in page
    assert "No third party yet" in page


def test_a_third_party_starts_with_nothing_and_its_secret_is_shown_once(officer, added):
    client_id, secret = secret_on(added)
    assert added["Cache-Control"] == "private, no-store"
    assert clients.secret_of(client_id, secret, at=builders.AT)
    assert the_one().conditions.rights == frozenset()
    for address in (HERE, f"{HERE}?party={the_one().authorization.pk}", "/"):
        page = officer.get(address).content.decode()
        assert secret not in page
        assert "Receives nothing" in page
    assert "third-party.added" in AuditEvent.objects.values_list("event", flat=True)


def test_the_same_third_party_twice_is_told(officer, added):
    answer = officer.post(f"{HERE}/add", {"name": "JPO"})
    assert answer.status_code == 422
    assert "JPO is a third party of XA already" in answer.content.decode()
    assert officer.post(f"{HERE}/add", {"name": "  "}).status_code == 422


def test_save_makes_a_version_with_who_and_why(officer, added):
    answer = save(officer, restrictions=["without-stakeholders", "without-status-changes"])
    assert answer.status_code == 302
    held = the_one()
    assert held.conditions.rights == {"trademark"}
    assert held.conditions.excluded == {"stakeholders", "status", "events"}
    assert (held.version.saved_by, held.version.reason) == ("sokha@xa.example", WHY)
    page = officer.get(answer["Location"]).content.decode()
    for words in ("Saved as version 1", "without stakeholder information", "In force", WHY):
        assert words in page


def test_groups_withheld_beyond_the_presets_stay_withheld(officer, added, at):
    one = the_one().authorization
    conditions = authorizations.Conditions(excluded=frozenset({ElementGroup.MEDIA}))
    authorizations.save(one, conditions, by="ipshare authorize", reason="without images", at=at)
    save(officer, version=1, restrictions=["without-examination"])
    assert the_one().conditions.excluded == {"media", "examination"}
    assert "without media" in officer.get(HERE).content.decode()


def test_what_was_chosen_is_kept_where_it_cannot_be_saved(officer, added):
    answer = save(officer, reason="because", rights=["design"])
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write a reason of at least 10 characters." in page
    assert re.search(r'value="design" checked', page)
    assert the_one().version is None


def test_nobody_overwrites_what_somebody_else_saved_meanwhile(officer, added):
    save(officer)
    answer = save(officer, rights=["patent"])
    assert answer.status_code == 409
    assert "Somebody saved version 1 meanwhile" in answer.content.decode()
    assert the_one().conditions.rights == {"trademark"}


def test_saving_what_holds_already_makes_no_version(officer, added):
    save(officer)
    answer = officer.get(save(officer, version=1)["Location"])
    assert "Nothing was changed for JPO" in answer.content.decode()
    assert the_one().authorization.version == 1


@pytest.mark.parametrize(
    "field", [{"rights": ["copyright"]}, {"restrictions": ["all"]}, {"version": "x"}]
)
def test_what_the_page_does_not_offer_is_not_saved(officer, added, field):
    assert save(officer, **field).status_code == 422
    assert the_one().version is None


def test_a_new_secret_ends_the_old_one(officer, added):
    client_id, old = secret_on(added)
    answer = officer.post(f"{HERE}/{the_one().authorization.pk}/secret")
    again, new = secret_on(answer)
    assert again == client_id
    assert clients.secret_of(client_id, new, at=builders.AT)
    assert not clients.secret_of(client_id, old, at=builders.AT)


def test_ending_takes_everything_back_and_says_so(officer, added):
    save(officer)
    one = the_one().authorization.pk
    assert officer.post(f"{HERE}/{one}/end", {"reason": ""}).status_code == 422
    answer = officer.post(f"{HERE}/{one}/end", {"reason": WHY}, follow=True)
    assert "JPO receives nothing any more" in answer.content.decode()
    assert the_one().conditions.rights == frozenset()
    assert the_one().authorization.ended_at
    save(officer, version=2)
    assert the_one().authorization.ended_at is None
