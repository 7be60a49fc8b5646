"""A count with its noun, and its verb where it has one: the one way to say how many."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """``1 record``, ``1,204 records``; both forms where an s is not enough: ``entry|entries``, ``is|are``."""
    one, _, many = noun.partition("|")
    return f"{count:,} {one if count == 1 else many or one + 's'}"
