"""A mark as a tmk:Trademark element."""

from __future__ import annotations

from functools import lru_cache

from ipshare.ops.sample import profiles
from ipshare.ops.sample.facts import Event, Goods, Mark, Party, Text
from ipshare.ops.sample.st96 import parties
from ipshare.ops.sample.text import element, escape

_TRANSLITERATION = {"th": "Thai to Latin", "zh": "Chinese to Latin", "ms": "Arabic to Latin"}


def xml(mark: Mark, operation: str = "") -> str:
    """The whole record, on one line."""
    attribute = f' com:operationCategory="{operation}"' if operation else ""
    second = _second_language(mark)
    ir = "<tmk:InternationalMarkIdentifierBag><tmk:InternationalMarkIdentifier>"
    ir = f"{ir}{mark.ir_number}</tmk:InternationalMarkIdentifier></tmk:InternationalMarkIdentifierBag>"
    return (
        f"<tmk:Trademark{attribute}><com:RegistrationOfficeCode>{mark.office}</com:RegistrationOfficeCode>"
        f"{parties.application_number(mark.office, mark.number)}"
        f"{element('com:RegistrationNumber', mark.registration_number)}"
        f"{element('com:ApplicationDate', mark.filed)}{element('com:RegistrationDate', mark.registered)}"
        f"<com:ApplicationLanguageCode>{mark.language}</com:ApplicationLanguageCode>"
        f"{element('com:SecondLanguageCode', second)}"
        f"{element('com:ExpiryDate', mark.expiry)}{element('tmk:TerminationDate', mark.terminated)}"
        f"{element('tmk:MarkCurrentStatusCode', mark.status)}"
        f"{element('tmk:MarkCurrentStatusDate', mark.status_day)}{ir if mark.ir_number else ''}"
        f"{element('tmk:MarkCategory', mark.category)}{_representation(mark)}{_opposition(mark)}"
        f"{_goods(mark)}{parties.priorities('tmk', mark.priorities)}{_publications(mark)}"
        f"{_applicants(mark.applicants)}{parties.representatives(mark.representatives)}{_events(mark.events)}"
        "</tmk:Trademark>\n"
    )


def _second_language(mark: Mark) -> str:
    if mark.language != "en":
        return "en"
    profile = profiles.PROFILES.get(mark.office)
    return profile.language if profile and profile.language not in profiles.IN_ENGLISH else ""


def withdrawal(mark: Mark) -> str:
    """The stub that deletes a record."""
    return (
        f'<tmk:Trademark com:operationCategory="Delete"><com:RegistrationOfficeCode>{mark.office}'
        f"</com:RegistrationOfficeCode>{parties.application_number(mark.office, mark.number)}</tmk:Trademark>\n"
    )


def _representation(mark: Mark) -> str:
    if not mark.feature and not mark.word:
        return ""
    words = ""
    if mark.feature != "Figurative" or mark.word:
        verbal = (
            parties.localized("tmk:MarkVerbalElementText", Text(mark.word_language, mark.word))
            if mark.word
            else ""
        )
        translation = Text("en", mark.translation)
        words = (
            f"<tmk:WordMarkSpecification>{verbal}<tmk:MarkSignificantVerbalElementText>{escape(mark.word)}"
            "</tmk:MarkSignificantVerbalElementText>"
            f"{parties.localized('tmk:MarkTranslationText', translation) if mark.translation else ''}"
            f"{_transliteration(mark)}"
            f"<tmk:MarkStandardCharacterIndicator>{'true' if mark.feature == 'Word' else 'false'}"
            "</tmk:MarkStandardCharacterIndicator></tmk:WordMarkSpecification>"
        )
    return (
        f"<tmk:MarkRepresentation>{element('tmk:MarkFeatureCategory', mark.feature)}"
        f"<tmk:MarkReproduction>{words}{_image(mark)}</tmk:MarkReproduction></tmk:MarkRepresentation>"
    )


def _transliteration(mark: Mark) -> str:
    if not mark.transliteration:
        return ""
    kind = (
        ""
        if mark.word_language == "ms" and mark.word.isascii()
        else _TRANSLITERATION.get(mark.word_language, "")
    )
    attribute = f' tmk:transliterationCategory="{kind}"' if kind else ""
    return f"<tmk:MarkTransliteration{attribute}>{escape(mark.transliteration)}</tmk:MarkTransliteration>"


def _image(mark: Mark) -> str:
    if mark.image is None:
        return ""
    codes = "".join(
        f"<com:ViennaClassification><com:ViennaCategory>{code[:2]}</com:ViennaCategory><com:ViennaDivision>{code[3:5]}"
        f"</com:ViennaDivision><com:ViennaSection>{code[6:]}</com:ViennaSection></com:ViennaClassification>"
        for code in mark.vienna
    )
    vienna = (
        "<tmk:MarkImageClassification><com:FigurativeElementClassificationBag><com:ViennaClassificationBag>"
        f"<com:ViennaClassificationEdition>9</com:ViennaClassificationEdition>{codes}</com:ViennaClassificationBag>"
        "</com:FigurativeElementClassificationBag></tmk:MarkImageClassification>"
    )
    claimed = (
        parties.localized("tmk:MarkImageColourClaimedText", Text("en", mark.colours))
        if mark.colours
        else ""
    )
    return (
        f"<tmk:MarkImageBag><tmk:MarkImage><com:FileName>{mark.image.file}</com:FileName>"
        f"<com:ImageFormatCategory>{mark.image.format}</com:ImageFormatCategory>{claimed}{vienna if codes else ''}"
        f"<com:ColourIndicator>{'true' if mark.colours else 'false'}</com:ColourIndicator>"
        "</tmk:MarkImage></tmk:MarkImageBag>"
    )


def _opposition(mark: Mark) -> str:
    start, end = mark.opposition
    return element("tmk:OppositionPeriodStartDate", start) + element(
        "tmk:OppositionPeriodEndDate", end
    )


def _goods(mark: Mark) -> str:
    if not mark.goods:
        return ""
    classes = "".join(_class(goods.number) for goods in mark.goods)
    described = "".join(_description(goods) for goods in mark.goods if goods.texts)
    return (
        f"<tmk:GoodsServicesBag><tmk:GoodsServices><tmk:GoodsServicesClassificationBag>{classes}"
        f"</tmk:GoodsServicesClassificationBag>{element('com:ClassificationVersion', mark.nice_edition)}"
        f"{f'<tmk:ClassDescriptionBag>{described}</tmk:ClassDescriptionBag>' if described else ''}"
        "</tmk:GoodsServices></tmk:GoodsServicesBag>"
    )


@lru_cache(maxsize=256)
def _class(number: str) -> str:
    return (
        "<tmk:GoodsServicesClassification><tmk:ClassificationKindCode>Nice</tmk:ClassificationKindCode>"
        f"<tmk:ClassNumber>{escape(number)}</tmk:ClassNumber></tmk:GoodsServicesClassification>"
    )


@lru_cache(maxsize=16_384)
def _description(goods: Goods) -> str:
    texts = "".join(
        parties.localized("tmk:GoodsServicesDescriptionText", text) for text in goods.texts
    )
    number = f"<tmk:ClassNumber>{escape(goods.number)}</tmk:ClassNumber>"
    return f"<tmk:ClassDescription>{number}{texts}</tmk:ClassDescription>"


def _publications(mark: Mark) -> str:
    if not mark.publications:
        return ""
    inner = "".join(
        f"<tmk:Publication><com:PublicationIdentifier>{escape(one.identifier)}</com:PublicationIdentifier>"
        f"<tmk:PublicationSectionCategory>{one.section}</tmk:PublicationSectionCategory>"
        f"{element('com:PublicationDate', one.day)}</tmk:Publication>"
        for one in mark.publications
    )
    return f"<tmk:PublicationBag>{inner}</tmk:PublicationBag>"


def _applicants(bag: tuple[Party, ...]) -> str:
    if not bag:
        return ""
    inner = "".join(
        f'<tmk:Applicant com:sequenceNumber="{place}">{parties.contact(party)}'
        f"{parties.nationality(party)}</tmk:Applicant>"
        for place, party in enumerate(bag, 1)
    )
    return f"<tmk:ApplicantBag>{inner}</tmk:ApplicantBag>"


def _events(events: tuple[Event, ...]) -> str:
    if not events:
        return ""
    return f"<tmk:MarkEventBag>{''.join(map(_event, events))}</tmk:MarkEventBag>"


def _event(event: Event) -> str:
    return (
        f"<tmk:MarkEvent><tmk:MarkEventCategory>{event.category}</tmk:MarkEventCategory><tmk:NationalMarkEvent>"
        f"<tmk:MarkEventCode>{event.code}</tmk:MarkEventCode><tmk:MarkEventDescriptionText>{event.description}"
        f"</tmk:MarkEventDescriptionText></tmk:NationalMarkEvent>"
        f"{element('tmk:MarkEventDate', event.day)}</tmk:MarkEvent>"
    )
