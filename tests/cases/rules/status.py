"""Cases of the STA rules."""

from __future__ import annotations

from cases.rules.builder import dg, pt, tm

STATUS, STATUS_DATE = "MarkCurrentStatusCode", "MarkCurrentStatusDate"
EVENT = (
    "<tmk:MarkEvent><tmk:MarkEventCategory>{}</tmk:MarkEventCategory><tmk:NationalMarkEvent>"
    "<tmk:MarkEventDescriptionText>{}</tmk:MarkEventDescriptionText></tmk:NationalMarkEvent>"
    "<tmk:MarkEventDate>{}</tmk:MarkEventDate></tmk:MarkEvent>"
)
LEGAL = """<pat:PatentLegalStatusData {ns} com:st96Version="V6_0"><pat:PatentLegalStatus>"
    "<pat:ApplicationIdentification><com:IPOfficeCode>KH</com:IPOfficeCode>"
    "<com:ApplicationNumber>"
    "<com:ApplicationNumberText>KH/P/2018/00012</com:ApplicationNumberText>"
    "</com:ApplicationNumber></pat:ApplicationIdentification>{events}</pat:PatentLegalStatus>"
    "</pat:PatentLegalStatusData>"""
ST27 = (
    "<pat:StatusEventDataBag><pat:StatusEventData><pat:StatusEventCode>"
    "<com:StateCode>{}</com:StateCode><com:PreviousStageCode>2</com:PreviousStageCode>"
    "<com:CurrentStageCode>{}</com:CurrentStageCode><pat:KeyEventCode>{}</pat:KeyEventCode>"
    "<pat:DetailedEventCode>{}</pat:DetailedEventCode></pat:StatusEventCode>"
    "<com:EventDate>2020-05-04</com:EventDate></pat:StatusEventData></pat:StatusEventDataBag>"
)
CODE = "PatentLegalStatus/StatusEventDataBag/StatusEventData/StatusEventCode"


def legal(events: str) -> dict[str, str]:
    """A patent's legal status data instead of its publication."""
    return {"root": LEGAL.replace("{events}", events)}


GRANTED = legal(ST27.format("A", 4, "F10", "F11"))

CASES = [
    tm("STA-001", bad={STATUS: None}, path=STATUS),
    dg(
        "STA-001",
        bad={"DesignBag/Design/DesignCurrentStatusCategory": None},
        path="DesignBag/Design/DesignCurrentStatusCategory",
    ),
    pt("STA-001", bad=legal(""), good=GRANTED, path="PatentLegalStatus/StatusEventDataBag"),
    tm("STA-002", bad={STATUS: "1904"}, good={STATUS: "123"}, path=STATUS),
    tm(
        "STA-003",
        bad={"RegistrationNumber": None},
        good={"RegistrationNumber": None, STATUS: "Published"},
        path="RegistrationNumber",
    ),
    tm("STA-004", bad={"RegistrationDate": None}, path="RegistrationDate", proposed="2019-02-11"),
    tm("STA-005", bad={STATUS: "Examined"}, good={STATUS: "Renewed"}, path="RegistrationNumber"),
    tm(
        "STA-006",
        bad={"+MarkEventBag": EVENT.format("Application refused", "Refusal", "2020-01-08")},
        good={
            "+MarkEventBag": EVENT.format("Registration cancelled", "Cancelled", "2020-01-08"),
            STATUS: "Registration cancelled",
        },
        path=STATUS,
    ),
    tm(
        "STA-007",
        bad={STATUS: "Inactive", "ExpiryDate": None},
        good={STATUS: "Inactive"},
        path=STATUS,
    ),
    pt("STA-008", bad=legal(ST27.format("A", 4, "F12", "F11")), good=GRANTED, path=CODE),
    pt("STA-008", bad=legal(ST27.format("X", 4, "F10", "F11")), path=CODE),
    pt("STA-009", bad=legal(ST27.format("A", 6, "F10", "F11")), good=GRANTED, path=CODE),
    pt("STA-009", bad=legal(ST27.format("A", 4, "F10", "Q12")), path=CODE),
    tm(
        "STA-010",
        bad={"MarkEventBag/MarkEvent[2]/MarkEventDate": None},
        path="MarkEventBag/MarkEvent[2]",
    ),
    tm(
        "STA-011",
        bad={"+MarkEventBag": EVENT.format("Registration published", "Registration", "2019-02-11")},
        path="MarkEventBag/MarkEvent[3]",
    ),
    tm(
        "STA-012",
        bad={STATUS: "Examined", "MarkEventBag": None},
        good={STATUS: "Examined", "MarkEventBag/MarkEvent[2]/MarkEventDate": "2019-06-03"},
        path=STATUS,
    ),
    tm(
        "STA-013",
        bad={
            "*MarkEventBag/MarkEvent[2]": EVENT.format(
                "Application withdrawn", "Withdrawal", "2019-02-01"
            )
            + EVENT.format("Application published", "Publication", "2019-06-01")
        },
        good={
            "*MarkEventBag/MarkEvent[2]": EVENT.format(
                "Application withdrawn", "Withdrawal", "2019-02-01"
            )
            + EVENT.format("Appeal pending", "Appeal", "2019-06-01")
        },
        path="MarkEventBag/MarkEvent[3]",
    ),
    tm(
        "STA-014",
        bad={"ApplicationDate": "2012-11-30", "RegistrationDate": "2013-11-30", "ExpiryDate": None},
        good={
            "ApplicationDate": "2012-11-30",
            "RegistrationDate": "2013-11-30",
            "ExpiryDate": None,
            "+MarkEventBag": EVENT.format("Renewed", "Renewal", "2022-10-01"),
        },
        path=STATUS,
    ),
    tm(
        "STA-015",
        bad={
            "MarkEventBag/MarkEvent[2]/NationalMarkEvent/MarkEventDescriptionText": "write to sok.dara@example.org"
        },
        good={
            "MarkEventBag/MarkEvent[2]/NationalMarkEvent/MarkEventDescriptionText": "Certificate issued"
        },
        path="MarkEventBag/MarkEvent[2]/NationalMarkEvent/MarkEventDescriptionText",
    ),
]
