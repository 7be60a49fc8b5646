"""Cases of the DGN rules."""

from __future__ import annotations

from cases.rules.builder import dg

D = "DesignBag/Design"
REPRESENTATIONS = f"{D}/DesignRepresentationBag"
VIEWS = f"{REPRESENTATIONS}/DesignRepresentation/ViewBag"
BAG = f"{D}/DesignClassificationBag/LocarnoClassificationBag"
LOCARNO = f"{BAG}/LocarnoClassificationText"
EDITION = f"{BAG}/LocarnoClassificationEdition"
CLASS_ONLY = (
    "<com:LocarnoClassification><com:LocarnoClass>6</com:LocarnoClass><com:LocarnoSubclassBag>"
    "<com:LocarnoSubclass>1</com:LocarnoSubclass></com:LocarnoSubclassBag>"
    "</com:LocarnoClassification>"
)
SECOND = (
    "<dgn:Design>{}<dgn:DesignTitleText>Table</dgn:DesignTitleText><com:DesignClassificationBag>"
    "<com:LocarnoClassificationBag>"
    "<com:LocarnoClassificationEdition>13</com:LocarnoClassificationEdition>"
    "<com:LocarnoClassificationText>07-01</com:LocarnoClassificationText>"
    "</com:LocarnoClassificationBag></com:DesignClassificationBag></dgn:Design>"
)
IDENTIFIED = SECOND.format("<dgn:DesignIdentifier>{}</dgn:DesignIdentifier>")
DEFERRED = (
    "<dgn:PublicationDefermentIndicator>true</dgn:PublicationDefermentIndicator>"
    "<dgn:DefermentPeriod com:periodCategory='In month'>{}</dgn:DefermentPeriod>"
)
WAIVER = "<dgn:DesignerWaiverIndicator>{}</dgn:DesignerWaiverIndicator>"
NUMBER = "ApplicationNumber/ApplicationNumberText"
HAGUE = "<com:InternationalRegistrationNumber>DM/096824</com:InternationalRegistrationNumber>"

CASES = [
    dg("DGN-001", bad={D: None}, path=D),
    dg(
        "DGN-001",
        bad={"+DesignBag": SECOND.format("")},
        good={"+DesignBag": IDENTIFIED.format(2)},
        path="DesignBag/Design[2]/DesignIdentifier",
    ),
    dg(
        "DGN-002",
        bad={REPRESENTATIONS: None},
        good={REPRESENTATIONS: None, f"+{D}": DEFERRED.format("90")},
        path=REPRESENTATIONS,
    ),
    dg("DGN-003", bad={LOCARNO: ""}, path=BAG),
    dg("DGN-004", bad={LOCARNO: "6-1"}, good={LOCARNO: "99-00"}, path=LOCARNO, proposed="06-01"),
    dg("DGN-004", bad={LOCARNO: "Cl. 06-01"}, path=LOCARNO, proposed="06-01"),
    dg("DGN-004", bad={LOCARNO: "0601"}, path=LOCARNO, proposed="06-01"),
    dg("DGN-004", bad={LOCARNO: "33-01"}, path=LOCARNO),
    dg(
        "DGN-004",
        bad={f"*{LOCARNO}": CLASS_ONLY},
        path=f"{BAG}/LocarnoClassification",
        proposed="06-01",
    ),
    dg("DGN-005", bad={EDITION: None}, path=LOCARNO),
    dg(
        "DGN-005",
        bad={EDITION: "9", LOCARNO: "32-00"},
        good={EDITION: "10", LOCARNO: "32-00"},
        path=LOCARNO,
    ),
    dg("DGN-006", bad={f"{D}/DesignTitleText": None}, path=f"{D}/DesignTitleText"),
    dg("DGN-008", bad={"DesignTotalQuantity": "2"}, path="DesignTotalQuantity", proposed="1"),
    dg(
        "DGN-009",
        bad={"+DesignBag": IDENTIFIED.format(1)},
        good={"+DesignBag": IDENTIFIED.format(2)},
        path="DesignBag/Design[2]/DesignIdentifier",
    ),
    dg(
        "DGN-010",
        bad={f"{VIEWS}/View[2]/ViewIdentifier": "4"},
        path=f"{VIEWS}/View[1]/ViewIdentifier",
    ),
    dg(
        "DGN-010",
        bad={f"{VIEWS}/View[2]/ViewTypeCategory": None},
        path=f"{VIEWS}/View[2]/ViewTypeCategory",
    ),
    dg("DGN-011", bad={f"{VIEWS}/View[2]": None}, path=REPRESENTATIONS),
    dg(
        "DGN-012",
        bad={f"+{D}": DEFERRED.format("61")},
        good={f"+{D}": DEFERRED.format("60")},
        path=REPRESENTATIONS,
    ),
    dg(
        "DGN-013",
        bad={f"{D}/ExpiryDate": "2036-01-20"},
        good={f"{D}/ExpiryDate": "2034-05-06"},
        path=f"{D}/ExpiryDate",
    ),
    dg(
        "DGN-014",
        office="SG",
        bad={NUMBER: "D096824"},
        good={NUMBER: "D096824", "+": HAGUE},
        path="InternationalRegistrationNumber",
        proposed="DM/096824",
    ),
    dg(
        "DGN-015",
        bad={f"+{D}": WAIVER.format("true")},
        good={f"+{D}": WAIVER.format("false")},
        path=f"{D}/DesignerWaiverIndicator",
    ),
    dg(
        "DGN-016",
        office="TH",
        bad={"+DesignBag": IDENTIFIED.format(2)},
        path="DesignBag/Design[2]/DesignClassificationBag/LocarnoClassificationBag/LocarnoClassificationText",
    ),
    dg(
        "DGN-017",
        office="MY",
        bad={},
        good={f"+{D}": "<dgn:NoveltyStatementText>The seat is novel.</dgn:NoveltyStatementText>"},
        path=f"{D}/NoveltyStatementText",
    ),
]
