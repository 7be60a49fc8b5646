"""What an office looks for in its register, and how it stands in a statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ipshare.domain.office import Right
from ipshare.store.search import Condition


class Order(StrEnum):
    """How a list is sorted; records of one day by number."""

    NUMBER = "number"
    NUMBER_DOWN = "-number"
    FILED = "filed"
    FILED_DOWN = "-filed"
    REGISTERED = "registered"
    REGISTERED_DOWN = "-registered"

    @property
    def day(self) -> str:
        """The day that is sorted by; empty where it is the number."""
        plain = self.value.removeprefix("-")
        return "" if plain == "number" else plain

    @property
    def down(self) -> bool:
        """Whether the last come first."""
        return self.value.startswith("-")


class Only(StrEnum):
    """What a list is narrowed to beside what is looked for."""

    ERRORS = "errors"
    BLOCKED = "blocked"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an office looks for; ``pattern`` in the numbers of withdrawn records, which hold nothing else."""

    conditions: tuple[Condition, ...] = ()
    filed: tuple[date | None, date | None] = (None, None)
    registered: tuple[date | None, date | None] = (None, None)
    only: Only | None = None
    pattern: str = ""
    order: Order = Order.NUMBER

    @property
    def indexed(self) -> bool:
        """Whether it is read from the index; withdrawn records are not in it."""
        if self.only is Only.WITHDRAWN:
            return False
        days = any((*self.filed, *self.registered))
        return bool(self.conditions) or days or bool(self.order.day)


def parameters(office: str, right: Right, asked: Asked) -> dict[str, object]:
    """What a statement of a list is given."""
    given: dict[str, object] = {"office": office, "right": right.value, "pattern": asked.pattern}
    for place, one in enumerate(asked.conditions):
        given[f"query{place}"] = one.query
    for name, (first, last) in (("filed", asked.filed), ("registered", asked.registered)):
        given[f"{name}_from"] = first
        given[f"{name}_to"] = last
    return given


def indexed(asked: Asked) -> list[str]:
    """What a row of the index must be like."""
    found = [
        "(" + " OR ".join(f"s.{g} @@ %(query{place})s::tsquery" for g in one.groups) + ")"
        for place, one in enumerate(asked.conditions)
    ]
    for name, (first, last) in (("filed", asked.filed), ("registered", asked.registered)):
        if last is not None and first is None:
            found.append(f"s.{name} > '-infinity'")
        if first is not None:
            found.append(f"s.{name} >= %({name}_from)s::date")
        if last is not None:
            found.append(f"s.{name} <= %({name}_to)s::date")
    if asked.only is Only.ERRORS:
        found.append(
            """s.number IN (SELECT r.number FROM record r WHERE r.office = %(office)s AND r."right" = %(right)s
               AND r.live AND (r.facets).has_errors)"""
        )
    if asked.only is Only.BLOCKED:
        found.append(f"s.number IN ({_BLOCKED})")
    return found or ["true"]


def plain(asked: Asked) -> list[str]:
    """What a row of the register must be like, where the index is not looked at."""
    if asked.only is Only.WITHDRAWN:
        found = ["NOT r.live"]
        if asked.pattern:
            found.append("r.number ~* %(pattern)s")
        return found
    found = ["r.live"]
    if asked.only is Only.ERRORS:
        found.append("(r.facets).has_errors")
    if asked.only is Only.BLOCKED:
        found.append(f"r.number IN ({_BLOCKED})")
    return found


_BLOCKED = """SELECT b.number FROM store_recordblock b
    WHERE b.office_id = %(office)s AND b."right" = %(right)s AND b.lifted_at IS NULL"""


def whole_entries(given: Mapping[str, object]) -> dict[str, object]:
    """What the planner is asked in the place of beginnings, of which it knows nothing and expects many."""
    return {
        name: value.replace("':*", "'") if isinstance(value, str) and name[:5] == "query" else value
        for name, value in given.items()
    }
