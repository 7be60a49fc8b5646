"""What of a record's history a view lets be seen, as SQL over rows of ``change`` and facets of ``record``.

A change is visible when the record was within the view after it and one of the view's groups changed, or when
it came into the view or left it. Everything here is made of words of the domain; values are parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ipshare.domain.authorization import EVERY_RECORD, Filter, Route, View
from ipshare.domain.group import pairs
from ipshare.domain.office import Right

Names = dict[str, object]


def names(view: View, prefix: str = "") -> Names:
    """The parameters of ``change`` and ``inside`` for a view."""
    wanted = view.filter
    return {
        f"{prefix}mask": view.mask,
        f"{prefix}pairs": pairs(view.mask),
        f"{prefix}authorization": view.authorization,
        f"{prefix}filed_from": wanted.filed_from,
        f"{prefix}filed_to": wanted.filed_to,
        f"{prefix}registered_from": wanted.registered_from,
        f"{prefix}registered_to": wanted.registered_to,
    }


def change(view: View, of: str, prefix: str = "") -> str:
    """Whether a row ``of`` change is visible."""
    after = change_after(view, of, prefix)
    before = change_before(view, of, prefix)
    touched = f"({of}.groups & %({prefix}mask)s <> 0 OR {of}.joints & %({prefix}pairs)s <> 0)"
    return f"(({after} AND {touched}) OR {after} <> {before})"


def change_before(view: View, of: str, prefix: str = "") -> str:
    """Whether the record was within the view before a row ``of`` change."""
    return (
        f"({of}.was_live AND {_match(view.filter, f'coalesce({of}.before, {of}.after)', prefix)})"
    )


def change_after(view: View, of: str, prefix: str = "") -> str:
    """Whether the record was within the view after a row ``of`` change."""
    return f"({of}.live AND {_match(view.filter, f'{of}.after', prefix)})"


def inside(view: View, of: str, prefix: str = "") -> str:
    """Whether a row ``of`` record is within the view at present."""
    return f"({of}.live AND {_match(view.filter, f'{of}.facets', prefix)})"


def by_right(name: str, of: str) -> str:
    """A position that each right has of its own, for a row ``of`` change or of a table like it."""
    cases = (f"WHEN '{right.value}' THEN %({name}_{right.value})s::bigint" for right in Right)
    return f'(CASE {of}."right" {" ".join(cases)} END)'


def positions(name: str, given: Mapping[Right, int]) -> Names:
    """The parameters of ``by_right``; 0 for a right that none is given for."""
    return {f"{name}_{right.value}": given.get(right, 0) for right in Right}


@cache
def _match(wanted: Filter, facets: str, prefix: str) -> str:
    parts = [
        f"NOT ({facets}).is_blocked",
        f"%({prefix}authorization)s <> ALL (({facets}).blocked_for)",
    ]
    if wanted != EVERY_RECORD:
        parts += _filter(wanted, facets, prefix)
    return "coalesce(" + " AND ".join(parts) + ", false)"


def _filter(wanted: Filter, facets: str, prefix: str) -> list[str]:
    chosen = (
        (wanted.filed_from, f"({facets}).filed >= %({prefix}filed_from)s"),
        (wanted.filed_to, f"({facets}).filed <= %({prefix}filed_to)s"),
        (wanted.registered_from, f"({facets}).registered >= %({prefix}registered_from)s"),
        (wanted.registered_to, f"({facets}).registered <= %({prefix}registered_to)s"),
        (wanted.published_only, f"({facets}).is_published"),
        (wanted.registered_only, f"({facets}).is_registered"),
        (wanted.route is Route.NATIONAL, f"NOT ({facets}).is_international"),
        (wanted.route is Route.INTERNATIONAL, f"({facets}).is_international"),
        (wanted.without_errors, f"NOT ({facets}).has_errors"),
    )
    return [condition for is_set, condition in chosen if is_set]
