"""Cases of the TMK rules."""

from __future__ import annotations

from cases.rules.builder import tm

REPRESENTATION = "MarkRepresentation"
REPRODUCTION = f"{REPRESENTATION}/MarkReproduction"
FEATURE = f"{REPRESENTATION}/MarkFeatureCategory"
SPECIFICATION = f"{REPRODUCTION}/WordMarkSpecification"
WORDS = f"{SPECIFICATION}/MarkVerbalElementText"
SIGNIFICANT = f"{SPECIFICATION}/MarkSignificantVerbalElementText"
IMAGES = f"{REPRODUCTION}/MarkImageBag"
IMAGE = f"{IMAGES}/MarkImage"
FILE = f"{IMAGE}/FileName"
CLASSIFIED = f"{IMAGE}/MarkImageClassification"
VIENNA_BAG = f"{CLASSIFIED}/FigurativeElementClassificationBag/ViennaClassificationBag"
VIENNA = f"{VIENNA_BAG}/ViennaClassificationText"
GOODS = "GoodsServicesBag/GoodsServices"
CLASSIFICATIONS = f"{GOODS}/GoodsServicesClassificationBag"
CLASS = f"{CLASSIFICATIONS}/GoodsServicesClassification/ClassNumber"
DESCRIPTIONS = f"{GOODS}/ClassDescriptionBag"
DESCRIPTION = f"{DESCRIPTIONS}/ClassDescription"
TEXT = f"{DESCRIPTION}/GoodsServicesDescriptionText"
NUMBER = "ApplicationNumber/ApplicationNumberText"
IR = (
    "<tmk:InternationalMarkIdentifierBag>"
    "<tmk:InternationalMarkIdentifier>{}</tmk:InternationalMarkIdentifier>"
    "</tmk:InternationalMarkIdentifierBag>"
)
SECOND_CLASS = (
    "<tmk:GoodsServicesClassification>"
    "<tmk:ClassificationKindCode>Nice</tmk:ClassificationKindCode>"
    "<tmk:ClassNumber>{}</tmk:ClassNumber></tmk:GoodsServicesClassification>"
)
SECOND_LIST = (
    "<tmk:ClassDescription><tmk:ClassNumber>{}</tmk:ClassNumber>"
    "<tmk:GoodsServicesDescriptionText>{}</tmk:GoodsServicesDescriptionText>"
    "</tmk:ClassDescription>"
)
CLAIM = "<tmk:MarkImageColourClaimedText>{}</tmk:MarkImageColourClaimedText>"
COLOURLESS = "<com:ColourIndicator>false</com:ColourIndicator>"
DISCLAIMER = (
    "<tmk:MarkDisclaimerBag><tmk:MarkDisclaimerText>{}</tmk:MarkDisclaimerText>"
    "</tmk:MarkDisclaimerBag>"
)
PARENT = (
    "<tmk:DivisionalApplicationBag><tmk:DivisionalApplication><tmk:InitialApplicationNumber>"
    "<com:ApplicationNumberText>{0}</com:ApplicationNumberText></tmk:InitialApplicationNumber>"
    "</tmk:DivisionalApplication></tmk:DivisionalApplicationBag>"
)
BARE_PARENT = (
    "<tmk:DivisionalApplicationBag><tmk:InitialApplicationNumber>"
    "<com:ApplicationNumberText>{0}</com:ApplicationNumberText></tmk:InitialApplicationNumber>"
    "</tmk:DivisionalApplicationBag>"
)
SOUND = (
    "<tmk:MarkSoundBag><tmk:MarkSound><com:FileName>jingle.mp3</com:FileName></tmk:MarkSound>"
    "</tmk:MarkSoundBag>"
)
TRANSLITERATION = "<tmk:MarkTransliteration>{}</tmk:MarkTransliteration>"
TRANSLATION = "<tmk:MarkTranslationText>{}</tmk:MarkTranslationText>"
GOODS_TEXT = "roasted coffee beans and ground coffee"

CASES = [
    tm(
        "TMK-001",
        bad={SPECIFICATION: None, IMAGES: None},
        good={SPECIFICATION: None},
        path=REPRODUCTION,
    ),
    tm("TMK-002", bad={FEATURE: "Merek Kata"}, path=FEATURE, proposed="Word"),
    tm("TMK-002", bad={FEATURE: None}, path=FEATURE),
    tm("TMK-003", bad={FEATURE: "Word", SPECIFICATION: None}, good={FEATURE: "Word"}, path=WORDS),
    tm("TMK-004", bad={IMAGES: None}, good={IMAGES: None, FEATURE: "Word"}, path=FILE),
    tm("TMK-005", bad={FEATURE: "Figurative"}, path=FEATURE, proposed="Combined"),
    tm(
        "TMK-006",
        bad={WORDS: "សប្បាយ"},
        good={WORDS: "សប្បាយ", f"+{SPECIFICATION}": TRANSLITERATION.format("Sabbay")},
        path=WORDS,
    ),
    tm(
        "TMK-007",
        bad={WORDS: "快乐"},
        good={WORDS: "快乐", f"+{SPECIFICATION}": TRANSLATION.format("happy")},
        path=WORDS,
    ),
    tm(
        "TMK-008",
        bad={WORDS: "សប្បាយ", f"+{SPECIFICATION}": TRANSLITERATION.format("សប្បាយ")},
        good={WORDS: "សប្បាយ", f"+{SPECIFICATION}": TRANSLITERATION.format("Sabbay")},
        path=f"{SPECIFICATION}/MarkTransliteration",
    ),
    tm(
        "TMK-009",
        bad={FEATURE: "Sound"},
        good={FEATURE: "Sound", f"+{REPRODUCTION}": SOUND},
        path=f"{REPRODUCTION}/MarkSoundBag/MarkSound/FileName",
    ),
    tm("TMK-010", bad={GOODS: None}, path=CLASS),
    tm("TMK-011", bad={CLASS: "46"}, good={CLASS: "030"}, path=CLASS),
    tm("TMK-011", bad={CLASS: "Class 30"}, path=CLASS, proposed="30"),
    tm("TMK-011", bad={CLASS: "09,35"}, path=CLASS),
    tm(
        "TMK-012",
        bad={f"+{CLASSIFICATIONS}": SECOND_CLASS.format("30")},
        good={f"+{CLASSIFICATIONS}": SECOND_CLASS.format("31")},
        path=f"{CLASSIFICATIONS}/GoodsServicesClassification[2]/ClassNumber",
    ),
    tm("TMK-013", bad={TEXT: "-"}, path=CLASS),
    tm("TMK-014", bad={f"{DESCRIPTION}/ClassNumber": "31"}, path=DESCRIPTION),
    tm(
        "TMK-015",
        bad={TEXT: "All goods in class 30."},
        good={TEXT: "All goods made of rice, in particular noodles."},
        path=TEXT,
    ),
    tm(
        "TMK-016",
        bad={
            "ApplicationDate": "2001-03-05",
            CLASS: "43",
            f"{DESCRIPTION}/ClassNumber": "43",
            f"{GOODS}/ClassificationVersion": None,
        },
        good={"ApplicationDate": "2001-03-05", CLASS: "43", f"{DESCRIPTION}/ClassNumber": "43"},
        path=CLASS,
    ),
    tm(
        "TMK-017",
        bad={f"+{CLASSIFICATIONS}": SECOND_CLASS.format("31")},
        good={f"+{CLASSIFICATIONS}": SECOND_CLASS.format("31"), "ApplicationDate": "2023-08-01"},
    ),
    tm("TMK-018", office="ID", bad={CLASS: "43"}, good={CLASS: "29"}, path=CLASS),
    tm(
        "TMK-019",
        bad={
            TEXT: GOODS_TEXT,
            f"+{DESCRIPTIONS}": SECOND_LIST.format("31", GOODS_TEXT)
            + SECOND_LIST.format("32", GOODS_TEXT),
        },
        good={TEXT: GOODS_TEXT, f"+{DESCRIPTIONS}": SECOND_LIST.format("31", GOODS_TEXT)},
        path=f"{DESCRIPTIONS}/ClassDescription[1]/GoodsServicesDescriptionText",
    ),
    tm(
        "TMK-020",
        bad={VIENNA: "030716"},
        good={VIENNA: "A03.07.16"},
        path=VIENNA,
        proposed="03.07.16",
    ),
    tm("TMK-020", bad={VIENNA: "33.01.01"}, path=VIENNA),
    tm("TMK-021", bad={CLASSIFIED: None}, path=CLASSIFIED),
    tm("TMK-022", bad={FEATURE: "Word"}, good={FEATURE: "Word", VIENNA: "27.05.01"}, path=VIENNA),
    tm(
        "TMK-023",
        bad={f"+{IMAGE}": CLAIM.format("red") + COLOURLESS},
        good={f"+{IMAGE}": CLAIM.format("red")},
        path=f"{IMAGE}/MarkImageColourClaimedText",
    ),
    tm(
        "TMK-024",
        bad={SIGNIFICANT: "a device of an elephant standing below two palm trees beside a river"},
        good={SIGNIFICANT: "SABAY COFFEE"},
        path=SIGNIFICANT,
    ),
    tm(
        "TMK-025",
        bad={NUMBER: "KH/1071853A/M"},
        good={NUMBER: "KH/1071853A/M", "+": IR.format("1071853A")},
        proposed="1071853A",
    ),
    tm(
        "TMK-027",
        office="VN",
        bad={NUMBER: "VN/2018-1"},
        good={NUMBER: "4-2018-43955"},
        path=NUMBER,
    ),
    tm("TMK-028", bad={"MarkCategory": None}, path="MarkCategory"),
    tm(
        "TMK-029",
        bad={"PublicationBag": None},
        good={"PublicationBag": None, "MarkCurrentStatusCode": "Filed"},
        path="PublicationBag",
    ),
    tm(
        "TMK-030",
        office="MY",
        bad={"+": "<tmk:MarkSeriesTotalQuantity>3</tmk:MarkSeriesTotalQuantity>"},
        good={"+": "<tmk:MarkSeriesTotalQuantity>1</tmk:MarkSeriesTotalQuantity>"},
        path="MarkSeriesTotalQuantity",
    ),
    tm(
        "TMK-031",
        bad={"+": BARE_PARENT.format("KH/49703/18")},
        good={"+": BARE_PARENT.format("KH/49702/18")},
    ),
    tm(
        "TMK-032",
        bad={WORDS: "SABAY, hình"},
        good={WORDS: "SABAY DEVICES"},
        path=WORDS,
        proposed="SABAY",
    ),
    tm(
        "TMK-033",
        bad={"+": DISCLAIMER.format("Sabay")},
        good={"+": DISCLAIMER.format("COFFEE")},
        path="MarkDisclaimerBag/MarkDisclaimerText",
    ),
]
