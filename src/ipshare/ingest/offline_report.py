"""How ``ipshare check`` shows findings: by cause for people, as JSON or CSV for programs."""

from __future__ import annotations

import csv
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self, TextIO

from ipshare.check.package import Row
from ipshare.check.rule import CATALOGUE
from ipshare.domain import plural
from ipshare.domain.finding import Effect, Finding, KeptBack, Severity
from ipshare.domain.group import ElementGroup, mask

COLUMNS = (
    "rule", "severity", "record", "kept_back", "path", "value", "proposed", "message", "file", "line",
)  # fmt: skip
SAMPLES = 5
CAUSES = 500
"""Distinct causes told apart in text; the rest is counted with its rule."""
_IN_MEMORY = 16 << 20
_WIDTH = 60
_INDEX = re.compile(r"\[\d+\]")
_ORDER = list(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRead:
    """One record was read from a file; its findings come before it. Withdrawals have no row.

    ``images`` are the pictures that it names; ``withheld`` is the mask of the groups that are kept back. A number
    that comes twice is kept back once: ``kept_back`` says it of the first of its records.
    """

    number: str
    file: str
    row: Row | None
    images: tuple[str, ...] = ()
    withheld: int = 0
    kept_back: KeptBack = KeptBack.NOT


class Kept:
    """Findings and records put aside until it is known whether they count; large ones go to disk."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed by __exit__
            _IN_MEMORY, mode="w+", encoding="utf-8", newline="\n"
        )

    def add(self, one: Finding | RecordRead) -> None:
        """Put one aside."""
        if isinstance(one, Finding):
            groups = [group.value for group in ElementGroup if group in one.withholds]
            line: dict[str, Any] = {"f": [*fields(one), one.effect.value, groups]}
        else:
            line = {"r": [one.number, one.file, one.images, one.withheld], "row": one.row}
        self._file.write(json.dumps(line) + "\n")

    def mark(self) -> int:
        """A place to go back to."""
        return self._file.tell()

    def back_to(self, mark: int) -> None:
        """Forget what was put aside since."""
        self._file.seek(mark)
        self._file.truncate()

    def __iter__(self) -> Iterator[Finding | RecordRead]:
        self._file.seek(0)
        for line in self._file:
            parts = json.loads(line)
            if "f" in parts:
                yield _finding(parts["f"])
            else:
                number, file, images, withheld = parts["r"]
                row = Row(*parts["row"]) if parts["row"] else None
                yield RecordRead(
                    number=number, file=file, row=row, images=tuple(images), withheld=withheld
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()


class Withheld:
    """Which groups of which records are kept back, by number: those alone that are kept back are in memory."""

    def __init__(self) -> None:
        self._groups: dict[str, int] = {}
        self._told: set[str] = set()

    def add(self, number: str, groups: int) -> None:
        """Take the groups that something holds back of a record; those without a number are told by themselves."""
        if number and groups:
            self._groups[number] = self._groups.get(number, 0) | groups

    def marked(self, one: Finding | RecordRead) -> Finding | RecordRead:
        """The same with what becomes of its record; of several records of one number the first one has it."""
        if isinstance(one, Finding):
            withheld = self._groups.get(one.record, 0) if one.record else mask(one.withholds)
            if one.record or withheld:
                return replace(one, kept_back=KeptBack.of(withheld))
            return one
        if not one.number:
            return replace(one, kept_back=KeptBack.of(one.withheld))
        if one.number in self._told or one.number not in self._groups:
            return one
        self._told.add(one.number)
        return replace(one, kept_back=KeptBack.of(self._groups[one.number]))


def fields(finding: Finding) -> list[str | int]:
    """A finding as the cells of its row."""
    return [
        finding.rule,
        finding.severity.value,
        finding.record,
        finding.kept_back,
        finding.path,
        finding.value,
        finding.proposed,
        finding.message,
        finding.file,
        finding.line,
    ]


def _finding(parts: list[Any]) -> Finding:
    named = dict(zip(COLUMNS, parts, strict=False))
    named["severity"] = Severity(named["severity"])
    del named["kept_back"]  # not known before everything is read
    groups = frozenset(ElementGroup(group) for group in parts[-1])
    return Finding(**named, effect=Effect(parts[-2]), withholds=groups)


def write(form: str, items: Iterable[Finding | RecordRead], out: TextIO) -> int:
    """Write findings in a form as they come, and count the records; the number of errors is the answer."""
    return {"json": _json, "csv": _csv, "text": _text}[form](items, out)


def _csv(items: Iterable[Finding | RecordRead], out: TextIO) -> int:
    errors = 0
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in items:
        if isinstance(one, Finding):
            errors += one.severity is Severity.ERROR
            rows.writerow([_cell(cell) for cell in fields(one)])
    return errors


def _cell(cell: str | int) -> str | int:
    """A cell that no spreadsheet takes for a formula."""
    return (
        f"'{cell}"
        if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"}
        else cell
    )


class _Records:
    """How many records were read, and kept back."""

    def __init__(self) -> None:
        self.read = 0
        self.kept_back = {KeptBack.WHOLE.value: 0, KeptBack.PART.value: 0}

    def add(self, one: RecordRead) -> None:
        """Count one."""
        self.read += 1
        if one.kept_back is not KeptBack.NOT:
            self.kept_back[one.kept_back] += 1


def _json(items: Iterable[Finding | RecordRead], out: TextIO) -> int:
    records, rules = _Records(), Counter[str]()
    severities = Counter({one.value: 0 for one in Severity})
    out.write('{"findings": [')
    for one in items:
        if isinstance(one, RecordRead):
            records.add(one)
            continue
        out.write("," if rules else "")
        out.write(
            "\n" + json.dumps(dict(zip(COLUMNS, fields(one), strict=True)), ensure_ascii=False)
        )
        severities[one.severity.value] += 1
        rules[one.rule] += 1
    totals = {
        "severity": dict(severities),
        "rule": dict(sorted(rules.items())),
        "kept_back": records.kept_back,
    }
    out.write(f'\n], "records": {records.read}, "totals": {json.dumps(totals)}}}\n')
    return severities[Severity.ERROR.value]


@dataclass(slots=True)
class _Cause:
    """Findings of one rule about one element."""

    severity: Severity
    rule: str
    path: str
    count: int = 0
    samples: list[Finding] = field(default_factory=list)


def _text(items: Iterable[Finding | RecordRead], out: TextIO) -> int:
    records, causes, severities = (
        _Records(),
        dict[tuple[str, str, str], _Cause](),
        Counter[Severity](),
    )
    for one in items:
        if isinstance(one, RecordRead):
            records.add(one)
            continue
        severities[one.severity] += 1
        path = _INDEX.sub("", one.path)
        key = (one.rule, one.severity.value, path)
        if key not in causes and len(causes) >= CAUSES:
            path = "(several elements)"
            key = (one.rule, one.severity.value, path)
        cause = causes.setdefault(key, _Cause(one.severity, one.rule, path))
        cause.count += 1
        if len(cause.samples) < SAMPLES:
            cause.samples.append(one)
    counts = ", ".join(plural.counted(severities[one], one.value) for one in _ORDER)
    told = ", ".join(f"{count:,} kept back {word}" for word, count in records.kept_back.items())
    causes_told = plural.counted(len(causes), "distinct cause")
    out.write(f"{plural.counted(records.read, 'record')} read; {told}; {counts}; {causes_told}\n")
    for cause in sorted(
        causes.values(),
        key=lambda one: (_ORDER.index(one.severity), -one.count, one.rule, one.path),
    ):
        _write_cause(cause, out)
    return severities[Severity.ERROR]


def _write_cause(cause: _Cause, out: TextIO) -> None:
    first = cause.samples[0]
    entry = CATALOGUE.get(cause.rule)
    told = plural.counted(cause.count, "finding")
    out.write(f"\n{cause.severity.value.upper()} {cause.rule}  {told}  {cause.path}\n")
    out.write(f"  {first.message}\n")
    if entry and entry.inid:
        out.write(f"  INID {entry.inid}\n")
    for one in cause.samples:
        where = f"{one.file}:{one.line}" if one.line else one.file
        value = f'  "{_clip(one.value)}"' if one.value else ""
        better = f' -> "{_clip(one.proposed)}"' if one.proposed else ""
        out.write(f"    {one.record or '(no number)'}{value}{better}  {where}\n")
    if cause.count > len(cause.samples):
        rest = cause.count - len(cause.samples)
        out.write(f"    … and {rest:,} more: --format csv lists all\n")


def _clip(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
