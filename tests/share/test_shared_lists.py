"""Lists whose items belong to several groups: what only moves between items is a change for who sees both."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from ipshare.check.package import group_digests
from ipshare.domain.group import PAIRS, ElementGroup, pairs
from ipshare.domain.office import Right
from ipshare.parse import canonical
from ipshare.share import items
from share.histories import a_reader, publish
from xmlbuilders import a_mark, transaction

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cast")]
G = ElementGroup
HOLDER = "<com:PriorityHolderName>Sok Dara</com:PriorityHolderName>"
PRIORITY = (
    "<com:Priority><com:PriorityCountryCode>JP</com:PriorityCountryCode><com:ApplicationNumber>"
    "<com:ApplicationNumberText>{}</com:ApplicationNumberText></com:ApplicationNumber>{}</com:Priority>"
)


def a_record(first, second, *, more=""):
    """A mark with two priorities; what belongs to stakeholders stands in the first, or in the second."""
    bag = f"<com:PriorityBag>{PRIORITY.format('1', first)}{PRIORITY.format('2', second)}</com:PriorityBag>"
    mark = a_mark("1").replace("<tmk:ApplicantBag>", f"{bag}{more}<tmk:ApplicantBag>")
    element = etree.fromstring(transaction(mark)).find(".//{*}Trademark")
    return canonical.convert(
        element, right=Right.TRADEMARK, office="XA", file="a", line=1, source=repr((first, second)).encode()
    )  # fmt: skip


def holders(record):
    return [one.get("priorityHolderName") for one in record["priorityBag"]["priority"]]


def test_a_part_that_only_moves_changes_no_group_but_the_joint_of_two():
    before, after = a_record(HOLDER, ""), a_record("", HOLDER)
    assert group_digests(before) == group_digests(after)
    assert before.joints != after.joints
    both = PAIRS[before.joints[0]]
    assert set(both) == {G.RELATIONS, G.STAKEHOLDERS}


def test_items_that_have_every_part_have_no_joint():
    assert a_record(HOLDER, HOLDER).joints == b""
    assert a_record("", "").joints == b""


@pytest.mark.parametrize("ready", [False, True])
def test_who_sees_both_groups_gets_the_move_and_who_sees_one_does_not(ready):
    publish(1, [a_record(HOLDER, "")])
    both, one = a_reader(), a_reader(name="XC", excluded={G.STAKEHOLDERS})
    for reader in (both, one):
        reader.pull_all()
        reader.tag = reader.get("/api/v1/trademarks/XA/1").headers["ETag"]
    assert holders(both.records["trademark", "1"]) == ["Sok Dara", None]
    if ready:
        items.make_ready("XA")
    publish(2, [a_record("", HOLDER)])
    both.pull_all()
    assert holders(both.records["trademark", "1"]) == [None, "Sok Dara"]
    assert one.page()["items"] == []
    assert both.get("/api/v1/trademarks/XA/1").headers["ETag"] != both.tag
    assert one.get("/api/v1/trademarks/XA/1").headers["ETag"] == one.tag


def test_a_group_kept_back_is_not_joined_to_items_that_have_moved():
    publish(1, [a_record(HOLDER, "")])
    both = a_reader()
    both.pull_all()
    newer = a_record("", "", more="")
    publish(2, [newer], withheld={newer.number: {G.STAKEHOLDERS}})
    both.pull_all()
    assert holders(both.records["trademark", "1"]) == [None, None]
    assert "applicantBag" in both.records["trademark", "1"]
    publish(3, [a_record(HOLDER, "")])
    both.pull_all()
    assert holders(both.records["trademark", "1"]) == ["Sok Dara", None]


def test_the_pairs_of_a_mask_are_those_of_both_its_groups():
    mask = G.TEXT.bit | G.GOODS.bit | G.UNCLASSIFIED.bit
    assert [PAIRS[n] for n in range(len(PAIRS)) if pairs(mask) >> n & 1] == [(G.TEXT, G.GOODS)]
    assert json.dumps(PAIRS[0]) == '["identity", "text"]'
