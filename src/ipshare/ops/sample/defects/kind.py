"""The kinds of a right's defects: a name, the rule that must find it, and a patch of the facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from ipshare.ops.sample.facts import DesignFile, Mark, Patent

F = TypeVar("F", Mark, DesignFile, Patent)


def untouched(xml: str) -> str:
    """The XML as it is."""
    return xml


class Defect(NamedTuple, Generic[F]):
    """One kind of defect.

    ``patch`` gets the record and the one before it, and answers None where the record cannot have the
    defect. ``rewrite`` changes the finished XML where facts cannot say it (ST.96 only). ``st66`` tells
    whether an IPAS export can carry it. ``cross`` marks rules that compare records of a package.
    """

    name: str
    rule: str
    patch: Callable[[F, F], F | None]
    rewrite: Callable[[str], str] = untouched
    st66: bool = True
    cross: bool = False
