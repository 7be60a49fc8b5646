"""The engine: what it refuses to bind, and what it says when a rule of ours fails."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from cases.rules.builder import Case, context_of, record_of
from ipshare.check import run
from ipshare.check.rule import CATALOGUE, Hit, registered, rule, withheld
from ipshare.domain.finding import Effect, Severity
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right

CASE = Case(rule="", bad={}, office="KH")


def test_a_rule_without_an_entry_does_not_import() -> None:
    with pytest.raises(LookupError, match="NUM-999 is not in"):
        rule("NUM-999")


def test_a_rule_has_one_function() -> None:
    with pytest.raises(LookupError, match="two functions"):
        rule("NUM-002")


def test_a_rule_has_words_for_the_office() -> None:
    with pytest.raises(LookupError, match="docstring"):
        rule("COV-001")(lambda _facts, _context: [])
    assert "COV-001" not in registered()


def test_a_failing_rule_is_a_finding_about_us(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_facts: object, _context: object) -> list[Hit]:
        raise ZeroDivisionError

    rules = tuple(
        replace(one, function=broken) if one.entry.id == "NUM-002" else one
        for one in run.rules_for(Right.TRADEMARK)
    )
    monkeypatch.setattr(run, "rules_for", lambda _right: rules)
    with caplog.at_level(logging.ERROR):
        findings = run.check(
            record_of(Right.TRADEMARK, "KH", {"RegistrationDate": None}), context_of(CASE)
        )
    ours = [one for one in findings if one.rule == "HUB-001"]
    assert [(one.value, one.severity, one.withholds) for one in ours] == [
        ("NUM-002", Severity.ERROR, frozenset())
    ]
    assert "STA-004" in {one.rule for one in findings}
    assert "NUM-002 failed on record KH/49703/18" in caplog.text


def test_many_findings_of_one_rule_are_counted_not_listed() -> None:
    goods = "GoodsServicesBag/GoodsServices/ClassDescriptionBag/ClassDescription"
    text = "<tmk:GoodsServicesDescriptionText>N/A</tmk:GoodsServicesDescriptionText>"
    record = record_of(Right.TRADEMARK, "KH", {f"+{goods}": text * 130})
    found = [one for one in run.check(record, context_of(CASE)) if one.rule == "TXT-017"]
    assert len(found) == run.MOST_PER_RULE + 1
    assert found[-1].message == "30 more findings of this rule in this record not listed."


def test_what_is_not_listed_withholds_all_the_same() -> None:
    goods = "GoodsServicesBag/GoodsServices/ClassDescriptionBag/ClassDescription"
    text = "<tmk:GoodsServicesDescriptionText>Caf\ufffd</tmk:GoodsServicesDescriptionText>"
    name = "ApplicantBag/Applicant/Contact/Name/EntityName"
    record = record_of(Right.TRADEMARK, "KH", {f"+{goods}": text * 130, name: "Caf\ufffd"})
    found = [one for one in run.check(record, context_of(CASE)) if one.rule == "TXT-004"]
    assert {group for one in found for group in one.withholds} == {
        ElementGroup.GOODS,
        ElementGroup.STAKEHOLDERS,
    }


def test_braces_in_a_value_are_text() -> None:
    assert run.fill("{no} has {x}.", {"no": "1", "x": "{no}"}) == "1 has {no}."


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((), (Effect.WITHHOLD, frozenset({ElementGroup.IDENTITY}))),
        ((ElementGroup.TEXT,), (Effect.WITHHOLD, frozenset({ElementGroup.TEXT}))),
        ((ElementGroup.TEXT, ElementGroup.MEDIA), (Effect.FLAG, frozenset())),
    ],
)
def test_what_a_rule_reads_decides_what_it_withholds(
    groups: tuple[ElementGroup, ...], expected: object
) -> None:
    assert withheld(Effect.WITHHOLD, frozenset(groups)) == expected


def test_a_personal_number_is_not_repeated() -> None:
    name = "ApplicantBag/Applicant/Contact/Name/EntityName"
    record = record_of(Right.TRADEMARK, "SG", {name: "Tan Ah Kow S1234567D"})
    found = [
        one
        for one in run.check(record, context_of(replace(CASE, office="SG")))
        if one.rule == "PTY-016"
    ]
    assert len(found) == 1
    assert "1234567" not in f"{found[0]}"


def test_the_version_of_the_rules_is_a_digest() -> None:
    assert len(run.rules_version()) == 32
    assert run.rules_version() == run.rules_version()


def test_another_right_is_reported() -> None:
    record = record_of(Right.DESIGN, "KH", {})
    found = [one for one in run.check(record, context_of(CASE)) if one.rule == "PKG-010"]
    assert [one.withholds for one in found] == [{ElementGroup.IDENTITY}]


def test_every_catalogue_entry_is_one_of_the_known_kinds() -> None:
    assert len(CATALOGUE) == 255
    assert {entry.id[:3] for entry in CATALOGUE.values()} == {
        "PKG", "XPK", "COV", "NUM", "DAT", "STA", "PTY", "TXT", "TMK", "IMG", "PAT", "DGN", "RES", "HUB",
    }  # fmt: skip
