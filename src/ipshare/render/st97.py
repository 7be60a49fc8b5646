"""Documents of element groups → one ST.97 JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

_SHARED = b'"~":{'
_BETWEEN = b"," + _SHARED


def merge(documents: Sequence[bytes]) -> bytes:
    """The one JSON object that several groups' documents of one record make.

    Plain members are joined as bytes. Only the shared members (under ``~``, always last) are parsed:
    a raw quote cannot stand in a JSON string, so the mark cannot be mistaken for text.
    """
    plain: list[bytes] = []
    shared: list[bytes] = []
    for document in documents:
        inner = document[1:-1]
        if inner.startswith(_SHARED):
            shared.append(inner[len(_SHARED) - 1 :])
            continue
        head, mark, tail = inner.partition(_BETWEEN)
        if head:
            plain.append(head)
        if mark:
            shared.append(b"{" + tail)
    if shared:
        joined: dict[str, Any] = {}
        for part in shared:
            _join(joined, msgspec.json.decode(part))
        members = msgspec.json.encode(_compact(joined))[1:-1]
        if members:
            plain.append(members)
    return b"{" + b",".join(plain) + b"}"


def _join(into: dict[str, Any], part: dict[str, Any]) -> None:
    """Add one group's share of the members to another's."""
    for key, value in part.items():
        known = into.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            _join(known, value)
        elif known is None or known == "":
            into[key] = value


def _compact(value: Any) -> Any:
    """Make arrays of what stands under #0, #2 …, without gaps."""
    if isinstance(value, list):
        return value  # of one group, as it stands
    if not isinstance(value, dict):
        return value
    first = next(iter(value), "")
    if first[:1] == "#" and first[1:].isdigit():
        return [_compact(value[key]) for key in sorted(value, key=lambda name: int(name[1:]))]
    return {key: _compact(item) for key, item in value.items()}
