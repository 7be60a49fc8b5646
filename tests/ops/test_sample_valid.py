"""Sample packages without defects are valid: by the official schemas, the number forms, and our own rules."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from lxml import etree

from ipshare.check import rules
from ipshare.domain.office import Right
from ipshare.ingest import offline_command
from ipshare.ops.sample import words
from ipshare.ops.sample.content import Content
from ipshare.standards import numbers
from ops.sample_orders import DATE, IPAS, OFFICES, WITHOUT_FORMS, an_order, made

DATA = Path(__file__).parents[2] / "../shared/data"
ROOTS = {
    Right.TRADEMARK: "TrademarkTransaction",
    Right.DESIGN: "DesignTransaction",
    Right.PATENT: "PatentPublication",
}
_SCHEMAS: dict[Path, etree.XMLSchema] = {}


def schema(path):
    """The schema, compiled once."""
    if not path.is_file():
        pytest.skip(f"the official schemas are not here: {path}")
    if path not in _SCHEMAS:
        _SCHEMAS[path] = etree.XMLSchema(etree.parse(path))
    return _SCHEMAS[path]


def documents(content):
    """The XML documents of a package, without its pictures."""
    texts = [entry.text for entry in content.entries()]
    if content.press.one_file_each:
        return texts
    order = content.order
    return [
        "".join(
            [
                content.press.head(order.office, order.date, order.records),
                *texts,
                content.press.foot,
            ]
        )
    ]


@pytest.mark.parametrize("office", OFFICES)
@pytest.mark.parametrize("right", list(Right))
def test_200_records_are_valid_by_the_official_schema(office, right):
    official = schema(DATA / "st96/xsd_v6_0" / f"{ROOTS[right]}_V6_0.xsd")
    for text in documents(Content.of(an_order(office, right, 200, images=True))):
        official.assertValid(etree.fromstring(text.encode()))


@pytest.mark.parametrize("office", IPAS)
def test_an_ipas_export_is_valid_st66(office):
    official = schema(DATA / "st66/xsd/st66.xsd")
    (text,) = documents(Content.of(an_order(office, records=200, images=True, format="st66")))
    official.assertValid(etree.fromstring(text.encode()))


@pytest.mark.parametrize("office", OFFICES)
@pytest.mark.parametrize("right", list(Right))
def test_numbers_have_a_form_of_the_office_and_occur_once(office, right):
    found = [entry.number for entry in Content.of(an_order(office, right, 700)).entries()]
    assert len(set(found)) == len(found)
    forms = [form for form in numbers.forms(office, right) if not form.registration]
    strange = [
        number for number in found if not any(form.pattern.fullmatch(number) for form in forms)
    ]
    assert strange == ([] if office not in WITHOUT_FORMS else found)
    assert [
        number
        for number in found
        if (right_ := numbers.sg_expected(number)) and right_ != number[11]
    ] == []


@pytest.mark.parametrize(
    ("office", "right", "format_"),
    [
        *((office, right, "st96") for office in OFFICES for right in Right),
        *((office, Right.TRADEMARK, "st66") for office in IPAS),
    ],
)
def test_the_rules_find_nothing_in_a_package_without_defects(
    tmp_path, capsys, office, right, format_
):
    assert rules.LOADED
    package, _ = made(
        tmp_path, office=office, right=right, records=100, format=format_, images=True
    )
    arguments = [
        "--office",
        office,
        "--right",
        right.value,
        "--today",
        DATE,
        "--schemas",
        str(tmp_path / "none"),
    ]
    offline_command.main([str(package.path), *arguments, "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    assert report["records"] == 100
    assert report["findings"] == []


@pytest.mark.parametrize(
    "file", ["words", "people", "places", "companies", "streets", "designs", "patents"]
)
def test_word_lists_are_composed_unicode_without_invisible_characters(file):
    for row in words._rows(f"{file}.tsv"):
        for cell in row:
            assert unicodedata.is_normalized("NFC", cell)
            assert not any(
                unicodedata.category(letter) in {"Cf", "Co", "Cn", "Cc"} for letter in cell
            ), cell


@pytest.mark.parametrize("language", ["en", "km", "th", "lo", "my", "vi", "id", "ms"])
def test_every_nice_class_has_goods_in_every_language(language):
    assert list(words.goods(language)) == list(range(1, 46))
    assert all(
        text and unicodedata.is_normalized("NFC", text)
        for texts in words.goods(language).values()
        for text in texts
    )
