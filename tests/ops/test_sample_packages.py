"""A sample package is named, made, repeated and updated as ordered."""

from __future__ import annotations

import re

import pytest

from ipshare.domain.office import Kind, Right
from ipshare.ops.sample import package
from ipshare.ops.sample.command import main
from ipshare.ops.sample.content import Content
from ops.sample_orders import DATE, an_order, made, members

NUMBER = re.compile(
    rb"<com:ApplicationNumberText>([^<]*)</com:ApplicationNumberText></com:ApplicationNumber>"
)


@pytest.mark.parametrize("right", list(Right))
def test_the_same_order_gives_the_same_bytes(tmp_path, right):
    order = an_order(right=right, records=30, defects=0.2, images=True)
    first, second = (package.write(order, tmp_path / name) for name in "ab")
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.expected.read_bytes() == second.expected.read_bytes()


def test_another_seed_gives_another_register(tmp_path):
    first, _ = made(tmp_path / "a", seed=1)
    second, _ = made(tmp_path / "b", seed=2)
    assert first.path.read_bytes() != second.path.read_bytes()


def test_the_name_follows_the_advised_grammar(tmp_path):
    package_, _ = made(tmp_path, office="VN", right=Right.DESIGN, records=2)
    assert package_.path.name == "VN_ID_Full_Extraction_20261001.zip"


def test_a_patent_package_has_one_file_for_each_publication(tmp_path):
    package_, _ = made(tmp_path, right=Right.PATENT, records=25)
    files = members(package_.path)
    assert len(files) == 25
    assert all(name.endswith(".xml") for name in files)


def test_marks_name_the_pictures_that_lie_beside_them(tmp_path):
    package_, _ = made(tmp_path, images=True)
    files = members(package_.path)
    xml = next(content for name, content in files.items() if name.endswith(".xml"))
    named = {name.decode() for name in re.findall(rb"<com:FileName>([^<]+)</com:FileName>", xml)}
    assert named
    assert named == {name for name in files if not name.endswith(".xml")}


def test_a_register_without_pictures_names_none(tmp_path):
    package_, _ = made(tmp_path)
    (xml,) = members(package_.path).values()
    assert b"FileName" not in xml


def test_a_record_has_about_five_kilobytes_and_ninety_elements():
    entries = list(Content.of(an_order(office="MY", records=2000)).entries())
    size = sum(len(entry.text.encode()) for entry in entries) / len(entries)
    elements = sum(entry.text.count("</") for entry in entries) / len(entries)
    assert 4500 < size < 5600
    assert 82 < elements < 98


@pytest.mark.parametrize("format_", ["st96", "st66"])
def test_an_update_changes_adds_and_withdraws(tmp_path, format_):
    base, _ = made(tmp_path, records=300, format=format_)
    held = {entry.number for entry in Content.of(an_order(records=300, format=format_)).entries()}
    order = an_order(
        records=40, kind=Kind.UPDATES, date="2026-10-08", base=base.path, format=format_
    )
    content = Content.of(order)
    entries = list(content.entries())
    assert len(entries) == 40
    marker = "operationCategory" if format_ == "st96" else "operationCode"
    numbers = {
        operation: {entry.number for entry in entries if f'{marker}="{operation}"' in entry.text}
        for operation in ("Update", "Insert", "Delete")
    }
    assert (len(numbers["Update"]), len(numbers["Insert"]), len(numbers["Delete"])) == (24, 12, 4)
    assert numbers["Update"] | numbers["Delete"] <= held
    assert not numbers["Insert"] & held
    assert not numbers["Update"] & numbers["Delete"]


def test_an_update_really_changes_the_records_it_repeats(tmp_path):
    base, _ = made(tmp_path, records=300)
    before = {entry.number: entry.text for entry in Content.of(an_order(records=300)).entries()}
    order = an_order(records=40, kind=Kind.UPDATES, date="2026-10-08", base=base.path)
    changed = [entry for entry in Content.of(order).entries() if '"Update"' in entry.text]
    assert changed
    assert all(
        entry.text.replace(' com:operationCategory="Update"', "") != before[entry.number]
        for entry in changed
    )


def test_withdrawn_patents_are_listed_beside_the_publications(tmp_path):
    base, _ = made(tmp_path, right=Right.PATENT, records=100)
    held = {
        entry.number for entry in Content.of(an_order(right=Right.PATENT, records=100)).entries()
    }
    update, said = made(
        tmp_path,
        right=Right.PATENT,
        records=20,
        kind=Kind.UPDATES,
        date="2026-10-08",
        base=base.path,
    )
    files = members(update.path)
    withdrawn = files.pop("withdrawn.txt").decode().split()
    assert len(withdrawn) == 2
    assert withdrawn == said["withdrawn"]
    assert set(withdrawn) <= held
    assert len(files) == 18


def test_one_in_a_hundred_revised_leaves_the_others_as_they_were():
    plain = [entry.text for entry in Content.of(an_order(records=3000)).entries()]
    revised = [entry.text for entry in Content.of(an_order(records=3000, revised=0.01)).entries()]
    differing = sum(one != other for one, other in zip(plain, revised, strict=True))
    assert 15 <= differing <= 50


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["--office", "XX", "--right", "trademark"], "choose one of"),
        (["--office", "TH", "--right", "trademark", "--format", "st66"], "--format st66 is for"),
        (["--office", "KH", "--right", "patent", "--format", "st66"], "--format st96"),
        (["--office", "KH", "--right", "trademark", "--records", "0"], "at least 1"),
        (["--office", "KH", "--right", "trademark", "--defects", "3"], "from 0 to 1"),
        (["--office", "KH", "--right", "trademark", "--kind", "Updates"], "--base"),
        (["--office", "MM", "--right", "trademark", "--date", "2020-01-01"], "later --date"),
        (["--office", "LA", "--right", "design", "--records", "200000"], "fewer --records"),
    ],
)
def test_an_impossible_order_is_refused_with_a_remedy(tmp_path, capsys, arguments, remedy):
    assert main([*arguments, "--out", str(tmp_path)]) == 2
    assert remedy in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_an_update_of_something_else_is_refused(tmp_path, capsys):
    base, _ = made(tmp_path, records=20)
    base.expected.unlink()
    arguments = [
        "--office",
        "KH",
        "--right",
        "trademark",
        "--kind",
        "Updates",
        "--records",
        "5",
        "--date",
        "2026-10-09",
    ]
    assert main([*arguments, "--out", str(tmp_path), "--base", str(base.path)]) == 2
    assert base.expected.name in capsys.readouterr().err


def test_the_command_says_what_it_made(tmp_path, capsys):
    arguments = [
        "--office",
        "sg",
        "--right",
        "design",
        "--records",
        "3",
        "--date",
        DATE,
        "--out",
        str(tmp_path),
    ]
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert "SG_ID_Full_Extraction_20261001.zip: 3 records" in out
