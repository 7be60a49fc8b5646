"""Whatever a change of conditions can take away is told in words on the page of its statement."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from ipshare.domain.authorization import Channel, Conditions, Filter, Route
from ipshare.domain.group import ElementGroup
from ipshare.domain.narrowing import taken
from ipshare.domain.office import Right
from ipshare.portal import statements

AT = datetime(2026, 11, 28, tzinfo=UTC)


def test_nothing_that_is_taken_stays_a_code():
    before = Conditions(
        rights=frozenset(Right), channels=frozenset(Channel), images=True, documents=True
    )
    day = date(2020, 1, 1)
    after = replace(
        before, rights=frozenset(), excluded=frozenset(ElementGroup), channels=frozenset(), images=False,
        documents=False, networks=("203.0.113.0/24",), ends_at=datetime(2027, 1, 1, tzinfo=UTC),
        filter=Filter(
            filed_from=day, filed_to=day, registered_from=day, registered_to=day, published_only=True,
            registered_only=True, without_errors=True, route=Route.NATIONAL,
        ),
    )  # fmt: skip
    lost = [*taken(before, replace(after, rights=frozenset({Right.DESIGN})), at=AT)]
    lost += [*taken(before, after, at=AT), "record: trademark KH/1/24"]
    assert len(set(lost)) > 20
    told = {line: statements.taken(line) for line in lost}
    assert [line for line, said in told.items() if line == said and line != "documents"] == []
    assert told["record: trademark KH/1/24"] == "record KH/1/24 (trademarks)"
    assert statements.taken("of a later version: x") == "of a later version: x"
