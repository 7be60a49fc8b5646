"""The small values that facts are made of: a text, a party, a publication, a priority, an event, each with its path.

They are msgspec structs: a record has a hundred of them, and a named tuple takes three times as long to make.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ipshare.check.days import Day
from ipshare.check.status import Meaning


class Item(Struct, frozen=True):
    """One text of a record: where it stands, what it says, in which language."""

    path: str
    text: str
    language: str = ""


class Party(Struct, frozen=True):
    """A person or company of a record in one role; addresses and names as sent."""

    path: str
    role: str
    names: Sequence[Item] = ()
    transliterated: bool = False
    countries: Sequence[Item] = ()
    addresses: Sequence[Item] = ()
    by_identifier: bool = False
    confidential: bool = False


class Publication(Struct, frozen=True):
    """One publication: its number, section and date."""

    path: str
    identifier: Item | None
    section: str
    date: Day | None
    kind: Item | None = None


class Priority(Struct, frozen=True):
    """A priority claim: country or office, number, filing date."""

    path: str
    country: Item | None
    number: Item | None
    date: Day | None


class Event(Struct, frozen=True):
    """An event of the procedure: its words, what they mean, its date; ``texts`` are free narrative."""

    path: str
    name: str
    meaning: Meaning
    date: Day | None
    texts: list[Item]


class Goods(Struct, frozen=True):
    """One list of goods or services with the class that it stands under, empty where it has none."""

    path: str
    number: str
    texts: list[Item]


class View(Struct, frozen=True):
    """One view of a design."""

    path: str
    file: str
    identifier: str
    kind: str
