"""Which of the mandatory elements a record lacks, as it was sent."""

from __future__ import annotations

from ipshare.check.facts import Facts
from ipshare.check.rules import marks
from ipshare.domain.mandatory import OF_RIGHT, Mandatory
from ipshare.domain.office import Right

_OWNERS = frozenset({"applicant", "holder"})


def lacks_of(facts: Facts) -> int:
    """The mask of the elements that are asked of a record of its right and that it has not."""
    return sum(one.bit for one in OF_RIGHT[facts.right] if not _has(facts, one))


def _has(facts: Facts, element: Mandatory) -> bool:
    match element:
        case Mandatory.APPLICANT:
            return any(party.role in _OWNERS for party in facts.parties)
        case Mandatory.FILING_DATE:
            return facts.filing_date is not None
        case Mandatory.STATUS:
            return bool(facts.units) and all(unit.status is not None for unit in facts.units)
        case Mandatory.IMAGE:
            return _is_shown(facts)
        case Mandatory.CLASS:
            return _is_classified(facts)


def _is_shown(facts: Facts) -> bool:
    if facts.right is Right.DESIGN:
        return bool(facts.designs) and all(one.views or one.sheets for one in facts.designs)
    return bool(facts.mark.images) or not marks.must_be_shown(facts)


def _is_classified(facts: Facts) -> bool:
    if facts.right is Right.PATENT:
        return bool(facts.patent.ipc)
    if facts.right is Right.DESIGN:
        return bool(facts.designs) and all(one.locarno for one in facts.designs)
    return bool(facts.mark.classes) or facts.mark.domestic
