"""The findings about pictures that records name: missing ones, and ones that no record names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ipshare.check.context import Context
from ipshare.check.rule import CATALOGUE, Hit
from ipshare.check.run import package_finding
from ipshare.domain.finding import Effect, Finding

NAMED = 5
"""Pictures that belong to no record which are named one by one."""


def missing(context: Context, number: str, name: str) -> Finding:
    """IMG-001. It flags, where the catalogue withholds: the picture may come later, in a package of its own."""
    found = package_finding(CATALOGUE["IMG-001"], Hit("FileName", name), context, record=number)
    return replace(found, effect=Effect.FLAG, withholds=frozenset())


def unused(context: Context, first: Sequence[str], count: int) -> Finding:
    """IMG-002, once for a package, with the first names."""
    more = f" and {count - len(first):,} more" if count > len(first) else ""
    value = ", ".join(first) + more
    return package_finding(CATALOGUE["IMG-002"], Hit("", value, "", {"n": count}), context)
