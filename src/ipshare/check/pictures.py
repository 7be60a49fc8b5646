"""The findings about pictures that records name: missing ones, and ones that no record names."""

from __future__ import annotations

from dataclasses import replace

from ipshare.check.context import Context
from ipshare.check.rule import CATALOGUE, Hit
from ipshare.check.run import package_finding
from ipshare.domain.finding import Effect, Finding


def missing(context: Context, number: str, name: str) -> Finding:
    """IMG-001. It flags, where the catalogue withholds: the picture may come later, in a package of its own."""
    found = package_finding(CATALOGUE["IMG-001"], Hit("FileName", name), context, record=number)
    return replace(found, effect=Effect.FLAG, withholds=frozenset())


def unused(context: Context, first: str, count: int) -> Finding:
    """IMG-002, once for a package, with the first name."""
    return package_finding(CATALOGUE["IMG-002"], Hit("", first, "", {"n": count}), context)
