"""Cases of the PKG and NUM rules."""

from __future__ import annotations

from cases.rules.builder import dg, pt, tm

NUMBER = "ApplicationNumber/ApplicationNumberText"
P_APPLICATION = "BibliographicData/ApplicationIdentification"
P_NUMBER = f"{P_APPLICATION}/{NUMBER}"
IR = (
    "<tmk:InternationalMarkIdentifierBag>"
    "<tmk:InternationalMarkIdentifier>{}</tmk:InternationalMarkIdentifier>"
    "</tmk:InternationalMarkIdentifierBag>"
)
ST13 = "<com:ST13ApplicationNumber>{}</com:ST13ApplicationNumber>"
PRIORITY = (
    "<tmk:PriorityBag><tmk:Priority>{}<com:ApplicationNumber>"
    "<com:ApplicationNumberText>87/123456</com:ApplicationNumberText></com:ApplicationNumber>"
    "<com:PriorityApplicationFilingDate>2017-12-01</com:PriorityApplicationFilingDate>"
    "</tmk:Priority></tmk:PriorityBag>"
)
PCT = (
    "<pat:InternationalFilingData><pat:ApplicationIdentification>"
    "<com:IPOfficeCode>WO</com:IPOfficeCode><com:ApplicationNumber>"
    "<com:ApplicationNumberText>{}</com:ApplicationNumberText></com:ApplicationNumber>"
    "<pat:FilingDate>2018-01-02</pat:FilingDate></pat:ApplicationIdentification>"
    "</pat:InternationalFilingData>"
)

CASES = [
    dg(
        "PKG-007",
        bad={"/@st96Version": "V5_0"},
        path="/@st96Version",
        context={"versions": frozenset({"V6_0"})},
    ),
    tm(
        "PKG-009",
        bad={"RegistrationOfficeCode": "TH"},
        good={"ApplicationNumber/IPOfficeCode": "WO"},
        path="RegistrationOfficeCode",
        proposed="KH",
    ),
    tm("NUM-001", bad={NUMBER: ""}, path=NUMBER),
    tm("NUM-002", bad={NUMBER: "KH-49703-18"}, good={NUMBER: "KH/G/2018/5"}, path=NUMBER),
    tm(
        "NUM-002",
        office="TH",
        bad={NUMBER: "180 123 456"},
        good={NUMBER: "865432"},
        path=NUMBER,
        proposed="180123456",
    ),
    tm(
        "NUM-003", bad={NUMBER: "KH/49703/13"}, good={NUMBER: "KH/49703/17"}, path="ApplicationDate"
    ),
    tm(
        "NUM-004",
        office="SG",
        bad={NUMBER: "40201811800X"},
        path=NUMBER,
        proposed="40201811800W",
    ),
    pt(
        "NUM-004",
        office="SG",
        bad={P_NUMBER: "11201803052P"},
        good={P_NUMBER: "11201803052Q"},
        path=P_NUMBER,
        proposed="11201803052Q",
    ),
    tm("NUM-005", bad={NUMBER: " KH/49703/18"}, path=NUMBER, proposed="KH/49703/18"),
    tm("NUM-005", bad={NUMBER: "KH/៤៩៧០៣/18"}, path=NUMBER, proposed="KH/49703/18"),
    tm(
        "NUM-006",
        bad={"+ApplicationNumber": ST13.format("3000001057614")},
        good={"+ApplicationNumber": ST13.format("500000000049703")},
        path="ApplicationNumber/ST13ApplicationNumber",
    ),
    tm(
        "NUM-007",
        bad={"+ApplicationNumber": ST13.format("502018000011111")},
        good={"+ApplicationNumber": ST13.format("502018004970318")},
        path="ApplicationNumber/ST13ApplicationNumber",
    ),
    tm(
        "NUM-012",
        bad={"RegistrationNumber": "KH/M/"},
        good={"RegistrationNumber": "673426"},
        path="RegistrationNumber",
    ),
    tm("NUM-012", bad={"RegistrationNumber": "N/A"}, path="RegistrationNumber"),
    tm("NUM-013", bad={"RegistrationNumber": "KH/49703/18"}, path="RegistrationNumber"),
    pt(
        "NUM-014",
        bad={"BibliographicData/PatentPublicationIdentification/PublicationNumber": None},
        path="BibliographicData/PatentPublicationIdentification/PublicationNumber",
    ),
    tm(
        "NUM-015",
        office="PH",
        bad={NUMBER: "3-2018-001234"},
        good={NUMBER: "4-2018-00001234"},
        path=NUMBER,
    ),
    pt(
        "NUM-015",
        office="TH",
        bad={P_NUMBER: "1902001234"},
        good={P_NUMBER: "1903001234"},
        path=P_NUMBER,
    ),
    tm(
        "NUM-016",
        bad={"+": IR.format("KH/1071853A/M")},
        good={"+": IR.format("1071853A")},
        path="InternationalMarkIdentifierBag/InternationalMarkIdentifier",
        proposed="1071853A",
    ),
    dg(
        "NUM-016",
        bad={
            "+": "<com:InternationalRegistrationNumber>DM-096824</com:InternationalRegistrationNumber>"
        },
        good={
            "+": "<com:InternationalRegistrationNumber>DM/096824</com:InternationalRegistrationNumber>"
        },
        proposed="DM/096824",
    ),
    tm(
        "NUM-018",
        bad={"+": PRIORITY.format("")},
        good={"+": PRIORITY.format("<com:PriorityCountryCode>US</com:PriorityCountryCode>")},
        path="PriorityBag/Priority/ApplicationNumber/ApplicationNumberText",
    ),
    pt(
        "NUM-019",
        bad={"+BibliographicData": PCT.format("SG2019050123")},
        good={"+BibliographicData": PCT.format("PCT/SG2019/050123")},
        path="BibliographicData/InternationalFilingData/ApplicationIdentification/ApplicationNumber/ApplicationNumberText",
        proposed="PCT/SG2019/050123",
    ),
]
