"""The numbers that bound one XML member, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What reading one file may cost."""

    shard: int = MIB
    """A shard costs about ten times its size while it is parsed and converted: 10 MB."""

    shard_lines: int = 60_000
    """libxml2 keeps line numbers in 16 bits; above 65,535 they are guesses."""

    record: int = 64 * MIB
    """The largest real records, patents with full text and embedded sequence listings, stay below 30 MB."""

    tag: int = MIB
    """A start tag; namespaces and attributes of a real one take 2 kB."""

    head: int = 4 * MIB
    """What stands before the first record: an XML declaration, comments, a transaction header."""

    between: int = 4 * MIB
    """What stands between two records: wrappers, headers, documents of an application."""

    depth: int = 256
    """libxml2's own limit on nesting; ST.96 needs fewer than 40 levels."""

    application: int = 64 << 10
    """The siblings of a TrademarkBag that are repeated when an application is cut."""

    validated: int = 250_000
    """Elements and attributes of one part of a file up to which it is validated. libxml2 writes each error down, with
    the place of its element among its siblings, and cannot be stopped; a full text has some ten thousand."""

    siblings: int = 20_000
    """Children of one element, for the same reason: to find the place of each takes as long as there are siblings."""

    findings: int = 10_000
    """Schema findings of one shard that are told apart; the rest is one finding that gives their number."""


DEFAULT = Limits()
