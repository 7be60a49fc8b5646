"""The base records of the cases break no rule, so that a case shows what its patch does."""

from __future__ import annotations

import pytest

from cases.rules.builder import NUMBERS, Case, context_of, record_of
from ipshare.check.run import check
from ipshare.domain.office import Right

NOTED = {"PTY-019", "DAT-013", "DAT-014", "STA-014", "NUM-013", "DGN-017", "TMK-017", "TMK-018"}


@pytest.mark.parametrize("office", sorted(NUMBERS))
@pytest.mark.parametrize("right", list(Right))
def test_the_base_record_is_clean(right: Right, office: str) -> None:
    findings = check(
        record_of(right, office, {}), context_of(Case(rule="", bad={}, right=right, office=office))
    )
    assert [(one.rule, one.path, one.value) for one in findings if one.rule not in NOTED] == []
    if office == "KH":
        assert findings == []
