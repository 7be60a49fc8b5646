"""The shipped content model says what the official schemas say."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from lxml import etree

from ipshare.standards import st96

ROOT = Path(__file__).parents[2]
XSD = ROOT / "../shared/data/st96/xsd_v6_0"
needs_xsd = pytest.mark.skipif(
    not XSD.is_dir(), reason="the official XSD set is not beside the repository"
)


@pytest.mark.parametrize(
    ("local", "key"),
    [
        ("ApplicationDate", "applicationDate"),
        ("IPOfficeCode", "ipOfficeCode"),
        ("ST13ApplicationNumber", "st13ApplicationNumber"),
        ("PCTNationalPhaseEntryDate", "pctNationalPhaseEntryDate"),
        ("IPCRClassificationBag", "ipcrClassificationBag"),
        ("P", "p"),
        ("OL", "ol"),
        ("B", "b"),
    ],
)
def test_json_names(local, key):
    assert st96.json_name(local) == key


def test_json_names_tell_all_children_of_an_element_apart():
    model = st96.model()
    for name in model.names():
        element = model.element(name)
        assert len(element.by_key) == len(element.children), name


def test_an_element_has_order_cardinality_and_datatype():
    mark = st96.model().element("tmk:Trademark")
    keys = [child.key for child in mark.children]
    assert keys[:4] == [
        "registrationOfficeCode",
        "receivingOfficeCode",
        "receivingOfficeDate",
        "applicationNumber",
    ]
    assert mark.by_key["applicationNumber"].repeats
    assert not mark.by_key["applicationDate"].repeats
    assert mark.attributes == ("com:operationCategory",)
    date = st96.model().element("com:ApplicationDate").datatype
    assert date is not None
    assert set(date.bases) == {"xsd:date", "xsd:gYear", "xsd:gYearMonth"}
    assert st96.model().element("com:EntityName").kind == "mixed"
    assert st96.model().element("com:EntityName").personal


def test_code_lists_and_open_unions():
    model = st96.model()
    assert "Three dimensional" in model.codes("tmk:MarkFeatureCategoryType")
    assert set(model.attribute("com:operationCategory").codes) == {
        "Select",
        "Insert",
        "Update",
        "Delete",
    }
    status = model.datatype("tmk:MarkCurrentStatusCodeType")
    assert status.is_open
    assert "Application Filed" in status.codes


def test_every_child_and_attribute_is_known():
    model = st96.model()
    for name in model.names():
        element = model.element(name)
        assert all(child.name in model for child in element.children), name
        for attribute in element.attributes:
            model.attribute(attribute)


def test_it_loads_fast_in_a_new_process():
    code = (
        "import lxml.etree, msgspec, time; t = time.perf_counter(); from ipshare.standards import st96; "
        "st96.model(); print(time.perf_counter() - t)"
    )
    best = min(float(subprocess.check_output([sys.executable, "-c", code])) for _ in range(3))
    assert best < 0.15


@needs_xsd
def test_the_script_makes_the_shipped_file(tmp_path):
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import extract_st96
    finally:
        sys.path.remove(str(ROOT / "scripts"))
    shipped = extract_st96.DATA / "st96_v6_0.json.gz"
    made = extract_st96.write(XSD, "V6_0", tmp_path)
    assert made.read_bytes() == shipped.read_bytes()


@needs_xsd
@pytest.mark.parametrize(
    "root",
    ["TrademarkTransaction", "DesignTransaction", "PatentPublication", "PatentLegalStatusData"],
)
def test_the_model_declares_every_element_of_a_document_schema(root):
    schema = etree.parse(XSD / f"{root}_V6_0.xsd").getroot()
    prefix = {"T": "tmk", "D": "dgn", "P": "pat"}[root[0]]
    declared = {f"{prefix}:{node.get('name')}" for node in schema.findall("{*}element")}
    assert declared
    assert {name for name in declared if name not in st96.model()} == set()


@pytest.mark.alone
def test_time_is_not_wasted_on_elements_nobody_asks_for():
    started = time.perf_counter()
    st96.model().element("tmk:Trademark")
    assert time.perf_counter() - started < 0.05
