"""A record: one application or registration of one office, in canonical form."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ipshare.domain.group import ElementGroup
from ipshare.domain.office import Right

Tree = dict[str, Any]


class Operation(StrEnum):
    """What the office asks to do with a record (ST.96 com:operationCategory)."""

    PUT = "put"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Residue:
    """An element that the content model does not know: kept in ``unclassified`` and reported."""

    path: str
    xml: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as read from an office's file.

    ``tree`` is the whole record as ST.97 JSON values; ``documents`` holds one JSON document (UTF-8
    bytes) per element group that has content: their merge (render.st97) is ``tree`` again.
    ``number`` is empty where the office sent none. ``line`` is where the record starts in ``file``.
    ``source`` is the digest of the record's bytes as received (domain.digest). ``joints`` says how items of
    lists that two groups share stand to each other (parse.joints); empty where they stand side by side.
    """

    right: Right
    number: str
    operation: Operation
    office: str
    tree: Tree
    documents: dict[ElementGroup, bytes]
    file: str
    line: int
    residue: tuple[Residue, ...] = ()
    images: tuple[str, ...] = field(default=())
    source: bytes = b""
    joints: bytes = b""
