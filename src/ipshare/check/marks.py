"""The facts of a trademark, read from the tree of its record."""

from __future__ import annotations

from typing import Any

from ipshare.check.facts import Facts, Mark, Unit
from ipshare.check.parties import read_parties, read_party
from ipshare.check.procedure import (
    read_events,
    read_number,
    read_priorities,
    read_publications,
    read_registrations,
    read_status,
)
from ipshare.check.take import day, each, item, items, text, tree
from ipshare.check.values import Goods, Item
from ipshare.domain.record import Tree

_NOT_NICE = frozenset({"domestic", "national"})
_REPRODUCTION = "MarkRepresentation/MarkReproduction"


def read_mark(facts: Facts) -> None:
    """Fill the facts of a trademark."""
    tm = facts.tree
    application = tree(tm.get("trademarkApplication"))
    facts.version = text(application.get("@st96Version") or tm.get("@st96Version"))
    facts.own_offices += items(tm.get("registrationOfficeCode"), "RegistrationOfficeCode")
    read_number(facts, tm.get("applicationNumber"), "ApplicationNumber")
    facts.filed_path = "ApplicationDate"
    facts.filed = day(tm.get("applicationDate"), "ApplicationDate") or day(
        tm.get("applicationDateTime"), "ApplicationDateTime"
    )
    facts.language = item(tm.get("applicationLanguageCode"), "ApplicationLanguageCode")
    facts.units.append(_unit(facts, tm))
    _people(facts, tm)
    mark = facts.mark
    mark.categories = items(tm.get("markCategory"), "MarkCategory")
    mark.international = [
        found
        for where, bag in each(
            tm.get("internationalMarkIdentifierBag"), "InternationalMarkIdentifierBag"
        )
        for found in items(
            tree(bag).get("internationalMarkIdentifier"), f"{where}/InternationalMarkIdentifier"
        )
    ]
    mark.route_known = bool(mark.international) or "basicRegistrationApplicationBag" in tm
    mark.series = item(tm.get("markSeriesTotalQuantity"), "MarkSeriesTotalQuantity")
    mark.opposition_start = day(tm.get("oppositionPeriodStartDate"), "OppositionPeriodStartDate")
    mark.opposition_end = day(tm.get("oppositionPeriodEndDate"), "OppositionPeriodEndDate")
    if "markDisclaimerBag" in tm:
        mark.disclaimers = items(
            tree(tm["markDisclaimerBag"]).get("markDisclaimerText"),
            "MarkDisclaimerBag/MarkDisclaimerText",
        )
    if "divisionalApplicationBag" in tm:
        _parents(mark, tm["divisionalApplicationBag"])
    _representation(mark, tree(tm.get("markRepresentation")))
    _goods(mark, tree(tm.get("goodsServicesBag")))


def _unit(facts: Facts, tm: Tree) -> Unit:
    unit = Unit(
        registrations=read_registrations(tm.get("registrationNumber"), "RegistrationNumber"),
        registered=day(tm.get("registrationDate"), "RegistrationDate"),
        expiry=day(tm.get("expiryDate"), "ExpiryDate"),
        status_date=day(tm.get("markCurrentStatusDate"), "MarkCurrentStatusDate"),
        terminated=day(tm.get("terminationDate"), "TerminationDate"),
        publications=read_publications(tm.get("publicationBag"), "PublicationBag"),
        priorities=read_priorities(tm.get("priorityBag"), "PriorityBag"),
        exhibitions=exhibitions(tm.get("exhibitionPriorityBag"), ""),
        events=read_events(facts, tm.get("markEventBag"), "MarkEventBag", "MarkEvent"),
    )
    read_status(facts, unit, tm.get("markCurrentStatusCode"), "MarkCurrentStatusCode")
    return unit


def exhibitions(bag: Any, prefix: str) -> list[Any]:
    """The dates of exhibition priorities, of marks and designs."""
    found = [
        day(one.get("exhibitionDate"), f"{where}/ExhibitionDate")
        for where, one in each(
            tree(bag).get("exhibitionPriority"), f"{prefix}ExhibitionPriorityBag/ExhibitionPriority"
        )
        if type(one) is dict
    ]
    return [one for one in found if one]


def _people(facts: Facts, tm: Tree) -> None:
    parties = facts.parties
    parties += read_parties(
        tm.get("applicantBag"), "ApplicantBag", "applicant", "Applicant", "applicant"
    )
    parties += read_parties(
        tm.get("representativeBag"),
        "RepresentativeBag",
        "representative",
        "Representative",
        "representative",
    )
    for key, name in (
        ("nationalRepresentative", "NationalRepresentative"),
        ("recordAttorney", "RecordAttorney"),
    ):
        if key in tm:
            parties += read_party(tm[key], name, "representative")


def _parents(mark: Mark, bag: Any) -> None:
    for where, one in each(bag, "DivisionalApplicationBag"):
        for spot, initial in each(
            tree(one).get("initialApplicationNumber"), f"{where}/InitialApplicationNumber"
        ):
            mark.parents += [
                Item(found.path, found.text)
                for found in items(
                    tree(initial).get("applicationNumberText"), f"{spot}/ApplicationNumberText"
                )
            ]


def _representation(mark: Mark, representation: Tree) -> None:
    mark.feature = item(
        representation.get("markFeatureCategory"), "MarkRepresentation/MarkFeatureCategory"
    )
    for path, one in each(representation.get("markReproduction"), _REPRODUCTION):
        if type(one) is not dict:
            continue
        for spot, words in each(one.get("wordMarkSpecification"), f"{path}/WordMarkSpecification"):
            _words(mark, tree(words), spot)
        for where, image in each(
            tree(one.get("markImageBag")).get("markImage"), f"{path}/MarkImageBag/MarkImage"
        ):
            if type(image) is dict:
                _image(mark, image, where)
        for key, bag, inner, name in (
            ("markSoundBag", "MarkSoundBag", "markSound", "MarkSound"),
            ("markMultimediaBag", "MarkMultimediaBag", "markMultimedia", "MarkMultimedia"),
        ):
            if key in one:
                for where, media in each(tree(one[key]).get(inner), f"{path}/{bag}/{name}"):
                    mark.media += items(tree(media).get("fileName"), f"{where}/FileName")


def _words(mark: Mark, words: Tree, path: str) -> None:
    mark.words += items(words.get("markVerbalElementText"), f"{path}/MarkVerbalElementText")
    mark.significant += items(
        words.get("markSignificantVerbalElementText"), f"{path}/MarkSignificantVerbalElementText"
    )
    mark.translations += items(words.get("markTranslationText"), f"{path}/MarkTranslationText")
    for where, one in each(words.get("markTransliteration"), f"{path}/MarkTransliteration"):
        inside = tree(one)
        if "markTransliterationText" in inside:
            mark.transliterations += items(
                inside["markTransliterationText"], f"{where}/MarkTransliterationText"
            )
        else:
            mark.transliterations.append(Item(where, text(one)))
    mark.standard_characters |= text(words.get("markStandardCharacterIndicator")) == "true"


def _image(mark: Mark, image: Tree, path: str) -> None:
    mark.images += [
        found for found in items(image.get("fileName"), f"{path}/FileName") if found.text.strip()
    ]
    mark.colour_claims += items(
        image.get("markImageColourClaimedText"), f"{path}/MarkImageColourClaimedText"
    )
    mark.colourless |= text(image.get("colourIndicator")) == "false"
    figurative = tree(
        tree(image.get("markImageClassification")).get("figurativeElementClassificationBag")
    )
    base = (
        f"{path}/MarkImageClassification/FigurativeElementClassificationBag/ViennaClassificationBag"
    )
    for where, bag in each(figurative.get("viennaClassificationBag"), base):
        inside = tree(bag)
        mark.vienna_edition |= "viennaClassificationEdition" in inside
        mark.vienna += items(
            inside.get("viennaClassificationText"), f"{where}/ViennaClassificationText"
        )
        for spot, parts in each(
            inside.get("viennaClassification"), f"{where}/ViennaClassification"
        ):
            code = tree(parts)
            written = [
                text(code.get(key)) for key in ("viennaCategory", "viennaDivision", "viennaSection")
            ]
            mark.vienna.append(Item(spot, ".".join(part for part in written if part)))


def _goods(mark: Mark, bag: Tree) -> None:
    mark.nice_version |= "classificationVersion" in bag
    for path, one in each(bag.get("goodsServices"), "GoodsServicesBag/GoodsServices"):
        if type(one) is not dict:
            continue
        mark.nice_version |= "classificationVersion" in one
        domestic = text(one.get("classificationKindCode")).casefold() in _NOT_NICE
        classification = tree(one.get("goodsServicesClassificationBag"))
        here = ""
        for where, line in each(
            classification.get("goodsServicesClassification"),
            f"{path}/GoodsServicesClassificationBag/GoodsServicesClassification",
        ):
            if type(line) is not dict:
                continue
            mark.nice_version |= "classificationVersion" in line
            if text(line.get("classificationKindCode")).casefold() in _NOT_NICE:
                mark.domestic = True
                continue
            mark.classified += items(line.get("classNumber"), f"{where}/ClassNumber")
            here = here or text(line.get("classNumber"))
            mark.domestic |= "nationalClassNumber" in line
        mark.domestic |= domestic
        if not domestic:
            _described(
                mark, tree(one.get("classDescriptionBag")), f"{path}/ClassDescriptionBag", here
            )
    mark.classes = mark.classified + mark.classes


def _described(mark: Mark, bag: Tree, path: str, inherited: str) -> None:
    lines = list(each(bag.get("classDescription"), f"{path}/ClassDescription"))
    for where, line in lines:
        if type(line) is not dict:
            continue
        own = items(line.get("classNumber"), f"{where}/ClassNumber")
        mark.classes += own
        number = own[0].text if own else (inherited if len(lines) == 1 else "")
        texts = items(
            line.get("goodsServicesDescriptionText"), f"{where}/GoodsServicesDescriptionText"
        )
        mark.goods.append(Goods(where, number, texts))
