"""``ipshare check``: its formats, its exit status, and what it says of files that cannot be read."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cases.rules.builder import DECLARED, NUMBERS, PARTY, TRADEMARK
from ipshare.ingest.offline_command import main

NAME = "KH_TM_Full_Extraction_20240601.xml"
WRAPPED = (
    '<tmk:TrademarkApplication {ns} com:st96Version="V6_0">'
    "<tmk:TrademarkBag>{marks}</tmk:TrademarkBag></tmk:TrademarkApplication>"
)


def mark(place: int = 0, **changes: str) -> str:
    number, registration, *_ = NUMBERS["KH"]
    xml = TRADEMARK.format(
        ns="",
        office="KH",
        number=number.replace("49703", str(49703 + place)),
        registration=registration.replace("51234", str(51234 + place)),
        party=PARTY.format(country="KH"),
    )
    for old, new in changes.items():
        wanted = old.replace("_", "-")
        assert wanted in xml
        xml = xml.replace(wanted, new)
    return xml


def document(*marks: str) -> str:
    return WRAPPED.format(ns=DECLARED, marks="".join(marks))


def run(capsys: pytest.CaptureFixture[str], path: Path, *more: str) -> tuple[int, str, str]:
    status = main(
        [str(path), "--office", "KH", "--right", "trademark", "--today", "2024-06-03", *more]
    )
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_text(document(mark()), "utf-8")
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    bad = mark(1).replace("<com:RegistrationDate>2019-02-11", "<com:RegistrationDate>2018-02-11")
    path.write_text(document(mark(), bad), "utf-8")
    return path


def test_a_clean_file(capsys: pytest.CaptureFixture[str], clean: Path) -> None:
    status, out, _ = run(capsys, clean)
    assert (status, out) == (
        0,
        "1 record read; 0 kept back whole, 0 kept back in part; 0 errors, 0 warnings, 0 infos; 0 distinct causes\n",
    )


def test_errors_are_told_by_cause(capsys: pytest.CaptureFixture[str], broken: Path) -> None:
    status, out, _ = run(capsys, broken)
    assert status == 1
    assert out.startswith("2 records read; 1 kept back whole, 0 kept back in part; 1 error,")
    assert "ERROR DAT-011  1 finding  RegistrationDate" in out
    assert f'KH/49704/18  "2018-02-11" -> "2018-11-02"  {NAME}:' in out


def test_json_is_one_object(capsys: pytest.CaptureFixture[str], broken: Path) -> None:
    status, out, _ = run(capsys, broken, "--format", "json")
    told = json.loads(out)
    assert status == 1
    assert set(told) == {"records", "totals", "findings"}
    assert told["records"] == 2
    assert told["totals"]["severity"]["error"] == 1
    assert told["totals"]["rule"]["DAT-011"] == 1
    [one] = [one for one in told["findings"] if one["rule"] == "DAT-011"]
    assert list(one) == [
        "rule",
        "severity",
        "record",
        "kept_back",
        "path",
        "value",
        "proposed",
        "message",
        "file",
        "line",
    ]
    assert one["line"] > 1
    assert one["kept_back"] == "whole"
    assert told["totals"]["kept_back"] == {"whole": 1, "in part": 0}


def test_a_number_that_comes_twice_is_kept_back_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / NAME
    other = mark().replace("<com:RegistrationDate>2019-02-11", "<com:RegistrationDate>2019-02-12")
    path.write_text(document(mark(), other, mark(1)), "utf-8")
    _, out, _ = run(capsys, path, "--format", "json")
    told = json.loads(out)
    assert sum(told["totals"]["kept_back"].values()) == 1
    marked = {one["record"]: one["kept_back"] for one in told["findings"]}
    assert "no" not in {word for number, word in marked.items() if number.startswith("KH/49703")}


def test_csv_has_the_same_findings(capsys: pytest.CaptureFixture[str], broken: Path) -> None:
    _, out, _ = run(capsys, broken, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    _, text, _ = run(capsys, broken, "--format", "json")
    assert [row["rule"] for row in rows] == [one["rule"] for one in json.loads(text)["findings"]]


def test_samples_are_capped_and_said_to_be(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / NAME
    path.write_text(
        document(*(mark(place).replace("2028-03-05", "2018-01-01") for place in range(9))), "utf-8"
    )
    _, out, _ = run(capsys, path)
    assert "ERROR DAT-015  9 findings  ExpiryDate" in out
    assert "… and 4 more: --format csv lists all" in out


def test_duplicates_of_a_package_are_found(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "KH_TM_Full_Extraction_20240601.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("one.xml", document(mark()))
        package.writestr("two.xml", document(mark()))
    _, out, _ = run(capsys, path, "--format", "json")
    told = json.loads(out)
    assert told["records"] == 2
    assert told["totals"]["rule"] == {
        "IMG-001": 1,
        "NUM-010": 1,
    }  # the picture they name is not in the package


def test_a_folder_is_read_file_by_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/one.xml").write_text(document(mark()), "utf-8")
    (tmp_path / "two.xml").write_text("<not closed", "utf-8")
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")
    status, out, _ = run(capsys, tmp_path, "--format", "json")
    told = json.loads(out)
    assert status == 1
    assert told["records"] == 1
    assert [(one["rule"], one["file"]) for one in told["findings"]] == [
        ("PKG-001", "one.xml"),
        ("PKG-005", "two.xml"),
    ]


def test_a_broken_file_of_updates_leaves_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "KH_TM_Updates_20240601.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("one.xml", document(mark()))
        package.writestr("two.xml", document(mark(1)) + "<oops")
    _, out, _ = run(capsys, path, "--kind", "Updates", "--format", "json")
    told = json.loads(out)
    assert told["records"] == 1
    assert [one["rule"] for one in told["findings"]] == ["PKG-005"]
    _, out, _ = run(capsys, path, "--kind", "Full_Extraction", "--format", "json")
    assert json.loads(out)["records"] == 0


def test_a_package_without_a_record_is_an_error_and_a_letter_is_told_what_to_send(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as into:
        into.writestr("readme.docx", "PK?")
    status, out, _ = run(capsys, tmp_path / "a.zip", "--kind", "Updates")
    assert status == 1
    assert "ERROR PKG-019" in out
    assert "what it found instead: readme.docx. Nothing was loaded." in out
    (tmp_path / "letter.docx").write_bytes((tmp_path / "a.zip").read_bytes())
    status, out, _ = run(capsys, tmp_path / "letter.docx")
    assert status == 1
    assert "letter.docx is of no format that the hub reads; send .zip, .xml" in out
    assert "or a list of withdrawn numbers" in out


def test_what_cannot_run_is_said(capsys: pytest.CaptureFixture[str], clean: Path) -> None:
    status, _, err = run(capsys, clean / "missing.xml")
    assert (status, err) == (
        2,
        f"ipshare check: there is no file or folder {clean / 'missing.xml'}\n",
    )
    status, _, err = run(capsys, clean, "--office", "QQ")
    assert (status, err) == (
        2,
        "ipshare check: no office has the ST.3 code 'QQ'; give one such as KH\n",
    )
    assert run(capsys, clean, "--kind", "Sometimes")[0] == 2


def test_neither_django_nor_a_database_is_needed(clean: Path) -> None:
    program = (
        "import sys; from ipshare.ingest.offline_command import main;"
        f"status = main([{str(clean)!r}, '--office', 'KH', '--right', 'trademark']);"
        "loaded = {'django', 'psycopg', 'procrastinate'} & set(sys.modules);"
        "sys.exit(f'{loaded}' if loaded else status)"
    )
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DJANGO", "DATABASE"))
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
