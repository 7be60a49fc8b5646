"""The facts of a patent or utility model, read from the tree of its document."""

from __future__ import annotations

from typing import Any

from ipshare.check.facts import Facts, Patent, Unit
from ipshare.check.parties import read_parties
from ipshare.check.procedure import read_number
from ipshare.check.take import day, each, item, items, number, text, tree
from ipshare.check.values import Item, Priority, Publication
from ipshare.domain.record import Tree

_PARTIES = (
    ("applicantBag", "ApplicantBag", "applicant", "Applicant", "applicant"),
    ("inventorBag", "InventorBag", "inventor", "Inventor", "inventor"),
    ("inventorBag", "InventorBag", "deceasedInventor", "DeceasedInventor", "inventor"),
    ("ownerBag", "OwnerBag", "owner", "Owner", "holder"),
    ("assigneeBag", "AssigneeBag", "assignee", "Assignee", "holder"),
    (
        "registeredPractitionerBag",
        "RegisteredPractitionerBag",
        "registeredPractitioner",
        "RegisteredPractitioner",
        "representative",
    ),
)


def read_patent(facts: Facts) -> None:
    """Fill the facts of a patent document, whichever root it has."""
    document = facts.tree
    facts.version = text(document.get("@st96Version"))
    facts.language = item(document.get("@languageCode"), "/@languageCode")
    root = document.get("#root", "PatentPublication")
    facts.own_offices += items(document.get("ipOfficeCode"), "IPOfficeCode")
    if root == "PatentLegalStatusData":
        _legal_status(facts, document)
        return
    patent = facts.patent
    if root == "PatentPublication":
        biblio, base = tree(document.get("bibliographicData")), "BibliographicData/"
        patent.published_document = True
    elif root == "BibliographicData":
        biblio, base = document, ""
    else:
        return
    patent.bibliographic = True
    _identification(facts, biblio, base)
    facts.units.append(_unit(facts, biblio, base))
    bag = tree(biblio.get("partyBag"))
    for key, name, member, element, role in _PARTIES:
        if key in bag:
            facts.parties += read_parties(bag[key], f"{base}PartyBag/{name}", member, element, role)
    _text(patent, document, biblio, base)
    _classification(
        patent, tree(biblio.get("patentClassificationBag")), f"{base}PatentClassificationBag"
    )
    _international(patent, biblio, base)
    _related(patent, tree(biblio.get("relatedDocumentBag")), f"{base}RelatedDocumentBag")


def _identification(facts: Facts, biblio: Tree, base: str) -> None:
    for path, one in each(
        biblio.get("applicationIdentification"), f"{base}ApplicationIdentification"
    ):
        inside = tree(one)
        facts.own_offices += items(inside.get("ipOfficeCode"), f"{path}/IPOfficeCode")
        facts.has_office_in_number |= "ipOfficeCode" in inside
        read_number(facts, inside.get("applicationNumber"), f"{path}/ApplicationNumber")
        facts.filed_path = f"{path}/FilingDate"
        facts.filed = facts.filed or day(inside.get("filingDate"), f"{path}/FilingDate")
    facts.filed_path = facts.filed_path or f"{base}ApplicationIdentification/FilingDate"
    facts.number_path = facts.number_path or f"{base}ApplicationIdentification/ApplicationNumber"


def _unit(facts: Facts, biblio: Tree, base: str) -> Unit:
    unit = Unit(prefix=base)
    for path, grant in each(
        biblio.get("patentGrantIdentification"), f"{base}PatentGrantIdentification"
    ):
        inside = tree(grant)
        facts.own_offices += items(inside.get("ipOfficeCode"), f"{path}/IPOfficeCode")
        unit.registrations += items(inside.get("patentNumber"), f"{path}/PatentNumber")
        unit.registered = unit.registered or day(inside.get("grantDate"), f"{path}/GrantDate")
    unit.expiry = day(biblio.get("expiryDate"), f"{base}ExpiryDate")
    for path, one in each(
        biblio.get("patentPublicationIdentification"), f"{base}PatentPublicationIdentification"
    ):
        inside = tree(one)
        unit.publications.append(
            Publication(
                path,
                item(inside.get("publicationNumber"), f"{path}/PublicationNumber"),
                "",
                day(inside.get("publicationDate"), f"{path}/PublicationDate"),
                item(inside.get("patentDocumentKindCode"), f"{path}/PatentDocumentKindCode"),
            )
        )
    for path, one in each(
        tree(biblio.get("priorityClaimBag")).get("priorityClaim"),
        f"{base}PriorityClaimBag/PriorityClaim",
    ):
        inside = tree(one)
        unit.priorities.append(
            Priority(
                path,
                item(inside.get("ipOfficeCode"), f"{path}/IPOfficeCode"),
                number(inside.get("applicationNumber"), f"{path}/ApplicationNumber"),
                day(inside.get("filingDate"), f"{path}/FilingDate"),
            )
        )
    unit.terminated = day(biblio.get("applicationWithdrawnDate"), f"{base}ApplicationWithdrawnDate")
    return unit


def _text(patent: Patent, document: Tree, biblio: Tree, base: str) -> None:
    patent.titles = items(
        tree(biblio.get("inventionTitleBag")).get("inventionTitle"),
        f"{base}InventionTitleBag/InventionTitle",
    )
    holder = document if "abstract" in document else biblio
    for path, abstract in each(holder.get("abstract"), "Abstract"):
        paragraphs = items(tree(abstract).get("p"), f"{path}/P") or [Item(path, text(abstract))]
        patent.abstracts.append(Item(path, " ".join(one.text for one in paragraphs)))
    patent.claim_total = item(biblio.get("claimTotalQuantity"), f"{base}ClaimTotalQuantity")
    patent.claims = len(list(each(tree(document.get("claims")).get("claim"), "")))
    term = tree(biblio.get("grantTerm"))
    patent.term = item(term.get("grantLengthQuantity"), f"{base}GrantTerm/GrantLengthQuantity")
    patent.republication = "patentDocumentRepublication" in biblio


def _symbol(parts: Tree, section: str) -> str:
    """The symbol that the parts of a classification spell: A61K 31/05."""
    head = "".join(text(parts.get(key)) for key in (section, "class", "subclass"))
    group, sub = text(parts.get("mainGroup")), text(parts.get("subgroup"))
    return f"{head} {group}/{sub}" if group or sub else head


def _classification(patent: Patent, bag: Tree, path: str) -> None:
    patent.classified = bool(bag)
    for where, one in each(
        tree(bag.get("ipcrClassificationBag")).get("ipcrClassification"),
        f"{path}/IPCRClassificationBag/IPCRClassification",
    ):
        parts = tree(one)
        written = text(parts.get("patentClassificationText")) or text(
            parts.get("patentClassificationSymbolText")
        )
        patent.ipc.append(Item(where, written or _symbol(parts, "section")))
        patent.ipc_positions.append(text(parts.get("symbolPositionCode")))
    for where, one in each(bag.get("ipcClassification"), f"{path}/IPCClassification"):
        parts = tree(one)
        patent.ipc += items(parts.get("mainClassification"), f"{where}/MainClassification")
        patent.ipc += items(parts.get("furtherClassification"), f"{where}/FurtherClassification")
    cpc = tree(bag.get("cpcClassificationBag"))
    for key, name in (("mainCPC", "MainCPC"), ("furtherCPC", "FurtherCPC")):
        for where, group in each(cpc.get(key), f"{path}/CPCClassificationBag/{name}"):
            for spot, one in each(
                tree(group).get("cpcClassification"), f"{where}/CPCClassification"
            ):
                patent.cpc.append(Item(spot, _symbol(tree(one), "cpcSection")))


def _international(patent: Patent, biblio: Tree, base: str) -> None:
    for path, one in each(biblio.get("internationalFilingData"), f"{base}InternationalFilingData"):
        for where, inside in _each_identification(one, path, "applicationIdentification"):
            found = number(inside.get("applicationNumber"), f"{where}/ApplicationNumber")
            patent.pct_numbers += [found] if found else []
            patent.pct_filed = patent.pct_filed or day(
                inside.get("filingDate"), f"{where}/FilingDate"
            )
    for path, one in each(
        biblio.get("internationalPublishingData"), f"{base}InternationalPublishingData"
    ):
        for where, document in _each_identification(one, path, "patentDocumentIdentification"):
            for spot, inside in _each_identification(
                document, where, "patentPublicationIdentification"
            ):
                patent.wo_numbers += items(
                    inside.get("publicationNumber"), f"{spot}/PublicationNumber"
                )
    patent.national_entry = day(
        biblio.get("pctNationalPhaseEntryDate"), f"{base}PCTNationalPhaseEntryDate"
    )


def _each_identification(one: Any, path: str, key: str) -> list[tuple[str, Tree]]:
    """The identifications below an element, or the element itself where it is one."""
    inside = tree(one)
    found = [
        (where, tree(each_one))
        for where, each_one in each(inside.get(key), f"{path}/{key[:1].upper()}{key[1:]}")
    ]
    return found or [(path, inside)]


def _related(patent: Patent, bag: Tree, path: str) -> None:
    patent.divisional = "division" in bag
    for key, value in bag.items():
        if key[0] == "#":
            continue
        for where, relation in each(value, f"{path}/{key[:1].upper()}{key[1:]}"):
            parent = tree(
                tree(tree(relation).get("parentDocument")).get("patentDocumentIdentification")
            )
            base = f"{where}/ParentDocument/PatentDocumentIdentification/ApplicationIdentification"
            for spot, one in each(parent.get("applicationIdentification"), base):
                inside = tree(one)
                found = number(inside.get("applicationNumber"), f"{spot}/ApplicationNumber")
                if found:
                    filed = day(inside.get("filingDate"), f"{spot}/FilingDate")
                    patent.parents.append((found.path, found.text, filed))


def _legal_status(facts: Facts, document: Tree) -> None:
    for path, one in each(document.get("patentLegalStatus"), "PatentLegalStatus"):
        inside = tree(one)
        facts.patent.right_kind = item(
            inside.get("ipRightKindCategory"), f"{path}/IPRightKindCategory"
        )
        for where, identified in each(
            inside.get("applicationIdentification"), f"{path}/ApplicationIdentification"
        ):
            read_number(
                facts, tree(identified).get("applicationNumber"), f"{where}/ApplicationNumber"
            )
            facts.own_offices += items(
                tree(identified).get("ipOfficeCode"), f"{where}/IPOfficeCode"
            )
            facts.has_office_in_number |= "ipOfficeCode" in tree(identified)
        for where, event in each(
            tree(inside.get("statusEventDataBag")).get("statusEventData"),
            f"{path}/StatusEventDataBag/StatusEventData",
        ):
            code = tree(tree(event).get("statusEventCode"))
            parts = {key: text(value) for key, value in code.items() if key[0] not in "@#"}
            facts.patent.status_codes.append((f"{where}/StatusEventCode", parts))
