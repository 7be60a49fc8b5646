"""Documents of element groups → one ST.97 JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import msgspec

_SHARED = b'"~":{'
_BETWEEN = b"," + _SHARED


def merge(documents: Sequence[bytes], loose: AbstractSet[int] = frozenset()) -> bytes:
    """The one JSON object that several groups' documents of one record make.

    ``loose`` are places of documents that are older than the others (a finding keeps the newer ones back):
    which of several items of a shared list theirs belong to is not known any more, so they are left out there.

    Plain members are joined as bytes. Only the shared members (under ``~``, always last) are parsed:
    a raw quote cannot stand in a JSON string, so the mark cannot be mistaken for text.
    """
    plain: list[bytes] = []
    shared: list[bytes] = []
    older: list[bytes] = []
    for place, document in enumerate(documents):
        inner = document[1:-1]
        if inner.startswith(_SHARED):
            (older if place in loose else shared).append(inner[len(_SHARED) - 1 :])
            continue
        head, mark, tail = inner.partition(_BETWEEN)
        if head:
            plain.append(head)
        if mark:
            (older if place in loose else shared).append(b"{" + tail)
    if shared or older:
        joined: dict[str, Any] = {}
        for part in shared:
            _join(joined, msgspec.json.decode(part))
        for part in older:
            _join(joined, msgspec.json.decode(part), loose=True)
        members = msgspec.json.encode(_compact(joined))[1:-1]
        if members:
            plain.append(members)
    return b"{" + b",".join(plain) + b"}"


def _join(into: dict[str, Any], part: dict[str, Any], *, loose: bool = False) -> None:
    """Add one group's share of the members to another's."""
    if loose and into and _numbered(part):
        if len(into) > 1 or len(part) > 1:
            return
        part = {next(iter(into)): next(iter(part.values()))}  # one item each: it is the same
    for key, value in part.items():
        known = into.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            _join(known, value, loose=loose)
        elif known is None or known == "":
            into[key] = value


def _numbered(value: dict[str, Any]) -> bool:
    """Whether these are items of a list, that stand under #0, #2 and so on."""
    first = next(iter(value), "")
    return first[:1] == "#" and first[1:].isdigit()


def _compact(value: Any) -> Any:
    """Make arrays of what stands under #0, #2 …, without gaps."""
    if isinstance(value, list):
        return value  # of one group, as it stands
    if not isinstance(value, dict):
        return value
    if _numbered(value):
        return [_compact(value[key]) for key in sorted(value, key=lambda name: int(name[1:]))]
    return {key: _compact(item) for key, item in value.items()}
