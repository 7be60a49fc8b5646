"""The facts of a design application and of each design in it, read from the tree of its record."""

from __future__ import annotations

from typing import Any

from ipshare.check.facts import Design, Facts, Unit
from ipshare.check.marks import exhibitions
from ipshare.check.parties import read_parties
from ipshare.check.procedure import (
    read_events,
    read_number,
    read_priorities,
    read_publications,
    read_registrations,
    read_status,
)
from ipshare.check.take import day, each, item, items, text, tree
from ipshare.check.text import whole
from ipshare.check.values import Item, View
from ipshare.domain.record import Tree

_TRUE = frozenset({"true", "1"})


def read_designs(facts: Facts) -> None:
    """Fill the facts of a design application."""
    application = facts.tree
    facts.version = text(application.get("@st96Version"))
    facts.own_offices += items(application.get("registrationOfficeCode"), "RegistrationOfficeCode")
    read_number(facts, application.get("applicationNumber"), "ApplicationNumber")
    facts.filed_path = "ApplicationDate"
    facts.filed = day(application.get("applicationDate"), "ApplicationDate") or day(
        application.get("applicationDateTime"), "ApplicationDateTime"
    )
    facts.language = item(
        application.get("designApplicationLanguageCode"), "DesignApplicationLanguageCode"
    )
    facts.announced_designs = item(application.get("designTotalQuantity"), "DesignTotalQuantity")
    hague = application.get("internationalRegistrationNumber")
    if hague is not None:
        found = read_registrations(hague, "InternationalRegistrationNumber")
        facts.hague_number = found[0] if found else None
    _people(facts, application, "")
    for path, one in each(tree(application.get("designBag")).get("design"), "DesignBag/Design"):
        if type(one) is dict:
            prefix = f"{path}/"
            facts.units.append(_unit(facts, one, prefix))
            facts.designs.append(_design(one, prefix))
            _people(facts, one, prefix)


def _people(facts: Facts, holder: Tree, prefix: str) -> None:
    for key, name, member, element, role in (
        ("applicantBag", "ApplicantBag", "applicant", "Applicant", "applicant"),
        ("holderBag", "HolderBag", "holder", "Holder", "holder"),
        (
            "representativeBag",
            "RepresentativeBag",
            "representative",
            "Representative",
            "representative",
        ),
        ("designerBag", "DesignerBag", "designer", "Designer", "designer"),
    ):
        if key in holder:
            facts.parties += read_parties(holder[key], f"{prefix}{name}", member, element, role)


def _unit(facts: Facts, design: Tree, prefix: str) -> Unit:
    unit = Unit(
        prefix=prefix,
        registrations=read_registrations(
            design.get("registrationNumber"), f"{prefix}RegistrationNumber"
        ),
        registered=day(design.get("registrationDate"), f"{prefix}RegistrationDate"),
        expiry=day(design.get("expiryDate"), f"{prefix}ExpiryDate"),
        status_date=day(design.get("designCurrentStatusDate"), f"{prefix}DesignCurrentStatusDate"),
        publications=read_publications(design.get("publicationBag"), f"{prefix}PublicationBag"),
        priorities=read_priorities(design.get("priorityBag"), f"{prefix}PriorityBag"),
        exhibitions=exhibitions(design.get("exhibitionPriorityBag"), prefix),
        events=read_events(
            facts, design.get("designEventBag"), f"{prefix}DesignEventBag", "DesignEvent"
        ),
    )
    read_status(
        facts,
        unit,
        design.get("designCurrentStatusCategory"),
        f"{prefix}DesignCurrentStatusCategory",
    )
    return unit


def _design(one: Tree, prefix: str) -> Design:
    design = Design(
        prefix=prefix,
        identifier=item(one.get("designIdentifier"), f"{prefix}DesignIdentifier"),
        titles=items(one.get("designTitleText"), f"{prefix}DesignTitleText"),
        statements=items(one.get("designDescriptionText"), f"{prefix}DesignDescriptionText")
        + items(one.get("noveltyStatementText"), f"{prefix}NoveltyStatementText"),
        waiver=text(one.get("designerWaiverIndicator")) in _TRUE,
        designers=len(list(read_parties(one.get("designerBag"), "", "designer", "", ""))),
        deferred=text(one.get("publicationDefermentIndicator")) in _TRUE
        or "defermentPeriod" in one,
    )
    design.deferred_months = _months(one.get("defermentPeriod"))
    bag = tree(one.get("designClassificationBag"))
    design.classified = "nationalDesignClassificationBag" in bag
    base = f"{prefix}DesignClassificationBag/LocarnoClassificationBag"
    for path, locarno in each(bag.get("locarnoClassificationBag"), base):
        _locarno(design, tree(locarno), path)
    base = f"{prefix}DesignRepresentationBag/DesignRepresentation"
    for path, shown in each(
        tree(one.get("designRepresentationBag")).get("designRepresentation"), base
    ):
        inside = tree(shown)
        design.sheets += len(list(each(inside.get("designRepresentationSheetBag"), "")))
        for where, view in each(tree(inside.get("viewBag")).get("view"), f"{path}/ViewBag/View"):
            parts = tree(view)
            names = ("fileName", "viewIdentifier", "viewTypeCategory")
            file, number, kind = [text(parts.get(name)) for name in names]
            design.views.append(View(where, file, number, kind))
    return design


def _months(period: Any) -> int | None:
    """The length of a deferment in months, which is what a period without a unit counts."""
    count = whole(text(period))
    if count is None:
        return None
    unit = tree(period).get("@periodCategory", "In month")
    months = {"In year": 12 * count, "In month": count, "In week": 1 + count // 4}
    return months.get(unit, 1 + count // 28)


def _locarno(design: Design, bag: Tree, path: str) -> None:
    design.locarno_edition = design.locarno_edition or item(
        bag.get("locarnoClassificationEdition"), f"{path}/LocarnoClassificationEdition"
    )
    design.locarno += items(
        bag.get("locarnoClassificationText"), f"{path}/LocarnoClassificationText"
    )
    for where, one in each(bag.get("locarnoClassification"), f"{path}/LocarnoClassification"):
        parts = tree(one)
        head = text(parts.get("locarnoClass"))
        subclasses = items(tree(parts.get("locarnoSubclassBag")).get("locarnoSubclass"), where)
        for sub in subclasses or [Item(where, "")]:
            design.locarno.append(Item(where, f"{head}-{sub.text}" if sub.text else head))
