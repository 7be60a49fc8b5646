"""Official ST.96 XSD sets: installed into a data folder by version, compiled once per process.

SchemaSetError    the directory is not a schema set that can be installed; its message says why
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

ROOTS = (
    "TrademarkTransaction",
    "TrademarkApplication",
    "DesignTransaction",
    "DesignApplicationBag",
    "DesignApplication",
    "PatentPublication",
    "BibliographicData",
    "ApplicationBody",
    "PatentLegalStatusData",
    "SearchReport",
    "ExaminationReport",
    "SPCBibliographicData",
)
MOST_FILES = 5000
MOST_BYTES = 200 * 1024 * 1024
_XSD = "{http://www.w3.org/2001/XMLSchema}"
_FILE = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9]*)_(?P<version>V\d+_\d+(_D\d+)?)\.xsd")
_VERSION = re.compile(r"V\d+_\d+(_D\d+)?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")


class SchemaSetError(Exception):
    """A directory holds no schema set that can be installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A schema set in its place."""

    version: str
    folder: Path
    roots: tuple[str, ...]
    files: int


def install(directory: Path, into: Path) -> Installed:
    """Copy an official XSD set into the data folder, replacing one of the same version.

    The version is that in the names of its files, for example TrademarkTransaction_V6_0.xsd. Every file
    must be a schema, every file that another refers to must be there, and each right's first root must
    compile, all without network; else nothing is copied.
    """
    files = _files(directory)
    version = _version(directory, files)
    roots = tuple(root for root in ROOTS if directory / f"{root}_{version}.xsd" in files)
    if not roots:
        found = sorted(path.relative_to(directory).as_posix() for path in files)[:3]
        raise SchemaSetError(
            f"{directory} has no schema of a document at its top, such as TrademarkTransaction_{version}.xsd; "
            f"it has {', '.join(found)} …; give the folder of the flattened set"
        )
    for path in files:
        _check_references(path, directory)
    for root in _first_of_each_right(roots):
        _compile(directory / f"{root}_{version}.xsd")
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into, prefix=".installing-") as temporary:
        new = Path(temporary) / "new"
        for path in files:
            target = new / path.relative_to(directory)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        place = into / version
        if place.exists():
            place.rename(Path(temporary) / "old")
        new.rename(place)
    return Installed(version=version, folder=place, roots=roots, files=len(files))


def installed(folder: Path) -> tuple[str, ...]:
    """The versions in a data folder."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.name for path in folder.iterdir() if _VERSION.fullmatch(path.name)))


def schema_for(folder: Path, version: str, root: str) -> etree.XMLSchema | None:
    """The compiled schema for documents with this root, or None where none is installed.

    ``root`` may have a prefix or not. An element that no file is named after (tmk:Trademark) is looked
    up in the files of the documents that it occurs in. Compiling takes about two seconds, once.
    """
    local = root.rpartition(":")[2]
    if not _VERSION.fullmatch(version) or not _NAME.fullmatch(local):
        return None
    place = folder / version
    if not place.is_dir():
        return None
    path = place / f"{local}_{version}.xsd"
    if not path.is_file():
        declared = _declaring(place, local, place.stat().st_mtime_ns)
        if declared is None:
            return None
        path = declared
    return _compiled(path, path.stat().st_mtime_ns)


def _files(directory: Path) -> list[Path]:
    """The schema files of a directory, within limits; links are not followed."""
    if not directory.is_dir():
        raise SchemaSetError(
            f"{directory} is not a folder; give the folder that holds the .xsd files"
        )
    files, size = [], 0
    for path in sorted(directory.rglob("*.xsd")):
        if path.is_symlink() or not path.is_file():
            continue
        files.append(path)
        size += path.stat().st_size
        if len(files) > MOST_FILES or size > MOST_BYTES:
            raise SchemaSetError(
                f"{directory} holds more than {MOST_FILES} schemas or {MOST_BYTES >> 20} MiB; "
                "an official set has about 70 files and 14 MiB: give its folder alone"
            )
    if not files:
        raise SchemaSetError(f"{directory} holds no .xsd file; unpack the official set there first")
    return files


def _version(directory: Path, files: list[Path]) -> str:
    """The one version that the names of the files say."""
    named = Counter(found["version"] for path in files if (found := _FILE.fullmatch(path.name)))
    # Schemas of others come along under their own versions: OASISTable_V1_0.xsd.
    roots = {v for v in named for root in ROOTS if any(p.name == f"{root}_{v}.xsd" for p in files)}
    if len(roots) > 1:
        raise SchemaSetError(
            f"{directory} holds the versions {', '.join(sorted(roots))}; give the folder of one version"
        )
    if not roots:
        raise SchemaSetError(
            f"{directory} holds no ST.96 document schema (such as TrademarkTransaction_V6_0.xsd) "
            f"among its {len(files)} .xsd files"
        )
    return roots.pop()


def _check_references(path: Path, directory: Path) -> None:
    """A file is a schema, and what it includes and imports lies in the set."""
    try:
        root = etree.parse(path, _parser()).getroot()
    except etree.XMLSyntaxError as error:
        raise SchemaSetError(f"{path} is not well-formed XML: {error.msg}") from error
    if root.tag != f"{_XSD}schema":
        raise SchemaSetError(f"{path} is not an XML schema: its root is {root.tag}")
    for reference in root.iterchildren(f"{_XSD}include", f"{_XSD}import", f"{_XSD}redefine"):
        location = reference.get("schemaLocation")
        if location is None:
            continue
        target = (path.parent / location).resolve()
        inside = "://" not in location and target.is_relative_to(directory.resolve())
        if not inside or not target.is_file():
            raise SchemaSetError(
                f"{path} refers to {location}, which is not in {directory}; "
                "add the file there: nothing is fetched from the network"
            )


def _first_of_each_right(roots: tuple[str, ...]) -> list[str]:
    """One root per right, enough to see that the set compiles."""
    by_right = {root[:3]: root for root in reversed(roots)}  # Tra…, Des…, Pat…
    return [root for prefix, root in by_right.items() if prefix in {"Tra", "Des", "Pat"}] or [
        roots[0]
    ]


@cache
def _declaring(place: Path, local: str, _changed: int) -> Path | None:
    """The first document schema of a set that declares an element at its top."""
    declaration = f'<xsd:element name="{local}"'.encode()
    paths = (place / f"{root}_{place.name}.xsd" for root in ROOTS)
    return next((p for p in paths if p.is_file() and declaration in p.read_bytes()), None)


@cache
def _compiled(path: Path, _changed: int) -> etree.XMLSchema:
    return _compile(path)


def _compile(path: Path) -> etree.XMLSchema:
    try:
        return etree.XMLSchema(etree.parse(path, _parser()))
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError) as error:
        raise SchemaSetError(f"{path} does not compile: {error}") from error


def _parser() -> etree.XMLParser:
    return etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
