"""A patent publication as a document of its own: pat:PatentPublication."""

from __future__ import annotations

from ipshare.ops.sample.facts import Party, Patent, Text
from ipshare.ops.sample.st96 import parties
from ipshare.ops.sample.text import element, escape

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<pat:PatentPublication '
    'xmlns:com="http://www.wipo.int/standards/XMLSchema/ST96/Common" '
    'xmlns:pat="http://www.wipo.int/standards/XMLSchema/ST96/Patent" '
    'com:st96Version="V6_0" com:languageCode="en">\n'
)


def document(patent: Patent) -> str:
    """The whole document."""
    claims = "".join(
        f"<pat:Claim><pat:ClaimNumber>{place}</pat:ClaimNumber><pat:ClaimTypeCategory>"
        f"{'Independent' if place == 1 else 'Dependent'}</pat:ClaimTypeCategory>"
        f"<pat:ClaimText>{escape(claim)}</pat:ClaimText></pat:Claim>\n"
        for place, claim in enumerate(patent.claims, 1)
    )
    abstracts = "".join(
        f'<pat:Abstract com:languageCode="{one.language}"><com:P>{escape(one.content)}</com:P></pat:Abstract>\n'
        for one in patent.abstracts
    )
    return (
        f"{_HEAD}<com:IPOfficeCode>{patent.office}</com:IPOfficeCode>\n{_bibliographic(patent)}"
        f'<pat:Claims com:languageCode="en">{claims}</pat:Claims>\n{abstracts}</pat:PatentPublication>\n'
    )


def _bibliographic(patent: Patent) -> str:
    office = f"<com:IPOfficeCode>{patent.office}</com:IPOfficeCode>"
    published = "".join(element("com:PublicationDate", one.day) for one in patent.publications)
    grant = (
        f"<pat:PatentGrantIdentification>{office}<pat:PatentNumber>{patent.registration_number}</pat:PatentNumber>"
        f"{element('pat:GrantDate', patent.registered)}</pat:PatentGrantIdentification>\n"
    )
    titles = "".join(_title(title) for title in patent.titles)
    return (
        f'<pat:BibliographicData com:st96Version="V6_0">\n<pat:PatentPublicationIdentification>{office}'
        f"<pat:PublicationNumber>{escape(patent.publication_number)}</pat:PublicationNumber>"
        f"{element('com:PatentDocumentKindCode', patent.kind)}{published}</pat:PatentPublicationIdentification>\n"
        f"<pat:ApplicationIdentification>{office}{_number(patent.number)}{element('pat:FilingDate', patent.filed)}"
        f"</pat:ApplicationIdentification>\n{grant if patent.registration_number else ''}{_priorities(patent)}"
        f"{_ipc(patent)}<pat:InventionTitleBag>{titles}</pat:InventionTitleBag>\n"
        f"{element('pat:ClaimTotalQuantity', patent.claim_total)}{_parties(patent)}{_pct(patent)}"
        f"{element('pat:PCTNationalPhaseEntryDate', patent.pct_entry)}</pat:BibliographicData>\n"
    )


def _number(number: str) -> str:
    return (
        f"<com:ApplicationNumber><com:ApplicationNumberText>{escape(number)}</com:ApplicationNumberText>"
        "</com:ApplicationNumber>"
    )


def _title(title: Text) -> str:
    return parties.localized("pat:InventionTitle", title)


def _priorities(patent: Patent) -> str:
    if not patent.priorities:
        return ""
    inner = "".join(
        f'<pat:PriorityClaim com:sequenceNumber="{place}"><com:IPOfficeCode>{claim.country}</com:IPOfficeCode>'
        f"{_number(claim.number) if claim.number else ''}<pat:FilingDate>{claim.day}</pat:FilingDate>"
        "</pat:PriorityClaim>"
        for place, claim in enumerate(patent.priorities, 1)
    )
    return f"<pat:PriorityClaimBag>{inner}</pat:PriorityClaimBag>\n"


def _ipc(patent: Patent) -> str:
    if not patent.ipc:
        return ""
    inner = "".join(_symbol(place, symbol) for place, symbol in enumerate(patent.ipc, 1))
    bag = f"<pat:IPCRClassificationBag>{inner}</pat:IPCRClassificationBag>"
    return f"<pat:PatentClassificationBag>{bag}</pat:PatentClassificationBag>\n"


def _symbol(place: int, symbol: str) -> str:
    return (
        f'<pat:IPCRClassification com:sequenceNumber="{place}">'
        "<pat:ClassificationVersionDate>2006-01-01</pat:ClassificationVersionDate>"
        f"<com:SymbolPositionCode>{'F' if place == 1 else 'L'}</com:SymbolPositionCode>"
        "<pat:IPCClassificationValueCode>I</pat:IPCClassificationValueCode>"
        f"<pat:PatentClassificationSymbolText>{escape(symbol)}</pat:PatentClassificationSymbolText></pat:IPCRClassification>"
    )


def _parties(patent: Patent) -> str:
    bags = _bag("Applicant", patent.applicants) + _bag("Inventor", patent.inventors)
    if patent.representatives:
        inner = "".join(
            f'<pat:RegisteredPractitioner com:sequenceNumber="{place}"><pat:RegisteredPractitionerCategory>Agent'
            f"</pat:RegisteredPractitionerCategory>{parties.contact(party)}</pat:RegisteredPractitioner>"
            for place, party in enumerate(patent.representatives, 1)
        )
        bags += f"<pat:RegisteredPractitionerBag>{inner}</pat:RegisteredPractitionerBag>"
    return f"<pat:PartyBag>{bags}</pat:PartyBag>\n"


def _bag(name: str, bag: tuple[Party, ...]) -> str:
    if not bag:
        return ""
    inner = "".join(
        f'<pat:{name} com:sequenceNumber="{place}">{parties.contact(party)}{parties.nationality(party)}</pat:{name}>'
        for place, party in enumerate(bag, 1)
    )
    return f"<pat:{name}Bag>{inner}</pat:{name}Bag>\n"


def _pct(patent: Patent) -> str:
    if not patent.pct_number:
        return ""
    return (
        "<pat:InternationalFilingData><pat:ApplicationIdentification><com:IPOfficeCode>IB</com:IPOfficeCode>"
        f"{_number(patent.pct_number)}{element('pat:FilingDate', patent.filed)}</pat:ApplicationIdentification>"
        "</pat:InternationalFilingData>\n"
    )
