"""What people call an element, and its INID code (WIPO ST.9, ST.60, ST.80), from data/labels.tsv.

A row names a right (``*``: any), the end of a path in ST.96 names, a label and a code (or none). Of several rows
the one with most names wins, then one of the right. An element that no row names is called after its name:
``MarkEventDate`` is *Mark event date*.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from ipshare.domain.office import Right
from ipshare.standards import tables

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+")
_IDLE = frozenset({"bag", "text", "category", "code"})


class Label(NamedTuple):
    """The name of an element for people, and its INID code; empty where there is none."""

    name: str
    inid: str


def of(right: Right, path: str) -> Label:
    """The label of the element at a path below the record element, in the names of ST.96 or of ST.97.

    Places such as ``[2]`` do not matter.
    """
    steps = tuple(step.partition("[")[0] for step in path.split("/") if step)
    return _of(right, steps)


@cache
def _of(right: Right, steps: tuple[str, ...]) -> Label:
    rows, plain = _rows(), tuple(step.lower() for step in steps)
    for start in range(len(steps)):
        for named in (right.value, "*"):
            found = rows.get((named, plain[start:]))
            if found is not None:
                return found
    return Label(_plain(steps[-1]) if steps else "", "")


def _plain(name: str) -> str:
    words = _WORD.findall(name.lstrip("@"))
    while len(words) > 1 and words[-1].lower() in _IDLE:
        words.pop()
    lowered = [word if word.isupper() and len(word) > 1 else word.lower() for word in words]
    text = " ".join(lowered)
    return text[:1].upper() + text[1:]


@cache
def _rows() -> dict[tuple[str, tuple[str, ...]], Label]:
    return {
        (row["right"], tuple(row["path"].lower().split("/"))): Label(row["label"], row["inid"])
        for row in tables.rows("labels.tsv")
    }
