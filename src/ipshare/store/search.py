"""The index of searches, and finding records with it, within a View.

``search`` has a row per live record: per element group its entries (a tsvector) and the digest of the document
that they were made from. It is filled after publication, so it may be behind; an entry counts only while its
digest is that of the record (and the record within the view): nobody finds what a record holds no more. What
the index does not know yet ``behind`` tells, for the groups and records of a view alone, so that the answer to
a search does not depend on how far the index has come. The tables are unlogged: a crash empties both.
The days of filing and registration stand beside the entries, so that an office can sort its register by them
(store.register): an index on ``record`` would be written while a submission is published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.utils import OperationalError
from psycopg.errors import LockNotAvailable, QueryCanceled

from ipshare.domain.authorization import View
from ipshare.domain.group import ElementGroup, mask
from ipshare.domain.office import Right
from ipshare.store import changes, queries, raw, visible
from ipshare.store.changes import Row

BATCH = 2_000
"""Positions that one transaction brings into the index."""

Documents = Mapping[ElementGroup, bytes]
Entries = Callable[[Right, Documents], Mapping[ElementGroup, str]]
"""From a record's documents to the text of the tsvector of each group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A tsquery that one of these groups must answer; all of them are the view's."""

    groups: tuple[ElementGroup, ...]
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What records must be like; without anything set it is every record."""

    number: str | None = None
    prefix: str | None = None
    conditions: tuple[Condition, ...] = ()

    @property
    def groups(self) -> frozenset[ElementGroup]:
        """The groups that are looked at."""
        return frozenset(group for one in self.conditions for group in one.groups)


class TooSlowError(Exception):
    """A search took longer than it may."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """No statement inside takes longer; TooSlowError where one would. Other statements of the hub go on."""
    try:
        with transaction.atomic():
            _set(f"SET LOCAL statement_timeout TO '{round(seconds * 1000)}ms'")
            yield
            if connection.savepoint_ids:  # what began the transaction goes on with it
                _set("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as trouble:
        if isinstance(trouble.__cause__, QueryCanceled | LockNotAvailable):
            raise TooSlowError from trouble
        raise
    except (QueryCanceled, LockNotAvailable) as trouble:
        raise TooSlowError from trouble


def _set(command: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(command)


def find(  # noqa: PLR0913 (the view, what is asked for, where the reader is)
    view: View, right: Right, search: Search, *, after: str, limit: int, blocked: Sequence[str]
) -> list[Row]:
    """The records of a right within a view that a search finds after a number; none that is ``blocked``."""
    given = _names(view, right) | {"after": after, "limit": limit, "blocked": list(blocked)}
    wanted = ["true"]
    if search.number is not None:
        wanted.append("r.number = %(number)s")
        given["number"] = search.number
    if search.prefix is not None:
        wanted.append("starts_with(r.number, %(prefix)s)")
        given["prefix"] = search.prefix
    for place, one in enumerate(search.conditions):
        given[f"query{place}"] = one.query
        wanted.append(_holds(one.groups, f"query{place}"))
    indexed = bool(search.conditions)
    query = queries.read("search", "found").format(
        documents=changes.columns("r", view),
        source='search s JOIN record r USING (office, "right", number)' if indexed else "record r",
        number="s.number" if indexed else "r.number",
        inside=visible.inside(view, "r"),
        conditions=" AND ".join(wanted),
    )
    return [
        Row(0, right.value, number, True, *changes.kept(view, documents, stale))  # noqa: FBT003 (live)
        for number, stale, *documents in raw.fetch(query, given)
    ]


def _holds(groups: Sequence[ElementGroup], query: str) -> str:
    """Whether one of the groups answers, as it is at present."""
    each = (f"(s.{g} @@ %({query})s::tsquery AND s.d_{g} = r.d_{g})" for g in groups)
    return f"({' OR '.join(each)})"


def behind(view: View, right: Right, groups: frozenset[ElementGroup], *, limit: int) -> list[str]:
    """Records within a view of which the index does not know what these of its groups hold at present."""
    unknown = (
        f"s.d_{g} IS DISTINCT FROM r.d_{g}" for g in ElementGroup if g in groups & view.groups
    )
    query = queries.read("search", "behind").format(
        inside=visible.inside(view, "r"), unknown=" OR ".join(unknown)
    )
    given = _names(view, right) | {"asked": mask(groups & view.groups), "limit": limit}
    return [number for (number,) in raw.fetch(query, given)]


def _names(view: View, right: Right) -> dict[str, object]:
    return visible.names(view) | {
        "office": view.office,
        "right": right.value,
        "rights": [one.value for one in Right if one in view.rights],
    }


def extend(office: str, groups: Sequence[ElementGroup], entries: Entries) -> bool:
    """Bring the next changes of an office into the index; tells whether there may be more.

    Publishing does not wait for it: positions are read as far as they are committed, and a record that
    changes meanwhile is read again at its next position.
    """
    with transaction.atomic():
        reached = _locked(office)
        newest = changes.last_position(office)
        upto = min(newest, reached + BATCH)
        given = {"office": office, "after": reached, "upto": upto, "indexed": mask(groups)}
        touched: dict[Right, list[str]] = {}
        for right, number in raw.fetch(queries.read("search", "touched"), given):
            touched.setdefault(Right(right), []).append(number)
        for right, numbers in touched.items():
            _write(office, right, numbers, groups, entries)
        with connection.cursor() as cursor:
            cursor.execute(queries.read("search", "reach"), {"office": office, "position": upto})
    return upto < newest


def write(
    office: str,
    right: Right,
    numbers: Sequence[str],
    groups: Sequence[ElementGroup],
    entries: Entries,
) -> None:
    """Bring some records into the index, wherever it reaches; they are brought again when it comes to them."""
    with transaction.atomic():
        _locked(office)
        _write(office, right, numbers, groups, entries)


def _locked(office: str) -> int:
    names = {"office": office}
    with connection.cursor() as cursor:
        cursor.execute(queries.read("search", "begin"), names)
    [(reached,)] = raw.fetch(queries.read("search", "lock"), names)
    return int(reached)


def _write(
    office: str,
    right: Right,
    numbers: Sequence[str],
    groups: Sequence[ElementGroup],
    entries: Entries,
) -> None:
    names = {"office": office, "right": right.value, "numbers": list(numbers)}
    query = queries.read("search", "present").format(
        documents=", ".join(f"r.{g}" for g in groups),
        digests=", ".join(f"r.d_{g}" for g in groups),
    )
    present = raw.fetch(query, names)
    columns = ", ".join(["filed", "registered", *groups, *(f"d_{g}" for g in groups)])
    with connection.cursor() as cursor:
        cursor.execute(queries.read("search", "forget"), names)
        command = f'COPY search (office, "right", number, {columns}) FROM STDIN'
        with cursor.copy(command) as copy:
            for number, filed, registered, *rest in present:
                documents = dict(zip(groups, rest[: len(groups)], strict=True))
                found = entries(right, {g: one for g, one in documents.items() if one})
                copy.write_row(
                    (
                        office,
                        right.value,
                        number,
                        filed,
                        registered,
                        *(found.get(g) for g in groups),
                        *rest[len(groups) :],
                    )
                )
