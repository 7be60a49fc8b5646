"""The pictures of a package on the office's own machine: named and missing, or there and named by no record.

The hub asks its database the same (store.stage); here names and pictures wait in partitions, so that memory
does not grow with the number of records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nsmallest

from msgspec import Struct

from ipshare.check import pictures
from ipshare.check.context import Context
from ipshare.check.partitions import Partitions
from ipshare.domain.finding import Finding
from ipshare.domain.office import Kind


class _Picture(Struct, array_like=True):
    """A picture that came, or that the record of ``number`` names; whether it is missed when it is absent."""

    name: str
    came: bool
    number: str = ""
    missed: bool = False


class Pictures:
    """Takes the pictures that came and those that are named, and says at the end, once, what does not agree."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._pictures = Partitions(_Picture, None)

    def came(self, names: Iterable[str]) -> None:
        """Take pictures of the package, by their paths in it."""
        for name in names:
            self._pictures.add(_base(name), _Picture(name, came=True))

    def named(self, number: str, names: Iterable[str], *, missed: bool) -> None:
        """Take the pictures that a record names; those of a record that is kept back are not missed."""
        for name in names:
            self._pictures.add(
                _base(name), _Picture(name, came=False, number=number, missed=missed)
            )

    def findings(self) -> Iterator[Finding]:
        """What the hub says of pictures too; only it knows those sent earlier, so updates are not held to theirs."""
        unused, first = 0, list[str]()
        with self._pictures:
            for entries in self._pictures.each():
                came, named = _sorted_out(entries)
                if self._context.kind is Kind.FULL_EXTRACTION:
                    yield from self._missing(came, named)
                names = {name for _, name in named}
                spare = [name for name in came if not {name, _base(name)} & names]
                if spare:
                    unused += len(spare)
                    first = nsmallest(pictures.NAMED, [*first, *spare])
        if unused:
            yield pictures.unused(self._context, first, unused)

    def _missing(self, came: set[str], named: dict[tuple[str, str], bool]) -> Iterator[Finding]:
        here = came | {_base(name) for name in came}
        for (number, name), missed in sorted(named.items()):
            if missed and name not in here:
                yield pictures.missing(self._context, number, name)


def _sorted_out(entries: Iterator[_Picture]) -> tuple[set[str], dict[tuple[str, str], bool]]:
    """The pictures that came, and those named with whether any record misses them, by number and name."""
    came: set[str] = set()
    named: dict[tuple[str, str], bool] = {}
    for one in entries:
        if one.came:
            came.add(one.name)
        else:
            place = (one.number, one.name)
            named[place] = named.get(place, False) or one.missed
    return came, named


def _base(name: str) -> str:
    """The file's own name: records name a picture by it, or by its path in the package."""
    return name.rpartition("/")[2]
