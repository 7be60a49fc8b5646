"""Digests of records as views see them, kept ready per set of groups (a mask), for proofs.

A leaf is of its record's present visible content where the record's position is still the leaf's, or where
digests over all that the mask sees are. So a leaf is never wrong, only missing, and nothing has to be told to
the table when something is published. It is unlogged: a crash empties it, and leaves are made again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from ipshare.domain.authorization import View
from ipshare.domain.group import ElementGroup, pairs
from ipshare.domain.office import Right
from ipshare.store import changes, queries, raw, visible
from ipshare.store.changes import Row


class Missing(NamedTuple):
    """A record whose leaf is not ready: what to make it of, and what it is the leaf of."""

    row: Row
    state: bytes


class Leaf(NamedTuple):
    """The digest of a record, and the twig that it hangs on."""

    twig: int
    number: str
    digest: bytes


def tree(view: View, right: Right) -> tuple[dict[int, tuple[int, bytes]], int]:
    """Of each twig that holds records of a right, their number and its digest; and how many leaves are missing."""
    found = {twig: (count, digest) for twig, count, digest in _fetch("tree", view, right)}
    missing, _ = found.pop(None, (0, b""))
    return found, missing


def leaves(view: View, right: Right, *, first: int, upto: int) -> list[Leaf]:
    """The leaves of the twigs from ``first`` to before ``upto``."""
    return [Leaf(*row) for row in _fetch("leaves", view, right, first=first, upto=upto)]


def missing(view: View, right: Right, *, after: str, limit: int) -> list[Missing]:
    """Records of a right whose leaf is not ready, in the order of their numbers after ``after``."""
    found = []
    for number, position, state, stale, *documents in _fetch(
        "missing", view, right, after=after, limit=limit
    ):
        shown = changes.kept(view, documents, stale)
        found.append(Missing(Row(position, right.value, number, True, *shown), state))  # noqa: FBT003 (live)
    return found


def keep(view: View, right: Right, made: Sequence[tuple[Missing, Leaf]]) -> None:
    """Keep leaves of records."""
    names: dict[str, Any] = {
        "office": view.office,
        "mask": view.mask,
        "right": right.value,
        "numbers": [leaf.number for _, leaf in made],
        "twigs": [leaf.twig for _, leaf in made],
        "positions": [of.row.position for of, _ in made],
        "states": [of.state for of, _ in made],
        "digests": [leaf.digest for _, leaf in made],
    }
    with connection.cursor() as cursor:
        cursor.execute(queries.read("proofs", "keep"), names)


def pass_on(view: View, right: Right) -> None:
    """Let the leaves follow their records where nothing that is seen has changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            queries.read("proofs", "pass").format(state=_state(view)), _names(view, right)
        )


def forget_others(office: str, masks: Sequence[int]) -> None:
    """Remove the leaves of masks that are no longer in use, and of records that are gone."""
    with connection.cursor() as cursor:
        cursor.execute(queries.read("proofs", "forget"), {"office": office, "masks": list(masks)})


def _fetch(name: str, view: View, right: Right, **more: object) -> list[tuple]:  # type: ignore[type-arg]
    if right not in view.rights:
        return []
    query = queries.read("proofs", name).format(
        inside=visible.inside(view, "r"),
        documents=changes.columns("r", view),
        state=_state(view),
        valid=f"coalesce(CASE WHEN l.position = r.position THEN true ELSE l.state = {_state(view)} END, false)",
    )
    return raw.fetch(query, _names(view, right) | more)


def _names(view: View, right: Right) -> dict[str, Any]:
    return visible.names(view) | {
        "office": view.office,
        "right": right.value,
        "pairs": pairs(view.mask),
    }


def _state(view: View) -> str:
    """A digest over all that the view's groups show of a row of record, as SQL."""
    digests = [f"r.d_{group.value}" for group in ElementGroup if group in view.groups]
    joints = """CASE WHEN r.joints = ''::bytea THEN ''::bytea ELSE (
        SELECT coalesce(string_agg(substr(r.joints, n * 9 + 1, 9), ''::bytea ORDER BY n), ''::bytea)
        FROM generate_series(0, length(r.joints) / 9 - 1) n
        WHERE %(pairs)s >> get_byte(r.joints, n * 9) & 1 = 1
    ) END"""
    sized = " || ".join(f"int4send(length({one})) || {one}" for one in [*digests, f"({joints})"])
    return f"sha256({sized} || int4send(r.stale & %(mask)s))"
