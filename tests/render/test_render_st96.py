"""Records become documents that the official schemas accept."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from lxml import etree

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.parse import canonical
from ipshare.render import st96, st97
from ipshare.standards import schemas
from render import st96trees

XSD = Path(__file__).parents[2] / "../shared/data/st96/xsd_v6_0"


def test_children_stand_in_the_order_of_the_schema_whatever_the_order_of_the_json():
    tree = {
        "markCategory": ["Trademark"],
        "applicationDate": "2024-01-01",
        "registrationOfficeCode": "KH",
    }
    rendered = etree.fromstring(st96.to_xml(Right.TRADEMARK, msgspec.json.encode(tree)))
    found = [etree.QName(node).localname for node in rendered.find("{*}TrademarkBag/{*}Trademark")]
    assert found == ["RegistrationOfficeCode", "ApplicationDate", "MarkCategory"]


def test_the_version_is_filled_in_where_the_schema_wants_it():
    text = st96.to_xml(Right.DESIGN, b'{"designTotalQuantity":"1"}', version="V7_1").decode()
    assert 'com:st96Version="V7_1"' in text
    text = st96.to_xml(Right.DESIGN, b'{"@st96Version":"V6_0"}', version="V7_1").decode()
    assert 'com:st96Version="V6_0"' in text


def test_only_the_namespaces_in_use_are_declared():
    text = st96.to_xml(Right.TRADEMARK, b'{"markCurrentStatusCode":"x"}').decode()
    assert "xmlns:tmk=" in text
    assert "xmlns:pat=" not in text
    assert "xmlns:mathml=" not in text


def test_text_is_escaped():
    tree = {"markCurrentStatusCode": 'a < b & c > d " e\r'}
    rendered = etree.fromstring(st96.to_xml(Right.TRADEMARK, msgspec.json.encode(tree)))
    assert rendered.find(".//{*}MarkCurrentStatusCode").text == tree["markCurrentStatusCode"]


def test_an_empty_object_is_an_empty_record():
    rendered = etree.fromstring(st96.to_xml(Right.TRADEMARK, b"{}"))
    assert len(rendered.find("{*}TrademarkBag/{*}Trademark")) == 0


@pytest.mark.skipif(not XSD.is_dir(), reason="the official XSD set is not beside the repository")
def test_rendered_records_are_valid(tmp_path):
    schemas.install(XSD, tmp_path)
    for folder, root, right in (
        ("trademarks", "TrademarkApplication", Right.TRADEMARK),
        ("designs", "DesignApplication", Right.DESIGN),
    ):
        schema = schemas.schema_for(tmp_path, "V6_0", root)
        for path in sorted((st96trees.DATA / "st96" / folder).glob("*.xml"))[:40]:
            for _, element in st96trees.records(etree.parse(path)):
                record = canonical.convert(element, right=right, office="EM", file="", line=0)
                document = etree.fromstring(
                    st96.to_xml(right, st97.merge(list(record.documents.values())))
                )
                assert schema.validate(document), (path.name, schema.error_log.last_error)


def test_a_record_without_stakeholders_is_well_formed_and_names_nobody():
    tree = (
        b'{"applicationDate":"2024","~":{"priorityBag":{"priority":{"#0":{"priorityCountryCode":"FR"}}}}}',
        b'{"~":{"priorityBag":{"priority":{"#0":{"priorityHolderName":"Tanaka"}}}}}',
    )
    assert b"Tanaka" in st96.to_xml(Right.TRADEMARK, st97.merge(tree))
    assert b"Tanaka" not in st96.to_xml(Right.TRADEMARK, st97.merge(tree[:1]))
    assert (
        ElementGroup.STAKEHOLDERS
        in canonical.convert(
            etree.fromstring(st96.to_xml(Right.TRADEMARK, st97.merge(tree))).find(
                ".//{*}Trademark"
            ),
            right=Right.TRADEMARK,
            office="XA",
            file="",
            line=0,
        ).documents
    )
