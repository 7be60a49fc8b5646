"""ST.66 with WIPO's extension becomes ST.96, and nothing is lost on the way."""

from __future__ import annotations

from html import unescape

import pytest
from lxml import etree

from ipshare.domain.record import Operation
from ipshare.parse import detect
from ipshare.parse.st66 import convert, mapping
from ipshare.standards import st96
from parse.reading import findings, read, records, schema_for, shared

NS = 'xmlns="http://www.wipo.int/standards/XMLSchema/trademarks" xmlns:wo="http://www.wipo.int/standards/XMLSchema/wo-trademarks"'
IPAS = [
    "altm",
    "idtm",
    "jotm",
    "khtm",
    "kwtm",
    "mgtm",
    "mytm",
    "omtm",
    "sdtm",
    "smtm",
    "thtm",
    "totm",
]


def transaction(*marks: str) -> bytes:
    body = "".join(
        "<TransactionContentDetails><TransactionCode>Trademark</TransactionCode><TransactionData><TradeMarkApplication>"
        f"<TradeMarkDetails>\n<TradeMark>{one}</TradeMark></TradeMarkDetails></TradeMarkApplication></TransactionData>"
        "</TransactionContentDetails>"
        for one in marks
    )
    return f"<Transaction {NS}><TradeMarkTransactionBody>{body}</TradeMarkTransactionBody></Transaction>".encode()


def inside(path: str, content: str) -> str:
    """Content inside the elements of a path."""
    for step in reversed(path.split("/")):
        content = f"<{step}>{content}</{step}>"
    return content


def converted(content: bytes) -> convert.Converted:
    return convert.convert(detect.records(etree.fromstring(content)))


@pytest.mark.parametrize("office", IPAS)
def test_every_ipas_export_is_read_without_residue(office):
    for path in shared("st66", "offices").glob(f"{office}_*.xml"):
        items = read(path.read_bytes(), file=path.name)
        (record,) = records(items)
        assert record.number
        assert record.residue == ()
        # what is left is what ST.96 requires and the export does not say
        for finding in findings(items):
            assert (finding.rule, finding.path) in {
                ("PKG-006", "PublicationBag/Publication/PublicationDate"),
                ("PKG-006", "MarkRepresentation/MarkFeatureCategory"),
            }


def test_every_text_of_an_export_is_in_the_record():
    for path in shared("st66", "offices").glob("*tm_*.xml"):
        root = etree.fromstring(path.read_bytes())
        for source in detect.records(root):
            sent = [text.strip() for text in source.element.itertext() if text.strip()]
            (record,) = records(read(path.read_bytes()))
            kept = _texts(record.tree)
            codes = {word for word in sent if word not in kept}
            assert all(_is_code(word) for word in codes), codes


def _texts(tree: object) -> set[str]:
    if isinstance(tree, dict):
        return set().union(*map(_texts, tree.values())) if tree else set()
    if isinstance(tree, list):
        return set().union(*map(_texts, tree)) if tree else set()
    return {unescape(str(tree)).strip()}


def _is_code(word: str) -> bool:
    known = {name for _, name in mapping.mapping().words}
    return mapping.plain(word) in known or word in {"Vienna", "COMBINED", "Combined", "TRADE MARK"}


def test_the_converted_record_is_valid():
    shared("st96", "xsd_v6_0")
    result = converted(shared("st66", "offices", "idtm_unicode.xml").read_bytes())
    application = result.records[0].element.getroottree().getroot()
    assert schema_for("V6_0", "TrademarkApplication").validate(application)


@pytest.mark.parametrize(
    ("sent", "feature"),
    [
        ("N", "Word"),
        ("Merek Lukisan", "Figurative"),
        ("B", "Combined"),
        ("3-D", "Three dimensional"),
        ("ANYCOMBINATION", "Combined"),
        ("chimney", "chimney"),
    ],
)
def test_words_for_codes_are_translated_and_unknown_ones_kept(sent, feature):
    (record,) = converted(
        transaction(f"<ApplicationNumber>1</ApplicationNumber><MarkFeature>{sent}</MarkFeature>")
    ).records
    assert record.element.findtext(".//{*}MarkFeatureCategory") == feature


def test_statuses_are_kept_as_sent():
    (record,) = converted(
        transaction("<wo:MarkCurrentStatusCode>1058</wo:MarkCurrentStatusCode>")
    ).records
    assert record.element.findtext("{*}MarkCurrentStatusCode") == "1058"


def test_delete_is_a_withdrawal():
    content = transaction("<ApplicationNumber>7</ApplicationNumber>").replace(
        b"<TradeMark>", b'<TradeMark operationCode="Delete">'
    )
    (record,) = records(read(content, validate=False))
    assert (record.number, record.operation) == ("7", Operation.WITHDRAW)


def test_what_the_mapping_does_not_know_is_kept_where_it_stood():
    content = transaction(
        "<ApplicationNumber>7</ApplicationNumber><Novelty>a<b/></Novelty><MarkImageDetails><MarkImage><MarkImageFilename>f"
        '</MarkImageFilename><wo:Frame x="1">y</wo:Frame></MarkImage></MarkImageDetails>'
        '<ExpiryDate oddity="2">2030-01-01</ExpiryDate>'
    )
    (record,) = records(read(content, validate=False))
    paths = [entry.path for entry in record.residue]
    assert any(path.endswith("MarkImage/Frame") for path in paths), paths
    assert "Novelty" in paths
    assert "ExpiryDate/@oddity" in paths
    assert len(paths) == 3


def test_lines_are_those_of_the_source():
    content = transaction(
        "<ApplicationNumber>1</ApplicationNumber>", "\n\n<ApplicationNumber>2</ApplicationNumber>"
    )
    first, second = records(read(content, validate=False))
    assert (first.line, second.line) == (2, 3)


def test_two_classes_are_two_classes():
    classes = "".join(
        f"<ClassDescription><ClassNumber>{number}</ClassNumber><GoodsServicesDescription>x</GoodsServicesDescription>"
        "</ClassDescription>"
        for number in (9, 35)
    )
    goods = inside("GoodsServicesDetails/GoodsServices/ClassDescriptionDetails", classes)
    (record,) = converted(transaction(goods)).records
    numbers = record.element.iterfind(".//{*}GoodsServicesClassification/{*}ClassNumber")
    assert [number.text for number in numbers] == ["9", "35"]
    described = record.element.iterfind(".//{*}ClassDescription/{*}ClassNumber")
    assert [number.text for number in described] == ["9", "35"]


def test_an_address_with_a_country_is_structured_and_one_without_is_text():
    line = inside("FreeFormatAddress/FreeFormatAddressLine", "Street 1")
    address = inside(
        "ApplicantDetails/Applicant/ApplicantAddressBook/FormattedNameAddress/Address", "{}" + line
    )
    with_country = (
        converted(transaction(address.format("<AddressCountryCode>KH</AddressCountryCode>")))
        .records[0]
        .element
    )
    assert with_country.findtext(".//{*}PostalStructuredAddress/{*}AddressLineText") == "Street 1"
    assert with_country.findtext(".//{*}CountryCode") == "KH"
    without = converted(transaction(address.format(""))).records[0].element
    assert without.findtext(".//{*}PostalAddressText") == "Street 1"


def test_siblings_of_the_trademark_stay_with_their_application():
    content = transaction(
        "<ApplicationNumber>1</ApplicationNumber>", "<ApplicationNumber>2</ApplicationNumber>"
    ).replace(
        b"<TradeMarkDetails>",
        b"<ApplicationFormName>paper</ApplicationFormName><TradeMarkDetails>",
        1,
    )
    first, second = records(read(content, validate=False))
    assert first.tree["trademarkApplication"]["applicationFormName"] == "paper"
    assert "applicationFormName" not in second.tree.get("trademarkApplication", {})


def test_every_target_of_the_mapping_exists():
    model = st96.model()
    roots = {
        "TradeMark": "tmk:Trademark",
        "AddressBook": "com:Contact",
        "Applicant": "tmk:Applicant",
    }
    for block, root in roots.items():
        for target in _targets(mapping.mapping().blocks[block]):
            element = model.element(root)
            for step in target:
                if step.startswith("@"):
                    assert step[1:] in element.attributes
                    break
                assert step in {child.name for child in element.children}, target
                element = model.element(step)


def _targets(node: mapping.Node):
    yield from (target for target in node.targets if target != ("-",))
    for child in node.children.values():
        yield from _targets(child)
