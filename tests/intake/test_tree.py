"""Paths of the SFTP tree: what they name, and that none leads out of it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ipshare.domain.office import Kind, Right
from ipshare.intake import tree, uploads

PLACES = {
    "/": tree.Root(),
    "": tree.Root(),
    ".": tree.Root(),
    "/ipob_kh": tree.OfficeFolder("KH"),
    "ipob_kh/": tree.OfficeFolder("KH"),
    "/ipob_kh/Designs": tree.RightFolder("KH", Right.DESIGN),
    "/ipob_kh//Patents/./Test/": tree.KindFolder("KH", Right.PATENT, Kind.TEST),
    "/ipob_kh/Trademarks/Updates/a.zip": tree.FilePlace(
        "KH", Right.TRADEMARK, Kind.UPDATES, "a.zip"
    ),
    "/../../ipob_kh/Trademarks/../Feedback": tree.FeedbackFolder("KH"),
    "/ipob_kh/Feedback/KH-000017": tree.ReportFolder("KH", "KH-000017"),
    "/ipob_kh/Feedback/KH-000017/report.json": tree.ReportFile("KH", "KH-000017", "report.json"),
    "/ipob_KH": None,
    "/ipob_khm": None,
    "/etc/passwd": None,
    "/ipob_kh/trademarks": None,
    "/ipob_kh/Trademarks/updates": None,
    "/ipob_kh/Trademarks/Updates/folder/a.zip": None,
    "/ipob_kh/Feedback/KH-000017/deeper/report.json": None,
}


@pytest.mark.parametrize("path", PLACES)
def test_a_path_names_its_place(path):
    assert tree.locate(path.encode()) == PLACES[path]


@pytest.mark.parametrize("path", [p for p in PLACES if PLACES[p] is not None])
def test_a_place_is_shown_by_its_shortest_path(path):
    assert tree.locate(tree.path_of(PLACES[path]).encode()) == PLACES[path]
    assert tree.path_of(PLACES[path]).encode() == tree.normal(path.encode())


STEPS = st.sampled_from(
    [b"..", b".", b"", b"ipob_xa", b"ipob_xb", b"Trademarks", b"Updates", b"Feedback", b"a.zip",
     b"\x00", b"\\", b"..\\..", b"%2e%2e", "‥".encode(), b"\xff\xfe", b"~root"]
) | st.binary(max_size=12)  # fmt: skip
PATHS = st.lists(STEPS, max_size=12).map(b"/".join) | st.binary(max_size=200)


@given(PATHS)
@example(b"/ipob_xa/Trademarks/Updates/../../../ipob_xb/Trademarks/Updates/a.zip")
@example(b"ipob_xa/Trademarks/Updates/..")
@example(b"ipob_xa/Trademarks/Updates/a\x00/../../../../../../etc/passwd")
def test_no_path_leads_out_of_the_tree_or_to_another_office(tmp_path_factory, path):
    root = tmp_path_factory.getbasetemp() / "uploads"
    try:
        place = tree.locate(path)
        if isinstance(place, tree.FilePlace):
            tree.check_name(place.name)
    except tree.NameRefusedError:
        return
    if place is None or not tree.sees("XA", place):
        return
    assert tree.normal(path).decode().split("/")[1] in {"", "ipob_xa"}
    if isinstance(place, tree.FilePlace):
        file = uploads.path_of(root, place)
        assert file.resolve().parent == uploads.folder_of(root, place.folder).resolve()
        assert file.resolve().is_relative_to((root / "XA").resolve())
        assert not file.name.startswith(".")


@given(PATHS)
def test_the_normal_form_is_its_own(path):
    try:
        normal = tree.normal(path)
    except tree.NameRefusedError:
        return
    assert tree.normal(normal) == normal
    assert b"/../" not in normal + b"/"
    assert tree.locate(normal) == tree.locate(path)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (".hidden.zip", "starts with a dot"),
        ("a\\b.zip", "backslash"),
        ("a\nb.zip", "U+000A"),
        ("a\x00b.zip", "U+0000"),
        ("a\x9fb.zip", "U+009F"),
        ("piz.\u202egnp.exe", "U+202E"),
        ("x" * 252 + ".zip", "256 bytes"),
        ("ក" * 85 + "x", "256 bytes"),
        (" a.zip", "space"),
        ("a.zip ", "space"),
        ("a.zip.", "dot"),
    ],
)
def test_an_odd_name_is_refused_with_its_reason(name, reason):
    with pytest.raises(tree.NameRefusedError, match=reason.replace("+", r"\+")):
        tree.check_name(name)


@pytest.mark.parametrize(
    "name", ["a.zip", "x" * 251 + ".zip", "ទិន្នន័យ.zip", "dữ liệu (2).xml", "a..b~.zip"]
)
def test_a_plain_name_is_taken(name):
    tree.check_name(name)


def test_a_path_must_be_utf8_and_not_endless():
    with pytest.raises(tree.NameRefusedError, match="UTF-8"):
        tree.locate(b"/ipob_xa/Trademarks/Updates/\xff.zip")
    with pytest.raises(tree.NameRefusedError, match="4097 bytes"):
        tree.locate(b"/" * 4097)


@pytest.mark.parametrize(
    ("name", "temporary"),
    [("a.zip.part", True), ("a.zip.filepart", True), ("a.tmp", True), ("a.zip.7f3a.partial", True),
     ("A.ZIP.PART", True), ("a.zip", False), ("part.zip", False), ("a.part.zip", False)],
)  # fmt: skip
def test_temporary_names(name, temporary):
    assert tree.FilePlace("XA", Right.DESIGN, Kind.TEST, name).temporary is temporary
