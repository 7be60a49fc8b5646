"""Parties, priorities and publications as ST.96 writes them for every right."""

from __future__ import annotations

from functools import lru_cache

from ipshare.ops.sample.facts import Party, Priority, Text
from ipshare.ops.sample.profiles import NON_LATIN
from ipshare.ops.sample.text import element, escape


def localized(name: str, text: Text) -> str:
    """An element with a language code."""
    return f'<{name} com:languageCode="{text.language}">{escape(text.content)}</{name}>'


@lru_cache(maxsize=16_384)
def contact(party: Party) -> str:
    """The com:Contact of a party; an address in a script of its own is given in English too."""
    addresses = _address(party.language, party.line, party.city, party)
    if party.language in NON_LATIN and party.line != party.line_latin:
        addresses += _address("en", party.line_latin, party.city_latin, party)
    return (
        f'<com:Contact com:languageCode="{party.language}"><com:Name>{_name(party)}</com:Name>'
        f"<com:PostalAddressBag>{addresses}</com:PostalAddressBag></com:Contact>"
    )


def _name(party: Party) -> str:
    latin = f'<com:TransliterationName com:languageCode="en">{escape(party.latin)}</com:TransliterationName>'
    latin = latin if party.latin else ""
    if party.person:
        return (
            f'<com:PersonName com:languageCode="{party.language}">'
            f"<com:PersonFullName>{escape(party.name)}</com:PersonFullName>{latin}</com:PersonName>"
        )
    return (
        f'<com:OrganizationName com:languageCode="{party.language}">'
        f"<com:OrganizationStandardName>{escape(party.name)}</com:OrganizationStandardName>{latin}"
        "</com:OrganizationName>"
    )


def _address(language: str, line: str, city: str, party: Party) -> str:
    if not party.country:
        whole = localized("com:PostalAddressText", Text(language, f"{line}, {city}"))
        return f"<com:PostalAddress>{whole}</com:PostalAddress>"
    return (
        f'<com:PostalAddress><com:PostalStructuredAddress com:languageCode="{language}">'
        f'<com:AddressLineText com:sequenceNumber="1">{escape(line)}</com:AddressLineText>'
        f"<com:CityName>{escape(city)}</com:CityName>"
        f"{element('com:GeographicRegionName', party.region) if party.region != party.city_latin else ''}"
        f"<com:CountryCode>{escape(party.country)}</com:CountryCode><com:PostalCode>{party.postcode}</com:PostalCode>"
        "</com:PostalStructuredAddress></com:PostalAddress>"
    )


def representatives(parties: tuple[Party, ...]) -> str:
    """The com:RepresentativeBag, or nothing."""
    if not parties:
        return ""
    inner = "".join(
        f'<com:Representative com:sequenceNumber="{place}">{contact(party)}</com:Representative>'
        for place, party in enumerate(parties, 1)
    )
    return f"<com:RepresentativeBag>{inner}</com:RepresentativeBag>"


def priorities(prefix: str, claims: tuple[Priority, ...]) -> str:
    """The PriorityBag of a mark or design, or nothing."""
    if not claims:
        return ""
    inner = "".join(
        f"<{prefix}:Priority><com:PriorityCountryCode>{claim.country}</com:PriorityCountryCode>"
        + (application_number(claim.country, claim.number) if claim.number else "")
        + f"<com:PriorityApplicationFilingDate>{claim.day}</com:PriorityApplicationFilingDate></{prefix}:Priority>"
        for claim in claims
    )
    return f"<{prefix}:PriorityBag>{inner}</{prefix}:PriorityBag>"


def application_number(office: str, number: str) -> str:
    """The com:ApplicationNumber with its office."""
    return (
        f"<com:ApplicationNumber><com:IPOfficeCode>{office}</com:IPOfficeCode>"
        f"<com:ApplicationNumberText>{escape(number)}</com:ApplicationNumberText></com:ApplicationNumber>"
    )


def nationality(party: Party) -> str:
    """The nationality of a party that has a country."""
    return element("com:NationalityCode", party.country)
