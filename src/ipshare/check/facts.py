"""What the rules read: a record's numbers, dates, parties, classes, texts and events, each with its path.

Structs of msgspec, as the small values are (check.values): each record makes five of these.
"""

from __future__ import annotations

from datetime import date
from operator import itemgetter

from msgspec import Struct, field

from ipshare.check.days import Day, Oddity
from ipshare.check.status import NO_MEANING, Meaning
from ipshare.check.values import Event, Goods, Item, Party, Priority, Publication, View
from ipshare.check.walk import Leaf, leaves
from ipshare.domain.office import Right
from ipshare.domain.record import Record, Tree
from ipshare.standards.numbers import NumberForm


class Unit(Struct):
    """What has a life of its own: a mark, a patent, or each design of an application."""

    prefix: str = ""
    registrations: list[Item] = []
    registered: Day | None = None
    expiry: Day | None = None
    status: Item | None = None
    meaning: Meaning = NO_MEANING
    status_date: Day | None = None
    status_path: str = ""
    terminated: Day | None = None
    publications: list[Publication] = []
    priorities: list[Priority] = []
    exhibitions: list[Day] = []
    events: list[Event] = []
    _dated: list[tuple[date, Event]] | None = None

    @property
    def grant_date(self) -> date | None:
        """The plausible day of registration."""
        return self.registered.day if self.registered else None

    @property
    def expiry_date(self) -> date | None:
        """The plausible day of expiry."""
        return self.expiry.day if self.expiry else None

    def dated(self) -> list[tuple[date, Event]]:
        """The events that have a day, in the order of their days; as sent where the day is the same."""
        if self._dated is None:
            found = [(one.date.day, one) for one in self.events if one.date and one.date.day]
            self._dated = sorted(found, key=_day_of)
        return self._dated


_day_of = itemgetter(0)


class Mark(Struct):
    """What only a trademark has."""

    feature: Item | None = None
    categories: list[Item] = []
    words: list[Item] = []
    significant: list[Item] = []
    translations: list[Item] = []
    transliterations: list[Item] = []
    standard_characters: bool = False
    images: list[Item] = []
    media: list[Item] = []
    colour_claims: list[Item] = []
    colourless: bool = False
    vienna: list[Item] = []
    vienna_edition: bool = False
    classes: list[Item] = []
    """Nice classes, as classified or described; one entry per place in which a class is written."""
    domestic: bool = False
    nice_version: bool = False
    classified: list[Item] = []
    goods: list[Goods] = []
    international: list[Item] = []
    route_known: bool = False
    series: Item | None = None
    disclaimers: list[Item] = []
    parents: list[Item] = []
    opposition_start: Day | None = None
    opposition_end: Day | None = None


class Patent(Struct):
    """What only a patent or utility model has."""

    bibliographic: bool = False
    published_document: bool = False
    titles: list[Item] = []
    abstracts: list[Item] = []
    ipc: list[Item] = []
    ipc_positions: list[str] = []
    classified: bool = False
    cpc: list[Item] = []
    claim_total: Item | None = None
    claims: int = 0
    pct_numbers: list[Item] = []
    wo_numbers: list[Item] = []
    pct_filed: Day | None = None
    national_entry: Day | None = None
    right_kind: Item | None = None
    term: Item | None = None
    """The years of the right, where the document says them."""
    divisional: bool = False
    parents: list[tuple[str, str, Day | None]] = []
    republication: bool = False
    status_codes: list[tuple[str, dict[str, str]]] = []


class Design(Struct):
    """What only a design has, one for each design of an application."""

    prefix: str
    identifier: Item | None = None
    titles: list[Item] = []
    statements: list[Item] = []
    locarno: list[Item] = []
    locarno_edition: Item | None = None
    classified: bool = False
    views: list[View] = []
    sheets: int = 0
    designers: int = 0
    waiver: bool = False
    deferred: bool = False
    deferred_months: int | None = None


class Facts(Struct):
    """One record as the rules see it; made once by ``gather``."""

    record: Record
    right: Right
    office: str
    tree: Tree
    number: str = ""
    number_path: str = ""
    national_number: str = ""
    form: NumberForm | None = None
    """The form of the application number, where the office is known to use it."""
    international: bool = False
    """Whether the number is one of a designation under Madrid or Hague."""
    st13: Item | None = None
    own_offices: list[Item] = []
    has_office_in_number: bool = False
    version: str = ""
    filed: Day | None = None
    filed_path: str = ""
    language: Item | None = None
    units: list[Unit] = []
    parties: list[Party] = []
    mark: Mark = field(default_factory=Mark)
    patent: Patent = field(default_factory=Patent)
    designs: list[Design] = []
    announced_designs: Item | None = None
    hague_number: Item | None = None
    texts: list[str] = []
    marked: list[str] = []
    """Those of the texts that are XML of their own (mixed content)."""
    joined: str = ""
    ascii: bool = True
    printable: bool = True
    """Whether no text holds a control, an invisible or a private character, or a line break."""
    days: list[tuple[str, str]] = []
    languages: list[str] = []
    oddities: set[Oddity] = set()
    earliest_year: int = 9999
    latest: str = ""
    """The greatest of the dates as written."""
    personal: bool = False
    """Whether any text holds a personal identifier."""
    _leaves: list[Leaf] | None = None

    @property
    def filing_date(self) -> date | None:
        """The plausible filing date."""
        return self.filed.day if self.filed else None

    def leaves(self) -> list[Leaf]:
        """Every text with its path; slow, kept for the next rule that asks."""
        if self._leaves is None:
            self._leaves = list(leaves(self.tree))
        return self._leaves
