"""Documents of groups are merged without a trace of the groups that are left out."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right
from ipshare.parse import canonical
from ipshare.render import st97
from ipshare.standards import groups
from render import st96trees

SENDING = {"@operationCategory", "@xsi:schemaLocation"}


def leaves(value, place, path=""):
    """Every text and attribute of a merged tree, with the group of its element."""
    if isinstance(value, str):
        yield path, place.group, value
        return
    for key, item in value.items():
        if key == "#residue":
            yield f"{path}/#residue", ElementGroup.UNCLASSIFIED, ""
        elif key == "trademarkApplication" and not path:
            yield from leaves(item, groups.application(), f"{path}/{key}")
        elif key[0] in "@$":
            sending = key in SENDING and path in {"", "/trademarkApplication"}
            group = ElementGroup.UNCLASSIFIED if sending else place.group
            yield f"{path}/{key}", group, item
        elif key not in {"#order", "#prefix", "#root"}:
            child = place.child(place.element.by_key[key].name.partition(":")[2])
            for one in item if isinstance(item, list) else [item]:
                yield from leaves(one, child, f"{path}/{key}")


@pytest.mark.parametrize("right", list(Right))
def test_a_subset_holds_its_own_groups_whole_and_nothing_else(right):
    @settings(max_examples=150, deadline=None)
    @given(st.integers(0, 2**64), st.sets(st.sampled_from(list(ElementGroup))))
    def law(seed, chosen):
        element = st96trees.grow(st96trees.seeded(seed), groups.record(right), odd=st96trees.ODD)
        record = canonical.convert(element, right=right, office="XA", file="f.xml", line=1)
        documents = [bytes_ for group, bytes_ in record.documents.items() if group in chosen]
        tree = msgspec.json.decode(st97.merge(documents))
        place = groups.record(right)
        found = list(leaves(tree, place)) if tree else []
        assert {group for _, group, _ in found} <= chosen
        expected = Counter(leaf for leaf in leaves(record.tree, place) if leaf[1] in chosen)
        assert Counter(found) == expected or not record.tree

    law()


@pytest.mark.parametrize("right", list(Right))
def test_a_group_s_document_is_the_same_whatever_stands_in_uniform_neighbours(right):
    """Adding or removing a top-level element of one group changes no other group's document."""
    place = groups.record(right)
    neighbours = [(child, inside) for child, inside in place.children if inside.uniform]
    for seed in range(80):
        chance = st96trees.seeded(seed)
        element = st96trees.grow(chance, place)
        before = canonical.convert(element, right=right, office="XA", file="f", line=1).documents
        child, inside = chance.choice(neighbours)
        for node in element.findall(inside.element.clark):
            element.remove(node)
        after = canonical.convert(element, right=right, office="XA", file="f", line=1).documents
        for group in ElementGroup:
            if group is not inside.group:
                assert before.get(group) == after.get(group), (child.name, group)


def test_nothing_merges_to_an_empty_object():
    assert st97.merge([]) == b"{}"
    assert st97.merge([b"{}", b"{}"]) == b"{}"


def test_plain_members_are_joined_as_the_bytes_they_are():
    assert st97.merge([b'{"a":1.50}', b'{"b":[ ]}']) == b'{"a":1.50,"b":[ ]}'


def test_the_mark_of_shared_members_is_not_found_in_text():
    document = msgspec.json.encode({"a": ',"~":{"x":1}', "b": '"~":{'})
    assert msgspec.json.decode(st97.merge([document])) == {"a": ',"~":{"x":1}', "b": '"~":{'}


def test_arrays_are_joined_in_order_and_without_gaps():
    first = b'{"a":"1","~":{"bag":{"item":{"#0":{"x":"0"},"#2":{"x":"2"},"#10":{"x":"10"}}}}}'
    second = b'{"~":{"bag":{"item":{"#2":{"y":"2"}}}}}'
    assert msgspec.json.decode(st97.merge([first, second])) == {
        "a": "1",
        "bag": {"item": [{"x": "0"}, {"x": "2", "y": "2"}, {"x": "10"}]},
    }
