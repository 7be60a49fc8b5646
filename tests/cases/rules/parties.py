"""Cases of the PTY rules."""

from __future__ import annotations

from cases.rules.builder import dg, pt, tm

NAME = "ApplicantBag/Applicant/Contact/Name/EntityName"
ADDRESS = "ApplicantBag/Applicant/Contact/PostalAddressBag"
STRUCTURED = f"{ADDRESS}/PostalAddress/PostalStructuredAddress"
COUNTRY = f"{STRUCTURED}/CountryCode"
LINE = f"{STRUCTURED}/AddressLineText"
PARTIES = "BibliographicData/PartyBag"
INVENTOR = f"{PARTIES}/InventorBag/Inventor"
INVENTOR_NAME = f"{INVENTOR}/Contact/Name/EntityName"
AGENT = (
    "<com:RepresentativeBag><com:Representative><com:Contact><com:Name>"
    "<com:EntityName>{}</com:EntityName></com:Name></com:Contact></com:Representative>"
    "</com:RepresentativeBag>"
)
SECOND = (
    "<tmk:Applicant><com:Contact><com:Name><com:EntityName>{}</com:EntityName></com:Name>"
    "<com:PostalAddressBag><com:PostalAddress><com:PostalStructuredAddress>"
    "<com:AddressLineText>9 Market</com:AddressLineText><com:CountryCode>KH</com:CountryCode>"
    "</com:PostalStructuredAddress></com:PostalAddress></com:PostalAddressBag></com:Contact>"
    "</tmk:Applicant>"
)
ORGANIZATION = (
    "<com:OrganizationName>"
    "<com:OrganizationStandardName>បារាំង ស៊ីល</com:OrganizationStandardName>{}</com:OrganizationName>"
)

CASES = [
    tm("PTY-001", bad={"ApplicantBag": None}, path="ApplicantBag"),
    pt("PTY-001", bad={f"{PARTIES}/ApplicantBag": None}, path=f"{PARTIES}/ApplicantBag"),
    tm("PTY-002", bad={NAME: "UNKNOWN"}, good={NAME: "Unknown Pleasures Ltd"}, path=NAME),
    tm("PTY-003", bad={COUNTRY: None}, path="ApplicantBag/Applicant"),
    tm("PTY-004", bad={COUNTRY: "UK"}, good={COUNTRY: "GB"}, path=COUNTRY, proposed="GB"),
    tm("PTY-004", bad={COUNTRY: "KHM"}, path=COUNTRY, proposed="KH"),
    tm("PTY-004", bad={COUNTRY: "-"}, path=COUNTRY),
    tm("PTY-005", bad={COUNTRY: "EM"}, path=COUNTRY),
    tm(
        "PTY-006",
        bad={COUNTRY: "SU"},
        good={COUNTRY: "SU", "ApplicationDate": "1990-03-05"},
        path=COUNTRY,
        proposed="RU",
    ),
    pt("PTY-008", bad={f"{PARTIES}/InventorBag": None}, path=f"{PARTIES}/InventorBag"),
    pt(
        "PTY-009",
        bad={INVENTOR_NAME: "Angkor Silk Co., Ltd."},
        good={INVENTOR_NAME: "Inchan Corea"},
        path=INVENTOR_NAME,
    ),
    dg(
        "PTY-010",
        bad={"DesignBag/Design/DesignerBag": None},
        good={
            "DesignBag/Design/DesignerBag": None,
            "+DesignBag/Design": "<dgn:DesignerWaiverIndicator>true</dgn:DesignerWaiverIndicator>",
        },
        path="DesignBag/Design/DesignerBag",
    ),
    tm(
        "PTY-011",
        bad={COUNTRY: "JP"},
        good={COUNTRY: "JP", "+": AGENT.format("Mekong IP")},
        path="ApplicantBag/Applicant",
    ),
    tm("PTY-012", bad={NAME: "12 Riverside"}, path=NAME),
    tm(
        "PTY-013",
        bad={NAME: "Angkor Silk; Mekong Silk"},
        good={NAME: "Angkor and Mekong Silk"},
        path=NAME,
    ),
    tm(
        "PTY-014",
        bad={"*" + NAME: ORGANIZATION.format("")},
        good={
            "*" + NAME: ORGANIZATION.format(
                "<com:TransliterationName>Barang Silk</com:TransliterationName>"
            )
        },
    ),
    tm(
        "PTY-016",
        office="SG",
        bad={NAME: "Tan Ah Kow S1234567D"},
        good={NAME: "Tan Ah Kow S123"},
        path=NAME,
    ),
    tm(
        "PTY-016",
        office="TH",
        bad={NAME: "Somchai 1-1014-00123-45-1"},
        good={NAME: "Somchai 1-1014-00123-45-2"},
        path=NAME,
    ),
    tm("PTY-016", bad={NAME: "Angkor Silk sok@example.org"}, path=NAME),
    tm(
        "PTY-017",
        bad={"+ApplicantBag": SECOND.format("ANGKOR  Silk")},
        good={"+ApplicantBag": SECOND.format("Mekong Silk")},
        path="ApplicantBag/Applicant[2]",
    ),
    tm(
        "PTY-018",
        bad={COUNTRY: "JP", "+": AGENT.format("ANGKOR SILK")},
        good={COUNTRY: "JP", "+": AGENT.format("Mekong IP")},
        path="RepresentativeBag/Representative/Contact/Name/EntityName",
    ),
    tm("PTY-019", bad={LINE: "-"}, path=LINE),
    pt(
        "PTY-020",
        bad={f"+{INVENTOR}": "<com:ConfidentialIndicator>true</com:ConfidentialIndicator>"},
        good={f"+{INVENTOR}": "<com:ConfidentialIndicator>false</com:ConfidentialIndicator>"},
        path=INVENTOR,
    ),
]
