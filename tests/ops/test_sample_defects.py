"""Every injected defect is noted in the sidecar, and the rule that the note names finds it."""

from __future__ import annotations

import collections
import json
import re

import pytest

from ipshare.check.rule import CATALOGUE, registered
from ipshare.domain.office import Right
from ipshare.ingest import offline_command
from ipshare.ops.sample.content import Content
from ipshare.ops.sample.defects.table import DEFECTS
from ops.sample_orders import DATE, IPAS, OFFICES, an_order, made, members

PACKAGE_RULES = {"NUM-009", "NUM-010"}
"""Rules that compare records: the offline check knows them too."""


@pytest.mark.parametrize("right", list(Right))
def test_there_are_thirty_kinds_at_least_each_with_a_rule(right):
    assert len(DEFECTS[right]) >= 30
    assert set(DEFECTS[right].values()) <= set(CATALOGUE)


@pytest.mark.parametrize("right", list(Right))
def test_every_kind_occurs_somewhere_in_the_region(right):
    dealt = set()
    for office in OFFICES:
        content = Content.of(an_order(office, right, 400, defects=0.9, images=True))
        dealt |= {entry.injected["defect"] for entry in content.entries() if entry.injected}
    assert dealt == set(DEFECTS[right])


def test_kinds_are_dealt_in_turn():
    content = Content.of(an_order(records=3000, defects=0.2))
    counts = collections.Counter(
        entry.injected["defect"] for entry in content.entries() if entry.injected
    )
    assert 450 <= counts.total() <= 750
    assert max(counts.values()) - sorted(counts.values())[len(counts) // 2] <= 2


def test_the_stated_share_is_kept():
    content = Content.of(an_order(records=10_000, defects=0.02))
    assert 150 <= sum(1 for entry in content.entries() if entry.injected) <= 250


@pytest.mark.parametrize(
    ("office", "right", "format_"),
    [
        *((office, right, "st96") for office in OFFICES for right in Right),
        *((office, Right.TRADEMARK, "st66") for office in IPAS),
    ],
)
def test_the_named_rule_finds_the_defect(tmp_path, capsys, office, right, format_):
    package, said = made(
        tmp_path, office=office, right=right, records=150, format=format_, images=True, defects=0.9
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
    found = collections.defaultdict(set)
    for finding in json.loads(capsys.readouterr().out)["findings"]:
        found[finding["record"]].add(finding["rule"])
    working = set(registered()) | PACKAGE_RULES
    missed = [
        (note, sorted(found[note["sent"]]))
        for note in said["injected"]
        if note["rule"] in working and note["rule"] not in found[note["sent"]]
    ]
    assert said["injected"]
    assert missed == []


def test_a_picture_left_out_is_named_but_not_in_the_package(tmp_path):
    package, said = made(tmp_path, office="SG", records=300, images=True, defects=0.9)
    files = members(package.path)
    xml = next(content for name, content in files.items() if name.endswith(".xml"))
    named = {name.decode() for name in re.findall(rb"<com:FileName>([^<]+)</com:FileName>", xml)}
    left_out = [note for note in said["injected"] if note["defect"] == "image-not-sent"]
    assert left_out
    assert len(named - set(files)) == len(left_out)
    assert set(files) - named == {name for name in files if name.endswith(".xml")}
