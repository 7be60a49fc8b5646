"""What filters look at, of one record: facts that decide whether it may go out, not what goes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """The facets of one record; ``is_published`` is None where its publications are kept back by a finding.

    ``filed`` and ``registered`` are plausible days, None where there is none.
    """

    filed: date | None = None
    registered: date | None = None
    is_published: bool | None = False
    is_registered: bool = False
    is_international: bool = False
    has_errors: bool = False


NO_FACETS = Facets()
