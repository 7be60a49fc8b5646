"""XSD sets are installed whole or not at all, and compiled without network."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lxml import etree

from ipshare.standards import schemas

ROOT = Path(__file__).parents[2]
XSD = ROOT / "../shared/data/st96/xsd_v6_0"
MARK = ROOT / "../shared/data/st96/official_examples/TrademarkApplication_Example.xml"

SCHEMA = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" xmlns="urn:t"
  elementFormDefault="qualified">{}<xsd:element name="TrademarkApplication"><xsd:complexType><xsd:sequence>
  <xsd:element ref="Inner"/></xsd:sequence></xsd:complexType></xsd:element>
<xsd:element name="Inner" type="xsd:date"/></xsd:schema>"""


def a_set(folder: Path, version: str = "V9_1", inside: str = "") -> Path:
    folder.mkdir(parents=True)
    (folder / f"TrademarkApplication_{version}.xsd").write_text(SCHEMA.format(inside))
    return folder


def test_a_set_is_installed_and_used(tmp_path):
    done = schemas.install(a_set(tmp_path / "set"), tmp_path / "data")
    assert (done.version, done.roots, done.files) == ("V9_1", ("TrademarkApplication",), 1)
    assert schemas.installed(tmp_path / "data") == ("V9_1",)
    schema = schemas.schema_for(tmp_path / "data", "V9_1", "tmk:TrademarkApplication")
    assert schema is not None
    assert schema.validate(
        etree.fromstring(
            '<a:TrademarkApplication xmlns:a="urn:t"><a:Inner>2024-01-01</a:Inner></a:TrademarkApplication>'
        )
    )
    assert not schema.validate(etree.fromstring('<TrademarkApplication xmlns="urn:t"/>'))
    assert schemas.schema_for(tmp_path / "data", "V9_1", "TrademarkApplication") is schema


def test_an_element_without_a_file_is_looked_up_in_the_documents(tmp_path):
    schemas.install(a_set(tmp_path / "set"), tmp_path / "data")
    assert schemas.schema_for(tmp_path / "data", "V9_1", "Inner") is not None


@pytest.mark.parametrize(
    ("version", "root"),
    [
        ("V9_1", "Nope"),
        ("V1_0", "TrademarkApplication"),
        ("../V9_1", "Inner"),
        ("V9_1", "../../etc/passwd"),
    ],
)
def test_what_is_not_installed_is_none(tmp_path, version, root):
    schemas.install(a_set(tmp_path / "set"), tmp_path / "data")
    assert schemas.schema_for(tmp_path / "data", version, root) is None


def test_installing_again_replaces_the_set(tmp_path):
    schemas.install(a_set(tmp_path / "set"), tmp_path / "data")
    old = schemas.schema_for(tmp_path / "data", "V9_1", "TrademarkApplication")
    (tmp_path / "set" / "TrademarkApplication_V9_1.xsd").write_text(
        SCHEMA.format("").replace("xsd:date", "xsd:int")
    )
    schemas.install(tmp_path / "set", tmp_path / "data")
    new = schemas.schema_for(tmp_path / "data", "V9_1", "TrademarkApplication")
    assert old is not new
    assert not list((tmp_path / "data").glob(".installing*"))


def test_a_version_installed_later_is_found(tmp_path):
    assert schemas.schema_for(tmp_path / "data", "V9_1", "TrademarkApplication") is None
    schemas.install(a_set(tmp_path / "set"), tmp_path / "data")
    assert schemas.schema_for(tmp_path / "data", "V9_1", "TrademarkApplication") is not None


def junk_nothing(folder):
    folder.mkdir()


def junk_other_schemas(folder):
    a_set(folder)
    (folder / "TrademarkApplication_V9_1.xsd").rename(folder / "Other.xsd")


def junk_two_versions(folder):
    a_set(folder)
    shutil.copy(folder / "TrademarkApplication_V9_1.xsd", folder / "TrademarkApplication_V8_0.xsd")


def junk_not_xml(folder):
    a_set(folder)
    (folder / "Common_V9_1.xsd").write_bytes(b"\x00 not XML")


def junk_not_a_schema(folder):
    a_set(folder)
    (folder / "Common_V9_1.xsd").write_text("<html/>")


def junk_missing_import(folder):
    a_set(folder, inside='<xsd:import namespace="urn:c" schemaLocation="Common_V9_1.xsd"/>')


def junk_from_the_network(folder):
    a_set(
        folder,
        inside='<xsd:import namespace="urn:c" schemaLocation="http://host.invalid/Common.xsd"/>',
    )


def junk_outside(folder):
    (folder.parent / "Common.xsd").write_text(SCHEMA.format(""))
    a_set(folder, inside='<xsd:include schemaLocation="../Common.xsd"/>')


def junk_does_not_compile(folder):
    a_set(folder)
    path = folder / "TrademarkApplication_V9_1.xsd"
    path.write_text(path.read_text().replace('ref="Inner"', 'ref="Missing"'))


@pytest.mark.parametrize(
    ("junk", "words"),
    [
        (junk_nothing, "holds no .xsd file"),
        (junk_other_schemas, "no ST.96 document schema"),
        (junk_two_versions, "the versions V8_0, V9_1"),
        (junk_not_xml, "not well-formed"),
        (junk_not_a_schema, "not an XML schema"),
        (junk_missing_import, "refers to Common_V9_1.xsd"),
        (junk_from_the_network, "nothing is fetched from the network"),
        (junk_outside, "refers to ../Common.xsd"),
        (junk_does_not_compile, "does not compile"),
    ],
)
def test_junk_is_refused_and_nothing_is_copied(tmp_path, junk, words):
    junk(tmp_path / "set")
    with pytest.raises(schemas.SchemaSetError, match=words):
        schemas.install(tmp_path / "set", tmp_path / "data")
    assert schemas.installed(tmp_path / "data") == ()


def test_a_file_is_no_folder(tmp_path):
    with pytest.raises(schemas.SchemaSetError, match="is not a folder"):
        schemas.install(tmp_path / "nothing", tmp_path / "data")


@pytest.mark.skipif(not XSD.is_dir(), reason="the official XSD set is not beside the repository")
def test_the_official_set(tmp_path):
    done = schemas.install(XSD, tmp_path / "data")
    assert done.version == "V6_0"
    assert {"TrademarkTransaction", "DesignTransaction", "PatentPublication"} <= set(done.roots)
    schema = schemas.schema_for(tmp_path / "data", "V6_0", "TrademarkApplication")
    assert schema is not None
    assert schema.validate(etree.parse(MARK))
