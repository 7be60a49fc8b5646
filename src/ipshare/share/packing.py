"""Items of the feed → the files of one delivery, in the form that its kind of destination takes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec
import zstandard

from ipshare.domain.delivery import DestinationKind
from ipshare.domain.office import Kind, Right
from ipshare.render import st96
from ipshare.share import feed
from ipshare.share.place import State

LIMITS = {DestinationKind.BUCKET: 1000, DestinationKind.SFTP: 1000, DestinationKind.HTTP: 200}
"""How many records a delivery holds at most."""
_DAY_ONE = (1980, 1, 1, 0, 0, 0)  # the time in the zips: they tell nothing but what they hold


class _Item(msgspec.Struct):
    type: str
    number: str = ""
    record: msgspec.Raw = msgspec.Raw(b"")


@dataclass(slots=True, kw_only=True)
class Packed:
    """What a delivery will be: its files by their endings or paths, and what is in them."""

    files: dict[str, bytes] = field(default_factory=dict)
    puts: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    erasures: int = 0
    size: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to deliver."""
        return not (self.tells_records or self.erasures)

    @property
    def tells_records(self) -> bool:
        """Whether it says something about single records."""
        return bool(self.puts or self.withdrawn)


def collect(page: feed.Page, *, before: Iterable[bytes] = ()) -> tuple[list[bytes], State, bool]:
    """The items of a page (after those that come before it), its state, and whether there is more."""
    items = list(before)
    while True:
        try:
            items += next(page).items
        except StopIteration as end:
            state, more = end.value
            return items, state, more


def pack(  # noqa: PLR0913 (what a file's name and place are made of)
    items: list[bytes],
    kind: DestinationKind,
    *,
    name: str,
    office: str,
    right: Right,
    first: bool,
) -> Packed:
    """The files of a delivery. ``first``: the destination is being brought up to date for the first time.

    Of each record only its newest item goes out; erasures come before.
    """
    items = _newest(items)
    read = [msgspec.json.decode(item, type=_Item) for item in items]
    packed = Packed(
        puts=[item.number for item in read if item.type == "put"],
        withdrawn=[item.number for item in read if item.type == "withdraw"],
        erasures=sum(item.type == "erase" for item in read),
        size=sum(len(item) for item, what in zip(items, read, strict=True) if what.type == "put"),
    )
    if packed.is_empty:
        return packed
    if kind is DestinationKind.SFTP:
        packed.files = _tree(items, read, name=name, right=right, first=first)
    else:
        lines = b"\n".join([*items, b""])
        if kind is DestinationKind.BUCKET:
            packed.files = {f"{name}.ndjson.zst": zstandard.compress(lines)}
        else:
            packed.files = {f"{name}.ndjson": lines}
    return packed


def _newest(items: list[bytes]) -> list[bytes]:
    read = [msgspec.json.decode(item, type=_Item) for item in items]
    erasures = [item for item, what in zip(items, read, strict=True) if what.type == "erase"]
    newest = {
        what.number: item for item, what in zip(items, read, strict=True) if what.type != "erase"
    }
    return [*erasures, *newest.values()]


def _tree(
    items: list[bytes], read: list[_Item], *, name: str, right: Right, first: bool
) -> dict[str, bytes]:
    """What lies in WIPO's tree: erasures as JSON before the package, which says the rest in ST.96."""
    folder = f"{right.folder}/{(Kind.FULL_EXTRACTION if first else Kind.UPDATES).value}"
    files: dict[str, bytes] = {}
    erasures = [
        json.loads(item) for item, what in zip(items, read, strict=True) if what.type == "erase"
    ]
    if erasures:
        files[f"{folder}/{name}_erase.json"] = json.dumps({"erase": erasures}, indent=1).encode()
    others = [item for item in read if item.type != "erase"]
    if others:
        files[f"{folder}/{name}.zip"] = _package(others, name=name, right=right)
    return files


def _package(items: list[_Item], *, name: str, right: Right) -> bytes:
    """A zip of one ST.96 document per record, and the list of withdrawn numbers, as the hub itself reads them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        puts = [item for item in items if item.type == "put"]
        for place, item in enumerate(puts, 1):
            content = st96.to_xml(right, bytes(item.record))
            _add(archive, f"{name}_{place:05}.xml", content)
        gone = [item.number for item in items if item.type == "withdraw"]
        if gone:
            _add(archive, "withdrawn.txt", "\n".join([*map(_cell, gone), ""]).encode())
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, member: str, content: bytes) -> None:
    info = zipfile.ZipInfo(member, _DAY_ONE)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def _cell(number: str) -> str:
    """A number as the first column of CSV, which is how lists of withdrawn numbers are read."""
    return '"' + number.replace('"', '""') + '"' if set(number) & set(',;\t"') else number
