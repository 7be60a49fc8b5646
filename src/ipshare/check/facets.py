"""What filters of authorizations look at, of the facts of a record."""

from __future__ import annotations

from ipshare.check.facts import Facts
from ipshare.domain.facets import Facets


def facets_of(facts: Facts, *, has_errors: bool) -> Facets:
    """The facets of a record. Of an application with several designs the first one with a date counts."""
    registered = next((unit.grant_date for unit in facts.units if unit.grant_date), None)
    return Facets(
        filed=facts.filing_date,
        registered=registered,
        is_published=facts.patent.published_document
        or any(unit.publications for unit in facts.units),
        is_registered=registered is not None or any(unit.registrations for unit in facts.units),
        is_international=facts.international or bool(facts.mark.international),
        has_errors=has_errors,
    )
