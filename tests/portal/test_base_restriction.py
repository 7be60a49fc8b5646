"""The base restriction: what an office withholds from everybody, seen before it is saved."""

from __future__ import annotations

import re

import pytest

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.portal import confirming
from ipshare.share import authorizations, authorized
from portal import builders
from portal.conftest import signed_in
from share.histories import a_reader

pytestmark = pytest.mark.django_db
HERE = "/data-exchange-authorizations/xa/base"
CHOSEN = {
    "version": 0,
    "restrictions": ["without-stakeholders"],
    "reason": "Law on personal data of 2026",
}


@pytest.fixture
def officer(cast):
    builders.a_person("sokha@xa.example", "XA")
    return signed_in("sokha@xa.example")


def text_of(answer):
    return answer.content.decode()


def confirm(officer, seen, **changes):
    [seal] = re.findall(r'name="seen" value="(\w+)"', text_of(seen))
    return officer.post(f"{HERE}/save", CHOSEN | {"seen": seal} | changes)


def test_it_is_saved_after_it_was_seen_and_holds_for_everybody(officer, at):
    reader = a_reader(name="JPO", rights={Right.TRADEMARK})
    a_reader(name="WIPO", rights={Right.TRADEMARK}, excluded={ElementGroup.STAKEHOLDERS})
    seen = officer.post(f"{HERE}/save", CHOSEN)
    assert "This would change what 1\u00a0third party receives" in text_of(seen)
    assert "JPO</b> loses stakeholders" in text_of(seen)
    assert authorized.base_of("XA") == (0, frozenset())
    answer = confirm(officer, seen)
    page = text_of(officer.get(answer["Location"]))
    assert "Saved as version 1. It holds for everybody from now on." in page
    assert "Law on personal data of 2026" in page
    assert ElementGroup.STAKEHOLDERS not in authorized.view_at(reader.authorization, at).groups
    for address in ("", f"/{reader.authorization.pk}"):
        page = text_of(officer.get(f"/data-exchange-authorizations/xa{address}"))
        assert "Withheld from everybody:</b> stakeholders" in page


def test_a_preview_asks_for_no_password_and_saving_it_does(officer, monkeypatch):
    monkeypatch.setattr(confirming, "WINDOW", -confirming.WINDOW)
    seen = officer.post(f"{HERE}/save", CHOSEN)
    assert "confirm-password" not in text_of(seen)
    assert "confirm-password" in text_of(confirm(officer, seen))
    assert authorized.base_of("XA") == (0, frozenset())


def test_what_was_not_seen_is_not_saved(officer):
    seen = officer.post(f"{HERE}/save", CHOSEN)
    assert confirm(officer, seen, groups=["text"]).status_code == 200
    assert authorized.base_of("XA") == (0, frozenset())


def test_nobody_overwrites_what_somebody_else_saved_meanwhile(officer, at):
    authorizations.save_base("XA", frozenset({ElementGroup.TEXT}), by="b", reason="law", at=at)
    answer = officer.post(f"{HERE}/save", CHOSEN)
    assert answer.status_code == 409
    assert "Somebody saved version 1 meanwhile" in text_of(answer)


def test_the_same_again_makes_no_version(officer):
    answer = officer.post(f"{HERE}/save", CHOSEN | {"restrictions": []}, follow=True)
    assert "Nothing was changed" in text_of(answer)
    assert authorized.base_of("XA")[0] == 0


def test_a_reason_is_required(officer):
    answer = officer.post(f"{HERE}/save", CHOSEN | {"reason": " "})
    assert answer.status_code == 422
    assert "Write a reason of at least 10 characters." in text_of(answer)
