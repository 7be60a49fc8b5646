"""Each kind of bad input ends in a named finding, within bounded time and memory."""

from __future__ import annotations

import pytest

from badinput import bounded

CASES = {
    "truncated_zip": ("PKG-002", "cut off"),
    "truncated_in_the_middle": ("PKG-002", "cut off"),
    "nested_bomb": ("PKG-014", "itself an archive"),
    "nested_bomb_named_xml": ("PKG-014", "itself an archive"),
    "ratio_bomb": ("PKG-014", "expands"),
    "gzip_bomb": ("PKG-014", "expands"),
    "lying_bomb": ("PKG-014", "expands to more"),
    "overlapping_bomb": ("PKG-014", "overlaps"),
    "quoted_bomb": ("PKG-014", "overlaps"),
    "million_entries": ("PKG-014", "1000000 entries"),
    "traversal": ("PKG-014", "leads out"),
    "link": ("PKG-014", "link"),
    "encrypted": ("PKG-002", "password"),
    "duplicate_members": ("PKG-014", "same as"),
    "wrong_extension_xml_as_zip": ("PKG-002", "named .zip"),
    "wrong_extension_zip_as_xml": ("PKG-002", "named .xml"),
    "wrong_extension_pdf": ("PKG-002", "no format"),
    "empty_file": ("PKG-002", "empty"),
    "empty_member": ("PKG-005", "empty"),
    "empty_zip": ("PKG-002", "no file"),
    "not_xml": ("PKG-005", "Start tag expected"),
    "not_xml_and_large": ("PKG-005", "does not begin"),
    "binary_named_xml": ("PKG-015", "UTF-8"),
    "deep_nesting": ("PKG-005", "depth"),
    "deep_nesting_in_a_record": ("PKG-005", "depth"),
    "deep_nesting_around_records": ("PKG-005", "nest deeper than 256"),
    "billion_laughs": ("PKG-018", "DOCTYPE"),
    "external_entity": ("PKG-018", "DOCTYPE"),
    "doctype_behind_a_large_comment": ("PKG-018", "DOCTYPE"),
    "doctype_inside_a_record": ("PKG-005", "not well-formed"),
    "undefined_entity": ("PKG-005", "nbsp"),
    "attribute_of_100_megabytes": ("PKG-005", ""),
    "attribute_of_100_megabytes_inside": ("PKG-005", "larger than 64 MiB"),
    "attribute_of_20_megabytes_inside": ("PKG-005", "not well-formed"),
    "record_of_2_gigabytes": ("PKG-005", "larger than 64 MiB"),
    "gap_of_100_megabytes": ("PKG-005", "between two records"),
    "utf_16": ("PKG-015", "UTF-16"),
    "utf_16_without_mark": ("PKG-015", "UTF-16"),
    "windows_874_declared_utf_8": ("PKG-015", "windows-874"),
    "windows_874_declared_as_such": ("PKG-015", "windows-874"),
    "character_cut_at_the_end": ("PKG-015", "incomplete"),
    "nul_byte": ("PKG-015", "NUL"),
    "control_character": ("PKG-005", "line 4"),
    "unescaped_ampersand": ("PKG-005", "Johnson & Johnson"),
    "truncated_xml": ("PKG-005", "not well-formed"),
    "truncated_xml_between_records": ("PKG-005", "not well-formed"),
    "garbage_behind_the_root": ("PKG-005", "not well-formed"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_ends_in_its_finding(case):
    rule, words = CASES[case]
    result = bounded.run(case)
    assert result["rules"], "it ended in silence"
    assert rule in result["rules"], result["messages"]
    assert any(words in message for message in result["messages"]), result["messages"]
    assert result["seconds"] < 30
    assert result["mebibytes"] < 400
