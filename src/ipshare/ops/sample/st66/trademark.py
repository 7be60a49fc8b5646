"""A mark as one TradeMarkTransactionBody of an IPAS export, with WIPO's ``wo:`` extension."""

from __future__ import annotations

from functools import lru_cache

from ipshare.ops.sample.facts import Event, Mark, Party, Text
from ipshare.ops.sample.text import element, escape

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Transaction xmlns="http://www.wipo.int/standards/XMLSchema/trademarks" '
    'xmlns:wo="http://www.wipo.int/standards/XMLSchema/wo-trademarks">\n'
)
FOOT = "</Transaction>\n"
_KINDS = {
    "Individual mark": "Individual",
    "Collective mark": "Collective",
    "Certification mark": "Certificate",
}


def xml(mark: Mark, operation: str = "") -> str:
    """The whole record."""
    code = "Madrid Designated" if mark.ir_number else "Trademark"
    sub = "Madrid Mark" if mark.ir_number else "National Mark"
    attribute = f' operationCode="{operation}"' if operation else ""
    return _wrapped(
        code,
        sub,
        f"<TradeMark{attribute}><RegistrationOfficeCode>{mark.office}</RegistrationOfficeCode>"
        f"<ApplicationNumber>{escape(mark.number)}</ApplicationNumber>{element('ApplicationDate', mark.filed)}"
        f"{element('RegistrationNumber', mark.registration_number)}{element('RegistrationDate', mark.registered)}"
        f"<ApplicationLanguageCode>{mark.language}</ApplicationLanguageCode>{element('ExpiryDate', mark.expiry)}"
        f"{element('TerminationDate', mark.terminated)}"
        f"{element('MarkCurrentStatusDate', mark.status_day)}{_international(mark)}"
        f"{element('KindMark', _KINDS.get(mark.category, ''))}"
        f"{element('MarkFeature', mark.feature)}{_opposition(mark)}{_image(mark)}"
        f"{_goods(mark)}{_priorities(mark)}{_publications(mark)}"
        f"{_parties('Applicant', mark.applicants)}{_parties('Representative', mark.representatives)}"
        f"{_words(mark)}{_events(mark.events)}{element('wo:MarkCurrentStatusCode', mark.status_word)}</TradeMark>",
    )


def withdrawal(mark: Mark) -> str:
    """The stub that deletes a record."""
    return _wrapped(
        "Trademark",
        "National Mark",
        f'<TradeMark operationCode="Delete"><RegistrationOfficeCode>{mark.office}</RegistrationOfficeCode>'
        f"<ApplicationNumber>{escape(mark.number)}</ApplicationNumber></TradeMark>",
    )


def _wrapped(code: str, sub: str, mark: str) -> str:
    return (
        "<TradeMarkTransactionBody><TransactionContentDetails><TransactionIdentifier></TransactionIdentifier>"
        f"<TransactionCode>{code}</TransactionCode><TransactionSubCode>{sub}</TransactionSubCode><TransactionData>"
        f"<TradeMarkApplication><TradeMarkDetails>{mark}</TradeMarkDetails></TradeMarkApplication></TransactionData>"
        "</TransactionContentDetails></TradeMarkTransactionBody>\n"
    )


def _localized(name: str, text: Text) -> str:
    return f'<{name} languageCode="{text.language}">{escape(text.content)}</{name}>'


def _international(mark: Mark) -> str:
    if not mark.ir_number:
        return ""
    return f"<InternationalMarkKey><Identifier>{mark.ir_number}</Identifier></InternationalMarkKey>"


def _opposition(mark: Mark) -> str:
    start, end = mark.opposition
    return element("OppositionPeriodStartDate", start) + element("OppositionPeriodEndDate", end)


def _image(mark: Mark) -> str:
    if mark.image is None:
        return ""
    codes = "".join(f"<CategoryCode>{code}</CategoryCode>" for code in mark.vienna)
    vienna = (
        "<MarkImageCategory><CategoryKind>Vienna</CategoryKind><CategoryVersion>9</CategoryVersion>"
        f"<CategoryCodeDetails>{codes}</CategoryCodeDetails></MarkImageCategory>"
    )
    colours = (
        _localized("MarkImageColourClaimedText", Text("en", mark.colours)) if mark.colours else ""
    )
    return (
        f"<MarkImageDetails><MarkImage><MarkImageFilename>{mark.image.file}</MarkImageFilename>"
        f"<MarkImageFileFormat>{mark.image.format}</MarkImageFileFormat>{colours}{vienna if codes else ''}"
        "</MarkImage></MarkImageDetails>"
    )


def _goods(mark: Mark) -> str:
    if not mark.goods:
        return ""
    inner = "".join(
        f"<ClassDescription><ClassNumber>{escape(goods.number)}</ClassNumber>"
        + "".join(_localized("GoodsServicesDescription", text) for text in goods.texts)
        + "</ClassDescription>"
        for goods in mark.goods
    )
    return (
        "<GoodsServicesDetails><GoodsServices><ClassDescriptionDetails>"
        f"{inner}</ClassDescriptionDetails></GoodsServices></GoodsServicesDetails>"
    )


def _priorities(mark: Mark) -> str:
    if not mark.priorities:
        return ""
    inner = "".join(
        f"<Priority><PriorityCountryCode>{one.country}</PriorityCountryCode>{element('PriorityNumber', one.number)}"
        f"<PriorityDate>{one.day}</PriorityDate></Priority>"
        for one in mark.priorities
    )
    return f"<PriorityDetails>{inner}</PriorityDetails>"


def _publications(mark: Mark) -> str:
    if not mark.publications:
        return ""
    inner = "".join(
        f"<Publication><PublicationIdentifier>{escape(one.identifier)}</PublicationIdentifier>"
        f"{element('PublicationDate', one.day)}</Publication>"
        for one in mark.publications
    )
    return f"<PublicationDetails>{inner}</PublicationDetails>"


def _parties(role: str, bag: tuple[Party, ...]) -> str:
    if not bag:
        return ""
    inner = "".join(
        f"<{role}><{role}AddressBook>{_book(one)}</{role}AddressBook></{role}>" for one in bag
    )
    return f"<{role}Details>{inner}</{role}Details>"


@lru_cache(maxsize=16_384)
def _book(party: Party) -> str:
    names = _localized("FreeFormatNameLine", Text(party.language, party.name))
    if party.latin:
        names += _localized("FreeFormatNameLine", Text("en", party.latin))
    city = (
        f"{party.city_latin}, {party.region}"
        if party.region != party.city_latin
        else party.city_latin
    )
    return (
        "<FormattedNameAddress><Name><FreeFormatName><FreeFormatNameDetails>"
        f"{names}</FreeFormatNameDetails></FreeFormatName></Name><Address>"
        f"{element('AddressCountryCode', party.country)}<FreeFormatAddress>"
        f"<FreeFormatAddressLine>{escape(party.line_latin)}</FreeFormatAddressLine>"
        f"<FreeFormatAddressLine>{escape(city)} {party.postcode}</FreeFormatAddressLine>"
        "</FreeFormatAddress></Address></FormattedNameAddress>"
    )


def _words(mark: Mark) -> str:
    if not mark.word:
        return ""
    verbal = _localized("wo:MarkVerbalElementText", Text(mark.word_language, mark.word))
    translation = element("wo:MarkTranslation", mark.translation)
    transliteration = element("wo:MarkTransliteration", mark.transliteration)
    return f"<wo:WordMarkSpecification>{verbal}{translation}{transliteration}</wo:WordMarkSpecification>"


def _events(events: tuple[Event, ...]) -> str:
    if not events:
        return ""
    return f"<wo:MarkEventDetails>{''.join(map(_event, events))}</wo:MarkEventDetails>"


def _event(event: Event) -> str:
    return (
        f"<wo:MarkEvent>{element('wo:MarkEventDate', event.day)}<wo:MarkEventCode>{event.word}</wo:MarkEventCode>"
        f"<wo:OfficeSpecificMarkEventCode>{event.code}</wo:OfficeSpecificMarkEventCode>"
        f'<wo:OfficeSpecificMarkEventDescription languageCode="en">{event.description}'
        "</wo:OfficeSpecificMarkEventDescription></wo:MarkEvent>"
    )
