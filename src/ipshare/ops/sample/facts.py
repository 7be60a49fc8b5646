"""What a sample record says, before it is written in a format.

Tuples, not dataclasses: a million records are made, and a defect is one ``_replace`` (tried: frozen
dataclasses take three times as long to make).
"""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """A text in one language."""

    language: str
    content: str


class Party(NamedTuple):
    """An applicant, owner, designer, inventor or representative."""

    name: str
    latin: str
    """The name in Latin letters; empty where ``name`` needs none."""
    language: str
    person: bool
    line: str
    line_latin: str
    city: str
    city_latin: str
    region: str
    postcode: str
    country: str


class Event(NamedTuple):
    """One event of the procedure; ``category`` in ST.96 words, ``word`` in those of IPAS exports."""

    category: str
    word: str
    code: str
    description: str
    day: str


class Publication(NamedTuple):
    """One publication in a gazette."""

    identifier: str
    section: str
    day: str


class Priority(NamedTuple):
    """A priority claim under the Paris Convention."""

    country: str
    number: str
    day: str


class Goods(NamedTuple):
    """The goods or services of one class."""

    number: str
    texts: tuple[Text, ...]


class Image(NamedTuple):
    """A picture that lies beside the XML."""

    file: str
    format: str
    seed: int


class Mark(NamedTuple):
    """A trademark application or registration."""

    office: str
    number: str
    filed: str
    registration_number: str
    registered: str
    language: str
    expiry: str
    terminated: str
    status: str
    status_word: str
    status_day: str
    category: str
    feature: str
    word: str
    word_language: str
    translation: str
    transliteration: str
    image: Image | None
    colours: str
    vienna: tuple[str, ...]
    ir_number: str
    opposition: tuple[str, str]
    nice_edition: str
    goods: tuple[Goods, ...]
    priorities: tuple[Priority, ...]
    publications: tuple[Publication, ...]
    applicants: tuple[Party, ...]
    representatives: tuple[Party, ...]
    events: tuple[Event, ...]


class Design(NamedTuple):
    """One design of an application."""

    identifier: str
    registration_number: str
    titles: tuple[Text, ...]
    description: str
    novelty: str
    locarno: str
    edition: str
    views: tuple[tuple[Image, str], ...]
    deferred: bool = False


class DesignFile(NamedTuple):
    """A design application with its designs."""

    office: str
    number: str
    filed: str
    hague: str
    language: str
    total: str
    application_status: str
    registered: str
    expiry: str
    status: str
    status_day: str
    designs: tuple[Design, ...]
    priorities: tuple[Priority, ...]
    publications: tuple[Publication, ...]
    applicants: tuple[Party, ...]
    representatives: tuple[Party, ...]
    designers: tuple[Party, ...]
    events: tuple[Event, ...]
    waiver: bool = False


class Patent(NamedTuple):
    """A publication of a patent or utility model."""

    office: str
    number: str
    filed: str
    publication_number: str
    kind: str
    publications: tuple[Publication, ...]
    registration_number: str
    registered: str
    titles: tuple[Text, ...]
    abstracts: tuple[Text, ...]
    claims: tuple[str, ...]
    claim_total: str
    ipc: tuple[str, ...]
    pct_number: str
    pct_entry: str
    priorities: tuple[Priority, ...]
    applicants: tuple[Party, ...]
    inventors: tuple[Party, ...]
    representatives: tuple[Party, ...]


Facts = Mark | DesignFile | Patent
