"""Cases of the PAT rules."""

from __future__ import annotations

from cases.rules.builder import dg, pt, tm

B = "BibliographicData"
TITLE = f"{B}/InventionTitleBag/InventionTitle"
ABSTRACT = "Abstract/P"
CLASSES = f"{B}/PatentClassificationBag"
IPCS = f"{CLASSES}/IPCRClassificationBag"
IPC = f"{IPCS}/IPCRClassification"
PUBLICATION = f"{B}/PatentPublicationIdentification"
KIND = f"{PUBLICATION}/PatentDocumentKindCode"
CLAIM = f"{B}/PriorityClaimBag/PriorityClaim"
ENTRY = "<pat:PCTNationalPhaseEntryDate>{}</pat:PCTNationalPhaseEntryDate>"
PCT = (
    "<pat:InternationalFilingData><pat:ApplicationIdentification>"
    "<com:IPOfficeCode>WO</com:IPOfficeCode><com:ApplicationNumber>"
    "<com:ApplicationNumberText>PCT/SG2017/050123</com:ApplicationNumberText>"
    "</com:ApplicationNumber><pat:FilingDate>2017-12-02</pat:FilingDate>"
    "</pat:ApplicationIdentification></pat:InternationalFilingData>"
)
GRANT = (
    "<pat:PatentGrantIdentification><com:IPOfficeCode>KH</com:IPOfficeCode>"
    "<pat:PatentNumber>KH-P-12</pat:PatentNumber><pat:GrantDate>2021-02-01</pat:GrantDate>"
    "</pat:PatentGrantIdentification>"
)
DIVISION = (
    "<pat:RelatedDocumentBag><pat:Division><pat:ParentDocument><pat:PatentDocumentIdentification>"
    "<pat:ApplicationIdentification><com:IPOfficeCode>KH</com:IPOfficeCode>"
    "<com:ApplicationNumber>"
    "<com:ApplicationNumberText>KH/P/2017/00002</com:ApplicationNumberText>"
    "</com:ApplicationNumber><pat:FilingDate>{}</pat:FilingDate></pat:ApplicationIdentification>"
    "</pat:PatentDocumentIdentification></pat:ParentDocument></pat:Division>"
    "</pat:RelatedDocumentBag>"
)
SYMBOL = (
    "<pat:IPCRClassification com:sequenceNumber='1'>"
    "<pat:PatentClassificationText>{}</pat:PatentClassificationText>"
    "<com:SymbolPositionCode>F</com:SymbolPositionCode></pat:IPCRClassification>"
)
CPC = (
    "<pat:CPCClassificationBag><pat:MainCPC><pat:CPCClassification>"
    "<pat:CPCSection>{}</pat:CPCSection><pat:Class>61</pat:Class><pat:Subclass>K</pat:Subclass>"
    "<pat:MainGroup>31</pat:MainGroup><pat:Subgroup>05</pat:Subgroup></pat:CPCClassification>"
    "</pat:MainCPC></pat:CPCClassificationBag>"
)
AGAIN = (
    "<pat:PriorityClaim com:sequenceNumber='2'><com:IPOfficeCode>JP</com:IPOfficeCode>"
    "<com:ApplicationNumber><com:ApplicationNumberText>{}</com:ApplicationNumberText>"
    "</com:ApplicationNumber><pat:FilingDate>2017-11-08</pat:FilingDate></pat:PriorityClaim>"
)
PRIORITY = (
    "<tmk:PriorityBag><tmk:Priority><com:PriorityCountryCode>{}</com:PriorityCountryCode>"
    "<com:ApplicationNumber><com:ApplicationNumberText>87/123456</com:ApplicationNumberText>"
    "</com:ApplicationNumber>"
    "<com:PriorityApplicationFilingDate>2017-12-01</com:PriorityApplicationFilingDate>"
    "</tmk:Priority></tmk:PriorityBag>"
)
REPUBLICATION = (
    "<pat:PatentDocumentRepublication><com:PublicationDate>2019-10-04</com:PublicationDate>"
    "</pat:PatentDocumentRepublication>"
)
TERM = "<pat:GrantTerm><pat:GrantLengthQuantity>{}</pat:GrantLengthQuantity></pat:GrantTerm>"
NUMBER = f"{B}/ApplicationIdentification/ApplicationNumber/ApplicationNumberText"

CASES = [
    pt("PAT-001", bad={TITLE: ""}, path=TITLE),
    pt("PAT-002", bad={TITLE: "KH/P/2018/00012"}, good={TITLE: "WATER FILTER"}, path=TITLE),
    pt("PAT-003", bad={"Abstract": None}, path="Abstract"),
    pt("PAT-004", bad={ABSTRACT: "A filter."}, path="Abstract"),
    pt("PAT-005", bad={CLASSES: None}, path=CLASSES),
    pt(
        "PAT-006",
        bad={f"*{IPC}": SYMBOL.format("A61K")},
        good={f"*{IPC}": SYMBOL.format("A61K 31/05")},
        path=IPC,
    ),
    pt(
        "PAT-006",
        bad={f"*{IPC}": SYMBOL.format("a61k31/05")},
        good={f"*{IPC}": SYMBOL.format("A61K  31/05")},
        path=IPC,
        proposed="A61K 31/05",
    ),
    pt("PAT-006", bad={f"*{IPC}": SYMBOL.format("filters")}, path=IPC),
    pt("PAT-008", bad={f"{IPC}/SymbolPositionCode": "L"}, path=IPC),
    pt(
        "PAT-009",
        bad={f"+{CLASSES}": CPC.format("Q")},
        good={f"+{CLASSES}": CPC.format("Y")},
        path=f"{CLASSES}/CPCClassificationBag/MainCPC/CPCClassification",
    ),
    pt("PAT-010", bad={KIND: "a"}, good={KIND: "A1"}, path=KIND, proposed="A"),
    pt("PAT-010", bad={KIND: None}, path=KIND),
    pt("PAT-011", bad={KIND: "B"}, good={KIND: "B", f"+{B}": GRANT}, path=KIND),
    pt(
        "PAT-012",
        bad={f"{B}/ClaimTotalQuantity": "7"},
        path=f"{B}/ClaimTotalQuantity",
        proposed="1",
    ),
    pt(
        "PAT-013",
        bad={f"+{B}": ENTRY.format("2018-05-02")},
        good={f"+{B}": ENTRY.format("2018-05-02") + PCT},
        path=f"{B}/PCTNationalPhaseEntryDate",
    ),
    pt(
        "PAT-014",
        bad={f"+{B}": ENTRY.format("2018-04-02") + PCT},
        good={f"+{B}": ENTRY.format("2018-05-02") + PCT},
        path=f"{B}/ApplicationIdentification/FilingDate",
        proposed="2017-12-02",
    ),
    pt("PAT-015", bad={f"{CLAIM}/ApplicationNumber": None}, path=CLAIM),
    tm(
        "PAT-017",
        bad={"+": PRIORITY.format("UK")},
        good={"+": PRIORITY.format("GB")},
        path="PriorityBag/Priority/PriorityCountryCode",
        proposed="GB",
    ),
    pt("PAT-017", bad={f"{CLAIM}/IPOfficeCode": "WO"}, path=f"{CLAIM}/IPOfficeCode"),
    pt(
        "PAT-018",
        bad={f"+{B}/PriorityClaimBag": AGAIN.format("2017-090922")},
        good={f"+{B}/PriorityClaimBag": AGAIN.format("2017-090923")},
        path=f"{B}/PriorityClaimBag/PriorityClaim[2]",
    ),
    pt(
        "PAT-020",
        bad={f"+{B}": DIVISION.format("2018-04-03")},
        good={f"+{B}": DIVISION.format("2018-04-02")},
    ),
    pt(
        "PAT-021",
        bad={f"+{B}": TERM.format(30)},
        good={f"+{B}": TERM.format(20)},
        path=f"{B}/GrantTerm/GrantLengthQuantity",
        proposed="20",
    ),
    pt(
        "PAT-021",
        bad={NUMBER: "KH/U/2018/00012", f"+{B}": TERM.format(10)},
        good={NUMBER: "KH/U/2018/00012", f"+{B}": TERM.format(7)},
        proposed="7",
    ),
    pt(
        "PAT-022",
        bad={f"{PUBLICATION}/PublicationDate": "2018-05-01"},
        path=f"{PUBLICATION}/PublicationDate",
    ),
    pt("PAT-026", bad={KIND: "A8"}, good={KIND: "A8", f"+{B}": REPUBLICATION}, path=KIND),
    pt("PAT-027", bad={KIND: "U"}, good={KIND: "U", NUMBER: "KH/U/2018/00012"}, path=KIND),
    dg(
        "PAT-017",
        bad={"+DesignBag/Design": PRIORITY.format("XY").replace("tmk:", "dgn:")},
        path="DesignBag/Design/PriorityBag/Priority/PriorityCountryCode",
    ),
]
