"""Cases of the TXT rules."""

from __future__ import annotations

from cases.rules.builder import tm

WORDS = "MarkRepresentation/MarkReproduction/WordMarkSpecification/MarkVerbalElementText"
GOODS = "GoodsServicesBag/GoodsServices/ClassDescriptionBag/ClassDescription/GoodsServicesDescriptionText"

CASES = [
    tm(
        "TXT-002",
        bad={f"{GOODS}/@languageCode": "kh"},
        good={f"{GOODS}/@languageCode": "km"},
        path=f"{GOODS}/@languageCode",
        proposed="km",
    ),
    tm(
        "TXT-002",
        office="LA",
        bad={f"{GOODS}/@languageCode": "la", GOODS: "ກາເຟ"},
        path=f"{GOODS}/@languageCode",
        proposed="lo",
    ),
    tm(
        "TXT-002",
        office="LA",
        bad={f"{GOODS}/@languageCode": "la"},
        path=f"{GOODS}/@languageCode",
        proposed="en",
    ),
    tm("TXT-004", bad={GOODS: "Coffee ????? tea"}, good={GOODS: "Coffee? Tea."}, path=GOODS),
    tm("TXT-004", bad={GOODS: "Caf\ufffd"}, path=GOODS),
    tm(
        "TXT-005",
        bad={GOODS: "CafÃ©; tea"},
        good={GOODS: "NESCAFÉ®; MAÇÃ®; «café…»; LANCÔME™"},
        path=GOODS,
        proposed="Café; tea",
    ),
    tm(
        "TXT-005",
        bad={GOODS: "ក្រុម".encode().decode("latin-1")},
        good={GOODS: "ក្រុម"},
        path=GOODS,
        proposed="ក្រុម",
    ),
    tm(
        "TXT-005",
        bad={GOODS: "เธขเธฒ"},
        good={GOODS: "เพลงเพราะเธอเธอเกมเกม"},
        path=GOODS,
        proposed="ยา",
    ),
    tm(
        "TXT-011",
        bad={GOODS: "Cafe\u0301; tea"},
        good={GOODS: "Caf\u00e9; tea"},
        path=GOODS,
        proposed="Caf\u00e9; tea",
    ),
    tm(
        "TXT-011",
        bad={GOODS: "Cof\u200bfee"},
        good={GOODS: "កាហ្វេ\u200bតែ"},
        path=GOODS,
        proposed="Coffee",
    ),
    tm(
        "TXT-012",
        bad={GOODS: "the farmer\u0092s tea"},
        good={GOODS: "á»\u0092 tea"},
        path=GOODS,
        proposed="the farmer\u2019s tea",
    ),
    tm(
        "TXT-013",
        bad={GOODS: "tea &amp; coffee"},
        good={GOODS: "tea & coffee"},
        path=GOODS,
        proposed="tea & coffee",
    ),
    tm(
        "TXT-014",
        bad={GOODS: "tea<br/>coffee"},
        good={GOODS: "tea < coffee"},
        path=GOODS,
        proposed="tea coffee",
    ),
    tm("TXT-015", bad={GOODS: "tea \uf0b7 coffee"}, path=GOODS),
    tm("TXT-017", bad={GOODS: "N/A"}, good={GOODS: "Nails"}, path=GOODS),
]
