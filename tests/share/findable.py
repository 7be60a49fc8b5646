"""Records that can be found: of each element group one value, as ST.97 documents."""

from __future__ import annotations

import json
from dataclasses import replace

from ipshare.domain.digest import digest
from ipshare.domain.group import ElementGroup as G
from share.histories import a_record

SEARCHED = (G.IDENTITY, G.TEXT, G.GOODS, G.CLASSIFICATION, G.PUBLICATION, G.STAKEHOLDERS, G.STATUS)


def document(group, number, value):
    """The document of one group; ``value`` is a dict for the identity, else a text."""
    match group:
        case G.IDENTITY:
            content = {"applicationNumber": [{"applicationNumberText": number}], **(value or {})}
        case G.TEXT:
            words = {"wordMarkSpecification": {"markVerbalElementText": value}}
            content = {"markRepresentation": {"markReproduction": [words]}}
        case G.CLASSIFICATION:
            line = {"goodsServicesClassification": [{"classNumber": value}]}
            content = {
                "~": {
                    "goodsServicesBag": {
                        "goodsServices": {"#0": {"goodsServicesClassificationBag": line}}
                    }
                }
            }
        case G.GOODS:
            line = {"classDescription": [{"classNumber": value}]}
            content = {
                "~": {"goodsServicesBag": {"goodsServices": {"#0": {"classDescriptionBag": line}}}}
            }
        case G.PUBLICATION:
            content = {"publicationBag": {"publication": [{"publicationDate": value}]}}
        case G.STAKEHOLDERS:
            content = {"applicantBag": {"applicant": [{"legalEntityName": [value]}]}}
        case G.STATUS:
            content = {"markCurrentStatusCode": value}
        case _:
            content = {group.value: value}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()  # fmt: skip


def findable(number, *, identity=None, **groups):
    """A trademark with these values, by the names of their groups."""
    documents = {G(name): document(G(name), number, value) for name, value in groups.items()}
    documents[G.IDENTITY] = document(G.IDENTITY, number, identity)
    return replace(
        a_record(number),
        documents=documents,
        source=digest(repr(sorted(documents.items())).encode()),
    )
