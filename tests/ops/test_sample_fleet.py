"""The fleet of the demonstration: every office and right, two formats, one update, made in seconds."""

from __future__ import annotations

import time
from datetime import date

from ipshare.domain.office import Kind, Right
from ipshare.ops.sample import fleet
from ops.sample_orders import OFFICES, WITHOUT_FORMS, members


def test_the_fleet_covers_the_region_quickly(tmp_path):
    began = time.process_time()
    made = fleet.packages(tmp_path, 2026, date(2026, 11, 23))
    assert time.process_time() - began < 15
    full = {(one.office, one.right) for one in made if one.kind is Kind.FULL_EXTRACTION}
    assert full == {(office, right) for office in {*OFFICES} - WITHOUT_FORMS for right in Right}
    assert [one.kind for one in made].count(Kind.UPDATES) == 1
    assert all(one.path.is_file() and one.expected.is_file() for one in made)
    assert len({one.path.name for one in made}) == len(made)


def test_the_sizes_are_believable():
    assert all(40 <= one.records <= 400 for one in fleet.FLEET)
    assert {one.format for one in fleet.FLEET} == {"st96", "st66"}
    assert any(one.images for one in fleet.FLEET if one.right is Right.TRADEMARK)


def test_the_update_follows_its_base(tmp_path):
    *_, update = fleet.packages(tmp_path, 5, date(2026, 11, 23))
    assert update.path.name == "KH_TM_Updates_20261123.zip"
    (xml,) = (content for name, content in members(update.path).items() if name.endswith(".xml"))
    assert xml.count(b'com:operationCategory="Delete"') == fleet.UPDATE_RECORDS // 10
