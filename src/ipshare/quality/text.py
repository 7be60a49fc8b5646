"""report.txt: the report as a page to read, the weightiest causes first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ipshare.domain import plural
from ipshare.quality.causes import Cause, Tally, clipped

EFFECTS = {
    "refuse submission": "the submission is refused",
    "withhold": "kept back until corrected",
    "flag": "shared, marked as doubtful",
    "note": "a note only",
}
BECAME = {
    "inserted": "new",
    "updated": "changed",
    "unchanged": "unchanged",
    "withdrawn": "withdrawn",
    "withheld_whole": "kept back whole",
}


def page(head: dict[str, Any], records: int, tally: Tally) -> str:
    """The whole page."""
    return "\n".join([*_title(head, records), *_totals(tally), *_causes(tally)]) + "\n"


def _title(head: dict[str, Any], records: int) -> Iterator[str]:
    title = f"Report on {head['reference']}: {head['name']}"
    yield title
    yield "=" * len(title)
    yield ""
    yield f"{head['right']}, {head['kind']}, received {head['received_at']}, {plural.counted(head['size'], 'byte')}"
    yield f"SHA-256 {head['sha256']}"
    yield f"State: {head['state']}" + (f": {head['reason']}" if head["reason"] else "")
    yield ""
    yield from _equation(head, records)


def _equation(head: dict[str, Any], records: int) -> Iterator[str]:
    """What was read, and what became of it: a sum that a reader can check."""
    read = f"{plural.counted(records, 'record')} read"
    became, result = head["became"], head["result"]
    if not became:
        yield f"{read}; {'nothing was loaded' if head['state'] == 'refused' else 'not counted further'}"
        return
    parts = [f"{became[name]:,} {word}" for name, word in BECAME.items()]
    parts.append(plural.counted(became["duplicates"], "duplicate"))
    yield f"{read} = {' + '.join(parts)}"
    partly = result["withheld"] - result["withheld_whole"]
    beside = [
        (partly, "of these record is|of these records are", "kept back in part"),
        (result["absent"], "record", "withdrawn besides, because the file lacks what is held"),
        (result["repainted"], "record", "changed besides, by a new picture alone"),
    ]
    for count, noun, what in beside:
        if count:
            yield f"{plural.counted(count, noun)} {what}"


def _totals(tally: Tally) -> Iterator[str]:
    yield ""
    yield plural.counted(tally.findings, "finding")
    yield "  by severity: " + ", ".join(f"{k} {v:,}" for k, v in tally.severity.items())
    for effect, count in tally.effect.items():
        if count:
            yield f"  {effect}: {count:,} ({EFFECTS[effect]})"
    if tally.rule:
        yield "  by rule:"
        for rule, count in sorted(tally.rule.items()):
            yield f"    {rule:<10} {count:>12,}"


def _causes(tally: Tally) -> Iterator[str]:
    for number, cause in enumerate(tally.causes, start=1):
        yield ""
        yield f"{number}. {cause.rule} {cause.severity}, {cause.effect}: {one_line(cause.told)}"
        of = f", of {plural.counted(cause.records, 'record')}" if cause.records else ""
        yield f"   {plural.counted(cause.count, 'finding')}{of}; {cause.shown}"
        yield from _samples(cause)


def _samples(cause: Cause) -> Iterator[str]:
    for finding in cause.samples:
        record = finding.record or "(no number)"
        where = f"{finding.file}:{finding.line}" if finding.file else ""
        yield f"   - {one_line(record)}  {one_line(finding.path)}  {where}".rstrip()
        if finding.message != cause.told:
            yield f"       {one_line(finding.message)}"
        if finding.value:
            yield f"       sent     {one_line(finding.value)}"
        if finding.proposed:
            yield f"       proposed {one_line(finding.proposed)}"


def one_line(text: str) -> str:
    """A value on one line, control characters shown as escapes, clipped."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in clipped(text))
