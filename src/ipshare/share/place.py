"""What a cursor says: how far a third party has read, and what it holds by then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from ipshare.domain.authorization import View
from ipshare.domain.office import Right
from ipshare.http import cursor
from ipshare.http.problem import Problem
from ipshare.store.changes import Place

Masks = Mapping[Right, int]
"""A mask of element groups per right."""


class State(NamedTuple):
    """The state of one reader, which the reader keeps (sealed) for the hub.

    Of every record up to ``upto`` it holds the groups of ``full`` surely, and of ``may`` perhaps.
    While it is filled up (``full`` lacks something of its view) ``back`` is how far that has come.
    """

    version: int
    upto: Place | None
    full: Masks
    may: Masks
    back: Place | None


def beginning(view: View) -> State:
    """The state of a reader that holds nothing."""
    return State(version=view.version, upto=None, full={}, may={}, back=None)


def seal(state: State, *, owner: str) -> str:
    """The cursor of a state."""
    content = (
        state.version,
        _packed(state.upto),
        [state.full.get(right, 0) for right in Right],
        [state.may.get(right, 0) for right in Right],
        _packed(state.back),
    )
    return cursor.seal(msgspec.msgpack.encode(content), owner=owner)


def unseal(text: str, *, owner: str) -> State:
    """The state of a cursor; the problem ``cursor-not-valid`` for one that is not this owner's."""
    content = cursor.unseal(text, owner=owner)
    try:
        version, upto, full, may, back = msgspec.msgpack.decode(content, type=_Content)
    except msgspec.DecodeError:
        raise Problem("cursor-not-valid", "read again from the beginning") from None
    return State(version, _place(upto), _masks(full), _masks(may), _place(back))


_Packed = tuple[str, str, int, int] | None
_Content = tuple[int, _Packed, list[int], list[int], _Packed]


def _packed(place: Place | None) -> _Packed:
    if place is None:
        return None
    return place.right.value, place.number, place.mask, place.count


def _place(packed: _Packed) -> Place | None:
    if packed is None:
        return None
    right, number, mask, count = packed
    return Place(right=Right(right), number=number, mask=mask, count=count)


def _masks(masks: list[int]) -> Masks:
    return {right: mask for right, mask in zip(Right, masks, strict=True) if mask}
