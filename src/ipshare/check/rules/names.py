"""PTY rules about the names of parties, and what should not be in them."""
# ruff: noqa: PLR2004 - the numbers of a rule are its meaning

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.rule import Hit, rule
from ipshare.check.text import identity_number, masked, non_latin, personal, placeholder
from ipshare.check.values import Party
from ipshare.domain.group import ElementGroup

_STAKEHOLDERS = {ElementGroup.STAKEHOLDERS}

_OWNERS = frozenset({"applicant", "holder"})

_COMPANY = re.compile(
    r"\b(co\.?,? ?ltd|ltd|limited|sdn\.? ?bhd|bhd|inc|corp(oration)?|gmbh|llc|s\.a\.|pte|plc|jsc|"
    r"c[oô]ng ty|perseroan|k\.k\.)(?![a-z])|^(PT|CV)\.? |บริษัท|จำกัด|ບໍລິສັດ|ក្រុមហ៊ុន|ကုမ္ပဏီ",
    re.IGNORECASE,
)

_STREET = re.compile(
    r"\b(street|road|avenue|jalan|jln|soi|floor|p\.?o\.? box|thanon|ph[oố] |đường|village|district|postcode)\b|"
    r"(?<!\d)\d{5,6}(?!\d)",
    re.IGNORECASE,
)

_SEVERAL = re.compile(r";| AND (?=.* AND )|(?:^|\s)1[.)] .*\s2[.)] ")

_LONGEST_NAME = 150


def _owners(f: Facts) -> list[Party]:
    return [party for party in f.parties if party.role in _OWNERS]


@rule("PTY-002", groups=_STAKEHOLDERS)
def name_is_placeholder(f: Facts, _: Context) -> Iterator[Hit]:
    """The name of a party is empty, a placeholder, or only digits."""
    for party in f.parties:
        for name in party.names:
            text = name.text.strip()
            if not text or placeholder(text) or text.isdigit():
                yield Hit(name.path, name.text)


@rule("PTY-009", groups=_STAKEHOLDERS)
def inventor_is_company(f: Facts, _: Context) -> Iterator[Hit]:
    """An inventor or designer has the name of a company."""
    for party in f.parties:
        if party.role in {"inventor", "designer"}:
            for name in party.names:
                if _COMPANY.search(name.text):
                    yield Hit(name.path, name.text)


@rule("PTY-012", groups=_STAKEHOLDERS)
def name_holds_address(f: Facts, _: Context) -> Iterator[Hit]:
    """The name of a party holds an address, or the address repeats the name."""
    for party in f.parties:
        addresses = {one.text for one in party.addresses if one.text}
        for name in party.names:
            if name.text in addresses or (len(name.text) > 30 and _reads_as_address(name.text)):
                yield Hit(name.path, name.text)


@lru_cache(maxsize=8192)
def _reads_as_address(name: str) -> bool:
    """Whether a name has more than one word or number of an address; agents come again and again."""
    return len(_STREET.findall(name)) > 1


@rule("PTY-013", groups=_STAKEHOLDERS)
def several_names_in_one(f: Facts, _: Context) -> Iterator[Hit]:
    """Several parties stand in one name, or the name is longer than any name."""
    for party in f.parties:
        for name in party.names:
            if len(name.text) > _LONGEST_NAME or _SEVERAL.search(name.text):
                yield Hit(name.path, name.text)


@rule("PTY-014", groups=_STAKEHOLDERS, needs="letters beyond ASCII")
def name_without_latin_form(f: Facts, _: Context) -> Iterator[Hit]:
    """A name in another script has no transliteration and no second form in Latin letters."""
    if f.ascii:
        return
    for party in f.parties:
        written = [name for name in party.names if non_latin(name.text)]
        if written and len(written) == len(party.names) and not party.transliterated:
            yield Hit(written[0].path, written[0].text)


@rule("PTY-016", local=True, needs="personal data")
def personal_identifier(f: Facts, _: Context) -> Iterator[Hit]:
    """A text holds a number of an identity card, a personal e-mail address or a telephone number.

    The value is not repeated here. Addresses, telephone and e-mail in their own elements are no finding;
    a name, a title, a list of goods or an event that holds them is.
    """
    if not f.personal:
        return
    for leaf in f.leaves():
        if "/@" in leaf.path or leaf.name in _OWN_PLACE or leaf.name.endswith(_NUMBERS):
            continue
        if identity_number(f.office, leaf.text) or (
            leaf.name in _FREE_TEXT and personal(f.office, leaf.text)
        ):
            yield Hit(leaf.path, masked(leaf.text))


_OWN_PLACE = frozenset(
    {
        "PhoneNumber",
        "FaxNumber",
        "EmailAddressText",
        "WebAddressURI",
        "FileName",
        "OtherElectronicAddressText",
    }
)

_NUMBERS = (
    "ApplicationNumberText",
    "RegistrationNumber",
    "Identifier",
    "Date",
    "DateTime",
    "URI",
    "Number",
)

_FREE_TEXT = frozenset(
    {
        "EntityName",
        "PersonFullName",
        "OrganizationStandardName",
        "FirstName",
        "LastName",
        "CommentText",
        "MarkEventDescriptionText",
        "MarkEventAdditionalText",
        "GoodsServicesDescriptionText",
        "MarkDescriptionText",
        "MarkVerbalElementText",
        "DesignTitleText",
        "DesignDescriptionText",
        "InventionTitle",
        "P",
    }
)


@rule("PTY-017", groups=_STAKEHOLDERS)
def repeated_party(f: Facts, _: Context) -> Iterator[Hit]:
    """The same party stands more than once in one bag."""
    if len(f.parties) < 2:
        return
    named = [
        (party.path.rpartition("/")[0], " ".join(party.names[0].text.casefold().split()), party)
        for party in f.parties
        if party.names and party.names[0].text
    ]
    counts = Counter((bag, name) for bag, name, _party in named)
    for (bag, name), count in counts.items():
        if count > 1:
            last = [party for where, text, party in named if (where, text) == (bag, name)][-1]
            yield Hit(last.path, last.names[0].text, "", {"n": count})


@rule("PTY-018", groups=_STAKEHOLDERS)
def agent_is_applicant(f: Facts, c: Context) -> Iterator[Hit]:
    """The representative of a foreign applicant has the applicant's own name."""
    agents = [party for party in f.parties if party.role == "representative"]
    if not agents:
        return
    foreign = {
        name.text.casefold()
        for party in _owners(f)
        if party.countries and all(one.text != c.office for one in party.countries)
        for name in party.names
        if name.text.strip()
    }
    if foreign:
        for party in agents:
            for name in party.names:
                if name.text.casefold() in foreign:
                    yield Hit(name.path, name.text)


@rule("PTY-020", groups=_STAKEHOLDERS)
def confidential_inventor_named(f: Facts, _: Context) -> Iterator[Hit]:
    """An inventor asked for confidentiality, but the record holds the name or address."""
    for party in f.parties:
        if party.confidential and party.role == "inventor" and (party.names or party.addresses):
            yield Hit(party.path, "(not repeated here)")
