"""Writes a package: a zip whose bytes depend on the order alone, and the sidecar that says what is wrong in it."""

from __future__ import annotations

import json
import zipfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ipshare.domain.office import Kind, Right
from ipshare.ops.sample import pictures
from ipshare.ops.sample.content import Content, Entry
from ipshare.ops.sample.order import SIDECAR, Order

BATCH = 1 << 18
WAITING = 4
"""Batches that may wait for compression."""
LEVEL = 1
"""Fast compression: at level 6 the package takes twice as long to make and is a fifth smaller."""
_FILE_MODE = 0o644 << 16
_UNIX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package on disk."""

    office: str
    right: Right
    kind: Kind
    path: Path

    @property
    def expected(self) -> Path:
        """The sidecar: which record has which injected defect, and the rule that must find it."""
        return self.path.with_name(self.path.name + SIDECAR)


def write(order: Order, folder: Path) -> Package:
    """Make the package in the folder; the same order gives the same bytes."""
    content = Content.of(order)
    folder.mkdir(parents=True, exist_ok=True)
    package = Package(
        office=order.office, right=order.right, kind=order.kind, path=folder / order.name
    )
    unfinished = package.path.with_suffix(".zip.part")
    with (
        zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive,
        package.expected.open("w", encoding="utf-8", newline="\n") as sidecar,
    ):
        sidecar.write(_opening(order, content))
        entries = _noted(content.entries(), sidecar)
        if content.press.one_file_each:
            for entry in entries:
                archive.writestr(_member(order, f"{_plain(entry.number)}.xml"), entry.text)
        else:
            _write_one(archive, order, content, entries)
        if content.withdrawn and not content.press.withdrawal:
            numbers = "".join(f"{number}\n" for number in content.numbers_withdrawn())
            archive.writestr(_member(order, "withdrawn.txt"), numbers)
        for name, kind, key in content.pictures():
            picture = pictures.draw(kind, order.office + order.right, content.register.seed, key)
            archive.writestr(_member(order, name, zipfile.ZIP_STORED), picture)
        sidecar.write("\n]}\n")
    unfinished.replace(package.path)
    return package


def _write_one(
    archive: zipfile.ZipFile, order: Order, content: Content, entries: Iterator[Entry]
) -> None:
    """All records in one XML file, in batches; compressed in a thread of its own, memory stays flat."""
    member = _member(order, order.name.replace(".zip", ".xml"))
    with archive.open(member, "w", force_zip64=True) as file, ThreadPoolExecutor(1) as compression:
        waiting: deque[Future[int]] = deque()
        for batch in _batches(content.press.head(order.office, order.date, order.records), entries):
            waiting.append(compression.submit(file.write, batch.encode()))
            if len(waiting) > WAITING:
                waiting.popleft().result()
        waiting.append(compression.submit(file.write, content.press.foot.encode()))
        for write_ in waiting:
            write_.result()


def _batches(head: str, entries: Iterator[Entry]) -> Iterator[str]:
    batch, size = [head], 0
    for entry in entries:
        batch.append(entry.text)
        size += len(entry.text)
        if size > BATCH:
            yield "".join(batch)
            batch, size = [], 0
    yield "".join(batch)


def _member(order: Order, name: str, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    year, month, day = (int(part) for part in order.date.split("-"))
    member = zipfile.ZipInfo(name, (year, month, day, 0, 0, 0))
    member.compress_type = method
    member.create_system = _UNIX
    member.external_attr = _FILE_MODE
    return member


def _plain(number: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in number)


def _opening(order: Order, content: Content) -> str:
    said = {
        "package": order.name,
        "office": order.office,
        "right": order.right.value,
        "kind": order.kind.value,
        "format": order.format,
        "date": order.date,
        "as_of": order.told,
        "seed": content.register.seed,
        "records": order.records,
        "images": content.register.images,
        "defects": order.defects,
        "withdrawn": content.numbers_withdrawn(),
    }
    return json.dumps(said, ensure_ascii=False)[:-1] + ', "injected": ['


def _noted(entries: Iterator[Entry], sidecar: TextIO) -> Iterator[Entry]:
    """The entries, each injected defect written to the sidecar as it passes."""
    between = "\n"
    for entry in entries:
        if entry.injected:
            sidecar.write(between + json.dumps(entry.injected, ensure_ascii=False))
            between = ",\n"
        yield entry
