"""From a record to its facts, in one pass."""

from __future__ import annotations

from ipshare.check import days, numbers
from ipshare.check.dossiers import read_designs
from ipshare.check.facts import Facts
from ipshare.check.marks import read_mark
from ipshare.check.patents import read_patent
from ipshare.check.text import personal
from ipshare.check.walk import Collected, collect
from ipshare.domain.office import Right
from ipshare.domain.record import Record

_READ = {Right.TRADEMARK: read_mark, Right.PATENT: read_patent, Right.DESIGN: read_designs}


def gather(record: Record) -> Facts:
    """Everything that the rules read of a record."""
    facts = Facts(record=record, right=record.right, office=record.office, tree=record.tree)
    _READ[record.right](facts)
    if not record.number:
        facts.number = ""  # what stands there, if anything, is too long to name a record
    facts.form = numbers.form_of(facts.office, facts.right, facts.national_number)
    facts.international = numbers.international(facts.form)
    collect(record.tree, Collected(facts.texts, facts.marked, facts.days, facts.languages))
    facts.texts += facts.marked
    for _, written in facts.days:
        if written:
            reading = days.read(written)
            facts.latest = max(facts.latest, written)
            if reading.oddity:
                facts.oddities.add(reading.oddity)
            if reading.year and reading.year < facts.earliest_year:
                facts.earliest_year = reading.year
    facts.joined = "\n".join(facts.texts)
    facts.ascii = facts.joined.isascii()
    facts.personal = bool(personal(facts.office, facts.joined))
    facts.printable = "".join(facts.texts).isprintable()
    return facts
