"""Files read as the line reads them, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from ipshare.domain.finding import Finding
from ipshare.domain.record import Record
from ipshare.parse import cut, one_pass, readers
from ipshare.parse.limits import DEFAULT, Limits
from ipshare.parse.schema import SchemaFor

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
SCHEMAS = DATA / "st96" / "xsd_v6_0"


@cache
def schema_for(version: str, root: str) -> etree.XMLSchema | None:
    """The official schema of a version and root element, where it lies beside the repository."""
    path = SCHEMAS / f"{root}_V6_0.xsd"
    return etree.XMLSchema(etree.parse(path)) if version == "V6_0" and path.exists() else None


def shared(*parts: str) -> Path:
    """A folder or file of the shared data, or a skip where it is not there."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{'/'.join(parts)} of the shared data is not here")
    return path


def read(
    content: bytes | Iterable[bytes],
    *,
    file: str = "x.xml",
    office: str = "KH",
    limits: Limits = DEFAULT,
    validate: bool = True,
    schema: SchemaFor = schema_for,
) -> list[readers.Item]:
    """Everything that a file gives, read again in one pass where its shards do not parse."""
    chunks = [content] if isinstance(content, bytes) else list(content)
    for shards in (
        cut.cut(chunks, file=file, limits=limits),
        one_pass.shards(chunks, file=file, limits=limits),
    ):
        items: list[readers.Item] = []
        for shard in shards:
            if isinstance(shard, cut.Shard):
                items += readers.read(
                    shard, office=office, schema_for=schema if validate else None, limits=limits
                )
            else:
                items.append(shard)
        if not any(isinstance(item, cut.OnePass) for item in items):
            return items
    raise AssertionError("one pass asks for another one")


def records(items: list[readers.Item]) -> list[Record]:
    """The records among them."""
    return [item for item in items if isinstance(item, Record)]


def findings(items: list[readers.Item]) -> list[Finding]:
    """The findings among them."""
    return [item for item in items if isinstance(item, Finding)]
