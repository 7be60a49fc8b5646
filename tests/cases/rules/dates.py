"""Cases of the DAT rules."""

from __future__ import annotations

from datetime import date

from cases.rules.builder import dg, pt, tm

REGISTERED, FILED, EXPIRY = "RegistrationDate", "ApplicationDate", "ExpiryDate"
PUBLISHED = "PublicationBag/Publication/PublicationDate"
STATUS, STATUS_DATE = "MarkCurrentStatusCode", "MarkCurrentStatusDate"
PRIORITY = (
    "<tmk:PriorityBag><tmk:Priority><com:PriorityCountryCode>US</com:PriorityCountryCode>"
    "<com:ApplicationNumber><com:ApplicationNumberText>87/123456</com:ApplicationNumberText>"
    "</com:ApplicationNumber>"
    "<com:PriorityApplicationFilingDate>{}</com:PriorityApplicationFilingDate></tmk:Priority>"
    "</tmk:PriorityBag>"
)
PRIORITY_DATE = "PriorityBag/Priority/PriorityApplicationFilingDate"
OPPOSITION = (
    "<tmk:OppositionPeriodStartDate>2018-09-14</tmk:OppositionPeriodStartDate>"
    "<tmk:OppositionPeriodEndDate>{}</tmk:OppositionPeriodEndDate>"
)
EXHIBITION = (
    "<com:ExhibitionPriorityBag><com:ExhibitionPriority>"
    "<com:ExhibitionDate>{}</com:ExhibitionDate></com:ExhibitionPriority>"
    "</com:ExhibitionPriorityBag>"
)
ENTRY = "<pat:PCTNationalPhaseEntryDate>{}</pat:PCTNationalPhaseEntryDate>"

CASES = [
    tm("DAT-001", bad={FILED: None}, path=FILED),
    pt("DAT-001", bad={"BibliographicData/ApplicationIdentification/FilingDate": None}),
    tm(
        "DAT-002",
        bad={REGISTERED: "31.12.2019"},
        good={REGISTERED: "2019-12-31"},
        path=REGISTERED,
        proposed="2019-12-31",
    ),
    tm("DAT-002", bad={REGISTERED: "31/12/2562"}, path=REGISTERED, proposed="2019-12-31"),
    tm("DAT-002", bad={REGISTERED: "43831"}, path=REGISTERED, proposed="2020-01-01"),
    tm("DAT-002", bad={REGISTERED: "03/04/2019"}, path=REGISTERED),
    tm("DAT-002", bad={PUBLISHED: "20181101"}, path=PUBLISHED, proposed="2018-11-01"),
    tm("DAT-003", bad={REGISTERED: "2019-02-29"}, good={REGISTERED: "2020-02-29"}, path=REGISTERED),
    tm(
        "DAT-004",
        office="TH",
        bad={REGISTERED: "2562-02-11"},
        path=REGISTERED,
        proposed="2019-02-11",
    ),
    tm(
        "DAT-005",
        bad={PUBLISHED: "1481-11-01"},
        good={PUBLISHED: "2018-11-01"},
        path=PUBLISHED,
        proposed="2024-11-01",
    ),
    tm("DAT-005", bad={FILED: "1790-01-04"}, path=FILED),
    tm(
        "DAT-006",
        bad={STATUS_DATE: "2024-11-06"},
        good={STATUS_DATE: "2024-06-04"},
        path=STATUS_DATE,
    ),
    tm("DAT-006", bad={PUBLISHED: "2024-08-05"}, path=PUBLISHED, proposed="2024-05-08"),
    tm("DAT-007", bad={REGISTERED: "2019-02"}, path=REGISTERED),
    tm("DAT-008", bad={FILED: "2018-03-04T17:00:00Z"}, path=FILED, proposed="2018-03-05"),
    tm("DAT-008", bad={FILED: "2018-03-05+07:00"}, path=FILED, proposed="2018-03-05"),
    tm("DAT-009", bad={EXPIRY: "1900-01-01"}, path=EXPIRY),
    tm("DAT-009", bad={EXPIRY: "2443-01-01"}, path=EXPIRY),
    tm(
        "DAT-010",
        bad={REGISTERED: "2018-02-11"},
        good={REGISTERED: "2019-02-11"},
        path=REGISTERED,
        proposed="2018-11-02",
    ),
    tm(
        "DAT-011",
        bad={REGISTERED: "2018-02-11"},
        good={REGISTERED: "2018-03-05"},
        path=REGISTERED,
        proposed="2018-11-02",
    ),
    tm(
        "DAT-012",
        bad={PUBLISHED: "2018-03-04"},
        good={PUBLISHED: "2018-03-05"},
        path=PUBLISHED,
        proposed="2018-04-03",
    ),
    tm(
        "DAT-013",
        office="TH",
        bad={PUBLISHED: "2019-05-01"},
        good={PUBLISHED: "2018-09-14"},
        path=REGISTERED,
    ),
    tm(
        "DAT-014",
        bad={EXPIRY: "2029-02-11"},
        good={EXPIRY: "2028-03-20"},
        path=EXPIRY,
        proposed="2028-03-05",
    ),
    tm(
        "DAT-014",
        office="LA",
        bad={EXPIRY: "2028-03-05"},
        good={EXPIRY: "2029-02-11"},
        path=EXPIRY,
        proposed="2029-02-11",
    ),
    tm("DAT-015", bad={EXPIRY: "2019-02-11"}, good={EXPIRY: "2019-02-12"}, path=EXPIRY),
    tm("DAT-016", bad={STATUS_DATE: None}, path=STATUS_DATE),
    tm("DAT-016", bad={STATUS_DATE: "2017-01-31"}, path=STATUS_DATE),
    tm(
        "DAT-017",
        bad={"+": PRIORITY.format("2018-04-03")},
        good={"+": PRIORITY.format("2018-03-05")},
        path=PRIORITY_DATE,
        proposed="2018-03-04",
    ),
    tm(
        "DAT-018",
        bad={"+": PRIORITY.format("2017-06-01")},
        good={"+": PRIORITY.format("2017-08-05")},
        path=PRIORITY_DATE,
    ),
    pt(
        "DAT-018",
        bad={"BibliographicData/PriorityClaimBag/PriorityClaim/FilingDate": "2016-11-08"},
        path="BibliographicData/PriorityClaimBag/PriorityClaim/FilingDate",
    ),
    tm("DAT-019", bad={EXPIRY: "2023-12-02"}, good={EXPIRY: "2023-12-03"}, path=EXPIRY),
    tm(
        "DAT-020",
        bad={STATUS: "Expired"},
        good={STATUS: "Expired", EXPIRY: "2024-06-03"},
        path=EXPIRY,
    ),
    pt(
        "DAT-021",
        bad={"+BibliographicData": ENTRY.format("2021-01-02")},
        good={"+BibliographicData": ENTRY.format("2020-05-02")},
        path="BibliographicData/PCTNationalPhaseEntryDate",
    ),
    tm("DAT-022", bad={REGISTERED: "2018-03-05"}, good={REGISTERED: "2018-03-06"}, path=REGISTERED),
    tm(
        "DAT-024",
        bad={"+": OPPOSITION.format("2018-09-20")},
        good={"+": OPPOSITION.format("2018-12-14")},
        path="OppositionPeriodEndDate",
    ),
    tm(
        "DAT-025",
        bad={STATUS: "Application refused", STATUS_DATE: None},
        good={STATUS: "Application refused"},
        path="TerminationDate",
    ),
    tm(
        "DAT-026",
        office="TH",
        bad={REGISTERED: "2562-02-11"},
        path=REGISTERED,
        proposed="2019-02-11",
    ),
    tm(
        "DAT-027",
        bad={"MarkEventBag/MarkEvent[1]/MarkEventDate": "2019-03-01"},
        path="MarkEventBag/MarkEvent[2]/MarkEventDate",
    ),
    tm(
        "DAT-028",
        bad={"+": EXHIBITION.format("2017-08-01")},
        good={"+": EXHIBITION.format("2017-09-05")},
        path="ExhibitionPriorityBag/ExhibitionPriority/ExhibitionDate",
    ),
    dg(
        "DAT-011",
        bad={"DesignBag/Design/RegistrationDate": "2019-04-30"},
        path="DesignBag/Design/RegistrationDate",
    ),
    tm(
        "DAT-006",
        bad={FILED: "2018-03-05", REGISTERED: "2018-06-03"},
        today=date(2018, 6, 1),
        path=REGISTERED,
        proposed="2018-03-06",
        good={
            FILED: "2018-03-05",
            REGISTERED: "2018-06-02",
            PUBLISHED: "2018-04-01",
            STATUS_DATE: "2018-06-01",
            "MarkEventBag/MarkEvent[2]/MarkEventDate": "2018-06-01",
        },
    ),
]
