"""What a record may hold or not: the rules about what it does not hold need not be asked."""

from __future__ import annotations

from ipshare.check.facts import Facts

THINGS = frozenset(
    {
        "priorities",
        "exhibitions",
        "publications",
        "registration numbers",
        "international numbers",
        "ST.13 number",
        "parents",
        "Vienna codes",
        "colour claims",
        "disclaimers",
        "odd dates",
        "letters beyond ASCII",
        "odd characters",
        "ampersands",
        "personal data",
    }
)
"""What a rule can say that it needs."""


def present(facts: Facts) -> frozenset[str]:
    """Which of these things a record holds."""
    mark = facts.mark
    found = {
        "international numbers": mark.international or facts.hague_number,
        "ST.13 number": facts.st13,
        "parents": mark.parents,
        "Vienna codes": mark.vienna,
        "colour claims": mark.colour_claims,
        "disclaimers": mark.disclaimers,
        "odd dates": facts.oddities,
        "letters beyond ASCII": not facts.ascii,
        "odd characters": not facts.printable,
        "ampersands": "&" in facts.joined,
        "personal data": facts.personal,
    }
    things = {thing for thing, there in found.items() if there}
    for unit in facts.units:
        if unit.priorities:
            things.add("priorities")
        if unit.exhibitions:
            things.add("exhibitions")
        if unit.publications:
            things.add("publications")
        if unit.registrations:
            things.add("registration numbers")
    return frozenset(things)
