"""The records of a right that are still kept back, with what keeps each back: a list, and a file to work through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ipshare.domain import plural
from ipshare.domain.finding import KeptBack
from ipshare.domain.group import ElementGroup, groups_in
from ipshare.domain.office import Right
from ipshare.portal import words
from ipshare.portal.sheets import Cell
from ipshare.store import kept_back
from ipshare.store.kept_back import Line, Sum

PAGE = 50
COLUMNS = (
    "number", "kept_back", "groups", "submission", "received_at", "file", "line", "rule", "element", "as_sent",
    "proposed", "message",
)  # fmt: skip
_AT_ONCE = 500


def counted(kept: Sum, *, of: str = "") -> str:
    """``6 records are kept back in designs, and 1 came without a number``; empty where there is neither."""
    if not kept.unplaced:
        return (
            f"{plural.counted(kept.records, 'record is|records are')} kept back{of}"
            if kept.records
            else ""
        )
    if not kept.records:
        return f"{plural.counted(kept.unplaced, 'record')} came without a number{of}"
    return (
        f"{counted(kept._replace(unplaced=0), of=of)}, and {kept.unplaced:,} came without a number"
    )


def groups(line: Line) -> str:
    """What is kept back of a record, in words."""
    if line.kept is KeptBack.WHOLE:
        return "the whole record"
    return _names(line.groups)


def _names(some: Iterable[ElementGroup]) -> str:
    found = frozenset(some)
    return ", ".join(name.lower() for group, (name, _) in words.GROUPS.items() if group in found)


def all_lines(office: str, right: Right, text: str, rule: str) -> Iterator[Line]:
    """Every such record, read in pieces."""
    skip = 0
    while some := kept_back.lines(office, right, words=text, rule=rule, skip=skip, most=_AT_ONCE):
        yield from some
        skip += _AT_ONCE


def rows(found: Iterable[Line]) -> Iterator[list[Cell]]:
    """The rows of a file: one for each finding that keeps something back, the records in the order of their numbers."""
    for line in found:
        came = line.submission
        head: list[Cell] = [line.number, line.kept.value]
        with_: list[Cell] = [came.reference, came.received_at]
        for one in line.findings:
            yield [
                *head, _names(groups_in(one.withholds)), *with_, one.file, one.line or None, one.rule, one.path,
                one.value, one.proposed, one.message,
            ]  # fmt: skip
        if not line.findings:
            yield [*head, groups(line), *with_, *[None] * 7]
