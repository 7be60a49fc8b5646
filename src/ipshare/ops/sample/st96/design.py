"""A design application as a dgn:DesignApplication element."""

from __future__ import annotations

from ipshare.ops.sample.facts import Design, DesignFile
from ipshare.ops.sample.st96 import parties
from ipshare.ops.sample.text import element, escape


def xml(file: DesignFile, operation: str = "") -> str:
    """The whole application, on one line."""
    attribute = f' com:operationCategory="{operation}"' if operation else ""
    total = file.total or str(len(file.designs))
    designs = "".join(_design(file, one) for one in file.designs)
    bag = _applicants(file)
    events = "".join(
        f"<dgn:DesignApplicationEvent><dgn:DesignApplicationEventCategory>{event.category}"
        f"</dgn:DesignApplicationEventCategory><com:CommentText>{event.description}</com:CommentText>"
        f"{element('dgn:DesignApplicationEventDate', event.day)}</dgn:DesignApplicationEvent>"
        for event in file.events
    )
    return (
        f'<dgn:DesignApplication com:st96Version="V6_0"{attribute}>'
        f"<com:RegistrationOfficeCode>{file.office}</com:RegistrationOfficeCode>"
        f"{parties.application_number(file.office, file.number)}"
        f"{element('com:InternationalRegistrationNumber', file.hague)}"
        f"<dgn:DesignApplicationLanguageCode>{file.language}</dgn:DesignApplicationLanguageCode>"
        f"<dgn:DesignTotalQuantity>{total}</dgn:DesignTotalQuantity>"
        f"{element('dgn:DesignApplicationCurrentStatusCategory', file.application_status)}"
        f"<dgn:DesignBag>{designs}</dgn:DesignBag>{bag}{parties.representatives(file.representatives)}"
        f"<dgn:DesignApplicationEventBag>{events}</dgn:DesignApplicationEventBag>"
        f"{element('com:ApplicationDate', file.filed)}</dgn:DesignApplication>\n"
    )


def _design(file: DesignFile, design: Design) -> str:
    # ST.96 V6_0 has room for one title: it goes out in the language of the application.
    title = parties.localized("dgn:DesignTitleText", design.titles[0]) if design.titles else ""
    waiver = (
        "<dgn:DesignerWaiverIndicator>true</dgn:DesignerWaiverIndicator>" if file.waiver else ""
    )
    deferred = "<dgn:PublicationDefermentIndicator>true</dgn:PublicationDefermentIndicator>"
    return (
        f"<dgn:Design>{element('dgn:DesignIdentifier', design.identifier)}"
        f"{element('com:RegistrationNumber', design.registration_number)}"
        f"{element('com:RegistrationDate', file.registered)}{title}"
        f'<dgn:DesignDescriptionText com:languageCode="en" com:sequenceNumber="1">{escape(design.description)}'
        "</dgn:DesignDescriptionText>"
        f"{_novelty(design)}{deferred if design.deferred else ''}{waiver}{element('com:ExpiryDate', file.expiry)}"
        f"{element('dgn:DesignCurrentStatusCategory', file.status)}"
        f"{element('dgn:DesignCurrentStatusDate', file.status_day)}{_views(design)}{_locarno(design)}"
        f"{parties.priorities('dgn', file.priorities)}{_publications(file)}{_applicants(file)}"
        f"{parties.representatives(file.representatives)}{_designers(file)}</dgn:Design>"
    )


def _novelty(design: Design) -> str:
    if not design.novelty:
        return ""
    return f'<dgn:NoveltyStatementText com:languageCode="en">{escape(design.novelty)}</dgn:NoveltyStatementText>'


def _views(design: Design) -> str:
    if not design.views:
        return ""
    inner = "".join(
        f"<dgn:View><com:FileName>{image.file}</com:FileName><dgn:ViewIdentifier>{place}</dgn:ViewIdentifier>"
        f"<dgn:ViewFileFormatCategory>{image.format}</dgn:ViewFileFormatCategory>"
        f"{element('dgn:ViewTypeCategory', kind)}</dgn:View>"
        for place, (image, kind) in enumerate(design.views, 1)
    )
    return (
        "<dgn:DesignRepresentationBag><dgn:DesignRepresentation><dgn:ViewBag>"
        f"{inner}</dgn:ViewBag></dgn:DesignRepresentation></dgn:DesignRepresentationBag>"
    )


def _locarno(design: Design) -> str:
    return (
        "<com:DesignClassificationBag><com:LocarnoClassificationBag>"
        f"<com:LocarnoClassificationEdition>{design.edition}</com:LocarnoClassificationEdition>"
        f"<com:LocarnoClassificationText>{design.locarno}</com:LocarnoClassificationText>"
        "</com:LocarnoClassificationBag></com:DesignClassificationBag>"
    )


def _publications(file: DesignFile) -> str:
    if not file.publications:
        return ""
    inner = "".join(
        f"<dgn:Publication><com:PublicationIdentifier>{escape(one.identifier)}</com:PublicationIdentifier>"
        f"{element('com:PublicationDate', one.day)}</dgn:Publication>"
        for one in file.publications
    )
    return f"<dgn:PublicationBag>{inner}</dgn:PublicationBag>"


def _applicants(file: DesignFile) -> str:
    inner = "".join(
        f'<dgn:Applicant com:sequenceNumber="{place}">{parties.nationality(party)}'
        f"{parties.contact(party)}</dgn:Applicant>"
        for place, party in enumerate(file.applicants, 1)
    )
    return f"<dgn:ApplicantBag>{inner}</dgn:ApplicantBag>"


def _designers(file: DesignFile) -> str:
    if not file.designers:
        return ""
    inner = "".join(
        f'<dgn:Designer com:sequenceNumber="{place}">{parties.nationality(party)}'
        f"{parties.contact(party)}</dgn:Designer>"
        for place, party in enumerate(file.designers, 1)
    )
    return f"<dgn:DesignerBag>{inner}</dgn:DesignerBag>"
