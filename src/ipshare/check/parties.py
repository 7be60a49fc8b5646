"""The parties of a record: applicants, holders, inventors, designers and representatives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from ipshare.check.take import each, items, text, tree
from ipshare.check.values import Item, Party
from ipshare.domain.record import Tree

_CONTACTS = (("contact", "Contact"), ("publicationContact", "PublicationContact"))
_COUNTRIES = (
    ("nationalityCode", "NationalityCode"),
    ("incorporationCountryCode", "IncorporationCountryCode"),
)
_PERSON_PARTS = (
    "firstName",
    "middleName",
    "firstLastName",
    "lastName",
    "secondLastName",
)


_TAGS = re.compile(r"<[^<>]*>")


def _plain(name: Item) -> Item:
    """A name without the markup that ST.96 allows inside it."""
    if "&" in name.text or "<" in name.text:
        return Item(name.path, unescape(_TAGS.sub("", name.text)), name.language)
    return name


def read_parties(bag: Any, path: str, member: str, name: str, role: str) -> Iterator[Party]:
    """The parties in a bag, e.g. ``ApplicantBag`` with its ``Applicant`` elements."""
    inside = tree(bag)
    for where, one in each(inside.get(member), f"{path}/{name}"):
        if type(one) is dict:
            yield _party(one, where, role)
    for where, one in each(inside.get("partyIdentifierBag"), f"{path}/PartyIdentifierBag"):
        if tree(one):
            yield Party(where, role, by_identifier=True)


def read_party(value: Any, path: str, role: str) -> Iterator[Party]:
    """A party that stands without a bag, e.g. ``NationalRepresentative``."""
    for where, one in each(value, path):
        if type(one) is dict:
            yield _party(one, where, role)


def _party(one: Tree, path: str, role: str) -> Party:
    names: list[Item] = []
    countries: list[Item] = []
    addresses: list[Item] = []
    transliterated = False
    for key, name in _COUNTRIES:
        if key in one:
            countries += items(one[key], f"{path}/{name}")
    for key, name in _CONTACTS:
        for where, contact in each(one.get(key), f"{path}/{name}"):
            if type(contact) is not dict:
                continue
            for spot, written in each(contact.get("name"), f"{where}/Name"):
                transliterated |= _names(written, spot, names)
            bag = contact.get("postalAddressBag")
            if bag is not None:
                _addresses(bag, f"{where}/PostalAddressBag", countries, addresses)
            for key_, name_ in (("countryCode", "CountryCode"),):
                if key_ in contact:
                    countries += items(contact[key_], f"{where}/{name_}")
    names += items(one.get("legalEntityName"), f"{path}/LegalEntityName") if not names else []
    return Party(
        path,
        role,
        [_plain(name) for name in names],
        transliterated,
        countries,
        addresses,
        "partyIdentifier" in one,
        text(one.get("confidentialIndicator")).strip().lower() in {"true", "1"},
    )


def _names(written: Any, path: str, names: list[Item]) -> bool:
    """Add the names written there; whether one of them has a transliteration."""
    if type(written) is str:
        names.append(Item(path, written))
        return False
    transliterated = False
    if "entityName" in written:
        names += items(written["entityName"], f"{path}/EntityName")
    for where, person in each(written.get("personName"), f"{path}/PersonName"):
        if type(person) is not dict:
            continue
        transliterated |= "transliterationName" in person
        if "personFullName" in person:
            names += items(person["personFullName"], f"{where}/PersonFullName")
        for spot, parts in each(
            person.get("personStructuredName"), f"{where}/PersonStructuredName"
        ):
            if type(parts) is dict:
                whole = " ".join(text(parts[part]) for part in _PERSON_PARTS if part in parts)
                names.append(Item(spot, whole, parts.get("@languageCode", "")))
    for where, organization in each(written.get("organizationName"), f"{path}/OrganizationName"):
        if type(organization) is dict:
            transliterated |= "transliterationName" in organization
            names += items(
                organization.get("organizationStandardName"), f"{where}/OrganizationStandardName"
            )
    return transliterated


def _addresses(bag: Any, path: str, countries: list[Item], addresses: list[Item]) -> None:
    for where, address in each(tree(bag).get("postalAddress"), f"{path}/PostalAddress"):
        if type(address) is not dict:
            continue
        if "postalAddressText" in address:
            addresses += items(address["postalAddressText"], f"{where}/PostalAddressText")
        for spot, parts in each(
            address.get("postalStructuredAddress"), f"{where}/PostalStructuredAddress"
        ):
            if type(parts) is not dict:
                continue
            if "countryCode" in parts:
                countries += items(parts["countryCode"], f"{spot}/CountryCode")
            if "addressLineText" in parts:
                addresses += items(parts["addressLineText"], f"{spot}/AddressLineText")
            if "cityName" in parts:
                addresses += items(parts["cityName"], f"{spot}/CityName")
