"""A small valid record of each right, and what a case changes in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lxml import etree

from ipshare.check.context import Context
from ipshare.domain.digest import digest
from ipshare.domain.office import Kind, Right
from ipshare.domain.record import Record
from ipshare.parse import canonical

TODAY = date(2024, 6, 3)
NAMESPACE = "http://www.wipo.int/standards/XMLSchema/ST96/"
NAMESPACES = {
    prefix: f"{NAMESPACE}{name}"
    for prefix, name in {
        "com": "Common",
        "tmk": "Trademark",
        "dgn": "Design",
        "pat": "Patent",
    }.items()
}
DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())

PARTY = (
    "<com:Contact><com:Name><com:EntityName>Angkor Silk</com:EntityName></com:Name><com:PostalAddressBag>"
    "<com:PostalAddress><com:PostalStructuredAddress><com:AddressLineText>12 Riverside</com:AddressLineText>"
    "<com:CountryCode>{country}</com:CountryCode></com:PostalStructuredAddress></com:PostalAddress>"
    "</com:PostalAddressBag></com:Contact>"
)

TRADEMARK = """
<tmk:Trademark {ns}>
 <com:RegistrationOfficeCode>{office}</com:RegistrationOfficeCode>
 <com:ApplicationNumber><com:IPOfficeCode>{office}</com:IPOfficeCode>
  <com:ApplicationNumberText>{number}</com:ApplicationNumberText></com:ApplicationNumber>
 <com:RegistrationNumber>{registration}</com:RegistrationNumber>
 <com:ApplicationDate>2018-03-05</com:ApplicationDate>
 <com:RegistrationDate>2019-02-11</com:RegistrationDate>
 <com:ExpiryDate>2028-03-05</com:ExpiryDate>
 <tmk:MarkCurrentStatusCode>Registered</tmk:MarkCurrentStatusCode>
 <tmk:MarkCurrentStatusDate>2019-02-11</tmk:MarkCurrentStatusDate>
 <tmk:MarkCategory>Individual mark</tmk:MarkCategory>
 <tmk:MarkRepresentation>
  <tmk:MarkFeatureCategory>Combined</tmk:MarkFeatureCategory>
  <tmk:MarkReproduction>
   <tmk:WordMarkSpecification>
    <tmk:MarkVerbalElementText com:languageCode="en">SABAY</tmk:MarkVerbalElementText>
    <tmk:MarkSignificantVerbalElementText>SABAY</tmk:MarkSignificantVerbalElementText>
   </tmk:WordMarkSpecification>
   <tmk:MarkImageBag><tmk:MarkImage><com:FileName>49703.png</com:FileName>
    <com:ImageFormatCategory>PNG</com:ImageFormatCategory>
    <tmk:MarkImageClassification><com:FigurativeElementClassificationBag><com:ViennaClassificationBag>
     <com:ViennaClassificationEdition>8</com:ViennaClassificationEdition>
     <com:ViennaClassificationText>03.07.16</com:ViennaClassificationText>
    </com:ViennaClassificationBag></com:FigurativeElementClassificationBag></tmk:MarkImageClassification>
   </tmk:MarkImage></tmk:MarkImageBag>
  </tmk:MarkReproduction>
 </tmk:MarkRepresentation>
 <tmk:GoodsServicesBag><tmk:GoodsServices>
  <tmk:GoodsServicesClassificationBag><tmk:GoodsServicesClassification>
   <tmk:ClassificationKindCode>Nice</tmk:ClassificationKindCode><tmk:ClassNumber>30</tmk:ClassNumber>
  </tmk:GoodsServicesClassification></tmk:GoodsServicesClassificationBag>
  <com:ClassificationVersion>11</com:ClassificationVersion>
  <tmk:ClassDescriptionBag><tmk:ClassDescription><tmk:ClassNumber>30</tmk:ClassNumber>
   <tmk:GoodsServicesDescriptionText com:languageCode="en">Coffee; tea; rice.</tmk:GoodsServicesDescriptionText>
  </tmk:ClassDescription></tmk:ClassDescriptionBag>
 </tmk:GoodsServices></tmk:GoodsServicesBag>
 <tmk:PublicationBag><tmk:Publication><com:PublicationIdentifier>2018/09</com:PublicationIdentifier>
  <com:PublicationDate>2018-09-14</com:PublicationDate></tmk:Publication></tmk:PublicationBag>
 <tmk:ApplicantBag><tmk:Applicant>{party}</tmk:Applicant></tmk:ApplicantBag>
 <tmk:MarkEventBag>
  <tmk:MarkEvent><tmk:MarkEventCategory>Application filed</tmk:MarkEventCategory><tmk:NationalMarkEvent>
   <tmk:MarkEventDescriptionText>Filing</tmk:MarkEventDescriptionText></tmk:NationalMarkEvent>
   <tmk:MarkEventDate>2018-03-05</tmk:MarkEventDate></tmk:MarkEvent>
  <tmk:MarkEvent><tmk:MarkEventCategory>Registration published</tmk:MarkEventCategory><tmk:NationalMarkEvent>
   <tmk:MarkEventDescriptionText>Registration</tmk:MarkEventDescriptionText></tmk:NationalMarkEvent>
   <tmk:MarkEventDate>2019-02-11</tmk:MarkEventDate></tmk:MarkEvent>
 </tmk:MarkEventBag>
</tmk:Trademark>"""

DESIGN = """
<dgn:DesignApplication {ns} com:st96Version="V6_0">
 <com:RegistrationOfficeCode>{office}</com:RegistrationOfficeCode>
 <com:ApplicationNumber><com:IPOfficeCode>{office}</com:IPOfficeCode>
  <com:ApplicationNumberText>{number}</com:ApplicationNumberText></com:ApplicationNumber>
 <dgn:DesignTotalQuantity>1</dgn:DesignTotalQuantity>
 <dgn:DesignBag><dgn:Design>
  <dgn:DesignIdentifier>1</dgn:DesignIdentifier>
  <com:RegistrationNumber>{registration}</com:RegistrationNumber>
  <com:RegistrationDate>2020-01-20</com:RegistrationDate>
  <dgn:DesignTitleText com:languageCode="en">Chair</dgn:DesignTitleText>
  <com:ExpiryDate>2024-05-06</com:ExpiryDate>
  <dgn:DesignCurrentStatusCategory>Registered</dgn:DesignCurrentStatusCategory>
  <dgn:DesignCurrentStatusDate>2020-01-20</dgn:DesignCurrentStatusDate>
  <dgn:DesignRepresentationBag><dgn:DesignRepresentation><dgn:ViewBag>
   <dgn:View><com:FileName>34-1.jpg</com:FileName><dgn:ViewIdentifier>1</dgn:ViewIdentifier>
    <dgn:ViewTypeCategory>Front</dgn:ViewTypeCategory></dgn:View>
   <dgn:View><com:FileName>34-2.jpg</com:FileName><dgn:ViewIdentifier>2</dgn:ViewIdentifier>
    <dgn:ViewTypeCategory>Back</dgn:ViewTypeCategory></dgn:View>
  </dgn:ViewBag></dgn:DesignRepresentation></dgn:DesignRepresentationBag>
  <com:DesignClassificationBag><com:LocarnoClassificationBag>
   <com:LocarnoClassificationEdition>13</com:LocarnoClassificationEdition>
   <com:LocarnoClassificationText>06-01</com:LocarnoClassificationText>
  </com:LocarnoClassificationBag></com:DesignClassificationBag>
  <dgn:PublicationBag><dgn:Publication><com:PublicationIdentifier>2019/11</com:PublicationIdentifier>
   <com:PublicationDate>2019-11-01</com:PublicationDate></dgn:Publication></dgn:PublicationBag>
  <dgn:ApplicantBag><dgn:Applicant>{party}</dgn:Applicant></dgn:ApplicantBag>
  <dgn:DesignerBag><dgn:Designer><com:Contact><com:Name><com:EntityName>Sok Dara</com:EntityName></com:Name>
   </com:Contact></dgn:Designer></dgn:DesignerBag>
 </dgn:Design></dgn:DesignBag>
 <dgn:ApplicantBag><dgn:Applicant>{party}</dgn:Applicant></dgn:ApplicantBag>
 <com:ApplicationDate>2019-05-06</com:ApplicationDate>
</dgn:DesignApplication>"""

PATENT = """
<pat:PatentPublication {ns} com:st96Version="V6_0" com:languageCode="en">
 <com:IPOfficeCode>{office}</com:IPOfficeCode>
 <pat:BibliographicData com:st96Version="V6_0">
  <pat:PatentPublicationIdentification><com:IPOfficeCode>{office}</com:IPOfficeCode>
   <pat:PublicationNumber>KH00045</pat:PublicationNumber>
   <com:PatentDocumentKindCode>A</com:PatentDocumentKindCode>
   <com:PublicationDate>2019-10-04</com:PublicationDate></pat:PatentPublicationIdentification>
  <pat:ApplicationIdentification><com:IPOfficeCode>{office}</com:IPOfficeCode>
   <com:ApplicationNumber><com:ApplicationNumberText>{number}</com:ApplicationNumberText>
   </com:ApplicationNumber>
   <pat:FilingDate>2018-04-02</pat:FilingDate></pat:ApplicationIdentification>
  <pat:PriorityClaimBag><pat:PriorityClaim com:sequenceNumber="1"><com:IPOfficeCode>JP</com:IPOfficeCode>
   <com:ApplicationNumber><com:ApplicationNumberText>2017-090922</com:ApplicationNumberText>
   </com:ApplicationNumber>
   <pat:FilingDate>2017-11-08</pat:FilingDate></pat:PriorityClaim></pat:PriorityClaimBag>
  <pat:PatentClassificationBag><pat:IPCRClassificationBag><pat:IPCRClassification com:sequenceNumber="1">
   <pat:ClassificationVersionDate>2006-01-01</pat:ClassificationVersionDate>
   <com:SymbolPositionCode>F</com:SymbolPositionCode>
   <pat:Section>A</pat:Section><pat:Class>61</pat:Class><pat:Subclass>K</pat:Subclass>
   <pat:MainGroup>31</pat:MainGroup><pat:Subgroup>05</pat:Subgroup>
  </pat:IPCRClassification></pat:IPCRClassificationBag></pat:PatentClassificationBag>
  <pat:InventionTitleBag><pat:InventionTitle com:languageCode="en">Water filter</pat:InventionTitle>
  </pat:InventionTitleBag>
  <pat:ClaimTotalQuantity>1</pat:ClaimTotalQuantity>
  <pat:PartyBag><pat:ApplicantBag><pat:Applicant com:sequenceNumber="1">{party}</pat:Applicant>
  </pat:ApplicantBag>
   <pat:InventorBag><pat:Inventor com:sequenceNumber="1"><com:Contact><com:Name>
   <com:EntityName>Chan Mony</com:EntityName>
   </com:Name></com:Contact></pat:Inventor></pat:InventorBag></pat:PartyBag>
 </pat:BibliographicData>
 <pat:Claims><pat:Claim><pat:ClaimNumber>1</pat:ClaimNumber>
 <pat:ClaimText>A filter of clay.</pat:ClaimText></pat:Claim></pat:Claims>
 <pat:Abstract><com:P>A filter of clay cleans water for a household without any source of power.</com:P>
 </pat:Abstract>
</pat:PatentPublication>"""

BASE = {Right.TRADEMARK: TRADEMARK, Right.DESIGN: DESIGN, Right.PATENT: PATENT}
NUMBERS = {
    "KH": ("KH/49703/18", "KH/2019/51234", "KH/D/2019/0034", "KH/P/2018/00012"),
    "TH": ("180123456", "181104567", "1902001234", "1801001234"),
    "ID": ("DID2018113332", "IDM000406156", "AID2019000076", "P00201812345"),
    "SG": ("40201811800W", "40201811800W", "30201910025T", "10201803052Q"),
    "PH": ("4-2018-00012345", "4-2018-00012345", "3-2019-000001", "1-2018-000123"),
    "MY": ("TM2018011877", "TM2018011877", "18-E0123-0101", "PI2018001234"),
    "VN": ("4-2018-43954", "4-0405855-000", "3-2019-01234", "1-2018-01578"),
    "LA": ("37978", "33412", "D/0456", "P/1234"),
}
PLACE = {Right.TRADEMARK: 0, Right.DESIGN: 2, Right.PATENT: 3}

Patch = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A rule with a record that breaks it and a near one that does not.

    A patch sets the text of the element at a path (``/@attribute`` for attributes), removes it (None),
    with ``+`` before the path adds XML inside it, with ``*`` puts XML in its place; ``root`` is the XML
    of another document altogether.
    """

    rule: str
    bad: Patch
    good: Patch = field(default_factory=dict)
    right: Right = Right.TRADEMARK
    office: str = "KH"
    path: str | None = None
    value: str | None = None
    proposed: str = ""
    today: date = TODAY
    country: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


def tm(rule: str, **facts: Any) -> Case:
    """A case about a trademark."""
    return Case(rule=rule, right=Right.TRADEMARK, **facts)


def pt(rule: str, **facts: Any) -> Case:
    """A case about a patent."""
    return Case(rule=rule, right=Right.PATENT, **facts)


def dg(rule: str, **facts: Any) -> Case:
    """A case about a design."""
    return Case(rule=rule, right=Right.DESIGN, **facts)


def context_of(case: Case) -> Context:
    """The context that the case's record came in."""
    facts = {
        "office": case.office,
        "right": case.right,
        "kind": Kind.FULL_EXTRACTION,
        "today": case.today,
    }
    return Context(**{**facts, **case.context})


def record_of(right: Right, office: str, patch: Patch, *, country: str = "") -> Record:
    """The base record of a right with a patch, in canonical form."""
    numbers = NUMBERS[office]
    text = BASE[right].format(
        ns=DECLARED,
        office=office,
        number=numbers[PLACE[right]],
        registration=numbers[1] if right is Right.TRADEMARK else f"{office}-D-771",
        party=PARTY.format(country=country or office),
    )
    patch = dict(patch)
    text = (patch.pop("root", None) or text).replace("{ns}", DECLARED)
    root = etree.fromstring(text, etree.XMLParser(remove_blank_text=True))
    for path, value in patch.items():
        _apply(root, path, value)
    return canonical.convert(
        root,
        right=right,
        office=office,
        file="case.xml",
        line=1,
        source=digest(etree.tostring(root)),
    )


def _apply(root: etree._Element, path: str, value: str | None) -> None:
    mode = path[0] if path[0] in "+*" else ""
    path = path.lstrip("+*")
    path, _, attribute = path.partition("/@") if "/@" in path else (path.removeprefix("/@"), "", "")
    element = _find(root, path)
    if attribute:
        element.set(f"{{{NAMESPACE}Common}}{attribute}", value or "")
    elif mode == "+":
        for child in _parsed(value or ""):
            element.append(child)
    elif mode == "*":
        parent = element.getparent()
        place = parent.index(element)
        parent.remove(element)
        for offset, child in enumerate(_parsed(value or "")):
            parent.insert(place + offset, child)
    elif value is None:
        element.getparent().remove(element)
    else:
        element.text = value


def _find(root: etree._Element, path: str) -> etree._Element:
    """The element at a path of local names; the last of several unless an index says which."""
    element = root
    for step in filter(None, path.split("/")):
        name, _, index = step.partition("[")
        found = [child for child in element if etree.QName(child).localname == name]
        if not found:
            raise LookupError(f"the base record has no {step} on the way of {path}")
        element = found[int(index.rstrip("]")) - 1] if index else found[-1]
    return element


def _parsed(xml: str) -> list[etree._Element]:
    return list(
        etree.fromstring(f"<x {DECLARED}>{xml}</x>", etree.XMLParser(remove_blank_text=True))
    )
