"""Law: what an office sent, converted, merged and rendered, is the same canonical XML again."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from ipshare.domain.office import Right
from ipshare.parse import canonical
from ipshare.render import st96, st97
from ipshare.standards import groups
from ipshare.standards import st96 as model
from render import st96trees

FOLDERS = (
    "st96/official_examples",
    "st96/trademarks",
    "st96/trademarks_invalid",
    "st96/designs",
    "st96/patents",
    "uspto_tsdr",
)
CALM = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def there_and_back(right, element):
    record = canonical.convert(element, right=right, office="XA", file="f.xml", line=1)
    merged = st97.merge(list(record.documents.values()))
    assert msgspec.json.decode(merged) == record.tree
    return record, etree.fromstring(st96.to_xml(right, merged))


def inside(right, document):
    """The record element of a rendered document."""
    return document.find("{*}TrademarkBag/{*}Trademark") if right is Right.TRADEMARK else document


@pytest.mark.skipif(
    not st96trees.DATA.is_dir(), reason="the shared data is not beside the repository"
)
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_st96_file_comes_back(folder):
    count = 0
    for path in sorted((st96trees.DATA / folder).glob("*.xml")):
        document = etree.parse(path)
        if "ST96" not in str(document.getroot().nsmap) and "XMLSchema/Trademark/1" not in str(
            document.getroot().nsmap
        ):
            continue
        if path.name.startswith("GIApplication"):
            continue
        for right, element in st96trees.records(document):
            count += 1
            record, rendered = there_and_back(right, element)
            around = element.getparent().getparent() if right is Right.TRADEMARK else None
            if around is not None and etree.QName(around).localname == "TrademarkApplication":
                sent, got = around, rendered
            else:
                sent, got = element, inside(right, rendered)
            assert st96trees.same(got) == st96trees.same(sent), path
            assert record.number or folder == "st96/trademarks_invalid", path
    assert count > 0


@pytest.mark.parametrize("odd", [(), st96trees.ODD], ids=["as the schema says", "with defects"])
@pytest.mark.parametrize("right", list(Right))
def test_random_records_come_back(right, odd):
    @CALM
    @given(st.integers(0, 2**64))
    @example(0)
    def law(seed):
        element = st96trees.grow(st96trees.seeded(seed), groups.record(right), odd=odd)
        _, rendered = there_and_back(right, element)
        expected = st96trees.same(element)
        got = inside(right, rendered)
        if right is Right.PATENT and model.model().clark("com:st96Version") not in element.attrib:
            del got.attrib[model.model().clark("com:st96Version")]
        assert st96trees.same(got) == expected

    law()


@pytest.mark.parametrize("root", model.PATENT_ROOTS[1:])
def test_other_patent_roots_come_back(root):
    for seed in range(20):
        place = groups.record(Right.PATENT, root)
        element = st96trees.grow(st96trees.seeded(seed), place, odd=st96trees.ODD)
        record, rendered = there_and_back(Right.PATENT, element)
        assert record.tree["#root"] == root.partition(":")[2]
        assert st96trees.same(rendered) == st96trees.same(element)


def test_siblings_of_the_trademark_come_back():
    for seed in range(50):
        chance = st96trees.seeded(seed)
        application = st96trees.grow(chance, groups.application(), odd=st96trees.ODD, size=30)
        for bag in application.findall("{*}TrademarkBag"):
            application.remove(bag)
        bag = etree.Element(model.model().clark("tmk:TrademarkBag"))
        bag.append(st96trees.grow(chance, groups.record(Right.TRADEMARK), size=30))
        names = [child.name for child, _ in groups.application().children]
        order = {model.model().clark(name): place for place, name in enumerate(names)}
        before = [n for n in application if order.get(n.tag, 99) < order[bag.tag]]
        if [order.get(n.tag, 99) for n in application] != sorted(
            order.get(n.tag, 99) for n in application
        ):
            continue  # the bag's own place among disordered siblings is not kept
        application.insert(len(before), bag)
        _, rendered = there_and_back(Right.TRADEMARK, bag[0])
        assert st96trees.same(rendered) == st96trees.same(application)
