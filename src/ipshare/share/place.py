"""What a cursor says: how far a third party has read, under which conditions, and what it holds by then."""

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
Since = Mapping[Right, int]
"""A version of the authorization per right."""


class Edition(NamedTuple):
    """The conditions that something was read under: versions, groups (a mask) and rights."""

    version: int
    base: int
    mask: int
    rights: frozenset[Right]


class Filling(NamedTuple):
    """A reader on its way to other conditions: which, and the last record that it was told of."""

    edition: Edition
    right: Right | None
    number: str


class State(NamedTuple):
    """The state of one reader, which the reader keeps (sealed) for the hub.

    It holds every record whose newest change visible under ``edition`` is at or before ``upto``, as of then.
    Of any record it may hold groups of ``may``, and no others. It holds no record that had left its view when the
    version ``since`` of its right was saved (0, of cursors that are older than this: of that nothing is known).
    """

    edition: Edition
    upto: Place | None
    may: Masks
    filling: Filling | None
    since: Since


def edition_of(view: View) -> Edition:
    """The conditions of a view."""
    return Edition(view.version, view.base, view.mask, view.rights)


def beginning(view: View) -> State:
    """The state of a reader that holds nothing."""
    since = dict.fromkeys(view.rights, view.version)
    return State(edition=edition_of(view), upto=None, may={}, filling=None, since=since)


def read_again(view: View, state: State) -> State:
    """The state of a reader that got some items of the page after ``state``, and is to ask for the page again."""
    got = {right: state.may.get(right, 0) | view.mask for right in view.rights}
    return state._replace(may={**state.may, **got})


def seal(state: State, *, owner: str) -> str:
    """The cursor of a state."""
    upto, filling = state.upto, state.filling
    content = _Content(
        _packed(state.edition),
        (upto.right, upto.number, upto.count) if upto else None,
        [state.may.get(right, 0) for right in Right],
        (_packed(filling.edition), filling.right, filling.number) if filling else None,
        [state.since.get(right, 0) for right in Right],
    )
    return cursor.seal(msgspec.msgpack.encode(content), owner=owner)


def unseal(text: str, *, owner: str) -> State:
    """The state of a cursor; the problem ``cursor-not-valid`` for one that is not this owner's."""
    content = cursor.unseal(text, owner=owner)
    try:
        found = msgspec.msgpack.decode(content, type=_Content)
    except msgspec.DecodeError:
        raise Problem("cursor-not-valid", "read again from the beginning") from None
    upto, filling = found.upto, found.filling
    return State(
        _edition(found.edition),
        Place(right=upto[0], number=upto[1], count=upto[2]) if upto else None,
        {right: mask for right, mask in zip(Right, found.may, strict=True) if mask},
        Filling(_edition(filling[0]), filling[1], filling[2]) if filling else None,
        {right: version for right, version in zip(Right, found.since, strict=False) if version},
    )


_Packed = tuple[int, int, int, list[Right]]


class _Content(msgspec.Struct, array_like=True):
    """A state in its cursor; older cursors end before ``since``."""

    edition: _Packed
    upto: tuple[Right, str, int] | None
    may: list[int]
    filling: tuple[_Packed, Right | None, str] | None
    since: list[int] = []


def _packed(edition: Edition) -> _Packed:
    rights = [right for right in Right if right in edition.rights]
    return edition.version, edition.base, edition.mask, rights


def _edition(packed: _Packed) -> Edition:
    version, base, mask, rights = packed
    return Edition(version, base, mask, frozenset(rights))
