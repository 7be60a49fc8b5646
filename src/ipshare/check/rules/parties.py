"""PTY rules: applicants, holders, inventors, designers and representatives."""

from __future__ import annotations

from collections.abc import Iterator

from ipshare.check import codes
from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.rule import Hit, rule
from ipshare.check.text import placeholder
from ipshare.check.values import Party
from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right

_STAKEHOLDERS = {ElementGroup.STAKEHOLDERS}

_OWNERS = frozenset({"applicant", "holder"})


def _owners(f: Facts) -> list[Party]:
    return [party for party in f.parties if party.role in _OWNERS]


@rule("PTY-001", groups=_STAKEHOLDERS)
def no_applicant(f: Facts, _: Context) -> Iterator[Hit]:
    """The record has neither an applicant nor a holder."""
    if not _owners(f) and (f.right is not Right.PATENT or f.patent.bibliographic):
        base = "BibliographicData/PartyBag/" if f.patent.published_document else ""
        yield Hit(f"{base}ApplicantBag", "")


@rule("PTY-003", groups=_STAKEHOLDERS)
def no_country(f: Facts, _: Context) -> Iterator[Hit]:
    """An applicant has no country: neither address, nationality nor place of incorporation tells it."""
    for party in _owners(f):
        if party.names and not any(one.text.strip() for one in party.countries):
            yield Hit(party.path, "")


@rule("PTY-004", groups=_STAKEHOLDERS)
def unknown_country(f: Facts, _: Context) -> Iterator[Hit]:
    """The country of a party is no code of ISO 3166, present or former."""
    for party in f.parties:
        for one in party.countries:
            if (
                one.text
                and one.text not in codes.countries()
                and one.text not in codes.ORGANIZATIONS
            ):
                plain = one.text.strip().upper()
                known = plain if plain in codes.countries() else ""
                yield Hit(one.path, one.text, codes.COUNTRY_REPAIRS.get(plain, known))


@rule("PTY-005", groups=_STAKEHOLDERS)
def office_as_country(f: Facts, _: Context) -> Iterator[Hit]:
    """The country of a party is the code of an office or organization."""
    for party in f.parties:
        for one in party.countries:
            if one.text in codes.ORGANIZATIONS:
                yield Hit(one.path, one.text)


@rule("PTY-006", groups=_STAKEHOLDERS)
def former_country(f: Facts, _: Context) -> Iterator[Hit]:
    """The country of a party had ceased to exist when the application was filed."""
    filed = f.filing_date
    for party in f.parties:
        for one in party.countries:
            if one.text in codes.FORMER and filed and filed.year > codes.FORMER[one.text]:
                yield Hit(
                    one.path,
                    one.text,
                    codes.SUCCESSORS.get(one.text, ""),
                    {"date": filed.isoformat()},
                )


@rule("PTY-008", groups=_STAKEHOLDERS)
def no_inventor(f: Facts, _: Context) -> Iterator[Hit]:
    """The patent document names no inventor.

    An inventor who asked not to be named is sent without a name, with ConfidentialIndicator true.
    """
    if f.patent.bibliographic and not any(one.role == "inventor" for one in f.parties):
        base = "BibliographicData/" if f.patent.published_document else ""
        yield Hit(f"{base}PartyBag/InventorBag", "")


@rule("PTY-010", groups=_STAKEHOLDERS)
def no_designer(f: Facts, _: Context) -> Iterator[Hit]:
    """A design has no designer, and no waiver of the designer either."""
    for design in f.designs:
        if not design.designers and not design.waiver:
            yield Hit(f"{design.prefix}DesignerBag", "")


@rule("PTY-011", groups=_STAKEHOLDERS)
def foreigner_without_agent(f: Facts, c: Context) -> Iterator[Hit]:
    """A foreign applicant has no representative in an office where one is compulsory."""
    if not c.profile.agent_compulsory or any(one.role == "representative" for one in f.parties):
        return
    owners = _owners(f)
    countries = {one.text for party in owners for one in party.countries if one.text}
    if countries and c.office not in countries:
        yield Hit(owners[0].path, min(countries))


@rule("PTY-019", groups=_STAKEHOLDERS)
def no_address(f: Facts, _: Context) -> Iterator[Hit]:
    """The address of an applicant is missing or a placeholder."""
    for party in _owners(f):
        if party.names and not any(
            one.text.strip() and not placeholder(one.text) for one in party.addresses
        ):
            path = party.addresses[0].path if party.addresses else party.path
            yield Hit(path, party.addresses[0].text if party.addresses else "")
