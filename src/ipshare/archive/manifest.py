"""What the office says it sent (manifest.csv, manifest.json or sha256sums.txt), against what came.

docs/formats.md describes the three forms.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ipshare.archive import findings
from ipshare.archive.members import Package
from ipshare.archive.names import MemberKind
from ipshare.domain.finding import Finding

_SUM = re.compile(r"([0-9a-fA-F]{64}) [ *](.+)")
_HASH = re.compile(r"[0-9a-fA-F]{64}")
_COMPARED = frozenset({MemberKind.DATA, MemberKind.WITHDRAWN, MemberKind.IMAGE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What a manifest says of one file; None where it says nothing."""

    name: str
    size: int | None = None
    sha256: str = ""
    records: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A manifest: its own name, the files that it announces, and the number of records of all of them."""

    file: str
    files: Mapping[str, Announced]
    records: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What was read of one file (``archive.reading.Reading``); ``records`` only of data files."""

    size: int
    sha256: str
    records: int | None = None


class ManifestError(Exception):
    """The manifest is not in a form of docs/formats.md."""


def find(package: Package) -> Manifest | Finding | None:
    """The manifest of a package, the finding that it cannot be read, or None where there is none."""
    member = next(package.of_kind(MemberKind.MANIFEST), None)
    if member is None:
        return None
    content = package.read_all(member)
    if isinstance(content, Finding):
        return content
    folder = member.name.rpartition("/")[0]
    try:
        return read(content, member.name, f"{folder}/" if folder else "")
    except (ManifestError, UnicodeDecodeError, ValueError, csv.Error) as error:
        return findings.manifest_unread(member.name, str(error))
    except RecursionError:
        return findings.manifest_unread(member.name, "lists in lists without end")


def read(content: bytes, file: str, folder: str = "") -> Manifest:
    """A manifest's content; names in it are relative to its folder."""
    text = content.decode("utf-8-sig")
    form = file.rpartition(".")[2].lower()
    if form == "json":
        return _json(text, file, folder)
    rows = _csv(text) if form == "csv" else _sums(text)
    files = {folder + row.name: row for row in rows}
    return Manifest(file=file, files=files)


def compare(manifest: Manifest, package: Package, came: Mapping[str, Came]) -> Iterator[Finding]:
    """The findings PKG-003, PKG-004 and PKG-008. ``came`` holds what was read, by member name."""
    names = {member.name for member in package.members if member.kind in _COMPARED}
    everything = {member.name for member in package.members}
    missing = sorted(manifest.files.keys() - everything)
    unannounced = sorted(names - manifest.files.keys())
    if missing or unannounced:
        first = (missing or unannounced)[0]
        yield findings.not_as_announced(manifest.file, len(missing), len(unannounced), first)
    for name in sorted(manifest.files.keys() & came.keys()):
        yield from _differences(manifest, name, came[name])
    found = sum(one.records or 0 for one in came.values())
    if manifest.records is not None and manifest.records != found:
        yield findings.miscounted(manifest.file, "", manifest.records, found)


def _differences(manifest: Manifest, name: str, came: Came) -> Iterator[Finding]:
    said = manifest.files[name]
    if said.size is not None and said.size != came.size:
        yield findings.altered(
            manifest.file, name, f"{said.size} bytes announced, {came.size} came"
        )
    elif said.sha256 and said.sha256.lower() != came.sha256:
        yield findings.altered(manifest.file, name, "its SHA-256 is not the one announced")
    if said.records is not None and came.records is not None and said.records != came.records:
        yield findings.miscounted(manifest.file, name, said.records, came.records)


def _json(text: str, file: str, folder: str) -> Manifest:
    document = json.loads(text)
    if not isinstance(document, dict) or not isinstance(document.get("files"), list):
        raise ManifestError('it has no list "files"')
    files = {}
    for entry in document["files"]:
        if not isinstance(entry, dict):
            raise ManifestError('an entry of "files" is no object')
        row = _announced(
            {str(key): str(value) for key, value in entry.items() if value is not None}
        )
        files[folder + row.name] = row
    total = document.get("records")
    return Manifest(
        file=file, files=files, records=None if total is None else _number("records", str(total))
    )


def _csv(text: str) -> Iterator[Announced]:
    rows = csv.DictReader(text.splitlines())
    if "name" not in (rows.fieldnames or ()):
        raise ManifestError("its first line has no column name")
    return (
        _announced({key: value for key, value in row.items() if key and isinstance(value, str)})
        for row in rows
    )


def _sums(text: str) -> Iterator[Announced]:
    for number, line in enumerate(text.splitlines(), 1):
        match = _SUM.fullmatch(line)
        if match:
            yield Announced(name=match.group(2).removeprefix("./"), sha256=match.group(1))
        elif line.strip():
            raise ManifestError(f"line {number} is not a SHA-256, two spaces and a name")


def _announced(row: Mapping[str, str]) -> Announced:
    name, total, size = (
        row.get("name", "").strip(),
        row.get("records", "").strip(),
        row.get("size", "").strip(),
    )
    sha256 = row.get("sha256", "").strip()
    if not name:
        raise ManifestError("a file has no name")
    if sha256 and not _HASH.fullmatch(sha256):
        raise ManifestError(f"the sha256 of {name} is not 64 hexadecimal digits")
    return Announced(
        name=name.removeprefix("./"),
        size=_number("size", size) if size else None,
        sha256=sha256,
        records=_number("records", total) if total else None,
    )


def _number(what: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise ManifestError(f"{what} {text} is not a whole number")
    return int(text)
