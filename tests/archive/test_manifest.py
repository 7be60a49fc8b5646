"""An optional manifest is compared with what came."""

from __future__ import annotations

import hashlib
import json

import pytest

from archive.zips import XML, opened, zipped
from ipshare.archive import manifest
from ipshare.archive.manifest import Came
from ipshare.domain.finding import Finding

SUM = hashlib.sha256(XML).hexdigest()
FORMS = {
    "manifest.csv": f"name,size,sha256,records\na.xml,{len(XML)},{SUM},3\n",
    "manifest.json": json.dumps(
        {"records": 3, "files": [{"name": "a.xml", "size": len(XML), "sha256": SUM, "records": 3}]}
    ),
    "sha256sums.txt": f"{SUM}  a.xml\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_true_manifest_says_nothing(form):
    package = opened(zipped({form: FORMS[form].encode(), "a.xml": XML}))
    found = manifest.find(package)
    assert isinstance(found, manifest.Manifest)
    assert (
        list(
            manifest.compare(found, package, {"a.xml": Came(size=len(XML), sha256=SUM, records=3)})
        )
        == []
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_cut_file_is_named(form):
    package = opened(zipped({form: FORMS[form].encode(), "a.xml": XML[:-1]}))
    found = manifest.find(package)
    came = {"a.xml": Came(size=len(XML) - 1, sha256="0" * 64, records=3)}
    assert [(one.rule, one.value) for one in manifest.compare(found, package, came)] == [
        ("PKG-004", "a.xml")
    ]


def test_missing_unannounced_and_miscounted_are_found():
    package = opened(zipped({"manifest.json": FORMS["manifest.json"].encode(), "b.xml": XML}))
    found = manifest.find(package)
    rules = [
        one.rule
        for one in manifest.compare(found, package, {"b.xml": Came(size=1, sha256=SUM, records=2)})
    ]
    assert rules == ["PKG-003", "PKG-008"]


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("manifest.json", b"{"),
        ("manifest.json", b"[]"),
        ("manifest.json", b'{"files": [1]}'),
        ("manifest.json", b'{"files": ' + b"[" * 100_000),
        ("manifest.json", b'{"files": [{"name": "a", "size": -1}]}'),
        ("manifest.csv", b"file\na.xml\n"),
        ("manifest.csv", b"name,sha256\na.xml,12\n"),
        ("sha256sums.txt", b"nonsense\n"),
        ("sha256sums.txt", b"\xff\xfe"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_a_finding(form, content):
    found = manifest.find(opened(zipped({form: content, "a.xml": XML})))
    assert isinstance(found, Finding)
    assert found.rule == "PKG-003"


def test_names_are_relative_to_the_folder_of_the_manifest():
    package = opened(zipped({"x/sha256sums.txt": f"{SUM} *./a.xml\n".encode(), "x/a.xml": XML}))
    found = manifest.find(package)
    assert (
        list(manifest.compare(found, package, {"x/a.xml": Came(size=len(XML), sha256=SUM)})) == []
    )
