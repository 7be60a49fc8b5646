"""The records of a right that are still kept back, with what keeps each back: a list, and a file to work through.

Mark or title and applicant are those that the register holds: nothing is read out of what is kept back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ipshare.domain import plural
from ipshare.domain.finding import KeptBack
from ipshare.domain.group import ElementGroup, groups_in
from ipshare.domain.office import Right
from ipshare.portal import register, words
from ipshare.portal.register import EMPTY, Summary
from ipshare.portal.sheets import Cell
from ipshare.store import kept_back
from ipshare.store import register as held
from ipshare.store.kept_back import Line, Sum

PAGE = 50
COLUMNS = (
    "number", "mark_or_title", "applicants", "kept_back", "groups", "submission", "received_at", "file", "line",
    "rule", "element", "as_sent", "proposed", "message",
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


def lines(
    office: str, right: Right, asked: Mapping[str, Any], *, skip: int, most: int
) -> list[tuple[Line, Summary]]:
    """Such records, each with what the register holds of it in a line: EMPTY where it holds none."""
    found = kept_back.lines(office, right, **asked, skip=skip, most=most)
    known = held.lines(office, right, [line.number for line in found])
    return [
        (
            line,
            register.of_line(office, right, known[line.number]) if line.number in known else EMPTY,
        )
        for line in found
    ]


def rows(office: str, right: Right, asked: Mapping[str, Any]) -> Iterator[list[Cell]]:
    """The rows of a file: one for each finding that keeps something back, the records in the order of their numbers."""
    skip = 0
    while some := lines(office, right, asked, skip=skip, most=_AT_ONCE):
        yield from _rows(some)
        skip += _AT_ONCE


def _rows(found: Iterable[tuple[Line, Summary]]) -> Iterator[list[Cell]]:
    for line, one in found:
        came = line.submission
        head: list[Cell] = [
            line.number, " | ".join(one.titles), " | ".join(one.applicants), line.kept.value,
        ]  # fmt: skip
        with_: list[Cell] = [came.reference, came.received_at]
        for finding in line.findings:
            yield [
                *head, _names(groups_in(finding.withholds)), *with_, finding.file, finding.line or None, finding.rule,
                finding.path, finding.value, finding.proposed, finding.message,
            ]  # fmt: skip
        if not line.findings:
            yield [*head, groups(line), *with_, *[None] * 7]
