"""Every rule finds its defect where it is, proposes what it can, and is silent beside it."""

from __future__ import annotations

import pytest

from cases.rules import dates, designs, marks, numbers, parties, patents, status, texts
from cases.rules.builder import Case, context_of, record_of
from ipshare.check.gather import gather
from ipshare.check.present import present
from ipshare.check.rule import registered
from ipshare.check.run import check, check_batch, check_facts, rules_for
from ipshare.check.walk import leaves
from ipshare.domain.finding import Effect, Finding, Severity
from ipshare.domain.office import Right

FAMILIES = (numbers, dates, status, parties, texts, marks, patents, designs)
CASES = [case for family in FAMILIES for case in family.CASES]
BY_CONTEXT = {"PKG-010"}
"""Rules whose case is a context, not a record: tested below."""


def findings_of(case: Case, patch: object) -> list[Finding]:
    record = record_of(case.right, case.office, patch, country=case.country)
    return check(record, context_of(case))


def named(case: Case) -> str:
    return f"{case.rule}-{case.right}-{next(iter(case.bad), '')}={next(iter(case.bad.values()), '') or ''}"[
        :70
    ]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_bad_record_breaks_the_rule(case: Case) -> None:
    found = [one for one in findings_of(case, case.bad) if one.rule == case.rule]
    assert found, [(one.rule, one.path) for one in findings_of(case, case.bad)]
    if case.path is not None:
        assert case.path in {one.path for one in found}
        found = [one for one in found if one.path == case.path]
    assert case.proposed in {one.proposed for one in found}
    if case.value is not None:
        assert case.value in {one.value for one in found}
    for one in found:
        assert "{" not in one.message
        assert one.effect is not Effect.WITHHOLD or one.withholds
        assert one.withholds == frozenset() or one.effect is Effect.WITHHOLD
        assert one.severity is Severity.ERROR or not one.withholds


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_good_record_does_not(case: Case) -> None:
    assert [one.path for one in findings_of(case, case.good) if one.rule == case.rule] == []


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_rule_that_is_not_asked_would_find_nothing(case: Case) -> None:
    facts = gather(record_of(case.right, case.office, case.bad, country=case.country))
    things = present(facts)
    unasked = [one for one in rules_for(facts.right) if one.needs and one.needs not in things]
    assert {
        rule.entry.id for rule in unasked if list(rule.function(facts, context_of(case)))
    } == set()


def test_records_checked_together_are_checked_as_alone() -> None:
    batch = [
        gather(record_of(case.right, case.office, case.bad, country=case.country)) for case in CASES
    ]
    context = context_of(CASES[0])
    assert check_batch(batch, context) == [check_facts(facts, context) for facts in batch]


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} | BY_CONTEXT == set(registered())


COUNTS = {
    Right.TRADEMARK: {"+": "<tmk:MarkSeriesTotalQuantity>3</tmk:MarkSeriesTotalQuantity>"},
    Right.DESIGN: {f"+{designs.D}": designs.DEFERRED.format("12")},
    Right.PATENT: {f"+{patents.B}": patents.TERM.format(20)},
}


@pytest.mark.parametrize("text", ["²", "①", "٣", "9" * 5000])
@pytest.mark.parametrize("right", Right)
def test_a_text_of_odd_digits_makes_no_rule_fail(right: Right, text: str) -> None:
    office = "MY" if right is Right.TRADEMARK else "KH"  # of a series of marks it asks the number
    case = Case(rule="", right=right, office=office, bad={})
    places = [leaf.path for leaf in leaves(record_of(right, office, COUNTS[right]).tree)]
    for place in places:
        if "@" not in place:
            record = record_of(right, office, {**COUNTS[right], place: text})
            assert not [one for one in check(record, context_of(case)) if one.rule == "HUB-001"], (
                place
            )


def test_no_case_makes_a_rule_fail() -> None:
    for case in CASES:
        for patch in (case.bad, case.good):
            assert not [one for one in findings_of(case, patch) if one.rule == "HUB-001"], case
