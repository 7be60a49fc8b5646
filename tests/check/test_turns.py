"""An unchanged record need not be checked again before the day that recheck_on names."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.rules import dates, designs, status
from cases.rules.builder import Case, context_of, record_of
from ipshare.check.context import Context
from ipshare.check.gather import gather
from ipshare.check.run import check_facts, recheck_on

CASES = [case for family in (dates, status, designs) for case in family.CASES]
ALL = [
    (case, gather(record_of(case.right, case.office, patch)))
    for case in CASES
    for patch in (case.bad, case.good)
]
DAYS = st.dates(date(2015, 1, 1), date(2045, 1, 1))


def on(case: Case, today: date) -> Context:
    return Context(office=case.office, right=case.right, kind=context_of(case).kind, today=today)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(range(len(ALL))), DAYS, st.data())
def test_nothing_changes_before_the_day(place: int, today: date, data: st.DataObject) -> None:
    case, facts = ALL[place]
    turn = recheck_on(facts, on(case, today))
    last = (turn or date(2060, 1, 1)) - timedelta(days=1)
    between = data.draw(st.dates(today, last), label="a day before")
    for later in (between, last):
        assert check_facts(facts, on(case, later)) == check_facts(facts, on(case, today))


@pytest.mark.parametrize(
    ("patch", "today", "turn"),
    [
        ({"ExpiryDate": "2024-02-29"}, date(2024, 6, 1), date(2024, 8, 30)),
        ({"RegistrationDate": "2024-06-10"}, date(2024, 6, 3), date(2024, 6, 9)),
    ],
)
def test_the_day_is_the_first_that_matters(patch: dict[str, str], today: date, turn: date) -> None:
    case = Case(rule="", bad={}, office="KH")
    facts = gather(record_of(case.right, "KH", patch))
    assert recheck_on(facts, on(case, today)) == turn
    assert check_facts(facts, on(case, turn)) != check_facts(facts, on(case, today))
